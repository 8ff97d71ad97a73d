"""A desk over the seed, in a database of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import House, open_house, plant_seeds
from bot.config import load_settings
from bot.model import Asker, Destination, Platform, Request
from bot.replies import plain

NOW = datetime(2025, 2, 13, 8, 0, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = load_settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}", _env_file=None)
    async with open_house(settings) as opened:
        await plant_seeds(opened)
        yield opened


class Talk:
    """One conversation at a desk."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def say(self, words: str) -> str:
        """The reply as plain text."""
        return plain(await self._house.desk.answer(asked(words)))


def asked(words: str) -> Request:
    """A request made on the morning after the seed."""
    place = Destination(Platform.CONSOLE, "", "ask")
    return Request(place=place, asker=Asker("me", zone="Europe/Brussels"), at=NOW, words=words)


@pytest.fixture
def talk(house: House) -> Talk:
    return Talk(house)
