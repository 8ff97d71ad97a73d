"""A small Discord in the process (SimCord) with the real bot in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
import simcord

from adapters.discord import AttacheBot, build_bot
from bot.config import Settings
from tests.adapters.discord.desks import NotingDesk, clock


@dataclass
class Scene:
    """One guild with a channel, a member, and a member who may manage the guild."""

    env: Any
    desk: NotingDesk
    guild: Any
    channel: Any
    alice: Any
    boss: Any
    purged: list[str]

    @property
    def mention(self) -> str:
        return f"<@{self.env.bot.user.id}>"

    def seen(self) -> str:
        """What the last message in the channel says."""
        return text_of(self.channel.last_message)

    def build(self) -> AttacheBot:
        """The bot as a new process would make it."""
        return made(self.desk, self.purged)


def made(desk: NotingDesk, purged: list[str], known: tuple[str, ...] = ()) -> AttacheBot:
    async def purge(workspace: str) -> None:
        purged.append(workspace)

    async def workspaces() -> tuple[str, ...]:
        return known

    settings = Settings(discord_token="t", _env_file=None)
    return build_bot(settings, desk, clock, purge=purge, known=workspaces, patience=0.5)


def text_of(message: Any) -> str:
    return "\n".join(c.content for c in message.components if isinstance(c, discord.TextDisplay))


def raw_text(response: Any) -> str:
    return "\n".join(c.get("content", "") for c in response.components)


@asynccontextmanager
async def opened() -> AsyncIterator[Scene]:
    desk, purged = NotingDesk(), list[str]()
    env = simcord.Env(made(desk, purged, known=("1", "")))
    await env.start()
    guild = env.create_guild()
    manager = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    alice = guild.add_member(env.create_user("alice"))
    boss = guild.add_member(env.create_user("boss"), roles=[manager])
    yield Scene(env, desk, guild, guild.create_text_channel("news"), alice, boss, purged)
    await env.shutdown()
    env.raise_errors()
