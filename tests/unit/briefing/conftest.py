"""A small world: a library on SQLite, articles of our own, a clock that is set by hand, a platform that keeps what it gets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import pytest

from bot.actors import Registry, load_registry
from bot.asking.orders import Order
from bot.briefing.cadence import EVERY_DAY, Cadence
from bot.briefing.deliveries import Deliveries
from bot.briefing.orders import StandingOrders
from bot.briefing.service import Service
from bot.errors import DeliveryError
from bot.model import Article, Asker, Destination, Platform, Request, Span
from bot.ports import Parcel
from bot.reading import read
from bot.replies import Reply, plain
from storage import Storage, open_storage

CHANNEL = Destination(Platform.DISCORD, "g", "c")
MORNING = datetime(2025, 3, 4, 7, 0, tzinfo=UTC)
ME = Asker("me", administrator=True, zone="Europe/Brussels")


@cache
def registry() -> Registry:
    return load_registry()


@dataclass
class Wall:
    """A platform: what stands on it, and the failures that the next sends meet; after ``taken`` the message is there."""

    posted: list[Parcel] = field(default_factory=list)
    failures: list[tuple[DeliveryError, bool]] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> str:
        failure, taken = self.failures.pop(0) if self.failures else (None, True)
        if taken:
            self.posted.append(parcel)
        if failure:
            raise failure
        return f"m{len(self.posted)}"

    async def find(self, parcel: Parcel) -> str | None:
        return next((f"m{n}" for n, other in enumerate(self.posted, 1) if other.key == parcel.key), None)

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        raise NotImplementedError

    @property
    def texts(self) -> list[str]:
        return [plain(parcel.reply) for parcel in self.posted]


@dataclass
class World:
    """Everything that sends by itself, at the time ``now``."""

    storage: Storage
    now: datetime = MORNING
    wall: Wall = field(default_factory=Wall)

    def __post_init__(self) -> None:
        self.service = Service(self.storage.orders, self.storage.library, self.storage.reports, registry())
        self.orders = StandingOrders(self.storage.orders, self.storage.outbox, self.storage.library)
        couriers = {Platform.DISCORD: self.wall}
        self.deliveries = Deliveries(self.storage.outbox, self.service.compose, couriers, lambda: self.now)

    async def told(self, id: str, text: str, outlet: str = "Daily Post", on: date = date(2025, 3, 3)) -> None:
        """Read an article into the library."""
        article = Article(id, text, Span(0, len(text)), outlet, published_on=on)
        await self.storage.library.add(article, read(article, registry()))

    async def ordered(self, order: Order, asker: Asker = ME, place: Destination = CHANNEL) -> str:
        """Give an order; the reply as text."""
        return plain(await self.orders.carry_out(Request(place, asker, self.now), order))

    async def pass_until(self, now: datetime) -> list[str]:
        """Let the scheduler wake at ``now``; what was posted since the last time."""
        self.now, before = now, len(self.wall.posted)
        await self.service.tick(now)
        await self.deliveries.deliver()
        return self.wall.texts[before:]


def daily(hour: int = 8) -> Order:
    """A digest every day at a full hour in Brussels."""
    return Order("digest", cadence=Cadence(EVERY_DAY, (time(hour),), "Europe/Brussels"), change="set")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}")
    yield World(storage)
    await storage.close()
