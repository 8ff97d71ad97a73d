"""An edition: what a run of newly read articles tells that earlier ones did not, by development, before anybody's wishes.

Wire copies count once; words that an earlier article had already are not told again.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.asking.answers import Point
from bot.asking.looking_up import shown
from bot.briefing.developments import Assignment, Grouping, independent_outlets
from bot.briefing.novelty import Kind, Novelty
from bot.model import Article, Cited, CitedEvent, Event, Reading, Status, TimeClass
from bot.model import Kind as Quoting
from bot.ports import Library, Scope
from bot.reports import Report, corrected
from bot.terms import words

MOST = 1_000
"""Articles of one edition; of more, the latest."""
PAST = 300
"""Articles before it that tell what is no news any more."""
_BATCH = 50
_SURE = 0.5
"""Confidence from which on an event is told."""
_SAID = frozenset(["REQUEST", "REJECT", "SUPPORT", "ACCUSE", "THREATEN"])
"""Acts of speech: where statements are shown, these only repeat them."""
_RANK = {Status.HAPPENED: 0, Status.CANCELLED: 0, Status.NEGATED: 1, Status.PLANNED: 1}


@dataclass(frozen=True, slots=True)
class Story:
    """A development: its news, what matters most first; what was said, quoted words first; how many outlets tell it."""

    development: str
    news: tuple[CitedEvent, ...]
    sayings: tuple[Point, ...]
    outlets: int
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """``articles`` were read, ``left`` more were too many to look at. Stories told by most outlets come first."""

    articles: int
    outlets: tuple[str, ...]
    stories: tuple[Story, ...]
    left: int = 0

    @property
    def speakers(self) -> frozenset[str]:
        """Ids of all who say something in it."""
        said = (point.cited.quotation.speaker for story in self.stories for point in story.sayings)
        return frozenset(speaker.id for speaker in said if speaker)

    def corrected(self, corrections: Sequence[Report]) -> "Edition":
        """The edition with what was withdrawn left out and speakers as corrected."""
        if not corrections:
            return self
        stories = (replace(story, sayings=_corrected(story.sayings, corrections)) for story in self.stories)
        return replace(self, stories=tuple(story for story in stories if story.news or story.sayings))


def _corrected(sayings: Sequence[Point], corrections: Sequence[Report]) -> tuple[Point, ...]:
    kept = (corrected((point.cited, *point.also), corrections) for point in sayings)
    return tuple(Point(cited[0], tuple(cited[1:])) for cited in kept if cited)


async def edition_of(library: Library, past: Sequence[str], new: Sequence[str]) -> Edition:
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
    stories = _stories(assigned, _points(quotations, assigned, known), events)
    outlets = tuple(dict.fromkeys(article.outlet for article, _ in now if article.outlet))
    return Edition(len(now), outlets, stories, len(new) - len(taken))


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


def _stories(assigned: dict[str, Assignment], points: Sequence[Point], events: Sequence[CitedEvent]) -> tuple[Story, ...]:
    cited = {(c.article.id, c.event.evidence, c.event.type): c for c in events}
    stories = []
    for development in dict.fromkeys(assignment.development for assignment in assigned.values()):
        mine = [a for a in assigned.values() if a.development == development]
        news = [(n, a.article) for a in mine for n in a.news if _worth(n.event)]
        told = [cited[key] for n, article in sorted(news, key=_weight) if (key := _key(article, n)) in cited]
        sayings = [p for p in points if assigned[p.cited.article.id].development == development]
        if told or sayings:
            corrected = any(n.kind is Kind.CORRECTION for n, _ in news)
            told = [c for c in told if c.event.type not in _SAID] if sayings else told
            quoted_first = tuple(sorted(sayings, key=_quoted_first))
            stories.append(Story(development, tuple(told), quoted_first, independent_outlets(mine), corrected))
    return tuple(sorted(stories, key=lambda story: (-story.outlets, not story.news, -len(story.sayings))))


def _worth(event: Event) -> bool:
    """News between parties, read with some certainty; half-read acts ("X arrested") would say more than the article does."""
    parties = {actor.id for actor in (*event.actors, *event.recipients)}
    told = event.time_class is TimeClass.NEWS and event.status is not Status.HYPOTHETICAL
    return told and bool(event.actors) and len(parties) > 1 and event.confidence >= _SURE


def _key(article: str, novelty: Novelty) -> tuple[str, tuple[int, int], str]:
    return article, novelty.event.evidence, novelty.event.type


def _weight(item: tuple[Novelty, str]) -> tuple[bool, int, int]:
    """Acts before acts of speech, done before planned, then as the article has them: it tells what matters most first."""
    event = item[0].event
    return event.type in _SAID, _RANK[event.status], event.paragraph


def _quoted_first(point: Point) -> tuple[bool, bool, int]:
    quotation = point.cited.quotation
    return quotation.kind is Quoting.INDIRECT, quotation.inferred, point.cited.number
