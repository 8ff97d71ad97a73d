"""Articles as they are found -> the library: read in batches, each batch stored in one transaction.

While one batch is stored the next is gathered and read. A stop at any point, ``kill -9`` too, loses only what was not
stored yet; the same run again goes on there.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.errors import SourceError
from bot.model import Article, Reading
from bot.ports import Library, Stored
from bot.reading.bulk import BulkReader
from bot.sources import Entries, Entry, Found, Gathered, mark_of

BATCH = 64
"""Articles that are looked at and stored together."""
_KEPT = 1_000
T = TypeVar("T")
_END = object()


@dataclass(slots=True)
class Tally:
    """What an ingest did, article by article; ``pending`` are read and not stored yet. Of all that ``failed`` the first are kept as
    ``problems``."""

    stored: dict[Stored, int] = field(default_factory=lambda: dict.fromkeys(Stored, 0))
    problems: list[SourceError] = field(default_factory=list)
    failed: int = 0
    pending: int = 0

    @property
    def done(self) -> int:
        """Articles looked at."""
        return sum(self.stored.values()) + self.pending

    def fail(self, problem: SourceError) -> None:
        """Note what could not be had or read."""
        self.failed += 1
        if len(self.problems) < _KEPT:
            self.problems.append(problem)


Told = Callable[[Tally], None]


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes articles in. ``read`` reads with the reader called ``reader``; with ``quiet`` nobody is told of what is new."""

    library: Library
    entries: Entries
    read: BulkReader
    reader: str
    clock: Callable[[], datetime]
    quiet: bool = False

    async def take(self, found: AsyncIterator[Found], told: Told = lambda tally: None) -> Tally:
        """Take in all that is found, in its order. What can't be read is noted and the rest goes on; what is stored already as
        it is is not read again."""
        tally, storing = Tally(), asyncio.create_task(asyncio.sleep(0))
        try:
            async with aclosing(batched(found, BATCH)) as batches:
                async for batch in batches:
                    if any(isinstance(item, Gathered) for item in batch):
                        await storing  # whether a feed's entries are others' twins is known only then
                    fresh = await self._fresh(batch, tally)
                    told(tally)
                    readings = await asyncio.to_thread(self._readings, fresh, tally, told)
                    await storing
                    storing = asyncio.create_task(self._store(batch, readings, tally))
        finally:
            await storing
        told(tally)
        return tally

    async def _fresh(self, batch: Sequence[Found], tally: Tally) -> list[Article]:
        """The articles that storing would change something for."""
        twins = await self._twins(batch)
        fresh: list[Article] = []
        for item in batch:
            outcome = item.outcome if isinstance(item, Gathered) else item
            if outcome is None:
                continue
            if isinstance(outcome, SourceError):
                tally.fail(outcome)
            elif (isinstance(item, Gathered) and item.entry in twins) or await self.library.known(outcome, self.reader):
                tally.stored[Stored.UNCHANGED] += 1
            else:
                fresh.append(outcome)
        return fresh

    async def _twins(self, batch: Sequence[Found]) -> set[Entry]:
        """Entries whose article the same feed has given before under another key, in this batch too."""
        taken: dict[str, dict[str, str]] = {}
        found: set[Entry] = set()
        for item in batch:
            if isinstance(item, Gathered) and isinstance(item.outcome, Article):
                texts, mark = taken.setdefault(item.entry.feed, {}), text_mark(item.outcome)
                if mark in texts.values() and item.entry.key not in texts:
                    found.add(item.entry)
                else:
                    texts[item.entry.key] = mark
        before = {feed: await self.entries.twins(feed, texts) for feed, texts in taken.items()}
        return found | {
            item.entry for item in batch if isinstance(item, Gathered) and item.entry.key in before.get(item.entry.feed, ())
        }

    def _readings(self, articles: Sequence[Article], tally: Tally, told: Told) -> list[tuple[Article, Reading]]:
        readings = []
        for article, outcome in self.read(articles):
            if isinstance(outcome, SourceError):
                tally.fail(outcome)
            else:
                readings.append((article, outcome))
                tally.pending += 1
            told(tally)
        return readings

    async def _store(self, batch: Sequence[Found], readings: Sequence[tuple[Article, Reading]], tally: Tally) -> None:
        """Articles first, then that their entries were seen: the other way round a stop in between would lose them."""
        if self.quiet and readings:
            await self.entries.quieten([article.id for article, _ in readings])
        for outcome in await self.library.add_all(readings) if readings else ():
            tally.stored[outcome] += 1
            tally.pending -= 1
        seen = [(item.entry, _text_of(item)) for item in batch if isinstance(item, Gathered)]
        if seen:
            await self.entries.note(seen, self.clock())


def _text_of(item: Gathered) -> str | None:
    match item.outcome:
        case Article() as article:
            return text_mark(article)
        case None:
            return item.entry.mark
        case _:
            return None


def text_mark(article: Article) -> str:
    """The same for the same title and text."""
    return mark_of(article.title, article.text)


async def batched(found: AsyncIterator[T], most: int) -> AsyncGenerator[list[T], None]:
    """What has come so far, at most ``most`` and at least one at a time: a slow source's articles don't wait for each other."""
    queue: asyncio.Queue[Any] = asyncio.Queue(most)
    failed: list[Exception] = []

    async def fill() -> None:
        try:
            async for item in found:
                await queue.put(item)
        except Exception as error:
            failed.append(error)
        await queue.put(_END)

    filling = asyncio.create_task(fill())
    batch: list[Any] = [None]
    try:
        while batch[-1] is not _END:
            batch = [await queue.get()]
            while len(batch) < most and not queue.empty():
                batch.append(queue.get_nowait())
            if items := [item for item in batch if item is not _END]:
                yield items
    finally:
        filling.cancel()
        await asyncio.wait([filling])
    if failed:
        raise failed[0]
