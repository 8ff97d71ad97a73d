"""What happens when a write is cancelled, a program killed, the disk full, or a database old."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.model import ActorRef, ActorType
from bot.ports import Scope
from storage import Storage, open_storage
from storage.database import Database, prepare_file
from storage.migrate import HOME, revisions
from tests.storage.test_searching import told


async def test_a_cancelled_write_leaves_nothing_and_frees_the_writer(storage: Storage) -> None:
    batch = [told(n, "no comment " * 9) for n in range(1_000)]
    for steps in (0, 10, 100, 1_000, 3_000, 6_000):
        writing = asyncio.create_task(storage.library.add_all(batch))
        for _ in range(steps):
            await asyncio.sleep(0)
        writing.cancel()
        (outcome,) = await asyncio.gather(writing, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError)
        async with storage.database.writing() as connection:
            await connection.execute(text("UPDATE counters SET last = last"))
        assert (await storage.library.coverage(Scope())).articles == 0
    await storage.library.add_all(batch)
    assert (await storage.library.coverage(Scope())).articles == 1_000


async def test_a_program_that_is_killed_while_it_stores_leaves_whole_batches(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}"
    program = dedent(f"""
        import asyncio
        from storage import open_storage
        from tests.storage.test_searching import told

        async def main():
            storage = await open_storage({url!r})
            for at in range(0, 100_000, 20):
                await storage.library.add_all([told(at + n, "no comment") for n in range(20)])
                print(at, flush=True)

        asyncio.run(main())
    """)
    root = Path(__file__).parents[2]
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=root, stdout=asyncio.subprocess.PIPE)
    assert running.stdout
    for _ in range(3):
        await running.stdout.readline()
    running.kill()
    await running.wait()
    storage = await open_storage(url)
    assert await storage.check() is None
    held = [article.id async for article in storage.library.articles()]
    assert len(held) >= 60
    assert len(held) % 20 == 0
    assert (await storage.library.coverage(Scope())).articles == len(held)
    assert [len((await storage.library.reading(id)).quotations) for id in held[-20:]] == [1] * 20  # type: ignore[union-attr]
    await storage.close()


async def test_a_full_disk_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}")
    async with storage.database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count=1")  # SQLite takes what is there for the most: no page more
    with pytest.raises(StorageError, match="the disk is full; nothing was changed"):
        await storage.library.add_all([told(n, "no comment " * 20) for n in range(400)])
    assert (await storage.library.coverage(Scope())).articles == 0
    await storage.close()


async def test_a_place_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"can't be made or written: .* give another with --database"):
        await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'attache.db'}")


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


_FILLED = (
    "INSERT INTO actors (id, name, type, discovered, aliases) VALUES ('anna-berg', 'Anna Berg', 'person', true, '[]')",
    "INSERT INTO articles (key, id, digest, day, body_start, body_end, outlet, published_on, reader, revision) "
    "VALUES (1, 'a1', 'x', 739314, 0, 8, 'Herald', '2025-03-04', 'rules', 1)",
    "INSERT INTO passages (key, start, text) VALUES (16777217, 0, :words)",
    "INSERT INTO coverage (day, outlet, articles) VALUES (739314, 'Herald', 1)",
    "INSERT INTO quotations (moment, number, article, position, speaker, kind, paragraph, statement, inferred, confidence, "
    "date_basis, spans, search) VALUES (12403630669825, 1, 1, 0, 'anna-berg', 'direct', 1, true, false, 1, 'unknown', "
    '\'{"content":[[0,8]],"cue":[],"source":[]}\', \'@anna-berg no comment\')',
)

_COUNTED = (
    "INSERT INTO coverage_blocks (block, outlet, articles) VALUES (23103, 'Herald', 1)",
    "UPDATE actors SET said = 1 WHERE id = 'anna-berg'",
)
"""What programs from revision 0008 on count themselves."""


@pytest.mark.parametrize("revision", revisions()[:-1])
async def test_a_filled_database_of_an_older_program_is_brought_up_to_date(url: str, revision: str) -> None:
    old = Database(url)
    if old.path:
        prepare_file(old.path)
    async with old.writing() as connection:
        await connection.run_sync(_migrate, revision)
        for statement in (*_FILLED, *(_COUNTED if revision >= "0008" else ())):
            await connection.execute(text(statement), {"words": b"No grain"})
    await old.close()
    storage = await open_storage(url)
    covered = await storage.library.coverage(Scope())
    assert (covered.articles, covered.first) == (1, date(2025, 3, 4))
    assert await storage.library.speakers(Scope()) == [(ActorRef("anna-berg", "Anna Berg", ActorType.PERSON), 1)]
    assert [cited.words for cited in await storage.library.quotations(["anna-berg"], Scope())] == [("No grain",)]
    await storage.close()
