"""Bring a database's tables up to date when it is opened. One linear chain: 0001, 0002, ..."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import StorageError
from storage.database import Database

HOME = Path(__file__).parent / "migrations"
_LOCK = 0x617474616368  # "attach": PostgreSQL's advisory lock while migrating


def revisions() -> list[str]:
    """The revisions this program knows, oldest first, by their files' names ``rNNNN_what.py``."""
    return sorted(path.name[1:5] for path in (HOME / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py"))


async def bring_up_to_date(database: Database) -> None:
    """Make or migrate the tables; nothing but one look is done when they are current.

    Raises ``StorageError`` where the database was made by a newer program or can't be used.
    """
    await database.prepare()
    if await _revision(database) == revisions()[-1]:
        return
    async with database.writing() as connection:
        await connection.run_sync(_upgrade, database.place)


async def _revision(database: Database) -> str | None:
    async with database.reading() as connection:
        return await connection.run_sync(_current, database.place)


def _current(connection: Connection, place: str) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in revisions():
        raise StorageError(
            f"{place} was made by a newer Attaché (revision {found}; this one knows up to {revisions()[-1]}); "
            "install the newer version, or give another database with --database"
        )
    return str(found) if found else None


def _upgrade(connection: Connection, place: str) -> None:
    """Another process may have migrated while this one waited for the lock: look again first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    if _current(connection, place) == revisions()[-1]:
        return
    from alembic import command  # alembic takes 0.2 s to import and is needed once per version
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
