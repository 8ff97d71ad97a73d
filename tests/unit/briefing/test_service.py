"""What is sent by itself: once, of what is new, whatever happens in between."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.asking.orders import Order
from bot.briefing.deliveries import TRIES
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled, Unreachable
from bot.model import ActorRef, ActorType, Asker, Destination, Platform
from tests.unit.briefing.conftest import CHANNEL, ME, MORNING, World, daily

ZELENSKY = ActorRef("volodymyr-zelensky", "Volodymyr Zelensky", ActorType.PERSON)
PORTS = "Volodymyr Zelensky met shipowners in Odesa on Monday.\n“We will keep the ports open for every ship,” Zelensky said.\n"
GRAIN = "Volodymyr Zelensky spoke in Kyiv on Tuesday.\n“The grain must reach those who wait for it,” Zelensky said.\n"
DAY = timedelta(days=1)
TUESDAY = MORNING
FOLLOW = Order("follow", (ZELENSKY,), mode="at once")


async def test_a_digest_tells_what_is_new_and_never_again(world: World) -> None:
    assert "Next: Wednesday 5 March 2025, 08:00" in await world.ordered(daily())
    await world.told("a1", PORTS)
    assert await world.pass_until(TUESDAY + timedelta(hours=1)) == []
    (first,) = await world.pass_until(TUESDAY + DAY)
    assert "The first digest here" in first
    assert "Volodymyr Zelensky: “We will keep the ports open for every ship,” [1¶2]" in first
    assert "[1] Daily Post, 3 Mar 2025" in first
    assert await world.pass_until(TUESDAY + DAY) == []
    await world.told("a2", GRAIN)
    (second,) = await world.pass_until(TUESDAY + 2 * DAY)
    assert "The grain must reach" in second
    assert "ports open" not in second
    for quiet in (3, 4, 5):
        assert await world.pass_until(TUESDAY + quiet * DAY) == []
    (monday,) = await world.pass_until(datetime(2025, 3, 10, 7, tzinfo=UTC))
    assert "Nothing new was read. Out of no article" in monday


async def test_wire_copies_count_once_also_in_a_later_digest(world: World) -> None:
    await world.ordered(daily())
    await world.told("a1", PORTS)
    await world.told("a2", PORTS, "Evening Post")
    (first,) = await world.pass_until(TUESDAY + DAY)
    assert first.count("keep the ports open") == 1
    assert "also [2¶2]" in first
    await world.told("a3", PORTS, "Night Post")
    await world.told("a4", GRAIN)
    (second,) = await world.pass_until(TUESDAY + 2 * DAY)
    assert "ports" not in second


async def test_an_outage_is_caught_up_by_one_digest_that_says_so(world: World) -> None:
    await world.ordered(daily())
    await world.told("a1", PORTS)
    (only,) = await world.pass_until(TUESDAY + 5 * DAY + timedelta(hours=3))
    assert "Late: it was due Wednesday 5 March 2025, 08:00" in only
    assert await world.pass_until(TUESDAY + 5 * DAY + timedelta(hours=4)) == []


async def test_a_clock_that_jumps_back_sends_nothing_twice(world: World) -> None:
    await world.ordered(daily())
    await world.told("a1", PORTS)
    assert len(await world.pass_until(TUESDAY + DAY)) == 1
    assert await world.pass_until(TUESDAY + DAY - timedelta(hours=1)) == []
    assert await world.pass_until(TUESDAY + DAY) == []


async def test_a_restart_between_owing_and_sending_loses_nothing(world: World) -> None:
    await world.ordered(daily())
    await world.told("a1", PORTS)
    await world.service.tick(TUESDAY + DAY)
    await world.told("a2", GRAIN)
    again = World(world.storage)
    (first,) = await again.pass_until(TUESDAY + DAY)
    assert "grain" not in first
    (second,) = await again.pass_until(TUESDAY + 2 * DAY)
    assert "grain" in second


async def test_an_alert_says_what_fired_and_why_and_no_copy_fires_again(world: World) -> None:
    await world.ordered(FOLLOW)
    await world.told("a1", PORTS)
    await world.told("a2", PORTS, "Evening Post")
    (alert,) = await world.pass_until(TUESDAY)
    assert alert.splitlines()[:3] == [
        "New: Volodymyr Zelensky",
        "Volodymyr Zelensky: “We will keep the ports open for every ship,” [1¶2]",
        "You get this because of: follow Volodymyr Zelensky.",
    ]
    await world.told("a3", PORTS, "Night Post")
    assert await world.pass_until(TUESDAY + timedelta(hours=1)) == []


async def test_a_burst_is_one_message(world: World) -> None:
    await world.ordered(FOLLOW)
    await world.told("a1", PORTS)
    assert len(await world.pass_until(TUESDAY)) == 1
    for number in range(9):
        await world.told(
            f"b{number}", f"Volodymyr Zelensky spoke.\n“Ship number {number * 7919} sails tonight,” Zelensky said.\n"
        )
        assert await world.pass_until(TUESDAY + timedelta(seconds=20 * number)) == []
    (gathered,) = await world.pass_until(TUESDAY + timedelta(minutes=5))
    assert gathered.count("sails tonight") == 6
    assert "3 more" in gathered


async def test_alerts_keep_to_their_topic_and_wait_for_quiet_hours_to_end(world: World) -> None:
    await world.ordered(replace(FOLLOW, verb="alert", topic="grain"))
    await world.ordered(Order("quiet", hours=(time(7), time(9))))
    await world.told("a1", PORTS)
    await world.told("a2", GRAIN)
    assert await world.pass_until(TUESDAY) == []
    (alert,) = await world.pass_until(TUESDAY + timedelta(hours=1))
    assert "grain" in alert
    assert "ports" not in alert
    assert world.wall.posted[0].destination.person == "me"


async def test_what_is_muted_or_no_longer_followed_is_not_told(world: World) -> None:
    await world.ordered(replace(FOLLOW, verb="alert"))
    await world.ordered(Order("mute", topic="ports"))
    await world.told("a1", PORTS)
    assert await world.pass_until(TUESDAY) == []
    await world.told("a2", GRAIN)
    await world.service.tick(TUESDAY)
    await world.ordered(Order("unfollow", (ZELENSKY,)))
    assert await world.pass_until(TUESDAY) == []
    assert await world.storage.outbox.states() == {"skipped": 1}


@pytest.mark.parametrize(
    ("failure", "taken", "wait"),
    [
        (Throttled(30), False, timedelta(seconds=33)),
        (Unreachable("down"), False, timedelta(seconds=8)),
        (Ambiguous("lost"), True, timedelta(seconds=46)),
        (Ambiguous("lost"), False, timedelta(seconds=46)),
    ],
)
async def test_a_failed_try_is_made_good_once(world: World, failure: DeliveryError, taken: bool, wait: timedelta) -> None:
    await world.ordered(FOLLOW)
    await world.told("a1", PORTS)
    world.wall.failures = [(failure, taken)]
    await world.pass_until(TUESDAY)
    assert await world.storage.outbox.states() == {"owed": 1}
    await world.pass_until(TUESDAY + wait)
    assert len(world.wall.posted) == 1
    assert await world.storage.outbox.states() == {"sent": 1}


async def test_what_can_t_be_sent_is_given_up_with_its_reason_and_nothing_after_a_place_is_gone(world: World) -> None:
    await world.ordered(FOLLOW)
    await world.told("a1", PORTS)
    world.wall.failures = [(Unreachable("down"), False)] * TRIES
    for hour in range(TRIES):
        await world.pass_until(TUESDAY + timedelta(hours=2 * hour))
    assert await world.storage.outbox.states() == {"dead": 1}
    await world.told("a2", GRAIN)
    world.wall.failures = [(Gone("no such channel"), False)]
    await world.pass_until(TUESDAY + 5 * DAY)
    assert await world.storage.outbox.states() == {"dead": 2}
    await world.told("a3", GRAIN.replace("grain", "wheat"))
    assert await world.pass_until(TUESDAY + 6 * DAY) == []


async def test_the_owner_of_a_digest_hears_that_its_channel_is_gone(world: World) -> None:
    await world.ordered(daily())
    await world.told("a1", PORTS)
    world.wall.failures = [(Gone("no such channel"), False)]
    (notice,) = await world.pass_until(TUESDAY + DAY)
    assert notice.startswith("I can't post in c any more (no such channel). The digest you set there is paused.")
    assert world.wall.posted[0].destination.person == "me"
    assert await world.pass_until(TUESDAY + 2 * DAY) == []
    assert "Next:" in await world.ordered(Order("digest", change="resume"))
    await world.told("a2", GRAIN)
    assert len(await world.pass_until(TUESDAY + 3 * DAY)) == 1


async def test_a_person_s_orders_are_the_same_from_everywhere(world: World) -> None:
    await world.ordered(replace(FOLLOW, verb="alert"))
    direct = Destination(Platform.DISCORD, "", "dm7", person="me")
    assert "Volodymyr Zelensky (at once)" in await world.ordered(Order("following"), place=direct)
    assert "No longer following" in await world.ordered(Order("unfollow", (ZELENSKY,)), place=direct)


async def test_who_may_change_what(world: World) -> None:
    guest = Asker("guest")
    assert "set by its administrators" in await world.ordered(daily(), guest)
    await world.ordered(FOLLOW)
    assert "Somebody else follows that here" in await world.ordered(Order("unfollow", (ZELENSKY,)), guest)
    assert "No longer following Volodymyr Zelensky" in await world.ordered(Order("unfollow", (ZELENSKY,)), ME)
    assert "nothing of yours to undo" in await world.ordered(Order("undo"), guest)
    assert "Undone. 1 follow now" in await world.ordered(Order("undo"))
    assert len((await world.storage.orders.standing(CHANNEL)).follows) == 1


async def test_limits_are_told(world: World) -> None:
    many = tuple(ActorRef(f"a{n}", f"A {n}", ActorType.PERSON) for n in range(101))
    assert "100 follows here, which is the most" in await world.ordered(Order("follow", many, mode="digest"))
    often = daily()
    assert often.cadence
    crowded = replace(often, cadence=replace(often.cadence, times=(time(8), time(8, 30))))
    assert "at most once an hour" in await world.ordered(crowded)


async def test_a_digest_is_paused_resumed_shown_and_ended(world: World) -> None:
    assert "no digest here yet" in await world.ordered(Order("digest", change="pause"))
    await world.ordered(daily())
    await world.told("a1", PORTS)
    assert "paused" in await world.ordered(Order("digest", change="pause"))
    assert await world.pass_until(TUESDAY + 3 * DAY) == []
    assert "Next: Saturday 8 March 2025, 08:00" in await world.ordered(Order("digest", change="resume"))
    assert len(await world.pass_until(TUESDAY + 4 * DAY)) == 1
    assert "No digest is set here" in await world.ordered(Order("digest", change="off"))
    assert await world.pass_until(TUESDAY + 9 * DAY) == []
