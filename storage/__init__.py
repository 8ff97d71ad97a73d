"""Attaché's memory: one set of tables on SQLite or PostgreSQL. ``docs/storage.md`` says why it is as it is."""

from dataclasses import dataclass
from pathlib import Path

from bot.model import Asker, Platform
from storage.conversations import StoredConversations
from storage.database import Database
from storage.entries import StoredEntries
from storage.library import StoredLibrary
from storage.migrate import bring_up_to_date
from storage.orders import StoredOrders
from storage.outbox import StoredOutbox
from storage.reports import StoredReports
from storage.sources import StoredSources
from storage.workspaces import StoredInstallations, forget, installed_in

__all__ = ["Storage", "open_storage"]


@dataclass(frozen=True, slots=True)
class Storage:
    """The open database and the parts of it that the core knows by their ports."""

    database: Database
    library: StoredLibrary
    conversations: StoredConversations
    orders: StoredOrders
    outbox: StoredOutbox
    reports: StoredReports
    entries: StoredEntries
    sources: StoredSources

    async def check(self) -> str | None:
        """The first problem found by the engine's own check, in one line; ``None`` where all is sound."""
        return await self.database.check()

    async def backup(self, path: Path) -> None:
        """Copy an SQLite database, while it is in use, into a new file. Raises ``StorageError``."""
        await self.conversations.settle()
        await self.database.backup(path)

    async def purge(self, platform: Platform, workspace: str) -> None:
        """Remove all that is kept of a workspace that the bot has left, at once or not at all."""
        await self.conversations.settle()
        async with self.database.writing() as connection:
            for part in (self.conversations, self.orders, self.reports):
                await part.purge(connection, platform, workspace)
            await forget(connection, platform, workspace)

    def installations(self, platform: Platform, key: str) -> StoredInstallations:
        """A platform's installations under an encryption key. Raises ``SettingsError`` for a key that is none."""
        return StoredInstallations(self.database, platform, key)

    async def workspaces(self, platform: Platform) -> list[str]:
        """Workspaces of a platform that anything is kept of, in order."""
        installed = await self.database.read(lambda connection: installed_in(connection, platform))
        return sorted(
            {*installed, *await self.conversations.workspaces(platform), *await self.orders.workspaces(platform)},
        )

    async def serves_one(self) -> bool:
        """Whether nothing is kept of a second workspace, all platforms together."""
        return sum([len(await self.workspaces(platform)) for platform in Platform]) <= 1

    async def forget(self, platform: Platform, asker: Asker, workspace: str | None = None) -> str:
        """Implements ``bot.asking.orders.Keeper``."""
        orders = await self.orders.forget(platform, asker.id, workspace)
        reports = await self.reports.forget(platform, asker.id, workspace)
        return (
            f"Also removed: {orders} standing order{'s' * (orders != 1)} of yours, "
            f"and your name from {reports} report{'s' * (reports != 1)}."
        )

    async def close(self) -> None:
        """Write what still waits, then give everything back; what was committed stays."""
        await self.conversations.settle()
        await self.database.close()


async def open_storage(url: str) -> Storage:
    """Open the database at ``url``, making it or bringing its tables up to date where needed.

    ``sqlite+aiosqlite:///PATH`` (missing folders are made, for the user alone) or
    ``postgresql+asyncpg://USER@HOST/NAME``. Raises ``StorageError`` with one line that says what to do.
    """
    database = Database(url)
    try:
        await bring_up_to_date(database)
    except BaseException:
        await database.close()
        raise
    return Storage(
        database,
        StoredLibrary(database),
        StoredConversations(database),
        StoredOrders(database),
        StoredOutbox(database),
        StoredReports(database),
        StoredEntries(database),
        StoredSources(database),
    )
