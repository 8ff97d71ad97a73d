"""Clocks that jump, a machine that slept, a full disk, a locked database: nothing is lost or doubled, one line says so."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from structlog.testing import capture_logs

from bot.ports import Parcel
from bot.ticking import Clocks, guarded, ticking, wake
from storage import Storage
from storage.database import Database
from storage.library import StoredLibrary
from storage.orders import StoredOrders
from storage.outbox import StoredOutbox
from tests.unit.briefing.conftest import MORNING, Wall, World, daily

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = MORNING + DAY
GRAIN = "Volodymyr Zelensky spoke in Kyiv on Tuesday.\n“The grain must reach those who wait for it,” Zelensky said.\n"
COAL = "Emmanuel Macron visited a village near Lens.\n“Nobody asked the miners about the mines,” Macron said.\n"
PORTS = "Volodymyr Zelensky met shipowners in Odesa on Monday.\n“We will keep the ports open for every ship,” Zelensky said.\n"


@asynccontextmanager
async def locked(storage: Storage) -> AsyncIterator[None]:
    """Another program writes for longer than anybody waits."""
    other = sqlite3.connect(str(storage.database.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@asynccontextmanager
async def full(storage: Storage) -> AsyncIterator[None]:
    """The disk has no room: SQLite may not make its file any larger, and every change here would."""
    acts = [(act, table) for act in ("INSERT", "UPDATE") for table in ("digests", "deliveries")]
    async with storage.database.writing() as connection:
        await connection.exec_driver_sql("CREATE TABLE filler (x BLOB)")
        for act, table in acts:
            more = "INSERT INTO filler VALUES (zeroblob(9000));"
            await connection.exec_driver_sql(f"CREATE TRIGGER {table}_{act} BEFORE {act} ON {table} BEGIN {more} END")
    async with storage.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=1")
    yield
    async with storage.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        for act, table in acts:
            await connection.exec_driver_sql(f"DROP TRIGGER {table}_{act}")


TROUBLES = pytest.mark.parametrize("trouble", [locked, full])
Trouble = Callable[[Storage], AbstractAsyncContextManager[None]]


@pytest.fixture
async def impatient(world: World) -> AsyncIterator[World]:
    """The same world on a database that waits for nobody."""
    database = Database(world.storage.database.url.render_as_string(), patience=0.01)
    kept = world.storage
    yield World(
        replace(
            kept, database=database, orders=StoredOrders(database), outbox=StoredOutbox(database), library=StoredLibrary(database)
        )
    )
    await database.close()


def jobs(world: World) -> list[Callable[[], Awaitable[None]]]:
    """What the scheduler runs, without a scheduler."""

    async def schedule() -> None:
        await world.service.tick(world.now)

    return [guarded("schedule", schedule), guarded("deliver", world.deliveries.deliver)]


@TROUBLES
async def test_a_database_that_can_t_be_written_loses_nothing_and_is_told_once(impatient: World, trouble: Trouble) -> None:
    await impatient.ordered(daily())
    await impatient.told("a1", PORTS)
    impatient.now = DUE
    running = jobs(impatient)
    with capture_logs() as logs:
        async with trouble(impatient.storage):
            for job in 4 * running:
                await job()
        assert [line["event"] for line in logs] == ["can't go on for now, tries again by itself"]
        assert "in use by another program" in logs[0]["problem"] or "the disk is full" in logs[0]["problem"]
        assert impatient.wall.posted == []
        for job in running:
            await job()
    assert [line["event"] for line in logs][1:] == ["goes on again, nothing was lost"]
    assert len(impatient.wall.posted) == 1


@dataclass
class Struck(Wall):
    """A platform that takes the first message just when trouble comes."""

    trouble: Callable[[], Awaitable[None]] | None = None

    async def send(self, parcel: Parcel) -> str:
        message = await super().send(parcel)
        trouble, self.trouble = self.trouble, None
        if trouble:
            await trouble()
        return message


@TROUBLES
async def test_a_message_whose_outcome_can_t_be_kept_is_looked_up_and_not_sent_again(impatient: World, trouble: Trouble) -> None:
    async with AsyncExitStack() as over:

        async def strike() -> None:
            await over.enter_async_context(trouble(impatient.storage))

        struck = World(impatient.storage, wall=Struck(trouble=strike))
        await struck.ordered(daily())
        await struck.told("a1", PORTS)
        with capture_logs() as logs:
            assert len(await struck.pass_until(DUE)) == 1
        assert [line["event"] for line in logs] == ["delivery not settled, will be looked up"]
    assert await struck.pass_until(DUE + timedelta(minutes=6)) == []
    assert await struck.storage.outbox.states() == {"sent": 1}


@pytest.mark.parametrize("hours", [[1, 0], [-1, 0], [0, 1, 0], [1, -1, 0, 1, 0]])
async def test_a_clock_that_jumps_by_hours_sends_each_digest_once(world: World, hours: list[int]) -> None:
    await world.ordered(daily())
    for day, text in enumerate((PORTS, GRAIN, COAL), 1):
        await world.told(f"a{day}", text)
        for jump in hours:
            await world.pass_until(MORNING + day * DAY + jump * HOUR)
    assert len(world.wall.posted) == 3
    assert all(words in text for words, text in zip(("ports open", "grain must", "mines"), world.wall.texts, strict=True))


async def test_a_machine_that_slept_in_the_middle_of_a_send_looks_it_up(world: World) -> None:
    async def sleep() -> None:
        slept.now += timedelta(hours=9)

    slept = World(world.storage, wall=Struck(trouble=sleep))
    await slept.ordered(daily())
    await slept.told("a1", PORTS)
    await slept.pass_until(DUE)
    assert await slept.pass_until(DUE + timedelta(hours=9, minutes=6)) == []
    assert len(slept.wall.posted) == 1
    assert await slept.storage.outbox.states() == {"sent": 1}


def test_jumps_are_told_from_passing_time() -> None:
    wall, steady = [MORNING], [100.0]
    clocks = Clocks(lambda: wall[0], lambda: steady[0])
    for passed, went, jump in ((15, 15, 0), (15, 16, 0), (15, 3615, 3600), (15, -3585, -3600), (20, 7_220, 7_200), (15, 15, 0)):
        wall[0] += timedelta(seconds=went)
        steady[0] += passed
        assert clocks.jumped() == timedelta(seconds=jump)


async def test_after_a_jump_every_job_runs_at_once() -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(job, "interval", seconds=20, next_run_time=datetime.now(UTC) + HOUR)
    scheduler.start()
    wake(scheduler, datetime.now(UTC))
    async with asyncio.timeout(10):
        await ran.wait()
    scheduler.shutdown(wait=False)


async def test_leaving_while_a_job_is_under_way_is_no_failure(world: World, caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()

    async def poll() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with ticking(world.service, world.deliveries, lambda: world.now, poll) as scheduler:
        wake(scheduler, datetime.now(UTC))
        await asyncio.wait_for(begun.wait(), 20)
    await asyncio.sleep(0.1)
    assert caplog.records == []
