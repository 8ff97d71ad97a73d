"""Tokens of the workspaces that installed the app, encrypted with a key that is not in the database."""

from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Connection, LargeBinary, String, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SettingsError, StorageError
from bot.model import Platform
from storage.database import Database
from storage.tables import METADATA, Instant

installations = Table(
    "installations",
    METADATA,
    Column("platform", String(16), primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
)


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()


class StoredInstallations:
    """Implements ``bot.ports.Installations`` for one platform. Raises ``SettingsError`` for a key that is none."""

    def __init__(self, database: Database, platform: Platform, key: str) -> None:
        self._database = database
        self._platform = platform
        try:
            self._lock = Fernet(key)
        except ValueError as error:
            raise SettingsError("ATTACHE_SECRET_KEY is no key; make one with: attache check --new-key") from error

    async def keep(self, workspace: str, record: str, at: datetime) -> None:
        """See ``bot.ports.Installations``."""
        key = {"platform": self._platform, "workspace": workspace}
        values = {"sealed": self._lock.encrypt(record.encode()), "kept_at": at}
        made = (sqlite if self._database.dialect == "sqlite" else postgresql).insert(installations).values(key | values)
        async with self._database.writing() as connection:
            await connection.execute(made.on_conflict_do_update(index_elements=list(key), set_=values))

    async def find(self, workspace: str) -> str | None:
        """See ``bot.ports.Installations``."""
        whose = (installations.c.platform == self._platform, installations.c.workspace == workspace)
        async with self._database.reading() as connection:
            sealed = (await connection.execute(select(installations.c.sealed).where(*whose))).scalar()
        try:
            return None if sealed is None else self._lock.decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise StorageError(
                "the stored tokens are under another ATTACHE_SECRET_KEY; set that one, or install again"
            ) from error

    async def remove(self, workspace: str) -> None:
        """See ``bot.ports.Installations``."""
        async with self._database.writing() as connection:
            await forget(connection, self._platform, workspace)


async def forget(connection: AsyncConnection, platform: Platform, workspace: str) -> None:
    """Remove a workspace's tokens; no key is needed for that."""
    whose = (installations.c.platform == platform, installations.c.workspace == workspace)
    await connection.execute(delete(installations).where(*whose))


def installed_in(connection: Connection, platform: Platform) -> list[str]:
    """The workspaces that tokens are kept of, in order; runs off the event loop, see ``Database.read``."""
    query = select(installations.c.workspace).where(installations.c.platform == platform)
    return list(connection.execute(query.order_by(installations.c.workspace)).scalars())
