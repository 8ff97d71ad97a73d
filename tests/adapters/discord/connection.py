"""The real client connected to our small server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.discord import AttacheBot, build_bot
from bot.config import Settings
from tests.adapters.discord.desks import NotingDesk, clock
from tests.adapters.discord.server import TOKEN, Server


@dataclass
class Line:
    """A bot that serves, and the server it is connected to."""

    bot: AttacheBot
    server: Server
    desk: NotingDesk
    purged: list[str]
    serving: asyncio.Task[None]


def settings_for(server: Server, token: str = TOKEN, shards: int = 0) -> Settings:
    base = f"127.0.0.1:{server.port}"
    return Settings(
        discord_token=token,
        discord_api_url=f"http://{base}/api",
        discord_gateway_url=f"ws://{base}/gateway",
        discord_shards=shards,
        _env_file=None,
    )


@asynccontextmanager
async def connected(
    server: Server, desk: NotingDesk | None = None, *, patience: float = 5.0, shards: int = 0
) -> AsyncIterator[Line]:
    """A bot as a fresh process has it, ready; stopped at the end."""
    desk, purged = desk or NotingDesk(), list[str]()

    async def purge(workspace: str) -> None:
        purged.append(workspace)

    bot = build_bot(settings_for(server, shards=shards), desk, clock, purge=purge, patience=patience, retry_after=0.01)
    hellos = len(server.hellos)
    serving = asyncio.create_task(bot.serve())
    await server.wait(lambda: len(server.hellos) > hellos)
    await server.processed()
    yield Line(bot, server, desk, purged, serving)
    await bot.stop()
    await serving
