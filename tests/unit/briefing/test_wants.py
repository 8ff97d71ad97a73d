"""What people can want of digests and alerts, from the words they type to the message they get."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.asking.digest_orders import digest_order
from bot.asking.grammar import inquiry_of
from bot.asking.ordering import order_of
from bot.errors import Ambiguous, Unreachable, UsageError
from bot.model import Destination, Platform, Request
from bot.replies import Buttons, Reply, plain
from bot.standing import Aspect
from tests.unit.briefing.conftest import CHANNEL, ME, World, registry

DAY = timedelta(days=1)
CALL = (
    "President Donald Trump spoke by phone with Russian President Vladimir Putin on Monday.\n“It was a good call,” Trump said.\n"
)
VISIT = "Volodymyr Zelensky met Emmanuel Macron in Paris on Monday.\n“We agreed on much,” Macron said.\n"
TUESDAY = datetime(2025, 3, 4, 7, tzinfo=UTC)


async def typed(world: World, words: str) -> str:
    """Somebody types; the reply as text."""
    return plain(await replied(world, words))


async def replied(world: World, words: str) -> Reply:
    inquiry = inquiry_of(words, world.now.date())
    assert inquiry.intent == "order"
    return await ordered(world, inquiry.argument)


async def ordered(world: World, words: str) -> Reply:
    """The order alone, as a button gives it."""
    request = Request(CHANNEL, ME, world.now, words=words)
    order = await order_of(words, request, world.storage.library, registry(), "UTC")
    return order if isinstance(order, Reply) else await world.orders.carry_out(request, order)


@pytest.mark.parametrize(
    ("words", "aspects"),
    [
        ("digest only Daily Post", [Aspect.OUTLET]),
        ("digest only meetings and statements", [Aspect.TYPE, Aspect.TYPE]),
        ("digest without zelensky, sanctions", [Aspect.ACTOR, Aspect.TYPE]),
        ("digest only grain exports", [Aspect.TOPIC]),
    ],
)
def test_filters_are_understood(words: str, aspects: list[Aspect]) -> None:
    order = digest_order(words, "UTC", ["Daily Post"], registry(), date(2025, 3, 4))
    assert [one.aspect for one in order.filters] == aspects


@pytest.mark.parametrize("words", ["digest length 0", "digest length 900", "digest dates in Elvish", "digest sometimes"])
def test_what_can_t_be_is_refused_with_what_can(words: str) -> None:
    with pytest.raises(UsageError, match="rite for example"):
        digest_order(words, "UTC", [], registry(), date(2025, 3, 4))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("weekdays digest at 8 and 18", "Monday to Friday at 08:00 and 18:00"),
        ("send me a digest every day at 7:30 in paris", "every day at 07:30, Europe/Paris"),
        ("digest every 6 hours", "00:00, 06:00, 12:00 and 18:00"),
        ("digest on mondays at 9am", "every Monday at 09:00"),
        ("digest mon wed fri 08:00", "every Monday, Wednesday and Friday at 08:00"),
        ("change the digest to 9am", "every day at 09:00"),
        ("evening digest", "every day at 18:00"),
        ("digest at 8 in the evening", "every day at 20:00"),
        ("digest at noon new york", "every day at 12:00, America/New_York"),
        ("hourly digest", "every hour from 00:00"),
        ("digest every 6 hours from 9am", "03:00, 09:00, 15:00 and 21:00"),
        ("digest on weekends at 10", "every Saturday and Sunday at 10:00"),
        ("daily at 8 utc+2", "08:00, Etc/GMT-2"),
    ],
)
async def test_times_are_understood(world: World, words: str, said: str) -> None:
    assert said in await typed(world, words)


async def test_a_digest_keeps_to_what_was_wanted_of_it_when_it_is_set_anew(world: World) -> None:
    await typed(world, "daily digest at 8am brussels")
    for words in ("digest only Daily Post and statements", "digest length 2", "digest dates in German"):
        await typed(world, words)
    await world.told("a1", VISIT)
    await world.told("a2", CALL, "Evening Post")
    said = await typed(world, "daily digest at 9am brussels")
    assert "Only: Daily Post, statements. At most 2 lines. Dates in German." in said
    (digest,) = await world.pass_until(TUESDAY + 2 * DAY)
    assert digest.startswith("Digest, Donnerstag, 6. März 2025") or "März 2025" in digest
    assert "We agreed on much" in digest
    assert "good call" not in digest
    assert "Only:" not in await typed(world, "digest everything")
    assert "Only: Daily Post" in await typed(world, "undo")


async def test_a_role_is_notified_of_the_digest_and_of_nothing_else(world: World) -> None:
    await typed(world, "daily digest at 8am brussels")
    assert "Notifies a role." in await typed(world, "digest ping <@&42>")
    await world.told("a1", VISIT)
    await typed(world, "follow Macron")
    await world.pass_until(TUESDAY + DAY)
    assert [parcel.reply.role for parcel in world.wall.posted if parcel.under is None] == ["42"]
    assert "Notifies" not in await typed(world, "digest ping nobody")


@pytest.mark.parametrize("words", ["digest ping @everyone", "digest ping the analysts", "digest ping <@42>"])
def test_only_a_role_is_notified(words: str) -> None:
    with pytest.raises(UsageError, match="Which role"):
        digest_order(words, "UTC", [], registry(), date(2025, 3, 4))


async def test_only_discord_has_roles(world: World) -> None:
    slack = Destination(Platform.SLACK, "T1", "C1")
    for words, said in (("daily digest at 8am brussels", "08:00"), ("digest ping <@&42>", "Only channels of a Discord server")):
        request = Request(slack, ME, world.now, words=words)
        order = await order_of(words, request, world.storage.library, registry(), "UTC")
        assert said in plain(order if isinstance(order, Reply) else await world.orders.carry_out(request, order))


async def test_what_has_no_room_follows_in_the_thread_once(world: World) -> None:
    await typed(world, "daily digest at 8am brussels")
    await typed(world, "digest length 1")
    await world.told("a1", VISIT)
    await world.told("a2", CALL)
    first, rest = await world.pass_until(TUESDAY + DAY)
    assert "in the thread" in first
    assert rest.startswith("The rest\n")
    assert [parcel.under for parcel in world.wall.posted] == [None, "m1"]
    assert world.wall.posted[1].key == f"{world.wall.posted[0].key}-2"
    assert await world.pass_until(TUESDAY + DAY + timedelta(hours=1)) == []


async def test_an_event_is_alerted_once_whoever_tells_it(world: World) -> None:
    said = await typed(world, "alert me when Trump and Putin speak by phone")
    assert "Alert when Trump and Putin speak by phone: a message as soon as" in said
    await typed(world, "alert me when talks are announced")
    await world.told("a1", VISIT)
    (visit,) = await world.pass_until(TUESDAY)
    assert "alert when talks are announced." in visit
    await world.told("a2", CALL)
    await world.told("a3", CALL.replace("good", "long"), "Evening Post")
    (call,) = await world.pass_until(TUESDAY + timedelta(minutes=10))
    assert call.count("spoke by phone") == 2
    assert "alert when Trump and Putin speak by phone, alert when talks are announced." in call
    assert world.wall.posted[1].destination == Destination(Platform.DISCORD, "", "", person="me")
    shown = await typed(world, "following")
    assert "when talks are announced (at once)" in shown
    (handle, _) = [
        b.action.argument for block in world.wall.posted[1].reply.blocks if isinstance(block, Buttons) for b in block.buttons
    ][:2]
    assert "No longer following when Trump and Putin speak by phone" in await typed(world, f"unfollow {handle}")


async def test_what_a_government_does_alerts_who_asks_for_its_office_as_for_its_state(world: World) -> None:
    await typed(world, "alert me when the White House and Iran hold talks")
    await world.told("a1", "The White House held talks with Iran in Oman on Monday.\n")
    (alert,) = await world.pass_until(TUESDAY)
    assert "held talks with Iran" in alert


async def test_why_a_message_came_is_told(world: World) -> None:
    assert "Nothing has been sent" in await typed(world, "why did I get this")
    await typed(world, "daily digest at 8am brussels")
    await typed(world, "follow zelensky in the digest")
    await world.told("a1", VISIT)
    await world.pass_until(TUESDAY + DAY)
    (button,) = [
        b
        for block in world.wall.posted[0].reply.blocks
        if isinstance(block, Buttons)
        for b in block.buttons
        if b.action.verb == "why"
    ]
    told = plain(await ordered(world, f"why {button.action.argument}"))
    assert "every day at 08:00, Europe/Brussels time, set by you" in told
    assert "Followed here, and so told first: Volodymyr Zelensky." in told


async def test_a_story_is_muted_for_oneself_and_heard_again(world: World) -> None:
    said = await typed(world, "mute story 1a2b3c4d Zelensky met Macron")
    assert "the story “Zelensky met Macron”" in said
    assert "Muted: the story “Zelensky met Macron”." in await typed(world, "following")
    assert "Muted for you: the story" in await typed(world, "unmute ships")
    assert "Nothing is muted for you now" in await typed(world, "unmute Macron")
    assert not (await world.storage.orders.standing(CHANNEL)).manner.mutes


async def test_a_follow_tells_only_what_comes_after_it(world: World) -> None:
    await world.told("a1", VISIT)
    await typed(world, "follow zelensky")
    await typed(world, "alert me when Zelensky meets Macron")
    await world.told("a2", "Volodymyr Zelensky spoke in Kyiv.\n“The grain must reach those who wait for it,” Zelensky said.\n")
    (alert,) = await world.pass_until(TUESDAY)
    assert "grain must reach" in alert
    assert "met or held talks" not in alert


async def test_many_even_hours_are_said_in_short(world: World) -> None:
    assert "every day, every hour from 00:00, Europe/Brussels time" in await typed(world, "digest every 1 hours")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("daily digest at 8am mars", "I don't know the time in mars; name a city"),
        ("digest every 5 minutes", "at most once an hour"),
        ("digest every 13 hours", "every 1 to 12 hours"),
        ("digest every 3 days", "every 1 to 12 hours"),
        ("digest every other day at 8", "I don't understand “other”"),
        ("digest on 2025-02-12", "I don't understand “2025”"),
        ("digest for 12 february", "I don't understand “february”"),
        ("digest days 0", "I don't understand “days”"),
        ("digest at 8 utc+20", "I don't understand “utc+”"),
        ("digest monthly", "When?"),
        ("cancel the digest", "There is no digest here yet"),
        ("when is the next digest", "No digest is set here"),
        ("digest only", "What of?"),
        ("mute this story", "Which story?"),
        ("follow trump, putin and nobodyknown", "I don't know trump, putin and nobodyknown"),
        ("follow trump, putin and zelensky", "Following Donald Trump, Vladimir Putin, Volodymyr Zelensky:"),
        ("alert me", "alert me when talks are announced"),
        ("mute", "mute NATO"),
        ("unmute", "Nothing is muted for you"),
        ("snooze", "snooze till Monday"),
        ("unsnooze", "Not snoozed"),
        ("stop", "digest off; unfollow all"),
        ("resume all", "digest resume"),
        ("my follows", "Nobody is followed here or by you"),
        ("unfollow everyone", "Nobody is followed here or by you"),
        ("daily digest at 8 in the morning", "every day at 08:00"),
        ("digest at 9am on weekdays", "Monday to Friday at 09:00"),
    ],
)
async def test_what_is_not_understood_is_said(world: World, words: str, said: str) -> None:
    assert said in await typed(world, words)


async def test_all_follows_end_at_once(world: World) -> None:
    await typed(world, "follow trump, putin and zelensky")
    assert "No longer following Donald Trump, Vladimir Putin, Volodymyr Zelensky." in await typed(world, "unfollow all")
    assert "3 follows now" in await typed(world, "undo")


async def test_a_failure_between_the_parts_goes_on_at_the_part(world: World) -> None:
    await typed(world, "daily digest at 8am brussels")
    await typed(world, "digest length 1")
    await world.told("a1", VISIT)
    await world.told("a2", CALL)
    world.wall.failures = [(Ambiguous("cut off"), True), (Unreachable("down"), False), (Ambiguous("cut off"), True)]
    for minutes in (0, 1, 3, 10, 30):
        await world.pass_until(TUESDAY + DAY + timedelta(minutes=minutes))
    assert [parcel.under for parcel in world.wall.posted] == [None, "m1"]
    assert await world.storage.outbox.states() == {"sent": 2}


async def test_another_time_keeps_the_digest_s_zone(world: World) -> None:
    await typed(world, "daily digest at 8am tokyo")
    assert "every day at 09:00, Asia/Tokyo time" in await typed(world, "digest at 9am")
    assert "every day at 09:00, Europe/Paris time" in await typed(world, "digest at 9am paris")


async def test_the_end_of_a_digest_is_said(world: World) -> None:
    await typed(world, "daily digest at 8am brussels")
    assert "No more digests here." in await typed(world, "stop the digest")


async def test_the_undoing_of_an_order_is_no_slip_of_it(world: World) -> None:
    await typed(world, "mute NATO")
    assert "Nothing is muted for you now" in await typed(world, "unmute all")
    await typed(world, "snooze 3 days")
    assert "Not snoozed" in await typed(world, "snooze off")
    assert "No messages until" not in await typed(world, "following")
