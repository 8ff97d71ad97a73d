"""A database and a workshop for those who read sources."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.sources.isolation import Workshop
from storage import Storage, open_storage


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    yield opened
    await opened.close()
