"""The real bot on SimCord: every way in, what the desk hears and what people see."""

import re
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
import simcord

from adapters.discord.answering import FAILED
from adapters.discord.client import NO_WORDS
from bot.commands import COMMANDS
from bot.model import Destination, Platform
from bot.replies import Action, Button, Buttons, Reply
from tests.adapters.discord.desks import NotingDesk
from tests.adapters.discord.scene import Scene, made, opened, raw_text, text_of
from tests.contract.samples import REPLIES, ambiguous, digest, private, said


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as scene:
        yield scene


async def test_a_command_reaches_the_desk_and_is_answered(scene: Scene) -> None:
    result = await scene.alice.slash(scene.channel, "brief said", actor="Jane Doe", topic="border")
    [request] = scene.desk.requests
    assert (request.command, request.arguments) == ("said", {"actor": "Jane Doe", "topic": "border"})
    assert request.place == Destination(Platform.DISCORD, str(scene.guild.id), str(scene.channel.id))
    assert (request.asker.id, request.asker.administrator, request.asker.locale) == (str(scene.alice.id), False, "en-US")
    assert "We will keep talking" in raw_text(result.response)
    assert not result.ephemeral


async def test_every_command_of_the_table_is_there(scene: Scene) -> None:
    for command in COMMANDS:
        given = {a.name: (a.choices[0] if a.choices else "some words") for a in command.arguments}
        group = "brief-admin" if command.administrators else "brief"
        result = await scene.boss.slash(scene.channel, f"{group} {command.name}", **given)
        request = scene.desk.requests[-1]
        assert (request.command, dict(request.arguments)) == (command.name, given)
        assert request.asker.administrator
        assert result.ephemeral == command.private


async def test_administration_is_hidden_from_others(scene: Scene) -> None:
    assert not any(name.startswith("brief-admin") for name in scene.alice.available_commands(scene.channel))
    assert "brief-admin digest" in scene.boss.available_commands(scene.channel)


async def test_a_guild_may_let_others_administer(scene: Scene) -> None:
    helpers = scene.guild.create_role("Helpers")
    carol = scene.guild.add_member(scene.env.create_user("carol"), roles=[helpers])
    admin = next(c for c in await scene.env.bot.tree.fetch_commands() if c.name == "brief-admin")
    scene.guild.set_command_permissions(admin, {helpers: True})
    await carol.slash(scene.channel, "brief-admin digest", order="off")
    assert scene.desk.requests[0].asker.administrator
    await carol.slash(scene.channel, "brief following")
    assert not scene.desk.requests[1].asker.administrator


async def test_completion_answers_from_memory_within_limits(scene: Scene) -> None:
    choices = await scene.alice.autocomplete(scene.channel, "brief said", "actor", "do")
    assert len(choices) == 25
    assert choices[0] == {"name": "do0 of said actor", "value": "do0 of said actor"}
    assert not scene.desk.requests


async def test_a_mention_is_answered_under_the_message(scene: Scene) -> None:
    sent = await scene.alice.send(scene.channel, f"{scene.mention} what did Doe say?")
    [request] = scene.desk.requests
    assert request.words == "what did Doe say?"
    assert request.key == f"discord:{sent.id}"
    assert scene.channel.last_message.reference.message_id == sent.id
    assert not scene.channel.last_message.mentions


async def test_a_reply_to_the_bot_goes_on(scene: Scene) -> None:
    await scene.alice.send(scene.channel, f"{scene.mention} said Doe")
    await scene.alice.send(scene.channel, f"and about NATO? {scene.mention}", reply_to=scene.channel.last_message)
    assert [request.words for request in scene.desk.requests] == ["said Doe", "and about NATO?"]
    assert scene.desk.requests[0].place == scene.desk.requests[1].place


async def test_silence_where_nobody_asked(scene: Scene) -> None:
    await scene.alice.send(scene.channel, "what did Doe say?")
    await scene.alice.send(scene.channel, "@everyone hear this")
    assert not scene.desk.requests


async def test_a_bare_mention_gets_help(scene: Scene) -> None:
    await scene.alice.send(scene.channel, scene.mention)
    assert scene.desk.requests[0].command == "help"


async def test_a_direct_message_needs_no_mention(scene: Scene) -> None:
    await scene.alice.send_dm("said Doe")
    [request] = scene.desk.requests
    dm = scene.alice.user.dm_channel
    assert request.place == Destination(Platform.DISCORD, "", str(dm.id), person=str(scene.alice.id))
    assert request.asker.administrator
    assert "We will keep talking" in text_of(dm.last_message)


async def test_commands_work_in_direct_messages(scene: Scene) -> None:
    await scene.alice.user.slash("brief following")
    assert scene.desk.requests[0].place.workspace == ""
    assert scene.desk.requests[0].place.person == str(scene.alice.id)


async def test_buttons_work_after_a_restart(scene: Scene) -> None:
    await scene.alice.send(scene.channel, f"{scene.mention} said Doe")
    old = scene.channel.last_message
    await scene.env.restart_bot(scene.build())
    await scene.boss.click(old, label="Context")
    [(request, action)] = scene.desk.pressed
    assert action == Action("context", "17")
    assert request.asker.id == str(scene.boss.id)


async def test_a_choice_takes_the_question_s_place(scene: Scene) -> None:
    scene.desk.react = lambda request: ambiguous()
    asked = await scene.alice.slash(scene.channel, "brief said", actor="Doe")
    scene.desk.react = lambda request: said()
    before = len(scene.channel.history())
    await scene.alice.select(asked.response, ["doe-2"])
    assert scene.desk.pressed[0][1] == Action("choose", "doe-2")
    assert len(scene.channel.history()) == before
    assert "We will keep talking" in scene.seen()


async def test_somebody_else_s_choice_leaves_the_question(scene: Scene) -> None:
    scene.desk.react = lambda request: ambiguous()
    asked = await scene.alice.slash(scene.channel, "brief said", actor="Doe")
    before = len(scene.channel.history())
    await scene.boss.select(asked.response, ["doe-2"])
    assert len(scene.channel.history()) == before + 1


async def test_a_report_asks_what_is_wrong(scene: Scene) -> None:
    await scene.alice.send(scene.channel, f"{scene.mention} said Doe")
    form = await scene.alice.click(scene.channel.last_message, label="Report")
    assert form.modal is not None
    result = await scene.alice.submit_modal(form, {"problem": "wrong speaker"})
    [(request, action)] = scene.desk.pressed
    assert (action, request.words) == (Action("report", "17"), "wrong speaker")
    assert result.ephemeral


@pytest.mark.parametrize(("typed", "arguments"), [("daily at 8am Brussels", {"order": "daily at 8am Brussels"}), ("", {})])
async def test_settings_are_a_form(scene: Scene, typed: str, arguments: dict[str, str]) -> None:
    form = await scene.boss.slash(scene.channel, "brief-admin settings")
    await scene.boss.submit_modal(form, {"order": typed} if typed else {})
    [request] = scene.desk.requests
    assert (request.command, request.arguments) == ("digest", arguments)
    assert request.asker.administrator


async def test_a_digest_s_button_opens_the_form_for_who_may_set_it_and_tells_others(scene: Scene) -> None:
    scene.desk.react = lambda request: Reply((Buttons((Button("Change time", Action("digest")),)),))
    await scene.alice.send(scene.channel, f"{scene.mention} digest")
    message = scene.channel.last_message
    form = await scene.boss.click(message, label="Change time")
    assert form.modal is not None
    await scene.boss.submit_modal(form, {"order": "daily at 9am"})
    assert (scene.desk.requests[-1].command, scene.desk.requests[-1].arguments) == ("digest", {"order": "daily at 9am"})
    told = await scene.alice.click(message, label="Change time")
    assert told.modal is None
    [(_, action)] = scene.desk.pressed
    assert action == Action("digest")


async def test_who_said_this_checks_a_message(scene: Scene) -> None:
    claim = await scene.boss.send(scene.channel, "Doe: never!")
    result = await scene.alice.context_menu(scene.channel, "Who said this?", claim)
    [request] = scene.desk.requests
    assert (request.command, request.arguments) == ("verify", {"words": "Doe: never!"})
    assert result.ephemeral


async def test_who_said_this_needs_words(scene: Scene) -> None:
    picture = await scene.boss.send(scene.channel, "", attachments=[("a.png", b"x")])
    result = await scene.alice.context_menu(scene.channel, "Who said this?", picture)
    assert NO_WORDS in raw_text(result.response)


async def test_who_said_this_reads_what_bots_post(scene: Scene) -> None:
    await scene.alice.send(scene.channel, f"{scene.mention} said Doe")
    await scene.alice.context_menu(scene.channel, "Who said this?", scene.channel.last_message)
    assert "We will keep talking" in scene.desk.requests[-1].arguments["words"]


async def test_a_private_answer_to_a_mention_goes_to_the_person(scene: Scene) -> None:
    scene.desk.react = lambda request: private()
    await scene.alice.send(scene.channel, f"{scene.mention} following")
    assert "Jane Doe" not in scene.seen()
    assert "Jane Doe" in text_of(scene.alice.user.dm_channel.last_message)


async def test_answers_to_an_ephemeral_message_stay_ephemeral(scene: Scene) -> None:
    scene.desk.react = lambda request: said().privately()
    asked = await scene.alice.slash(scene.channel, "brief said", actor="Doe")
    scene.desk.react = lambda request: said()
    result = await scene.alice.click(asked.response, label="Context")
    assert asked.ephemeral
    assert result.ephemeral


async def test_threads_are_conversations_of_their_own(scene: Scene) -> None:
    start = await scene.alice.send(scene.channel, "a story")
    thread = await scene.env.bot.get_channel(scene.channel.id).get_partial_message(start.id).create_thread(name="Story")
    handle = next(t for t in scene.channel.threads if t.id == thread.id)
    await scene.alice.send(handle, f"{scene.mention} said Doe")
    place = scene.desk.requests[0].place
    assert (place.channel, place.thread) == (str(scene.channel.id), str(thread.id))


async def test_a_long_answer_arrives_whole(scene: Scene) -> None:
    scene.desk.react = lambda request: digest(60)
    await scene.alice.slash(scene.channel, "brief events")
    shown = "\n".join(text_of(message) for message in scene.channel.history())
    assert all(f"Story{n}:" in shown for n in range(1, 61))


async def test_the_simulated_discord_takes_every_sample(scene: Scene) -> None:
    scene.desk.react = lambda request: REPLIES[request.words]
    for name in REPLIES:
        result = await scene.alice.slash(scene.channel, "brief ask", question=name)
        assert result.response is not None
        assert scene.desk.requests[-1].words == name


async def test_a_failure_is_told_in_one_private_line(scene: Scene) -> None:
    def fail(request: Any) -> Reply:
        raise RuntimeError("a fault")

    scene.desk.react = fail
    result = await scene.alice.slash(scene.channel, "brief said", actor="Doe")
    assert raw_text(result.response) == FAILED
    assert result.ephemeral


async def test_an_old_button_says_so(scene: Scene) -> None:
    scene.desk.react = lambda request: Reply((Buttons((Button("Old", Action("no-such-verb", "1")),)),))
    asked = await scene.alice.slash(scene.channel, "brief said", actor="Doe")
    result = await scene.alice.click(asked.response, label="Old")
    assert "older version" in raw_text(result.response)
    assert not scene.desk.pressed


async def test_a_closed_channel_is_explained_to_the_person(scene: Scene) -> None:
    closed = scene.guild.create_text_channel(
        "read-only", overwrites={scene.env.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    await scene.alice.send(closed, f"{scene.mention} said Doe")
    told = text_of(scene.alice.user.dm_channel.last_message)
    assert re.search(r"can't answer in that channel: .* Send Messages\b", told)


async def test_commands_are_registered_only_when_they_changed(scene: Scene) -> None:
    def writes() -> int:
        return sum(entry.method == "PUT" for entry in scene.env.http_requests)

    assert writes() == 1
    await scene.env.restart_bot(scene.build())
    assert writes() == 1


async def test_two_guilds_are_two_workspaces(scene: Scene) -> None:
    other = scene.env.create_guild("Other")
    channel = other.create_text_channel("news")
    bob = other.add_member(scene.env.create_user("bob"))
    await bob.slash(channel, "brief following")
    await scene.alice.slash(scene.channel, "brief following")
    assert [r.place.workspace for r in scene.desk.requests] == [str(other.id), str(scene.guild.id)]


async def test_what_left_guilds_left_behind_is_purged_on_arrival(scene: Scene) -> None:
    assert scene.purged == ["1"]


async def test_nothing_is_purged_while_discord_can_t_say() -> None:
    purged: list[str] = []
    env = simcord.Env(made(NotingDesk(), purged, known=("1",)))
    env.inject_error("GET", "/guilds/1", status=503)
    await env.start()
    await env.settle()
    await env.shutdown()
    assert any("/guilds/1" in entry.path for entry in env.http_requests)
    assert purged == []
