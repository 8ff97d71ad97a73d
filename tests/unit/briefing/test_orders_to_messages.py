"""From an order to its message: once, also after a restart, an outage and a change of mind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.asking.orders import Order
from bot.briefing.cadence import EVERY_DAY, Cadence
from bot.briefing.deliveries import LEASE, Deliveries
from bot.briefing.orders import StandingOrders
from bot.briefing.service import Service
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled
from bot.model import ActorRef, ActorType, Article, Asker, Destination, Kind, Platform, Quotation, Reading, Request, Span
from bot.ports import Parcel
from bot.replies import Reply, plain
from storage import Storage, open_storage

EVENING = datetime(2025, 3, 4, 18, 0, tzinfo=UTC)
MORNING = datetime(2025, 3, 5, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CHANNEL = Destination(Platform.DISCORD, "1", "7")
ADMIN = Asker("anna", administrator=True, zone="Europe/Paris")
BERG = ActorRef("nils-berg", "Nils Berg", ActorType.PERSON)
DAILY = Cadence(EVERY_DAY, (time(8),), "Europe/Paris")
SET = Order("digest", cadence=DAILY, change="set")


class Nobody:
    """Everybody speaks for themselves alone."""

    def voices(self, actor: str, on: date) -> tuple[ActorRef, ...]:
        return ()

    def speaks_for(self, actor: str) -> str | None:
        return None

    def governs(self, actor: str) -> str | None:
        return None


@dataclass
class Channels:
    """A platform in memory: keeps what it took, and fails as it is told to, ``troubles`` first to last."""

    troubles: list[DeliveryError] = field(default_factory=list)
    taken: dict[str, Parcel] = field(default_factory=dict)
    posts: int = 0
    fault: str | None = None

    async def send(self, parcel: Parcel) -> str:
        if parcel.destination.channel == self.fault:
            raise RuntimeError("a fault of ours")
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is None or isinstance(trouble, Ambiguous):
            self.taken[parcel.key] = parcel
            self.posts += 1
        if trouble:
            raise trouble
        return parcel.key

    async def find(self, parcel: Parcel) -> str | None:
        return parcel.key if parcel.key in self.taken else None

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """Nothing is edited here."""

    @property
    def texts(self) -> list[str]:
        return [plain(parcel.reply) for parcel in self.taken.values()]


@dataclass
class World:
    """A bot over a storage, at a time of our choosing."""

    storage: Storage
    channels: Channels
    now: datetime = EVENING

    async def say(self, order: Order, asker: Asker = ADMIN, place: Destination = CHANNEL) -> str:
        orders = StandingOrders(self.storage.orders, self.storage.outbox, self.storage.library, zone="UTC")
        return plain(await orders.carry_out(Request(place, asker, self.now, words="order"), order))

    async def at(self, now: datetime) -> int:
        """A fresh process looks at what is due and owed; how many messages the platform has then."""
        self.now = now
        service = Service(self.storage.orders, self.storage.library, self.storage.reports, Nobody())
        await service.tick(now)
        await Deliveries(self.storage.outbox, service.compose, {Platform.DISCORD: self.channels}, lambda: self.now).deliver()
        return self.channels.posts

    async def read(self, id: str, words: str) -> None:
        """An article in which Berg says the words."""
        text = f"“{words}” Berg said."
        said = Quotation((Span(1, 1 + len(words)),), Kind.DIRECT, 1, source=(Span(len(words) + 3, len(words) + 7),), speaker=BERG)
        await self.storage.library.add(
            Article(id, text, Span(0, len(text)), "Herald", published_on=date(2025, 3, 4)), Reading((said,))
        )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}"


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    opened = await open_storage(url)
    yield opened
    await opened.close()


def world(storage: Storage) -> World:
    return World(storage, Channels())


async def test_a_digest_comes_once_at_its_local_time_and_tells_nothing_twice(storage: Storage, url: str) -> None:
    here = world(storage)
    await here.read("a1", "The bridge will open on Sunday.")
    assert "Wednesday 5 March 2025, 08:00 (Europe/Paris)" in await here.say(SET)
    assert await here.at(MORNING - timedelta(minutes=1)) == 0
    assert await here.at(MORNING) == 1
    assert "The bridge will open on Sunday." in here.channels.texts[0]
    again = World(await open_storage(url), here.channels)
    assert await again.at(MORNING) == 1
    await again.read("a2", "The bridge will open on Sunday.")
    await again.read("a3", "Nobody asked the miners.")
    assert await again.at(MORNING + DAY) == 2
    assert "Nobody asked the miners." in here.channels.texts[1]
    assert "bridge" not in here.channels.texts[1]
    await again.storage.close()


async def test_after_an_outage_one_digest_stands_for_all_and_says_so(storage: Storage) -> None:
    here = world(storage)
    await here.say(SET)
    await here.read("a1", "The bridge will open on Sunday.")
    assert await here.at(MORNING + 5 * DAY + timedelta(hours=3)) == 1
    assert "Late: it was due Wednesday 5 March 2025, 08:00" in here.channels.texts[0]
    assert "The bridge will open on Sunday." in here.channels.texts[0]
    assert await here.at(MORNING + 5 * DAY + timedelta(hours=4)) == 1


async def test_a_lost_answer_is_looked_up_and_patience_costs_nothing(storage: Storage) -> None:
    here = world(storage)
    here.channels.troubles = [Throttled(30.0), Ambiguous("no answer")]
    await here.say(SET)
    await here.read("a1", "The bridge will open on Sunday.")
    assert [await here.at(MORNING + timedelta(seconds=s)) for s in (0, 20)] == [0, 0]
    assert [await here.at(MORNING + timedelta(minutes=m)) for m in (1, 10)] == [1, 1]
    assert await storage.outbox.states() == {"sent": 1}


async def test_a_fault_in_one_message_leaves_the_others_alone(storage: Storage) -> None:
    here = world(storage)
    await here.say(SET)
    await here.say(SET, place=replace(CHANNEL, channel="8"))
    await here.read("a1", "The bridge will open on Sunday.")
    here.channels.fault = "7"
    assert await here.at(MORNING) == 1
    assert await storage.outbox.states() == {"owed": 1, "sent": 1}
    here.channels.fault = None
    assert await here.at(MORNING + timedelta(minutes=5)) == 2
    assert {parcel.destination.channel for parcel in here.channels.taken.values()} == {"7", "8"}


async def test_nothing_is_sent_when_the_lease_may_end_first(storage: Storage) -> None:
    here = world(storage)
    await here.say(SET)
    await here.read("a1", "The bridge will open on Sunday.")
    service = Service(storage.orders, storage.library, storage.reports, Nobody())
    await service.tick(MORNING)
    times = iter([MORNING, MORNING + LEASE, MORNING + timedelta(minutes=1)])
    late = Deliveries(storage.outbox, service.compose, {Platform.DISCORD: here.channels}, lambda: next(times))
    assert await late.deliver() == 1
    assert here.channels.posts == 0
    assert await here.at(MORNING + LEASE) == 1


async def test_a_channel_that_is_gone_is_left_alone_until_it_is_set_anew(storage: Storage) -> None:
    here = world(storage)
    here.channels.troubles = [Gone("deleted")]
    await here.say(SET)
    await here.read("a1", "The bridge will open on Sunday.")
    assert [await here.at(MORNING + n * DAY) for n in range(3)] == [1, 1, 1]
    (notice,) = here.channels.taken.values()
    assert notice.destination.person == "anna"
    await here.say(SET)
    await here.read("a2", "Nobody asked the miners.")
    assert await here.at(MORNING + 3 * DAY) == 2


async def test_undo_after_a_digest_neither_repeats_nor_swallows_news(storage: Storage) -> None:
    mine = Destination(Platform.DISCORD, "", "9", person="anna")
    here = world(storage)
    await here.say(SET, place=mine)
    await here.say(Order("mute", topic="football"), place=mine)
    await here.read("a1", "The bridge will open on Sunday.")
    assert await here.at(MORNING) == 1
    await here.read("a2", "Nobody asked the miners.")
    assert "Undone" in await here.say(Order("undo"), place=mine)
    assert await here.at(MORNING + timedelta(hours=1)) == 1
    assert await here.at(MORNING + DAY) == 2
    assert "Nobody asked the miners." in here.channels.texts[1]


async def test_a_paused_digest_is_silent_and_goes_on_with_all_that_was_missed(storage: Storage) -> None:
    here = world(storage)
    await here.say(SET)
    assert "paused" in await here.say(Order("digest", change="pause"))
    await here.read("a1", "The bridge will open on Sunday.")
    assert await here.at(MORNING + DAY) == 0
    await here.say(Order("digest", change="resume"))
    assert await here.at(MORNING + DAY + timedelta(hours=1)) == 0
    assert await here.at(MORNING + 2 * DAY) == 1
    assert "bridge" in here.channels.texts[0]
    assert "No digest is set" in await here.say(Order("digest", change="off"))
    assert await here.at(MORNING + 9 * DAY) == 1


async def test_undo_takes_back_what_was_done_last_wherever_that_was(storage: Storage) -> None:
    here = world(storage)
    await here.say(SET)
    await here.say(Order("quiet", hours=(time(22), time(7))))
    assert "Undone" in await here.say(Order("undo"))
    assert "Digest here every day" in await here.say(Order("digest", change="show"))
    assert "nothing of yours to undo" in await here.say(Order("undo"))


async def test_only_administrators_set_a_channel_s_digest(storage: Storage) -> None:
    here = world(storage)
    assert "administrators" in await here.say(SET, Asker("ben"))
    assert await here.at(MORNING) == 0


async def test_who_is_followed_is_heard_at_once_and_only_once(storage: Storage) -> None:
    here = world(storage)
    assert "Following Nils Berg" in await here.say(Order("follow", (BERG,), mode="at once"))
    assert "Nils Berg (at once)" in await here.say(Order("following"))
    await here.read("a1", "The bridge will open on Sunday.")
    assert await here.at(EVENING) == 1
    assert "The bridge will open on Sunday." in here.channels.texts[0]
    await here.read("a2", "The bridge will open on Sunday.")
    assert await here.at(EVENING + timedelta(hours=1)) == 1
    assert "No longer following Nils Berg" in await here.say(Order("unfollow", (BERG,)))
    await here.read("a3", "Nobody asked the miners.")
    assert await here.at(EVENING + timedelta(hours=2)) == 1


async def test_quiet_hours_snooze_and_mute_hold_back_one_s_own_messages(storage: Storage) -> None:
    here = world(storage)
    await here.say(Order("alert", (BERG,)))
    await here.say(Order("quiet", hours=(time(18), time(8))))
    await here.say(Order("mute", topic="football"))
    await here.read("a1", "The bridge will open on Sunday.")
    await here.read("a2", "The football match is off.")
    assert await here.at(EVENING + timedelta(hours=2)) == 0
    await here.say(Order("snooze", until=MORNING + timedelta(hours=2)))
    assert await here.at(MORNING) == 0
    assert await here.at(MORNING + timedelta(hours=2)) == 1
    (text,) = here.channels.texts
    assert "bridge" in text
    assert "football" not in text
    assert next(iter(here.channels.taken.values())).destination == replace(CHANNEL, workspace="", channel="", person="anna")
