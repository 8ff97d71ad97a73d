"""Digests due together, and follows matched: ``make bench-briefing``.

10,000 digests due in one minute are owed and sent to a courier that answers at once, through a pacer a little under 50 a second
whose sleep is counted, not slept: what is missed, and the longest block of the event loop. Then statements of a new article
are matched against 100,000 follows. SQLite, in a temporary folder, on the seed.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.actors import Registry, load_registry
from bot.briefing.cadence import EVERY_DAY, Cadence
from bot.briefing.deliveries import Deliveries, Pacer
from bot.briefing.schedules import to_text
from bot.briefing.service import Service
from bot.model import Article, Destination, Platform, Span
from bot.ports import Parcel
from bot.reading import read
from bot.replies import Reply
from bot.ticking import spare_the_collector
from storage import Storage, open_storage
from storage.briefing_tables import destinations, digests, follows

DIGESTS, FOLLOWS, LIMIT = 10_000, 100_000, 50
RATE = LIMIT * 0.96
AT = datetime(2025, 2, 13, 7, 0, tzinfo=UTC)
TEXT = "Volodymyr Zelensky met shipowners in Odesa on Monday.\n“We will keep port {} open for every ship,” Zelensky said.\n"


class Counting:
    """A courier that notes what it is given, and when."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seen: list[str] = []
        self.at: list[float] = []
        self._clock = clock

    async def send(self, parcel: Parcel) -> str:
        """See ``bot.ports.Courier``."""
        self.seen.append(parcel.key)
        self.at.append(self._clock())
        return str(len(self.seen))

    async def find(self, parcel: Parcel) -> str | None:
        """Nothing is ever uncertain here."""
        return None

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """Nothing is edited here."""

    @property
    def refused(self) -> int:
        """What a platform would have refused that takes ``LIMIT`` messages in any second."""
        return sum(later - earlier < 1.0 for earlier, later in zip(self.at, self.at[LIMIT:], strict=False))


async def blocks(waits: list[float], work: list[float]) -> None:
    """How long the event loop kept this waiting, over and over, and how much of that was this thread's own work."""
    while True:
        before, busy = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0.001)
        waits.append(time.perf_counter() - before - 0.001)
        work.append(time.thread_time() - busy)


async def planted(storage: Storage) -> None:
    """Channels with a digest due now, and follows spread over 1,000 actors of which one will speak."""
    cadence = to_text(Cadence(EVERY_DAY, (AT.time(),), "UTC"))
    place = {"platform": "discord", "workspace": "w", "thread": "", "person": "", "zone": "UTC", "mutes": "[]"}
    places = [place | {"number": n, "channel": str(n)} for n in range(1, DIGESTS + 1)]
    due = [
        {"cadence": cadence, "next_at": AT, "paused": False, "by": "me", "told": 0, "destination": p["number"]} for p in places
    ]
    async with storage.database.writing() as connection:
        await connection.execute(insert(destinations), places)
        await connection.execute(insert(digests), due)
        await connection.execute(insert(follows), [_follow(n) for n in range(FOLLOWS)])


def _follow(n: int) -> dict[str, object]:
    actor = "volodymyr-zelensky" if n % 1_000 == 0 else f"somebody-{n % 1_000}"
    row = {"name": actor, "type": "person", "topic": f"t{n}" if n % 1_000 else "", "mode": "at once", "by": "me"}
    return row | {"destination": n % DIGESTS + 1 if n % 1_000 else n // 1_000 + 1, "actor": actor}


async def main() -> None:
    """Run both and print the figures."""
    registry = load_registry()
    with tempfile.TemporaryDirectory() as folder:
        storage = await open_storage(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        service = Service(storage.orders, storage.library, storage.reports, registry)
        for number in range(20):
            text = TEXT.format(number)
            article = Article(f"a{number}", text, Span(0, len(text)), "Daily Post", published_on=AT.date())
            await storage.library.add(article, read(article, registry, reader="rules"))
        await planted(storage)
        spare_the_collector()
        await _digests(storage, service)
        await _follows(storage, service, registry)
        await storage.close()


async def _digests(storage: Storage, service: Service) -> None:
    slept, waits, work = [0.0], list[float](), list[float]()

    def clock() -> float:
        return time.perf_counter() + slept[0]

    async def sleep(seconds: float) -> None:
        slept[0] += seconds

    courier, pacers = Counting(clock), {Platform.DISCORD: Pacer(RATE, clock, sleep)}
    deliveries = Deliveries(storage.outbox, service.compose, {Platform.DISCORD: courier}, lambda: AT, pacers=pacers)
    watching = asyncio.create_task(blocks(waits, work))
    start = time.perf_counter()
    owed = await service.owe_digests(AT + timedelta(seconds=30))
    scheduled = time.perf_counter() - start
    await deliveries.deliver()
    took = time.perf_counter() - start
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    sent, different = len(courier.seen), len(set(courier.seen))
    print(
        f"digests: {DIGESTS:,} due, {owed:,} owed in {scheduled:.1f} s, {sent:,} sent, {DIGESTS - different} missed, {sent - different} repeated"
    )
    print(f"work {took:.1f} s ({sent / took:.0f} a second without pacing)")
    pace = (sent - 1) / (courier.at[-1] - courier.at[0])
    print(f"pace {pace:.1f} a second, {pace / LIMIT:.1%} of a limit of {LIMIT}; refused {courier.refused}")
    print(
        f"event loop: longest block {1000 * max(waits):.1f} ms, of it own work {1000 * max(work):.1f} ms; "
        f"99.9% under {1000 * sorted(waits)[int(len(waits) * 0.999)]:.1f} ms"
    )


async def _follows(storage: Storage, service: Service, registry: Registry) -> None:
    await service.owe_alerts(AT)
    times = []
    for number in range(100, 120):
        text = TEXT.format(number)
        article = Article(f"a{number}", text, Span(0, len(text)), "Daily Post", published_on=AT.date())
        await storage.library.add(article, read(article, registry, reader="rules"))
        start = time.perf_counter()
        alerts = await service.matched(await storage.orders.alerted(), await storage.orders.newest(), AT)
        times.append(time.perf_counter() - start)
        await service.owe_alerts(AT)
    middle, longest = 1000 * sorted(times)[len(times) // 2], 1000 * max(times)
    print(
        f"follows: {FOLLOWS:,}, one new article, {len(alerts)} alerts found: {middle:.0f} ms in the middle, {longest:.0f} ms at most"
    )


if __name__ == "__main__":
    asyncio.run(main())
