"""Developments: which articles tell one happening, decided as they arrive, and what each brings that is new.

An article joins the development whose articles it is worded most like (mean cosine, see ``wording``), within
``window`` days; it opens its own where none is alike enough, or where its leading meeting has other parties (the call
with one president is not the call with another). A decision is never revised, so a name once given stands for
life; another order of arrival can group borderline articles otherwise. Nothing here reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import nlargest

from bot.briefing.novelty import News, Novelty
from bot.briefing.wording import Vector, Weights, likeness, sketch
from bot.model import ActorType, Article, Event, Reading, Status, TimeClass

__all__ = ["Assignment", "Grouping", "Novelty", "independent_outlets"]

_ALIKE, _UNDATED = 0.21, 0.015
"""How alike an article must be to join; what an undated one must be more."""
_COPY = 0.5
"""The share of common runs of words from which on an article is a copy."""
_PROBES, _TRIED, _BUSY = 40, 12, 400
"""Developments are looked for by this many of an article's weightiest terms, and so many of them are compared in full;
terms that stand in more developments than ``_BUSY`` find nobody."""
_LEAD = 3
"""The paragraphs whose first meeting is what an article is about."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where an article went. ``development`` is "d-" and the id of its first article; ``copy_of`` is the article
    whose text this one repeats: both count as one outlet. ``news`` is what it adds to the development."""

    article: str
    outlet: str | None
    development: str
    opened: bool
    copy_of: str | None = None
    news: tuple[Novelty, ...] = ()


def independent_outlets(assignments: Iterable[Assignment]) -> int:
    """How many outlets tell it on their own: copies count with their original, an outlet counts once."""
    return len({a.outlet or a.article for a in assignments if a.copy_of is None})


@dataclass(slots=True)
class _Development:
    """What is remembered of a development: the sum of its articles' vectors, its days, copies' sketches, news."""

    name: str
    first: date
    last: date
    size: int = 0
    total: Vector = field(default_factory=dict)
    sketches: dict[str, frozenset[int]] = field(default_factory=dict)
    meetings: set[frozenset[str]] = field(default_factory=set)
    leads: set[frozenset[str]] = field(default_factory=set)
    news: News = field(default_factory=News)

    def likeness(self, vector: Vector) -> float:
        """Mean cosine with its articles."""
        return sum(weight * self.total.get(term, 0.0) for term, weight in vector.items()) / self.size

    def copied(self, found: frozenset[int]) -> str | None:
        """The article that a sketch is a copy of."""
        return next((article for article, other in self.sketches.items() if likeness(found, other) >= _COPY), None)


class Grouping:
    """The state of grouping: feed it articles with ``assign``; plain Python, so it can be pickled and resumed.

    Memory is bounded by the developments that had an article in the last ``window`` days of the stream.
    """

    def __init__(self, window: int = 8) -> None:
        self._window = timedelta(days=window)
        self._weights = Weights()
        self._open: dict[str, _Development] = {}
        self._index: dict[str, dict[str, float]] = {}
        self._where: dict[str, str] = {}
        self._today = date.min

    @property
    def remembered(self) -> int:
        """How many articles are remembered."""
        return len(self._where)

    def assign(self, article: Article, reading: Reading) -> Assignment:
        """Put an article into a development. The same id again is a revision: it stays where it was."""
        day = article.published_on or (article.published_at.date() if article.published_at else None)
        self._forget(day)
        here = day or self._today
        text = article.text[slice(*article.body)]
        if article.id in self._where:
            return self._revised(article, reading, self._open[self._where[article.id]])
        vector, runs = self._weights.vector(_titled(article.title, text)), sketch(text)
        lead, meetings = _meetings(reading.events)
        found = self._closest(vector, day, lead, meetings)
        opened = found is None
        development = found or _Development(f"d-{article.id}", here, here)
        copy_of = development.copied(runs)
        self._add(development, article.id, vector, here)
        development.sketches[article.id] = runs
        development.meetings |= meetings
        development.leads |= {lead} if lead else set()
        news = development.news.add(reading.events) if copy_of is None else ()
        return Assignment(article.id, article.outlet, development.name, opened, copy_of, news)

    def _revised(self, article: Article, reading: Reading, development: _Development) -> Assignment:
        news = development.news.correct(reading.events)
        return Assignment(article.id, article.outlet, development.name, opened=False, news=news)

    def _closest(
        self, vector: Vector, day: date | None, lead: frozenset[str] | None, meetings: set[frozenset[str]]
    ) -> _Development | None:
        floor = _ALIKE if day else _ALIKE + _UNDATED
        best, found = floor, None
        for name in self._candidates(vector):
            development = self._open[name]
            if day and not development.first - self._window <= day <= development.last + self._window:
                continue
            score = development.likeness(vector)
            if score > best and not _conflict(development, lead, meetings):
                best, found = score, development
        return found

    def _candidates(self, vector: Vector) -> list[str]:
        """The developments that share most of the article's weightiest terms, best first."""
        scores: dict[str, float] = {}
        for term, weight in nlargest(_PROBES, vector.items(), key=lambda item: item[1]):
            entries = self._index.get(term, {})
            if len(entries) <= _BUSY:
                for name, shared in entries.items():
                    scores[name] = scores.get(name, 0.0) + weight * shared
        means = ((score / self._open[name].size, name) for name, score in scores.items())
        return [name for _, name in nlargest(_TRIED, means)]

    def _add(self, development: _Development, article: str, vector: Vector, day: date) -> None:
        self._open[development.name] = development
        self._where[article] = development.name
        development.first, development.last = min(development.first, day), max(development.last, day)
        development.size += 1
        for term, weight in vector.items():
            total = development.total.get(term, 0.0) + weight
            development.total[term] = total
            self._index.setdefault(term, {})[development.name] = total

    def _forget(self, day: date | None) -> None:
        """Close what had no article within the window before the newest day of the stream."""
        if day is None or day <= self._today:
            return
        self._today = day
        edge = day - self._window if day - date.min > self._window else date.min
        for development in [d for d in self._open.values() if d.last < edge]:
            self._close(development)

    def _close(self, development: _Development) -> None:
        del self._open[development.name]
        for article in development.sketches:
            del self._where[article]
        for term in development.total:
            entries = self._index[term]
            del entries[development.name]
            if not entries:
                del self._index[term]


def _titled(title: str | None, text: str) -> str:
    return f"{title}.\n{text}" if title and title[:40] not in text[:400] else text


def _meetings(events: Iterable[Event]) -> tuple[frozenset[str] | None, set[frozenset[str]]]:
    """(who meets in the leading meeting, who meets in any): the people and states of calls, visits and meetings."""
    lead: frozenset[str] | None = None
    all_: set[frozenset[str]] = set()
    for event in events:
        if event.type != "CONSULT" or event.time_class is not TimeClass.NEWS or event.status is not Status.HAPPENED:
            continue
        parties = frozenset(a.id for a in (*event.actors, *event.recipients) if a.type in (ActorType.PERSON, ActorType.COUNTRY))
        if len(parties) >= 2:
            all_.add(parties)
            if lead is None and event.paragraph <= _LEAD:
                lead = parties
    return lead, all_


def _conflict(development: _Development, lead: frozenset[str] | None, meetings: set[frozenset[str]]) -> bool:
    """Both are about meetings that share a party, of other counterparts, and neither tells the other's."""
    if lead is None or not development.leads or lead in development.meetings or development.leads & meetings:
        return False
    return any(lead & other and lead - other and other - lead for other in development.leads)
