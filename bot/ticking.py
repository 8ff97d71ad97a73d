"""The scheduler: wakes the service and the deliveries. APScheduler only ticks; the database says what is due.

APScheduler plans by the wall clock and sleeps by a monotonic one: after the clock was set back it would sleep until the
clock has caught up. So the two are compared, and where they part all jobs are woken.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.briefing.deliveries import Deliveries
from bot.briefing.service import Service
from bot.errors import AttacheError

SCHEDULED, DELIVERED, POLLED = 20, 5, 10
"""Seconds between looks at what is due, at what is owed, and at which sources are to be read."""
WATCHED = 15.0
"""Seconds between looks at the clocks."""
JUMP = timedelta(seconds=5)
"""By so much more than time has passed, the wall clock was set or the machine slept."""
_log = structlog.get_logger()


@asynccontextmanager
async def ticking(
    service: Service, deliveries: Deliveries, clock: Callable[[], datetime], poll: Callable[[], Awaitable[object]]
) -> AsyncIterator[AsyncIOScheduler]:
    """While inside, sources are read, digests and alerts are owed and sent. On leaving, what is under way keeps its lease and is looked up later."""
    spare_the_collector()
    scheduler = AsyncIOScheduler(timezone="UTC")

    async def schedule() -> None:
        await service.tick(clock())

    for name, job, seconds in (
        ("schedule", schedule, SCHEDULED),
        ("deliver", deliveries.deliver, DELIVERED),
        ("poll", poll, POLLED),
    ):
        scheduler.add_job(
            guarded(name, job), "interval", seconds=seconds, id=name, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    watching = asyncio.create_task(_watch(scheduler, Clocks(clock, asyncio.get_running_loop().time)))
    try:
        yield scheduler
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        scheduler.shutdown(wait=False)


def spare_the_collector() -> None:
    """Let the garbage collector pass over what was loaded at the start and stays: walking it stops everything for 80 ms and more.
    What is young is looked at in larger lots, all of it rarely: a full pass stops everything for 30 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class Clocks:
    """A wall clock beside a monotonic one (seconds)."""

    def __init__(self, wall: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self.wall = wall
        self._steady = steady
        self._last = wall(), steady()

    def jumped(self) -> timedelta:
        """How far the wall clock went beyond the time that passed since the last look; negative for back, zero for a trifle."""
        (wall, steady), now = self._last, (self.wall(), self._steady())
        self._last = now
        drift = now[0] - wall - timedelta(seconds=now[1] - steady)
        return drift if abs(drift) > JUMP else timedelta()


async def _watch(scheduler: AsyncIOScheduler, clocks: Clocks) -> None:
    while True:
        await asyncio.sleep(WATCHED)
        if jump := clocks.jumped():
            _log.warning("the clock jumped, looking at once at what is due", seconds=round(jump.total_seconds()))
            wake(scheduler, clocks.wall())


def wake(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Let every job run now, whenever it was planned."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=now)


def guarded(name: str, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The job, with a trouble told once, in one line, when it comes and when it has gone; the next tick tries again."""
    trouble = ""

    async def run() -> None:
        nonlocal trouble
        try:
            await job()
        except asyncio.CancelledError:
            return  # the scheduler is leaving, and would tell of it as a failure
        except AttacheError as problem:
            if str(problem) != trouble:
                _log.warning("can't go on for now, tries again by itself", job=name, problem=str(problem))
            trouble = str(problem)
        else:
            if trouble:
                _log.warning("goes on again, nothing was lost", job=name)
            trouble = ""

    return run
