"""Alerts: somebody followed said something new, or what was waited for happened. Repeats by wire copies are not told; a burst is one message."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.briefing.lines import Wording, happening, line_of
from bot.briefing.matching import Wish, concerns, happens, is_about, parties
from bot.briefing.memory import cited_mark, mark_of
from bot.briefing.novelty import family
from bot.briefing.peace import quiet_until
from bot.citing import Sources
from bot.model import Cited, CitedEvent
from bot.replies import Action, Block, Button, Buttons, Heading, Item, Paragraph, Reply, Style, Words
from bot.standing import Alert, Follow, Happening, Listener, Manner

SHOWN = 6
"""Lines of one alert; of more it says how many."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one destination has to hear, by mark: quotation numbers, the first place of equal words alone, and events."""

    manner: Manner
    by_mark: dict[str, int] = field(default_factory=dict)
    events: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def marks(self) -> list[str]:
        """Of all that there is to hear."""
        return [*self.by_mark, *self.events]

    def unless_heard(self, number: int, known: Collection[tuple[int, str]], now: datetime) -> Alert | None:
        """The alert for what was not heard before; ``None`` for nothing."""
        new = [mark for mark in self.marks if (number, mark) not in known]
        if not new:
            return None
        quotations = tuple(self.by_mark[mark] for mark in new if mark in self.by_mark)
        events = tuple(self.events[mark] for mark in new if mark in self.events)
        return Alert(number, quotations, tuple(new), quiet_until(self.manner, now) or now, events)


def owed_to(
    arrived: Sequence[Cited],
    happened: Sequence[CitedEvent],
    listeners: Sequence[Listener],
    voices: Mapping[str, frozenset[str]],
    fresh: Mapping[int, Collection[str]],
) -> dict[int, Hits]:
    """By destination number, what its follows want of the statements and events that arrived, in order of arrival.

    ``fresh`` holds, for follows that were set while these arrived, the articles that came later."""
    matches = _Matches(arrived, happened, voices)
    owed: dict[int, Hits] = {}
    for listener in listeners:
        for mark, cited in matches.wanted(listener.follow):
            late = listener.since in fresh and cited.article.id not in fresh[listener.since]
            if late or any(matches.on(cited, mute) for mute in listener.manner.mutes):
                continue
            hits = owed.setdefault(listener.number, Hits(listener.manner))
            if isinstance(cited, CitedEvent):
                hits.events.setdefault(mark, (cited.article.id, cited.number))
            else:
                hits.by_mark.setdefault(mark, cited.number)
    return owed


class _Matches:
    """What arrived, looked through once for each thing that anybody wants of it, however many want it."""

    def __init__(self, arrived: Sequence[Cited], happened: Sequence[CitedEvent], voices: Mapping[str, frozenset[str]]) -> None:
        self._voices = voices
        self._happened = happened
        self._by_speaker: defaultdict[str, list[tuple[Cited, str]]] = defaultdict(list)
        for cited in arrived:
            if cited.quotation.speaker:
                self._by_speaker[cited.quotation.speaker.id].append((cited, cited_mark(cited)))
        self._on_topic: dict[tuple[bool, int, str], bool] = {}
        self._wanted: dict[tuple[str, str | None, Happening | None], list[tuple[str, Cited | CitedEvent]]] = {}

    def wanted(self, follow: Follow) -> list[tuple[str, Cited | CitedEvent]]:
        """What a follow wants, each with its mark."""
        key = (follow.actor.id, follow.topic, follow.happening)
        if key not in self._wanted:
            self._wanted[key] = [*(self._events(follow.happening) if follow.happening else self._statements(follow))]
        return self._wanted[key]

    def _statements(self, follow: Follow) -> Iterator[tuple[str, Cited]]:
        """What the actor's voices say, on the topic if there is one."""
        for speaker in sorted(self._voices[follow.actor.id] & self._by_speaker.keys()):
            for cited, mark in self._by_speaker[speaker]:
                if follow.topic is None or self.on(cited, follow.topic):
                    yield mark, cited

    def _events(self, wanted: Happening) -> Iterator[tuple[str, CitedEvent]]:
        for cited in self._happened:
            if happens(cited, wanted, self._voices):
                yield event_mark(cited), cited

    def on(self, cited: Cited | CitedEvent, topic: str) -> bool:
        """Whether it is about the topic, or of that outlet."""
        key = (isinstance(cited, CitedEvent), cited.number, topic)
        if key not in self._on_topic:
            self._on_topic[key] = is_about(cited, topic)
        return self._on_topic[key]


def event_mark(cited: CitedEvent) -> str:
    """The same for what is told of the same parties on the same day, by whichever outlet."""
    event = cited.event
    day = event.date or (cited.article.published_on.isoformat() if cited.article.published_on else "")
    return mark_of(f"{family(event)} {event.status} {day}", " ".join(sorted(parties(cited))))


def alert_reply(
    found: Sequence[Cited | CitedEvent],
    wording: Wording,
    follows: Sequence[Follow],
    voices: Mapping[str, frozenset[str]],
    key: str,
) -> Reply | None:
    """The message: what happened, what was said, where it stands, and why it came; ``None`` where nothing of it is stored
    or followed any more."""
    heard = [(cited, [f for f in follows if _wants(f, cited, voices)]) for cited in found]
    kept = [(cited, why) for cited, why in heard if why]
    if not kept:
        return None
    sources = Sources()
    names = dict.fromkeys(_title(cited) for cited, _ in kept)
    blocks: list[Block] = [Heading(f"New: {', '.join(filter(None, names))}"[:150])]
    blocks += [Item(line_of(sources, cited, wording)) for cited, _ in kept[:SHOWN]]
    if len(kept) > SHOWN:
        blocks.append(_note(f"{len(kept) - SHOWN} more; ask: what happened today, or: what did {next(iter(names))} say today."))
    reasons = list(dict.fromkeys(follow for _, why in kept for follow in why))
    blocks.append(_note(f"You get this because of: {', '.join(dict.fromkeys(_reason(f) for f in reasons))}."))
    buttons = [Button(f"Unfollow {f.name}"[:60], Action("unfollow", f.handle)) for f in reasons[:3]]
    blocks.append(Buttons((*buttons, Button("Why this?", Action("why", key)))))
    return sources.reply(blocks)


def _wants(follow: Follow, cited: Cited | CitedEvent, voices: Mapping[str, frozenset[str]]) -> bool:
    if isinstance(cited, CitedEvent):
        return follow.happening is not None and happens(cited, follow.happening, voices)
    return follow.happening is None and concerns(cited, Wish(follow.actor, voices[follow.actor.id], follow.topic))


def _reason(follow: Follow) -> str:
    return f"{'alert' if follow.happening else 'follow'} {follow.name}"


def _title(cited: Cited | CitedEvent) -> str:
    if isinstance(cited, CitedEvent):
        return happening(cited)
    return cited.quotation.speaker.name if cited.quotation.speaker else ""


def _note(text: str) -> Paragraph:
    return Paragraph((Words(text, Style.NOTE),))
