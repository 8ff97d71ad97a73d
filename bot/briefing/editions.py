"""An edition: what a run of newly read articles tells that earlier ones did not, by development, before anybody's wishes.

Wire copies count once; words that an earlier article had already are not told again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.asking.answers import Point
from bot.asking.weighing import sendable
from bot.briefing.accounts import comparisons
from bot.briefing.centrality import Accounts
from bot.briefing.developments import Assignment, independent_outlets
from bot.briefing.matching import SURE, parties
from bot.briefing.memory import Memory, cited_mark, read_all
from bot.briefing.novelty import SPOKEN, family
from bot.briefing.readouts import Comparison
from bot.citing import cut, is_certain
from bot.frames import is_contrary
from bot.model import (
    ActorRef,
    ActorType,
    Article,
    ArticleHead,
    Cited,
    CitedEvent,
    Event,
    Span,
    Status,
    TimeClass,
    paragraph_spans,
)
from bot.model import Kind as Quoting
from bot.ports import Library, Scope
from bot.replies import Inline
from bot.reports import Report, corrected
from bot.terms import stems

Sides = Callable[[ActorRef, date], tuple[ActorRef, ...]]
"""An actor with all who speak for it on a day."""
MOST = 1_000
"""Articles of one edition; of more, the latest."""
_BATCH = 50
_OPENING = 5
"""Paragraphs, headlines among them, that tell what an article is about."""
_ALIKE, _FEWEST = 0.7, 5
"""The share of a shorter statement's stems from which on two say the same, and how many it needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One and the same only as itself. A development: its news, acts before acts of speech; what was said, quoted words first; the articles that tell it,
    how many outlets on their own, both sides' accounts of its meetings, an act that it recalls, and the outlets' words
    for all of these, by number."""

    development: str
    news: tuple[CitedEvent, ...]
    sayings: tuple[Point, ...]
    heads: tuple[ArticleHead, ...]
    outlets: int
    readouts: tuple[Comparison, ...] = ()
    background: CitedEvent | None = None
    wording: Mapping[int, Sequence[Inline]] = field(default_factory=dict)

    def corrected(self, corrections: Sequence[Report]) -> "Story":
        """What was withdrawn is left out; accounts are not compared where a statement is not as it was."""
        sayings = _corrected(self.sayings, corrections)
        return self if sayings == self.sayings else replace(self, sayings=sayings, readouts=())


@dataclass(frozen=True, slots=True)
class Edition:
    """``articles`` were read, ``left`` more were too many to look at. Stories told by most outlets come first.

    ``days`` are those of publication, oldest first; ``named`` are the ids of all actors that the articles mention."""

    articles: int
    outlets: tuple[str, ...]
    stories: tuple[Story, ...]
    left: int = 0
    days: tuple[date, ...] = ()
    named: frozenset[str] = frozenset()

    @property
    def speakers(self) -> frozenset[str]:
        """Ids of all who say something in it."""
        said = (point.cited.quotation.speaker for story in self.stories for point in story.sayings)
        return frozenset(speaker.id for speaker in said if speaker)

    def corrected(self, corrections: Sequence[Report]) -> "Edition":
        """The edition with what was withdrawn left out and speakers as corrected."""
        if not corrections:
            return self
        stories = (story.corrected(corrections) for story in self.stories)
        return replace(self, stories=tuple(story for story in stories if story.news or story.sayings))


def _corrected(sayings: Sequence[Point], corrections: Sequence[Report]) -> tuple[Point, ...]:
    kept = (corrected((point.cited, *point.also), corrections) for point in sayings)
    return tuple(Point(cited[0], tuple(cited[1:])) for cited in kept if cited)


async def edition_of(library: Library, memory: Memory, new: Sequence[str], sides: Sides) -> Edition:
    """The edition of the articles ``new`` (ids, in order of arrival), all of which the memory has taken."""
    taken = new[-MOST:]
    now = await read_all(library, taken)
    quotations: list[Cited] = []
    events: list[CitedEvent] = []
    for start in range(0, len(taken), _BATCH):
        scope = Scope(articles=tuple(taken[start : start + _BATCH]))
        quotations += await library.quotations([], scope, limit=10_000)
        events += await library.events(scope, limit=10_000)
    assigned = memory.assigned(taken)
    fresh = [cited for cited in quotations if memory.first_said_in(cited) in assigned]
    stories = await asyncio.to_thread(_stories, assigned, fresh, events, sides, {article.id: article for article, _ in now})
    texts = {article.id: article.text for article, _ in now}
    stories = await asyncio.to_thread(_worded, stories, texts)
    outlets = tuple(dict.fromkeys(article.outlet for article, _ in now if article.outlet))
    days = sorted({article.published_on for article, _ in now if article.published_on})
    named = frozenset(m.actor.id for _, reading in now for m in reading.mentions if m.actor)
    return Edition(len(now), outlets, stories, len(new) - len(taken), tuple(days), named)


def _worded(stories: Sequence[Story], texts: Mapping[str, str]) -> tuple[Story, ...]:
    return tuple(replace(story, wording=worded(_all_events(story), texts)) for story in stories)


def _all_events(story: Story) -> tuple[CitedEvent, ...]:
    return (*story.news, story.background) if story.background else story.news


def worded(events: Sequence[CitedEvent], texts: Mapping[str, str]) -> dict[int, Sequence[Inline]]:
    """The outlets' own words for events, by the events' numbers; ``texts`` are the articles', by id."""
    spans = {id: paragraph_spans(text) for id, text in texts.items() if any(e.article.id == id for e in events)}
    found: dict[int, Sequence[Inline]] = {}
    for cited in events:
        start, end = cited.event.evidence
        where = next((span for span in spans.get(cited.article.id, ()) if span.start <= start and end <= span.end), None)
        if where:
            paragraph = texts[cited.article.id][where.start : where.end]
            found[cited.number] = cut(paragraph, Span(start - where.start, end - where.start))
    return found


def _points(quotations: Sequence[Cited], assigned: dict[str, Assignment]) -> list[Point]:
    """Statements of known speakers, each once; a copy's are other places of the original's, but for what it adds. A paraphrase
    that is read with doubt is no news."""
    ordered = sorted(quotations, key=lambda c: (assigned[c.article.id].copy_of is not None, c.number))
    groups: dict[str, list[Cited]] = {}
    for cited in ordered:
        speaker = cited.quotation.speaker
        sure = sendable(cited) and (cited.quotation.kind is Quoting.DIRECT or is_certain(cited))
        if sure and speaker is not None and speaker.type is not ActorType.UNNAMED:
            groups.setdefault(cited_mark(cited), []).append(cited)
    return [Point(group[0], tuple(group[1:])) for group in groups.values()]


def _is_recalled(cited: Cited, background: Sequence[Span]) -> bool:
    """A statement that the article tells as an act of long ago."""
    said = sum(end - start for start, end in cited.quotation.content)
    shared = (
        sum(max(0, min(end, last) - max(start, first)) for start, end in cited.quotation.content) for first, last in background
    )
    return any(2 * part > said for part in shared)


def _stories(
    assigned: dict[str, Assignment],
    quotations: Sequence[Cited],
    events: Sequence[CitedEvent],
    sides: Sides,
    articles: Mapping[str, Article],
) -> tuple[Story, ...]:
    cited = {_identity(c.article.id, c.event): c for c in events}
    heads = {c.article.id: c.article for c in events} | {c.article.id: c.article for c in quotations}
    sayings, acts, past, recalling, going = (defaultdict[str, list[Any]](list) for _ in range(5))
    for event in events:
        if _worth(event.event):
            acts[assigned[event.article.id].development].append(event)
        elif event.event.time_class is TimeClass.BACKGROUND:
            recalling[event.article.id].append(event.event.evidence)
            if _worth(replace(event.event, time_class=TimeClass.NEWS)):
                past[assigned[event.article.id].development].append(event)
    for point in _points([c for c in quotations if not _is_recalled(c, recalling[c.article.id])], assigned):
        sayings[assigned[point.cited.article.id].development].append(point)
    for assignment in assigned.values():
        going[assignment.development].append(assignment)
    stories = []
    for development, mine in going.items():
        on = _last_day(acts[development])
        accounts = Accounts([articles[a.article] for a in mine if a.copy_of is None and a.article in articles])
        new = [cited[key] for a in mine for n in a.news if (key := _identity(a.article, n.event)) in cited]
        told = _weighed(new, acts[development], accounts)
        said = _merged(_quoted_first(sayings[development], accounts, _voices(acts[development], sides, on)))
        if told or said:
            places = tuple(heads[a.article] for a in mine if a.article in heads)
            readouts = _compared(acts[development], said, sides, on)
            recalled = min(past[development], key=lambda c: c.event.paragraph, default=None)
            stories.append(Story(development, tuple(told), tuple(said), places, independent_outlets(mine), readouts, recalled))
    return tuple(sorted(stories, key=lambda story: (-story.outlets, not story.news, -len(story.sayings))))


def _weighed(news: Sequence[CitedEvent], acts: Sequence[CitedEvent], accounts: Accounts) -> list[CitedEvent]:
    """What is worth telling: what most outlets tell first, since one of them alone may be misread, and above all what an article
    opens with; acts before acts of speech;
    what was not done last; else as the articles have it. An act of one party alone needs a second outlet."""
    telling: defaultdict[tuple[str, frozenset[str]], set[str]] = defaultdict(set)
    for act in acts:
        if act.event.paragraph <= _OPENING:
            telling[family(act.event), parties(act)].add(act.article.id)

    def weight(cited: CitedEvent) -> tuple[float, bool, int, bool, int]:
        event = cited.event
        many = len(telling[family(event), parties(cited)])
        central = outlets[cited.number] / (1 if event.paragraph <= _OPENING else 2)
        return -central, event.type in SPOKEN, -many, event.status is Status.NEGATED, event.paragraph

    outlets = {cited.number: accounts.outlets_telling(cited.words) for cited in news if _is_told(cited.event)}
    kept = [c for c in news if c.number in outlets and (_is_between_several(c.event) or outlets[c.number] > 1)]
    return sorted(kept, key=weight)


def _merged(points: Sequence[Point]) -> list[Point]:
    """Statements that say nearly the same in another cut are other places of the first."""
    kept: list[Point] = []
    heard: list[frozenset[str]] = []
    for point in points:
        here = frozenset(stems(" ".join(point.cited.words)))
        denied = is_contrary(point.cited)
        same = next((n for n, other in enumerate(heard) if _alike(here, other) and is_contrary(kept[n].cited) is denied), None)
        if same is None:
            kept.append(point)
            heard.append(here)
        elif kept[same].cited.quotation.speaker == point.cited.quotation.speaker:
            kept[same] = replace(kept[same], also=(*kept[same].also, point.cited, *point.also))
    return kept


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    fewest = min(len(one), len(other))
    return fewest >= _FEWEST and len(one & other) >= _ALIKE * fewest


def _last_day(told: Sequence[CitedEvent]) -> date | None:
    return max((cited.article.published_on for cited in told if cited.article.published_on), default=None)


def _compared(told: Sequence[CitedEvent], said: Sequence[Point], sides: Sides, on: date | None) -> tuple[Comparison, ...]:
    """The readouts, by who speaks for whom on the last day of it."""
    return comparisons(told, [point.cited for point in said], lambda actor: sides(actor, on)) if on else ()


def _worth(event: Event) -> bool:
    """News between parties; half-read acts ("X arrested") would say more than the article does."""
    return _is_told(event) and _is_between_several(event)


def _is_told(event: Event) -> bool:
    """News that happened or is planned, read with some certainty."""
    told = event.time_class is TimeClass.NEWS and event.status is not Status.HYPOTHETICAL
    return told and bool(event.actors) and event.confidence >= SURE


def _is_between_several(event: Event) -> bool:
    return len({actor.id for actor in (*event.actors, *event.recipients)}) > 1


def _identity(article: str, event: Event) -> tuple[object, ...]:
    return article, event.evidence, event.type, event.status, event.actors, event.recipients


def _voices(acts: Sequence[CitedEvent], sides: Sides, on: date | None) -> frozenset[str]:
    """Who speaks, on that day, for those that do something in a story other than speak."""
    doing = {actor for c in acts if c.event.type not in SPOKEN for actor in (*c.event.actors, *c.event.recipients)}
    return frozenset(voice.id for actor in doing for voice in (sides(actor, on) if on else (actor,)))


def _quoted_first(points: Sequence[Point], accounts: Accounts, voices: frozenset[str]) -> list[Point]:
    """Named speakers before groups and what is read with some doubt, what most outlets tell first, the parties' own words
    as if one outlet more did, quoted words before paraphrases."""

    def weight(point: Point) -> tuple[bool, bool, int, bool, bool, int]:
        quotation = point.cited.quotation
        group = quotation.speaker is None or quotation.speaker.type is ActorType.GROUP
        many = max(
            len({c.article.outlet for c in (point.cited, *point.also)}), accounts.outlets_telling(" ".join(point.cited.words))
        )
        many += quotation.speaker is not None and quotation.speaker.id in voices
        return (
            group,
            not is_certain(point.cited),
            -many,
            quotation.kind is Quoting.INDIRECT,
            quotation.inferred,
            point.cited.number,
        )

    return sorted(points, key=weight)
