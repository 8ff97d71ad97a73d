"""The last turn of each conversation, kept for a day."""

import json
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.model import Asker, Destination, Platform
from bot.ports import Turn
from storage.database import Database
from storage.tables import conversations

KEPT = timedelta(days=1)
"""After this a conversation starts anew."""


class StoredConversations:
    """Implements ``bot.ports.Conversations``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, place: Destination, asker: Asker, now: datetime) -> Turn | None:
        """The last turn here of this person, unless it is over a day old."""
        where = [conversations.c[name] == value for name, value in _key(place, asker).items()]
        async with self._database.reading() as connection:
            found = await connection.execute(select(conversations).where(*where, conversations.c.kept_at > now - KEPT))
            row = found.mappings().first()
        if row is None:
            return None
        return Turn(row["inquiry"], tuple(json.loads(row["quotations"])), tuple(json.loads(row["events"])), row["shown"])

    async def keep(self, place: Destination, asker: Asker, now: datetime, turn: Turn) -> None:
        """Put the turn in the place of the one before; turns that are over are removed on the way."""
        values = {
            "inquiry": turn.inquiry,
            "quotations": json.dumps(turn.quotations),
            "events": json.dumps(turn.events),
            "shown": turn.shown,
            "kept_at": now,
        }
        key = _key(place, asker)
        made = (sqlite if self._database.dialect == "sqlite" else postgresql).insert(conversations).values(key | values)
        async with self._database.writing() as connection:
            await connection.execute(delete(conversations).where(conversations.c.kept_at <= now - KEPT))
            await connection.execute(made.on_conflict_do_update(index_elements=list(key), set_=values))

    async def forget(self, platform: Platform, person: str, workspace: str | None = None) -> int:
        """See ``bot.ports.Conversations``."""
        whose = [conversations.c.platform == platform, conversations.c.person == person]
        whose += [] if workspace is None else [conversations.c.workspace == workspace]
        async with self._database.writing() as connection:
            return (await connection.execute(delete(conversations).where(*whose))).rowcount

    async def purge(self, platform: Platform, workspace: str) -> None:
        """Remove every turn of a workspace that the bot has left."""
        whose = (conversations.c.platform == platform, conversations.c.workspace == workspace)
        async with self._database.writing() as connection:
            await connection.execute(delete(conversations).where(*whose))

    async def workspaces(self, platform: Platform) -> list[str]:
        """Workspaces of a platform that have turns, in order; direct conversations have none."""
        held = select(conversations.c.workspace).where(conversations.c.platform == platform, conversations.c.workspace != "")
        async with self._database.reading() as connection:
            return list((await connection.execute(held.distinct().order_by(conversations.c.workspace))).scalars())


def _key(place: Destination, asker: Asker) -> dict[str, str]:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread or "",
        "person": asker.id,
    }
