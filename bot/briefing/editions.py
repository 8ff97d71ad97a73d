"""An edition: what a run of newly read articles tells that earlier ones did not, by development, before anybody's wishes.

Wire copies count once; words that an earlier article had already are not told again.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.asking.answers import Point
from bot.asking.looking_up import shown
from bot.briefing.accounts import comparisons
from bot.briefing.developments import Assignment, Grouping, independent_outlets
from bot.briefing.matching import SURE
from bot.briefing.readouts import Comparison
from bot.model import ActorRef, Article, ArticleHead, Cited, CitedEvent, Event, Reading, Status, TimeClass
from bot.model import Kind as Quoting
from bot.ports import Library, Scope
from bot.reports import Report, corrected
from bot.terms import words

Sides = Callable[[ActorRef, date], tuple[ActorRef, ...]]
"""An actor with all who speak for it on a day."""
MOST = 1_000
"""Articles of one edition; of more, the latest."""
PAST = 300
"""Articles before it that tell what is no news any more."""
_BATCH = 50
SPOKEN = frozenset(["REQUEST", "REJECT", "SUPPORT", "ACCUSE", "THREATEN", "STATEMENT"])
"""Acts of speech: what was said tells them best."""


@dataclass(frozen=True, slots=True)
class Story:
    """A development: its news, acts before acts of speech; what was said, quoted words first; the articles that tell it,
    how many outlets on their own, and both sides' accounts of its meetings."""

    development: str
    news: tuple[CitedEvent, ...]
    sayings: tuple[Point, ...]
    heads: tuple[ArticleHead, ...]
    outlets: int
    readouts: tuple[Comparison, ...] = ()

    def corrected(self, corrections: Sequence[Report]) -> "Story":
        """What was withdrawn is left out; accounts are not compared where a statement is not as it was."""
        sayings = _corrected(self.sayings, corrections)
        return replace(self, sayings=sayings, readouts=self.readouts if sayings == self.sayings else ())


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


async def edition_of(library: Library, past: Sequence[str], new: Sequence[str], sides: Sides) -> Edition:
    """The edition of the articles ``new`` (ids, in order of arrival) after ``past`` ones."""
    taken = new[-MOST:]
    before, now = [await _read(library, ids) for ids in (past[-PAST:], taken)]
    assigned, known = await asyncio.to_thread(_grouped, before, now)
    quotations: list[Cited] = []
    events: list[CitedEvent] = []
    for start in range(0, len(taken), _BATCH):
        scope = Scope(articles=tuple(taken[start : start + _BATCH]))
        quotations += await library.quotations([], scope, limit=10_000)
        events += await library.events(scope, limit=10_000)
    stories = await asyncio.to_thread(_stories, assigned, quotations, known, events, sides)
    outlets = tuple(dict.fromkeys(article.outlet for article, _ in now if article.outlet))
    days = sorted({article.published_on for article, _ in now if article.published_on})
    named = frozenset(m.actor.id for _, reading in now for m in reading.mentions if m.actor)
    return Edition(len(now), outlets, stories, len(new) - len(taken), tuple(days), named)


def mark_of(speaker: str, said: str) -> str:
    """The same for the same words of the same speaker, whatever stands between them."""
    return hashlib.sha256(" ".join((speaker, *words(said))).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def cited_mark(cited: Cited) -> str:
    """The mark of a stored quotation."""
    speaker = cited.quotation.speaker
    return mark_of(speaker.id if speaker else "", " ".join(cited.words))


async def _read(library: Library, ids: Sequence[str]) -> list[tuple[Article, Reading]]:
    found = []
    for id in ids:
        article, reading = await library.article(id), await library.reading(id)
        if article and reading:
            found.append((article, reading))
    return found


def _grouped(
    before: Sequence[tuple[Article, Reading]], now: Sequence[tuple[Article, Reading]]
) -> tuple[dict[str, Assignment], set[str]]:
    """(where each new article went, marks of all that was said before)."""
    grouping = Grouping()
    known: set[str] = set()
    for article, reading in before:
        grouping.assign(article, reading)
        for quotation in reading.quotations:
            said = " ".join(article.text[start:end] for start, end in quotation.content)
            known.add(mark_of(quotation.speaker.id if quotation.speaker else "", said))
    return {article.id: grouping.assign(article, reading) for article, reading in now}, known


def _points(quotations: Sequence[Cited], assigned: dict[str, Assignment], known: set[str]) -> list[Point]:
    """New statements of known speakers, each once; a copy's are other places of the original's."""
    ordered = sorted(quotations, key=lambda c: (assigned[c.article.id].copy_of is not None, c.number))
    groups: dict[str, list[Cited]] = {}
    for cited in ordered:
        mark = cited_mark(cited)
        if not shown(cited) or cited.quotation.speaker is None or mark in known:
            continue
        if mark in groups or assigned[cited.article.id].copy_of is None:
            groups.setdefault(mark, []).append(cited)
    return [Point(group[0], tuple(group[1:])) for group in groups.values()]


def _stories(
    assigned: dict[str, Assignment], quotations: Sequence[Cited], known: set[str], events: Sequence[CitedEvent], sides: Sides
) -> tuple[Story, ...]:
    cited = {_identity(c.article.id, c.event): c for c in events}
    heads = {c.article.id: c.article for c in events} | {c.article.id: c.article for c in quotations}
    sayings: dict[str, list[Point]] = {}
    for point in _points(quotations, assigned, known):
        sayings.setdefault(assigned[point.cited.article.id].development, []).append(point)
    acts: dict[str, list[CitedEvent]] = {}
    for event in events:
        if _worth(event.event):
            acts.setdefault(assigned[event.article.id].development, []).append(event)
    going: dict[str, list[Assignment]] = {}
    for assignment in assigned.values():
        going.setdefault(assignment.development, []).append(assignment)
    stories = []
    for development, mine in going.items():
        news = sorted(((n.event, a.article) for a in mine for n in a.news if _worth(n.event)), key=_weight)
        told = [cited[key] for event, article in news if (key := _identity(article, event)) in cited]
        said = sorted(sayings.get(development, []), key=_quoted_first)
        if told or said:
            places = tuple(heads[a.article] for a in mine if a.article in heads)
            readouts = _compared(acts.get(development, []), said, sides)
            stories.append(Story(development, tuple(told), tuple(said), places, independent_outlets(mine), readouts))
    return tuple(sorted(stories, key=lambda story: (-story.outlets, not story.news, -len(story.sayings))))


def _compared(told: Sequence[CitedEvent], said: Sequence[Point], sides: Sides) -> tuple[Comparison, ...]:
    """The readouts, by who speaks for whom on the last day of it."""
    on = max((cited.article.published_on for cited in told if cited.article.published_on), default=None)
    return comparisons(told, [point.cited for point in said], lambda actor: sides(actor, on)) if on else ()


def _worth(event: Event) -> bool:
    """News between parties, read with some certainty; half-read acts ("X arrested") would say more than the article does."""
    parties = {actor.id for actor in (*event.actors, *event.recipients)}
    told = event.time_class is TimeClass.NEWS and event.status is not Status.HYPOTHETICAL
    return told and bool(event.actors) and len(parties) > 1 and event.confidence >= SURE


def _identity(article: str, event: Event) -> tuple[object, ...]:
    return article, event.evidence, event.type, event.status, event.actors, event.recipients


def _weight(item: tuple[Event, str]) -> tuple[bool, bool]:
    """Acts before acts of speech, what was not done last; else in order of arrival and as the article has them."""
    event = item[0]
    return event.type in SPOKEN, event.status is Status.NEGATED


def _quoted_first(point: Point) -> tuple[bool, bool, int]:
    quotation = point.cited.quotation
    return quotation.kind is Quoting.INDIRECT, quotation.inferred, point.cited.number
