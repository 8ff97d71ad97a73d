"""The whole product behind Discord: the seed article, the real desk, a person who asks."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import simcord

from adapters.discord import build_bot
from bot.app import open_house, plant_seeds, run, serve_until, served
from bot.config import Settings
from bot.errors import SettingsError
from tests.adapters.discord.connection import settings_for
from tests.adapters.discord.desks import clock
from tests.adapters.discord.scene import raw_text, text_of
from tests.adapters.discord.server import Server, from_alice


@pytest.fixture
async def env(tmp_path: Path) -> AsyncIterator[Any]:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/a.db", discord_token="t", _env_file=None)
    async with open_house(settings) as house:
        await plant_seeds(house)
        env = simcord.Env(build_bot(settings, house.desk, clock))
        await env.start()
        yield env
        await env.shutdown()
        env.raise_errors()


async def test_a_newcomer_s_first_answer(env: Any) -> None:
    channel = env.create_guild().create_text_channel("news")
    alice = env.guild.add_member(env.create_user("alice"))
    names = await alice.autocomplete(channel, "brief said", "actor", "hegs")
    assert names[0]["value"] == "Pete Hegseth"
    answer = await alice.slash(channel, "brief said", actor="Pete Hegseth")
    shown = raw_text(answer.response)
    assert "pre-2014 borders" in shown
    assert "¶8" in shown
    assert "Reuters" in shown
    await alice.send(channel, f"<@{env.bot.user.id}> what did Hegseth say about NATO?")
    assert "NATO" in text_of(channel.last_message)
    context = await alice.click(channel.last_message, label="Context")
    assert context.ephemeral
    assert "¶" in raw_text(context.response)


async def test_run_serves_until_it_is_told_to_end(server: Server, tmp_path: Path) -> None:
    settings = settings_for(server).model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path}/a.db"})
    running = asyncio.create_task(run(settings))
    await server.wait(lambda: server.hellos)
    await server.processed()
    await server.push("MESSAGE_CREATE", from_alice("1", "<@77> what did Hegseth say?"))
    await server.wait(lambda: server.messages)
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    [answer] = server.messages.values()
    assert "pre-2014 borders" in answer["components"][0]["content"]


async def test_a_platform_that_can_t_serve_ends_all(server: Server, tmp_path: Path) -> None:
    refused = settings_for(server, token="wrong").model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path}/a.db"})
    async with open_house(refused) as house:
        with pytest.raises(SettingsError, match="not accepted"):
            await serve_until(asyncio.Event(), list(served(house).values()))


async def test_without_a_platform_run_says_what_to_set(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/a.db", discord_token=None, _env_file=None)
    with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
        await run(settings)
