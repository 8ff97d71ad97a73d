"""Opening a database: new, old, newer, broken, locked, read by two programs at once."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.model import Asker, Destination, Platform
from bot.ports import Turn
from storage import Storage, open_storage
from storage.database import Database
from storage.tables import METADATA

NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
HERE = Destination(Platform.CONSOLE, "", "ask")
ME = Asker("me")


async def test_the_migrations_make_the_tables_that_the_program_knows(storage: Storage) -> None:
    own = ("quotations_search", "events_search", "quotations_terms", "events_terms", "ix_quotations_search", "ix_events_search")

    def differences(connection: Connection) -> list[object]:
        """The full-text index is each engine's own and stands in the migration alone."""
        options = {"include_object": lambda thing, name, *_: not str(name).startswith(own)}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    async with storage.database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_programs_that_open_a_new_database_at_once_make_it_once(url: str) -> None:
    opened = await asyncio.gather(*(open_storage(url) for _ in range(4)))
    for storage in opened:
        await storage.close()


async def test_a_new_database_that_another_program_is_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        opening = asyncio.create_task(open_storage(f"sqlite+aiosqlite:///{path}"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not opening.done()
        other.rollback()
        await (await opening).close()


async def test_a_newer_database_is_left_alone(url: str) -> None:
    storage = await open_storage(url)
    async with storage.database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await storage.close()
    with pytest.raises(StorageError, match="newer Attaché"):
        await open_storage(url)


async def test_a_conversation_goes_on_for_a_day(storage: Storage) -> None:
    assert await storage.conversations.last(HERE, ME, NOW) is None
    for turn in (Turn("{}", (1, 2)), Turn('{"a": 1}', (3,), (4,), 2)):
        await storage.conversations.keep(HERE, ME, NOW, turn)
        assert await storage.conversations.last(HERE, ME, NOW) == turn
    assert await storage.conversations.last(HERE, Asker("you"), NOW) is None
    assert await storage.conversations.last(HERE, ME, NOW + timedelta(days=1)) is None
    assert await storage.conversations.forget(Platform.CONSOLE, "me") == 1
    assert await storage.conversations.last(HERE, ME, NOW) is None


async def test_a_workspace_that_is_left_is_purged_and_no_other(storage: Storage) -> None:
    places = [Destination(Platform.DISCORD, guild, "c") for guild in ("1", "2", "")]
    for place in places:
        await storage.conversations.keep(place, ME, NOW, Turn("{}"))
    assert await storage.conversations.workspaces(Platform.DISCORD) == ["1", "2"]
    await storage.purge(Platform.DISCORD, "1")
    assert await storage.conversations.workspaces(Platform.DISCORD) == ["2"]
    assert [await storage.conversations.last(place, ME, NOW) for place in places] == [None, Turn("{}"), Turn("{}")]


async def test_a_failed_write_leaves_nothing_and_frees_the_writer(storage: Storage) -> None:
    async def fail() -> None:
        async with storage.database.writing() as connection:
            await connection.execute(text("UPDATE counters SET last = 7"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with storage.database.writing() as connection:
        assert list((await connection.execute(text("SELECT DISTINCT last FROM counters"))).scalars()) == [0]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("nonsense", "is not one"),
        ("mysql://x/y", "mysql is no database known here"),
        ("sqlite+aiosqlite://", "must be a file"),
        ("postgresql+asyncpg://nobody:secret@127.0.0.1:1/x", "is not reachable"),
    ],
)
async def test_a_url_that_can_not_be_used_is_told_without_its_secrets(bad: str, told: str) -> None:
    with pytest.raises(StorageError, match=told) as raised:
        await open_storage(bad)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"no database, but somebody's notes " * 100)
    with pytest.raises(StorageError, match="no Attaché database"):
        await open_storage(f"sqlite+aiosqlite:///{file}")
    assert file.read_bytes().startswith(b"no database")


async def test_a_damaged_file_is_found_by_the_check(tmp_path: Path) -> None:
    file = tmp_path / "attache.db"
    storage = await open_storage(f"sqlite+aiosqlite:///{file}")
    assert await storage.check() is None
    await storage.close()
    content = bytearray(file.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    file.write_bytes(content)
    database = Database(f"sqlite+aiosqlite:///{file}")
    try:
        found = await database.check()
    except StorageError as error:
        found = str(error)
    assert found
    assert "damaged" in found
    await database.close()


async def test_a_locked_database_says_so(tmp_path: Path) -> None:
    file = tmp_path / "attache.db"
    storage = await open_storage(f"sqlite+aiosqlite:///{file}")
    await storage.close()
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")
    impatient = Database(f"sqlite+aiosqlite:///{file}", patience=0.01)
    with pytest.raises(StorageError, match="in use by another program"):
        async with impatient.writing():
            pass
    other.close()
    await impatient.close()


async def test_a_backup_is_a_database_of_its_own(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}")
    await storage.conversations.keep(HERE, ME, NOW, Turn("{}"))
    await storage.backup(tmp_path / "copy.db")
    with pytest.raises(StorageError, match="there already"):
        await storage.backup(tmp_path / "copy.db")
    await storage.close()
    copy = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}")
    assert await copy.conversations.last(HERE, ME, NOW) == Turn("{}")
    await copy.close()
