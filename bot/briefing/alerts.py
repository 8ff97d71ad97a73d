"""Alerts: somebody followed said something new. Repeats by wire copies are not told; a burst is one message."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.briefing.editions import cited_mark
from bot.briefing.lines import statement_line
from bot.briefing.matching import Wish, concerns, is_about
from bot.briefing.peace import quiet_until
from bot.citing import Sources
from bot.model import Cited
from bot.replies import Action, Block, Button, Buttons, Heading, Item, Paragraph, Reply, Style, Words
from bot.standing import Alert, Listener, Manner

SHOWN = 6
"""Statements of one alert; of more it says how many."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one destination has to hear: quotation numbers by mark, the first place of equal words alone."""

    manner: Manner
    by_mark: dict[str, int] = field(default_factory=dict)

    def unless_heard(self, number: int, known: Collection[tuple[int, str]], now: datetime) -> Alert | None:
        """The alert for what was not heard before; ``None`` for nothing."""
        new = {mark: quotation for mark, quotation in self.by_mark.items() if (number, mark) not in known}
        due = quiet_until(self.manner, now) or now
        return Alert(number, tuple(new.values()), tuple(new), due) if new else None


def owed_to(arrived: Sequence[Cited], listeners: Sequence[Listener], voices: Mapping[str, frozenset[str]]) -> dict[int, Hits]:
    """By destination number, what its follows want of the statements that arrived, in order of arrival."""
    by_speaker: defaultdict[str, list[tuple[Cited, str]]] = defaultdict(list)
    for cited in arrived:
        if cited.quotation.speaker:
            by_speaker[cited.quotation.speaker.id].append((cited, cited_mark(cited)))
    on_topic: dict[tuple[int, str], bool] = {}

    def wanted(cited: Cited, topic: str) -> bool:
        key = (cited.number, topic)
        if key not in on_topic:
            on_topic[key] = is_about(cited, topic)
        return on_topic[key]

    owed: dict[int, Hits] = {}
    for listener in listeners:
        topic, mutes = listener.follow.topic, listener.manner.mutes
        speaking = voices[listener.follow.actor.id] & by_speaker.keys()
        for cited, mark in (item for speaker in sorted(speaking) for item in by_speaker[speaker]):
            if (topic is None or wanted(cited, topic)) and not any(wanted(cited, mute) for mute in mutes):
                owed.setdefault(listener.number, Hits(listener.manner)).by_mark.setdefault(mark, cited.number)
    return owed


def alert_reply(found: Sequence[Cited], wishes: Sequence[Wish]) -> Reply | None:
    """The message: what was said, where it stands, and why it came; ``None`` where nothing of it is stored any more."""
    heard = [(cited, [wish for wish in wishes if concerns(cited, wish)]) for cited in found]
    kept = [(cited, why) for cited, why in heard if why]
    if not kept:
        return None
    sources = Sources()
    names = dict.fromkeys(cited.quotation.speaker.name for cited, _ in kept if cited.quotation.speaker)
    blocks: list[Block] = [Heading(f"New: {', '.join(names)}"[:150])]
    blocks += [Item(statement_line(sources, cited)) for cited, _ in kept[:SHOWN]]
    if len(kept) > SHOWN:
        blocks.append(_note(f"{len(kept) - SHOWN} more; ask: what did {next(iter(names))} say today."))
    reasons = dict.fromkeys(_reason(wish) for _, why in kept for wish in why)
    blocks.append(_note(f"You get this because of: follow {', '.join(reasons)}."))
    actors = {wish.actor.id: wish.actor for _, why in kept for wish in why}
    blocks.append(
        Buttons(tuple(Button(f"Unfollow {a.name}"[:60], Action("unfollow", a.id[:64])) for a in list(actors.values())[:3]))
    )
    return sources.reply(blocks)


def _reason(wish: Wish) -> str:
    return f"{wish.actor.name}{' on ' + wish.topic if wish.topic else ''}"


def _note(text: str) -> Paragraph:
    return Paragraph((Words(text, Style.NOTE),))
