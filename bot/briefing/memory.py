"""What was read so far, in order of arrival: which development each article went to, what it brought that was new, and who
had said which words before. Every article is taken once, however many digests it is in, so that all agree."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.briefing.developments import Assignment, Grouping
from bot.model import Article, Cited, Reading
from bot.ports import Library
from bot.terms import words

PAST = 2_000
"""Articles before the first that is asked for: they tell what is no news any more."""
_ARTICLES, _MARKS, _BATCH = 20_000, 400_000, 100
"""Articles and statements that are remembered; articles that are taken at a time."""
T = TypeVar("T")


class Memory:
    """Remembers what it is handed; plain Python, bounded."""

    def __init__(self) -> None:
        self._grouping = Grouping()
        self._assigned: OrderedDict[str, Assignment] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()
        self._first: OrderedDict[str, str] = OrderedDict()

    def take(self, batch: Iterable[tuple[Article, Reading]], stored: Mapping[str, str] | None = None) -> None:
        """The next articles, in order of arrival. ``stored`` are the developments that articles are known to have gone to: they keep
        those names, and others join them under them."""
        for article, reading in batch:
            found = self._grouping.assign(article, reading)
            name = (stored or {}).get(article.id) or self._names.get(found.development, found.development)
            self._names.setdefault(found.development, name)
            self._assigned[article.id] = replace(found, development=name)
            for quotation in reading.quotations:
                said = " ".join(article.text[start:end] for start, end in quotation.content)
                self._first.setdefault(mark_of(quotation.speaker.id if quotation.speaker else "", said), article.id)
        _bound(self._assigned, _ARTICLES)
        _bound(self._names, _ARTICLES)
        _bound(self._first, _MARKS)

    def assigned(self, ids: Iterable[str]) -> dict[str, Assignment]:
        """Where these articles went; one that is not remembered is a development of its own."""
        return {id: self._assigned.get(id) or Assignment(id, None, f"d-{id}", opened=True) for id in ids}

    def first_said_in(self, cited: Cited) -> str:
        """The article that had these words of this speaker first."""
        return self._first.get(cited_mark(cited), cited.article.id)


def _bound(held: OrderedDict[str, T], most: int) -> None:
    while len(held) > most:
        held.popitem(last=False)


Arrivals = Callable[[int, int], Awaitable[Sequence[str]]]
"""Ids of the articles with first < arrival <= second, in order of arrival."""


class Stream:
    """A memory that follows the library's arrivals, and stores there which development each went to."""

    def __init__(self, library: Library, arrivals: Arrivals) -> None:
        self._library = library
        self._arrivals = arrivals
        self._memory = Memory()
        self._start = self._at = -1

    async def upto(self, after: int, upto: int) -> Memory:
        """The memory with all arrivals up to ``upto`` taken, and ``PAST`` before ``after``. One call at a time."""
        if self._at < 0 or after < self._start:
            self._memory, self._start = Memory(), after
            self._at = max(0, after - PAST)
        while self._at < upto:
            step = min(upto, self._at + _BATCH)
            batch = await read_all(self._library, await self._arrivals(self._at, step))
            ids = [article.id for article, _ in batch]
            stored = await self._library.developments(ids)
            await asyncio.to_thread(self._memory.take, batch, stored)
            went = self._memory.assigned(id for id in ids if id not in stored)
            await self._library.develop({id: one.development for id, one in went.items()})
            self._at = step
        return self._memory


async def read_all(library: Library, ids: Sequence[str]) -> list[tuple[Article, Reading]]:
    """The articles with their readings, those that are still there."""
    found = []
    for id in ids:
        article, reading = await library.article(id), await library.reading(id)
        if article and reading:
            found.append((article, reading))
    return found


def mark_of(speaker: str, said: str) -> str:
    """The same for the same words of the same speaker, whatever stands between them."""
    return hashlib.sha256(" ".join((speaker, *words(said))).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def cited_mark(cited: Cited) -> str:
    """The mark of a stored quotation."""
    speaker = cited.quotation.speaker
    return mark_of(speaker.id if speaker else "", " ".join(cited.words))
