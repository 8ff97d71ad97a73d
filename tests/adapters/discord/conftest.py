"""A server that plays Discord, and the real client connected to it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.connection import Line, connected
from tests.adapters.discord.server import Server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = await Server().start()
    yield server
    await server.stop()


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Line]:
    async with connected(server) as line:
        yield line
