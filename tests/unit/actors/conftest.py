from datetime import date

import pytest

from bot.actors import Registry, load_registry

DAY = date(2025, 2, 12)


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()
