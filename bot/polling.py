"""Reading the stored sources by themselves: the database says what is due, visits run beside each other.

A visit takes its articles in as they come. Killed in the middle, it is made again when its claim runs out, and goes on where it
was.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import AttacheError, SourceError, Unavailable
from bot.ingesting import Intake
from bot.ports import Stored
from bot.sources import Found, Gathered, Source, SourceBook, Visitor, is_web
from bot.tending import Outcome, after, trouble, troubles_told

AT_ONCE = 8
"""Visits beside each other."""
MOST = 200
"""New entries taken of one feed in a visit; the next visit goes on."""
PATIENCE = timedelta(minutes=10)
"""A visit that takes longer is ended; what it had is kept."""
CLAIM = PATIENCE + timedelta(minutes=2)
_TOLD_EVERY, _FORGET_EVERY = timedelta(minutes=5), timedelta(days=1)
_log = structlog.get_logger()


@dataclass(slots=True)
class Poller:
    """Reads what is due at each ``tick``. ``news`` is awaited after articles came; ``jitter`` gives 0 to 1."""

    book: SourceBook
    visitor: Visitor
    intake: Intake
    news: Callable[[], Awaitable[None]]
    clock: Callable[[], datetime]
    jitter: Callable[[], float] = random.random
    _visits: set[asyncio.Task[None]] = field(default_factory=set)
    _looked_at: datetime | None = None
    _forgot_at: datetime | None = None

    async def tick(self) -> int:
        """Begin the visits that are due, as far as there is room; how many. They go on after this returns."""
        now = self.clock()
        due = await self.book.claim(now, now + CLAIM, AT_ONCE - len(self._visits)) if len(self._visits) < AT_ONCE else []
        for source in due:
            visit = asyncio.create_task(self._guarded(source))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)
        if self._looked_at is None or now - self._looked_at >= _TOLD_EVERY:
            self._looked_at = now
            await self.tell(now)
        if self._forgot_at is None or now - self._forgot_at >= _FORGET_EVERY:
            self._forgot_at = now
            await self.intake.entries.forget(now)
        return len(due)

    async def settled(self) -> None:
        """Wait for the visits under way."""
        while self._visits:
            await asyncio.wait(set(self._visits))

    async def stop(self) -> None:
        """End the visits under way; what they had is kept, the rest comes after the next start."""
        for visit in self._visits:
            visit.cancel()
        with suppress(asyncio.CancelledError):
            await self.settled()

    async def tell(self, now: datetime) -> None:
        """Tell administrators, once, of sources that newly are in trouble."""
        found = [(source, trouble(source, now)) for source in await self.book.all()]
        changed = [(source, what) for source, what in found if what is not source.told]
        fresh = [source for source, what in changed if what]
        if changed:
            await self.book.tell(changed, troubles_told(fresh, now) if fresh else "", now)
        for source in fresh:
            _log.warning("source needs a look", source=source.place, problem=source.cause or "silent for longer than usual")

    async def _guarded(self, source: Source) -> None:
        """A visit; whatever goes wrong is the source's trouble, or a line in the log, and stops no other visit."""
        try:
            await self.visit(source)
        except AttacheError as problem:
            _log.warning("source not kept, will be read again", source=source.place, problem=str(problem))
        except Exception as problem:
            _log.error("source not read, will be read again", source=source.place, problem=repr(problem))

    async def visit(self, source: Source) -> None:
        """Read a source now and keep what came of it."""
        url, outcome = await self._read(source)
        await self.book.settle(after(source, outcome, self.clock(), self.jitter()), url)
        if outcome.new:
            await self.news()

    async def _read(self, source: Source) -> tuple[str, Outcome]:
        """(where the source is now, what came of it)."""
        try:
            visit = await self.visitor.visit(source.url, etag=source.etag, last_modified=source.last_modified, most=MOST)
        except SourceError as error:
            return source.url, Outcome(error=error)
        if visit.page or visit.feeds:
            what = "a web page" if visit.page else "a list of feeds"
            return source.url, Outcome(error=SourceError(source.url, f"is {what} now, not a feed"))
        course = _Course(self.clock() + PATIENCE)
        tally = await replace(self.intake, quiet=not source.ready).take(course.of(visit.found, self.clock))
        if tally.failed:
            say = _log.info if is_web(source.url) else _log.warning  # a file is given once; a site may have bad pages every hour
            say("not all could be had", source=source.place, failed=tally.failed, first=str(tally.problems[0]))
        new, had = tally.stored[Stored.NEW], sum(tally.stored.values())
        barren = (
            f"none of its {tally.failed} new entries could be had; the first: {tally.problems[0]}"
            if tally.failed and not had
            else None
        )
        outcome = Outcome(new, had, barren, course.whole, course.broken_off, visit.etag, visit.last_modified, visit.outlet)
        return visit.url, outcome


@dataclass(slots=True)
class _Course:
    """How a visit goes: ``whole`` if it came to its end, ``broken_off`` where the site would not go on."""

    until: datetime
    whole: bool = False
    broken_off: SourceError | None = None

    async def of(self, found: AsyncIterator[Found], clock: Callable[[], datetime]) -> AsyncIterator[Found]:
        """The same, until the time is over or so many entries came that there may be more."""
        entries = 0
        async for item in found:
            self.broken_off = item if isinstance(item, Unavailable) else None
            entries += isinstance(item, Gathered)
            yield item
            if clock() >= self.until:
                return
        self.whole = self.broken_off is None and entries < MOST
