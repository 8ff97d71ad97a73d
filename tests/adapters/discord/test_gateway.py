"""The real client against a gateway that breaks, and interactions that come too late."""

import asyncio
from typing import Any

import pytest

from adapters.discord import build_bot
from adapters.discord.answering import FAILED
from bot.config import Settings
from bot.errors import SettingsError, StorageError
from bot.model import Destination, Platform
from bot.ports import Parcel
from bot.replies import Reply
from tests.adapters.discord.connection import Line, connected, settings_for
from tests.adapters.discord.desks import NotingDesk, clock
from tests.adapters.discord.server import GUILD, TEXT, Fault, Server, choice_of_alice, command_of_alice, from_alice
from tests.contract.samples import ambiguous, digest, said

ASK = [{"name": "question", "type": 3, "value": "said Doe"}]
CALLBACK = r"/interactions/\d+/\w+/callback"
FOLLOWUP = r"/webhooks/77/\w+"
POST = f"/channels/{TEXT}/messages"


async def test_an_event_repeated_after_a_resume_is_answered_once(line: Line) -> None:
    await line.server.push("MESSAGE_CREATE", from_alice("1", "<@77> said Doe"))
    await line.server.wait(lambda: line.server.sent("POST", POST))
    await line.server.reconnect()
    await line.server.wait(lambda: "resume" in line.server.hellos)
    await line.server.push("MESSAGE_CREATE", from_alice("1", "<@77> said Doe"))
    await line.server.push("MESSAGE_CREATE", from_alice("2", "<@77> about NATO"))
    await line.server.wait(lambda: len(line.server.messages) == 2)
    assert [request.words for request in line.desk.requests] == ["said Doe", "about NATO"]


async def at_once(shard: int | None, *, initial: bool = False) -> None:
    """In place of the five seconds that discord.py leaves between identifications."""


async def test_an_invalid_session_is_begun_anew(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.bot, "before_identify_hook", at_once)
    await line.server.invalidate()
    await line.server.wait(lambda: line.server.hellos == ["identify", "identify"])
    await line.server.processed()
    await line.server.push("MESSAGE_CREATE", from_alice("3", "<@77> said Doe"))
    await line.server.wait(lambda: line.server.messages)


async def test_a_slow_answer_is_deferred_then_given(server: Server) -> None:
    gate = asyncio.Event()
    async with connected(server, NotingDesk(gate=gate), patience=0.01) as line:
        await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
        await server.wait(lambda: server.sent("POST", CALLBACK))
        assert server.sent("POST", CALLBACK)[0]["type"] == 5
        gate.set()
        await server.wait(lambda: server.sent("POST", FOLLOWUP))
    assert "We will keep talking" in server.sent("POST", FOLLOWUP)[0]["components"][0]["content"]


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_slow_choice_takes_the_question_s_place_unless_private(server: Server, hidden: bool) -> None:
    gate = asyncio.Event()
    gate.set()
    desk = NotingDesk(lambda request: ambiguous(), gate)
    async with connected(server, desk, patience=0.01) as line:
        await line.bot.courier.send(Parcel("k", Destination(Platform.DISCORD, GUILD, TEXT), ambiguous()))
        [question] = server.messages.values()
        gate.clear()
        desk.react = lambda request: Reply(said().blocks, private=hidden)
        await line.server.push("INTERACTION_CREATE", choice_of_alice("11", question, "m1|choose|0", "doe-1"))
        await server.wait(lambda: server.sent("POST", CALLBACK))
        gate.set()
        await server.wait(lambda: server.sent("POST", FOLLOWUP) or server.sent("PATCH", FOLLOWUP + "/messages/@original"))
    assert server.sent("POST", CALLBACK)[0]["type"] == 6
    assert bool(server.sent("POST", FOLLOWUP)) == hidden
    assert not [verb for verb, _, _ in server.requests if verb == "DELETE"]


async def test_a_slow_answer_to_a_mention_shows_typing(server: Server) -> None:
    gate = asyncio.Event()
    async with connected(server, NotingDesk(gate=gate), patience=0.01) as line:
        await line.server.push("MESSAGE_CREATE", from_alice("1", "<@77> said Doe"))
        await server.wait(lambda: server.sent("POST", f"/channels/{TEXT}/typing"))
        gate.set()
        await server.wait(lambda: server.messages)


async def test_a_slow_answer_that_turns_out_private_is_shown_to_one(server: Server) -> None:
    gate = asyncio.Event()
    desk = NotingDesk(lambda request: said().privately(), gate)
    async with connected(server, desk, patience=0.01) as line:
        await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
        await server.wait(lambda: server.sent("POST", CALLBACK))
        gate.set()
        await server.wait(lambda: server.sent("POST", FOLLOWUP))
    assert server.sent("POST", FOLLOWUP)[0]["flags"] & 64
    assert [verb for verb, path, _ in server.requests if path.endswith("/@original")] == ["DELETE"]


async def test_an_answer_in_many_messages_follows_up(line: Line) -> None:
    line.desk.react = lambda request: digest(60)
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: len(line.server.messages) >= 3)
    assert line.server.sent("POST", CALLBACK)[0]["type"] == 4
    assert len(line.server.sent("POST", FOLLOWUP)) == len(line.server.messages) - 1


async def test_too_late_for_the_interaction_is_answered_in_the_channel(line: Line) -> None:
    line.server.faults.append(Fault("POST", CALLBACK, 404, 10062))
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: line.server.sent("POST", POST))
    assert not line.server.sent("POST", FOLLOWUP)


async def test_the_rest_of_a_long_answer_is_not_lost_with_the_interaction(line: Line) -> None:
    line.desk.react = lambda request: digest(60)
    line.server.faults.append(Fault("POST", FOLLOWUP, 404, 10015))
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: len(line.server.messages) >= 3)
    shown = "".join(c["content"] for m in line.server.messages.values() for c in m["components"] if c["type"] == 10)
    assert [shown.count(f"Story{n}:") for n in range(1, 61)] == [1] * 60


async def test_what_discord_refuses_is_admitted(line: Line) -> None:
    line.server.faults.append(Fault("POST", CALLBACK, 400, 50035))
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: line.server.messages)
    assert line.server.sent("POST", CALLBACK)[-1]["data"]["components"][0]["content"] == FAILED


async def test_what_is_private_is_never_answered_in_the_channel(line: Line) -> None:
    line.desk.react = lambda request: said().privately()
    line.server.faults.append(Fault("POST", CALLBACK, 404, 10062))
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: not line.server.faults)
    await line.server.processed()
    assert not line.server.messages


async def test_a_failing_store_is_told_in_its_own_words(line: Line) -> None:
    def fail(request: Any) -> Reply:
        raise StorageError("the database is locked; try again")

    line.desk.react = fail
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: line.server.messages)
    data = line.server.sent("POST", CALLBACK)[0]["data"]
    assert data["components"][0]["content"] == "the database is locked; try again"
    assert data["flags"] & 64


async def test_the_asker_s_language_travels(line: Line) -> None:
    await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
    await line.server.wait(lambda: line.server.messages)
    assert line.desk.requests[0].asker.locale == "uk"
    assert line.desk.requests[0].asker.administrator


async def test_a_person_s_own_installation_gives_no_rights_in_a_guild(line: Line) -> None:
    alone = command_of_alice("10", "ask", ASK, authorizing_integration_owners={"1": "500"})
    await line.server.push("INTERACTION_CREATE", alone)
    await line.server.wait(lambda: line.server.messages)
    assert not line.desk.requests[0].asker.administrator


async def test_leaving_a_guild_purges_it_and_an_outage_does_not(line: Line) -> None:
    await line.server.push("GUILD_DELETE", {"id": GUILD, "unavailable": True})
    await line.server.processed()
    assert line.purged == []
    await line.server.push("GUILD_DELETE", {"id": GUILD})
    await line.server.processed()
    assert line.purged == [GUILD]


async def test_commands_are_sent_again_only_when_they_changed(server: Server) -> None:
    async with connected(server):
        pass
    async with connected(server):
        pass
    assert len([verb for verb, path, _ in server.requests if verb == "PUT"]) == 1
    server.commands[0]["description"] = "of an older version"
    async with connected(server):
        pass
    assert len([verb for verb, path, _ in server.requests if verb == "PUT"]) == 2


async def test_commands_that_can_t_be_registered_do_not_stop_the_bot(server: Server) -> None:
    server.faults.append(Fault("PUT", "/applications/77/commands", 400, 50035))
    async with connected(server) as line:
        await line.server.push("MESSAGE_CREATE", from_alice("3", "<@77> said Doe"))
        await line.server.wait(lambda: line.server.messages)


async def test_no_privileged_intent_is_asked_for(line: Line) -> None:
    privileged = line.bot.intents.members, line.bot.intents.presences, line.bot.intents.message_content
    assert privileged == (False, False, False)


async def test_discord_may_be_away_when_the_bot_starts(server: Server) -> None:
    server.faults += [Fault("GET", "/users/@me", 503), Fault("GET", "/users/@me", lose=True)]
    async with connected(server) as line:
        await line.server.push("MESSAGE_CREATE", from_alice("3", "<@77> said Doe"))
        await line.server.wait(lambda: line.server.messages)
    assert len([path for _, path, _ in server.requests if path == "/users/@me"]) == 3


async def test_the_bot_can_be_stopped_while_discord_is_away(server: Server) -> None:
    bot = build_bot(settings_for(server), NotingDesk(), clock, retry_after=600)
    server.faults.append(Fault("GET", "/users/@me", 503))
    serving = asyncio.create_task(bot.serve())
    await server.wait(lambda: server.requests)
    await bot.stop()
    await serving


async def test_answers_under_way_are_given_before_the_bot_leaves(server: Server) -> None:
    gate = asyncio.Event()
    async with connected(server, NotingDesk(gate=gate), patience=0.01) as line:
        await line.server.push("INTERACTION_CREATE", command_of_alice("10", "ask", ASK))
        await server.wait(lambda: server.sent("POST", CALLBACK))
        stopping = asyncio.create_task(line.bot.stop())
        gate.set()
        await stopping
    assert server.sent("POST", FOLLOWUP)


async def test_a_missing_token_is_named() -> None:
    with pytest.raises(SettingsError, match="DISCORD_TOKEN is not set"):
        await build_bot(Settings(discord_token=None, _env_file=None), NotingDesk(), clock).serve()


async def test_a_wrong_token_is_told(server: Server) -> None:
    with pytest.raises(SettingsError, match="DISCORD_TOKEN is not accepted"):
        await build_bot(settings_for(server, token="wrong"), NotingDesk(), clock).serve()


@pytest.mark.parametrize(("code", "told"), [(4011, "set DISCORD_SHARDS"), (4004, "DISCORD_TOKEN"), (4013, "settings")])
async def test_a_gateway_that_refuses_is_told(server: Server, code: int, told: str) -> None:
    server.refuse = code
    with pytest.raises(SettingsError, match=told):
        await build_bot(settings_for(server), NotingDesk(), clock).serve()


async def test_two_shards_make_two_connections(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = build_bot(settings_for(server, shards=2), NotingDesk(), clock)
    monkeypatch.setattr(bot, "before_identify_hook", at_once)
    serving = asyncio.create_task(bot.serve())
    await server.wait(lambda: server.hellos == ["identify", "identify"])
    await bot.stop()
    await serving
