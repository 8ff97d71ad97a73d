"""One database behind two doors: ``reading`` (pooled) and ``writing`` (one transaction at a time on SQLite)."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import Retrying, retry_if_exception_message, stop_after_delay, wait_random

from bot.errors import StorageError
from storage.revisions import Remembered
from storage.troubles import told

T = TypeVar("T")

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
PATIENCE = 10.0
"""Seconds to wait for another program's write to end."""


class Database:
    """Engines for one database URL. Making one opens nothing; the first use connects.

    ``place`` names it in messages: the file, or the address without its password.
    """

    def __init__(self, url: str, *, readers: int | None = None, patience: float = PATIENCE) -> None:
        self.url = _understood(url)
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if self.url.drivername.startswith("sqlite") else "postgresql"
        self.remembered = Remembered()
        self._patience = patience
        self.place = str(self.url.database) if self.dialect == "sqlite" else self.url.render_as_string(hide_password=True)
        if self.dialect == "sqlite":
            many = readers or max(2, os.cpu_count() or 2)
            self._readers = _sqlite(self.url, many, patience, writes=False)
            self._shelf = _in_threads(self.url, many, patience)
            self._threads = ThreadPoolExecutor(many, thread_name_prefix="attache-reads")
            self._writer = _sqlite(self.url, 1, patience, writes=True)
        else:
            self._readers = self._writer = _postgresql(self.url, readers or 10)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(str(self.url.database)) if self.dialect == "sqlite" else None

    async def prepare(self) -> None:
        """Make SQLite's file, for the user alone, with a write-ahead log. Raises ``StorageError``."""
        if self.path:
            prepare_file(self.path)
            with self._told():
                await asyncio.to_thread(_log_ahead, self.path, self._patience)

    @asynccontextmanager
    async def reading(self, *, snapshot: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection that can't write. With ``snapshot`` all its statements see the same state."""
        with self._told():
            async with self._readers.connect() as connection:
                if self.dialect == "postgresql":
                    level = "REPEATABLE READ" if snapshot else "AUTOCOMMIT"
                    await connection.execution_options(isolation_level=level, postgresql_readonly=True)
                elif snapshot:
                    await connection.exec_driver_sql("BEGIN")
                yield connection

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` makes of a connection that can't write: off the event loop, and all it reads is of one moment."""
        if self.dialect == "sqlite":
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._reads, work)
        async with self.reading(snapshot=True) as connection:
            return await connection.run_sync(work)

    def _reads(self, work: Callable[[Connection], T]) -> T:
        with self._told(), self._shelf.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return work(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back whole on any exception, cancellation too."""
        with self._told():
            async with self._writer.begin() as connection:
                yield connection

    async def check(self) -> str | None:
        """What SQLite's own check finds wrong first, in one line; ``None`` where all is sound or the server looks after itself."""
        if self.dialect != "sqlite":
            return None
        async with self.reading() as connection:
            for pragma in ("quick_check(1)", "foreign_key_check"):
                row = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).first()
                if row and row[0] != "ok":
                    return f"{self.place} is damaged ({' '.join(map(str, row))[:120]}); move it away and restore a backup"
        return None

    async def backup(self, path: Path) -> None:
        """Copy the whole database, as it is at one moment, into a new file (SQLite's VACUUM INTO). Raises ``StorageError``."""
        if self.dialect != "sqlite":
            raise StorageError(f"{self.place} is backed up with pg_dump; attache backup copies SQLite databases")
        if await asyncio.to_thread(path.exists):
            raise StorageError(f"{path} is there already; give the name of a new file, nothing is overwritten")
        prepare_file(path)  # for the user alone; SQLite fills an empty file
        async with self.reading() as connection:
            await connection.exec_driver_sql("PRAGMA query_only=OFF")
            try:
                await connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
            except BaseException:
                await asyncio.to_thread(path.unlink)
                raise
            finally:
                await connection.exec_driver_sql("PRAGMA query_only=ON")

    async def close(self) -> None:
        """Close every connection."""
        with self._told():
            await self._readers.dispose()
            await self._writer.dispose()
            if self.dialect == "sqlite":
                await asyncio.to_thread(self._threads.shutdown)
                self._shelf.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError, TimeoutError) as error:
            raise told(self.place, error) from error


def prepare_file(path: Path) -> None:
    """Make the file and its missing folders, for the user alone. Raises ``StorageError``."""
    try:
        for folder in reversed(path.parents):
            if not folder.exists():
                folder.mkdir(mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageError(f"{path} can't be made or written: {error.strerror}; give another with --database") from error


def _log_ahead(path: Path, patience: float) -> None:
    """Let the file keep a write-ahead log, for good. SQLite waits for no other program that does the same just now."""
    waiting = Retrying(
        retry=retry_if_exception_message(match=".*locked"),
        wait=wait_random(0.01, 0.1),
        stop=stop_after_delay(patience),
        reraise=True,
    )
    with closing(sqlite3.connect(path, timeout=patience)) as connection:
        waiting(connection.execute, "PRAGMA journal_mode=WAL")


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(
            "the database URL is not one; write sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER@HOST/NAME"
        ) from error
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StorageError(f"{parsed.drivername} is no database known here; use sqlite+aiosqlite or postgresql+asyncpg")
    if driver.startswith("sqlite") and (not parsed.database or parsed.database.startswith((":memory:", "file:"))):
        raise StorageError("the database must be a file; write sqlite+aiosqlite:///PATH")
    return parsed.set(drivername=driver)


_OPTIONS: dict[str, Any] = {"max_overflow": 0, "pool_timeout": 60}


def _sqlite(url: URL, size: int, patience: float, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=size, connect_args=_connecting(patience), **_OPTIONS)
    _configure(engine.sync_engine, writes)
    if writes:

        @event.listens_for(engine.sync_engine, "invalidate")
        def let_go(connection: Any, record: Any, error: BaseException | None) -> None:
            """A cancelled write: closing alone leaves the file locked as long as a statement or a traceback lives on."""
            ending = asyncio.ensure_future(_rolled_back(connection.driver_connection))
            _ENDING.add(ending)
            ending.add_done_callback(_ENDING.discard)

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


_ENDING: set[asyncio.Future[None]] = set()
"""Roll-backs under way: a task that nothing refers to may vanish."""


async def _rolled_back(connection: Any) -> None:
    with suppress(ValueError, sqlite3.Error):  # closed already
        await connection.rollback()


def _in_threads(url: URL, size: int, patience: float) -> Engine:
    """The same file for threads: a search's several statements cost one hop off the event loop, not one each."""
    engine = create_engine(url.set(drivername="sqlite"), pool_size=size, connect_args=_connecting(patience), **_OPTIONS)
    _configure(engine, writes=False)
    return engine


def _connecting(patience: float) -> dict[str, Any]:
    return {"timeout": patience, "isolation_level": None}


def _configure(engine: Engine, writes: bool) -> None:
    pragmas = ("foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32768")
    own = ("synchronous=FULL",) if writes else ("query_only=ON",)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (*pragmas, *own):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _postgresql(url: URL, size: int) -> AsyncEngine:
    settings = {"plan_cache_mode": "force_custom_plan", "jit": "off", "application_name": "attache"}
    return create_async_engine(
        url, pool_size=size, max_overflow=0, pool_timeout=60, pool_pre_ping=True, connect_args={"server_settings": settings}
    )
