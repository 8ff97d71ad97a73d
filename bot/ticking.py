"""The scheduler: wakes the service and the deliveries. APScheduler only ticks; the database says what is due."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.briefing.deliveries import Deliveries
from bot.briefing.service import Service
from bot.errors import AttacheError

SCHEDULED, DELIVERED, POLLED = 20, 5, 10
"""Seconds between looks at what is due, at what is owed, and at which sources are to be read."""
_log = structlog.get_logger()


@asynccontextmanager
async def ticking(
    service: Service, deliveries: Deliveries, clock: Callable[[], datetime], poll: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """While inside, sources are read, digests and alerts are owed and sent. On leaving, what is under way keeps its lease and is looked up later."""
    scheduler = AsyncIOScheduler(timezone="UTC")

    async def schedule() -> None:
        await service.tick(clock())

    for name, job, seconds in (
        ("schedule", schedule, SCHEDULED),
        ("deliver", deliveries.deliver, DELIVERED),
        ("poll", poll, POLLED),
    ):
        scheduler.add_job(
            _guarded(name, job), "interval", seconds=seconds, id=name, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _guarded(name: str, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The job, with what goes wrong told in one line; the next tick tries again."""

    async def run() -> None:
        try:
            await job()
        except AttacheError as problem:
            _log.warning("tick failed, goes on", job=name, problem=str(problem))

    return run
