"""Parcels over the real client: posted once whatever happens on the way, failures told apart."""

import pytest

from adapters.discord import build_bot
from adapters.discord.courier import mark_of, nonce_of
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled, Unreachable
from bot.model import Destination, Platform
from bot.ports import Parcel
from bot.replies import Heading, Reply
from tests.adapters.discord.connection import Line, connected, settings_for
from tests.adapters.discord.desks import NotingDesk, clock
from tests.adapters.discord.server import DM, FORUM, GUILD, NEWS, TEXT, Fault, Server, thread
from tests.contract.samples import digest, nothing_found, said

POST = rf"/channels/{TEXT}/messages"


def parcel(reply: Reply | None = None, channel: str = TEXT, key: str = "digest:7:2025-02-12") -> Parcel:
    return Parcel(key, Destination(Platform.DISCORD, GUILD, channel), reply or said())


async def test_a_parcel_is_posted_with_its_nonce_and_pings_nobody(line: Line) -> None:
    number = await line.bot.courier.send(parcel())
    [payload] = line.server.sent("POST", POST)
    assert list(line.server.messages) == [number]
    assert payload["nonce"] == nonce_of("digest:7:2025-02-12", 0)
    assert payload["enforce_nonce"] is True
    assert payload["allowed_mentions"] == {"parse": []}


async def test_the_role_that_was_set_is_notified_and_none_that_a_source_names(line: Line) -> None:
    heading = Heading("Talks end <@&77> @everyone")
    await line.bot.courier.send(parcel(Reply((heading,), role="42")))
    [payload] = line.server.sent("POST", POST)
    assert payload["allowed_mentions"] == {"parse": [], "roles": [42]}
    texts = [component["content"] for component in payload["components"] if "content" in component]
    assert sum("<@&42>" in text for text in texts) == 1
    assert not any("<@&77>" in text for text in texts)
    [number] = line.server.messages
    await line.bot.courier.edit(parcel().destination, number, Reply((heading,), role="42"))
    [edited] = line.server.sent("PATCH", rf"{POST}/{number}")
    assert edited["allowed_mentions"] == {"parse": []}


async def test_a_crash_after_posting_does_not_post_twice(server: Server) -> None:
    async with connected(server) as before:
        first = await before.bot.courier.send(parcel())
    async with connected(server) as after:
        assert await after.bot.courier.send(parcel()) == first
    assert len(server.messages) == 1


async def test_a_lost_reply_is_ambiguous_and_found_later(line: Line) -> None:
    line.server.faults.append(Fault("POST", POST, lose=True))
    with pytest.raises(Ambiguous):
        await line.bot.courier.send(parcel())
    line.server.nonces.clear()
    [there] = line.server.messages
    assert await line.bot.courier.find(parcel()) == there
    assert await line.bot.courier.find(parcel(key="another")) is None


async def test_what_was_posted_in_part_is_completed(server: Server) -> None:
    owed = parcel(digest(120))
    async with connected(server) as before:
        server.faults.append(Fault("POST", POST, 503))
        with pytest.raises(Ambiguous):
            await before.bot.courier.send(owed)
        first = await before.bot.courier.send(owed)
        for surplus in first.split("+")[2:]:
            del server.messages[surplus]
    server.nonces.clear()
    async with connected(server) as after:
        assert await after.bot.courier.find(owed) is None
        second = await after.bot.courier.send(owed)
    assert second.split("+")[:2] == first.split("+")[:2]
    assert list(server.messages) == second.split("+")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("POST", POST, 403, 50001), Gone),
        (Fault("POST", POST, 403, 50013), Gone),
        (Fault("POST", POST, 404, 10003), Gone),
        (Fault("POST", POST, 400, 50083), Gone),
        (Fault("POST", POST, 503), Ambiguous),
        (Fault("POST", POST, 401), Unreachable),
        (Fault("POST", POST, 429, extra={"retry_after": 120.0, "global": False}), Throttled),
    ],
)
async def test_failures_are_told_apart(line: Line, fault: Fault, expected: type[DeliveryError]) -> None:
    line.server.faults.append(fault)
    with pytest.raises(expected) as caught:
        await line.bot.courier.send(parcel())
    assert "\n" not in str(caught.value)
    assert not line.server.messages


async def test_a_long_wait_is_told_in_seconds(line: Line) -> None:
    line.server.faults.append(Fault("POST", POST, 429, extra={"retry_after": 120.0}))
    with pytest.raises(Throttled) as caught:
        await line.bot.courier.send(parcel())
    assert caught.value.retry_after == 120


async def test_a_short_wait_is_waited(line: Line) -> None:
    line.server.faults.append(Fault("POST", POST, 429, extra={"retry_after": 0.01}))
    assert await line.bot.courier.send(parcel()) in line.server.messages


async def test_a_refused_payload_is_neither_gone_nor_retried(line: Line) -> None:
    line.server.faults.append(Fault("POST", POST, 400, 50035))
    with pytest.raises(DeliveryError) as caught:
        await line.bot.courier.send(parcel())
    assert type(caught.value) is DeliveryError


async def test_nothing_leaves_before_the_connection_stands(server: Server) -> None:
    bot = build_bot(settings_for(server), NotingDesk(), clock)
    with pytest.raises(Unreachable):
        await bot.courier.send(parcel())


async def test_a_server_that_is_away_is_unreachable(line: Line) -> None:
    await line.server.stop()
    with pytest.raises(Unreachable):
        await line.bot.courier.send(parcel())


@pytest.mark.parametrize("place", [Destination(Platform.DISCORD, "999", TEXT), Destination(Platform.DISCORD, GUILD, "424242")])
async def test_wrong_places_are_gone(line: Line, place: Destination) -> None:
    with pytest.raises(Gone):
        await line.bot.courier.send(Parcel("k", place, said()))
    assert not line.server.messages


async def test_a_correction_replaces_and_shortens(line: Line) -> None:
    number = await line.bot.courier.send(parcel(digest(60)))
    assert "+" in number
    await line.bot.courier.edit(parcel().destination, number, nothing_found())
    [left] = line.server.messages.values()
    assert left["id"] == number.split("+")[0]
    assert "Nothing in 36 articles" in left["components"][0]["content"]
    await line.bot.courier.edit(parcel().destination, left["id"], digest(60))
    assert len(line.server.messages) == len(number.split("+"))


async def test_announcements_are_published(line: Line) -> None:
    number = await line.bot.courier.send(parcel(channel=NEWS))
    assert line.server.sent("POST", f"/channels/{NEWS}/messages/{number}/crosspost")


async def test_a_forum_gets_one_post_with_its_tag(server: Server) -> None:
    owed = parcel(digest(60), FORUM)
    async with connected(server) as line:
        number = await line.bot.courier.send(owed)
    [payload] = server.sent("POST", f"/channels/{FORUM}/threads")
    assert payload["name"] == "Digest for Wednesday, 12 February 2025"
    assert payload["applied_tags"] == ["31"]
    assert {m["channel_id"] for m in server.messages.values()} == {number.split("+")[0]}


def following(first: str) -> Parcel:
    return Parcel("digest:7:2025-02-12-2", Destination(Platform.DISCORD, GUILD, TEXT), said(), first)


async def test_what_goes_on_from_a_message_stands_in_its_thread_once(server: Server) -> None:
    async with connected(server) as line:
        first = await line.bot.courier.send(parcel(digest(60)))
        number = await line.bot.courier.send(following(first))
    assert server.messages[number]["channel_id"] == first.split("+")[0]
    server.nonces.clear()
    async with connected(server) as after:
        assert await after.bot.courier.find(following(first)) == number
        assert await after.bot.courier.send(following(first)) == number
    assert len(server.threads) == 1


async def test_where_no_thread_may_be_opened_it_stands_after_the_message(line: Line) -> None:
    first = await line.bot.courier.send(parcel())
    line.server.faults.append(Fault("POST", rf"/channels/{TEXT}/messages/{first}/threads", 403, 50013))
    number = await line.bot.courier.send(following(first))
    assert line.server.messages[number]["channel_id"] == TEXT


async def test_a_person_is_reached_directly(line: Line) -> None:
    await line.bot.courier.send(Parcel("k", Destination(Platform.DISCORD, "", "", person="500"), said()))
    assert line.server.history(DM)


def test_marks_and_nonces_fit_discord() -> None:
    keys = [f"key {n}" for n in range(2000)]
    assert len({nonce_of(key, 0) for key in keys}) == len({mark_of(key, 0) for key in keys}) == 2000
    assert all(len(nonce_of(key, 1)) <= 25 and 0 < mark_of(key, 1) < 2**31 for key in keys)


async def test_without_history_nothing_is_found_and_nothing_is_closed(line: Line) -> None:
    line.server.faults.append(Fault("GET", POST, 403, 50013))
    assert await line.bot.courier.find(parcel()) is None


async def test_a_forum_post_is_found_again(server: Server) -> None:
    owed = parcel(said(), FORUM)
    async with connected(server) as line:
        number = await line.bot.courier.send(owed)
        await server.push("THREAD_CREATE", {**thread(number, FORUM, "Post"), "newly_created": True})
        await server.processed()
        assert await line.bot.courier.find(owed) == number
        assert await line.bot.courier.find(parcel(said(), FORUM, key="another")) is None


async def test_what_is_missing_is_said(server: Server) -> None:
    server.guilds[0]["roles"][0]["permissions"] = str(1 << 10)
    server.faults.append(Fault("POST", POST, 403, 50013))
    async with connected(server) as line:
        with pytest.raises(Gone, match=r"allow it Send Messages, Attach Files, Read Message History there"):
            await line.bot.courier.send(parcel())
