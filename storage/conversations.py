"""The last turn of each conversation, kept for a day."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.model import Asker, Destination, Platform
from bot.ports import Turn
from storage.database import Database
from storage.tables import conversations

KEPT = timedelta(days=1)
"""After this a conversation starts anew."""
_MOST = 10_000
"""Turns that wait to be written, at most: where nothing can be written, the oldest are forgotten."""
_log = structlog.get_logger()


class _Key(NamedTuple):
    platform: str
    workspace: str
    channel: str
    thread: str
    person: str


class _Kept(NamedTuple):
    turn: Turn
    at: datetime


class StoredConversations:
    """Implements ``bot.ports.Conversations``.

    An answer does not wait for its turn to be written: turns are written behind, all that wait in one transaction, and are
    known here from the first. A process that is killed forgets those of its last moment.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[_Key, _Kept] = {}
        self._writing: asyncio.Task[None] | None = None

    async def last(self, place: Destination, asker: Asker, now: datetime) -> Turn | None:
        """The last turn here of this person, unless it is over a day old."""
        key = _key(place, asker)
        kept = self._waiting.get(key) or await self._database.read(lambda connection: _found(connection, key))
        return kept.turn if kept and kept.at > now - KEPT else None

    async def keep(self, place: Destination, asker: Asker, now: datetime, turn: Turn) -> None:
        """Put the turn in the place of the one before; turns that are over are removed on the way."""
        key = _key(place, asker)
        self._waiting.pop(key, None)
        self._waiting[key] = _Kept(turn, now)
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Wait until all is written that can be."""
        if self._writing:
            await asyncio.wait([self._writing])
            await (self._write() if self._writing.cancelled() else self._writing)

    async def forget(self, platform: Platform, person: str, workspace: str | None = None) -> int:
        """See ``bot.ports.Conversations``."""
        await self.settle()
        self._drop(lambda key: (key.platform, key.person) == (platform, person) and workspace in (None, key.workspace))
        whose = [conversations.c.platform == platform, conversations.c.person == person]
        whose += [] if workspace is None else [conversations.c.workspace == workspace]
        async with self._database.writing() as connection:
            return (await connection.execute(delete(conversations).where(*whose))).rowcount

    async def purge(self, connection: AsyncConnection, platform: Platform, workspace: str) -> None:
        """Remove every turn of a workspace that the bot has left; settle before."""
        self._drop(lambda key: (key.platform, key.workspace) == (platform, workspace))
        whose = (conversations.c.platform == platform, conversations.c.workspace == workspace)
        await connection.execute(delete(conversations).where(*whose))

    async def workspaces(self, platform: Platform) -> list[str]:
        """Workspaces of a platform that have turns, in order; direct conversations have none."""
        await self.settle()
        held = select(conversations.c.workspace).where(conversations.c.platform == platform, conversations.c.workspace != "")
        async with self._database.reading() as connection:
            return list((await connection.execute(held.distinct().order_by(conversations.c.workspace))).scalars())

    async def _write(self) -> None:
        """Write what waits, and what comes to wait meanwhile; what can't be written waits for the next turn."""
        while self._waiting:
            batch = dict(self._waiting)
            try:
                await self._put(batch)
            except StorageError as error:
                _log.warning("conversations are not kept", problem=str(error))
                return
            self._waiting = {key: kept for key, kept in self._waiting.items() if batch.get(key) is not kept}

    async def _put(self, batch: Mapping[_Key, _Kept]) -> None:
        made = (sqlite if self._database.dialect == "sqlite" else postgresql).insert(conversations)
        changed = {name: made.excluded[name] for name in ("inquiry", "quotations", "events", "shown", "kept_at")}
        made = made.on_conflict_do_update(index_elements=_Key._fields, set_=changed)
        over = max(kept.at for kept in batch.values()) - KEPT
        async with self._database.writing() as connection:
            await connection.execute(delete(conversations).where(conversations.c.kept_at <= over))
            await connection.execute(made, [_row(key, kept) for key, kept in sorted(batch.items(), key=lambda item: item[0])])

    def _drop(self, whose: Callable[[_Key], bool]) -> None:
        self._waiting = {key: kept for key, kept in self._waiting.items() if not whose(key)}


def _key(place: Destination, asker: Asker) -> _Key:
    return _Key(place.platform, place.workspace, place.channel, place.thread or "", asker.id)


def _row(key: _Key, kept: _Kept) -> dict[str, Any]:
    return key._asdict() | {
        "inquiry": kept.turn.inquiry,
        "quotations": json.dumps(kept.turn.quotations),
        "events": json.dumps(kept.turn.events),
        "shown": kept.turn.shown,
        "kept_at": kept.at,
    }


_TURN = select(conversations).where(*(conversations.c[name] == bindparam(name) for name in _Key._fields))


def _found(connection: Connection, key: _Key) -> _Kept | None:
    row = connection.execute(_TURN, key._asdict()).mappings().first()
    if row is None:
        return None
    numbers = [tuple(json.loads(row[name])) for name in ("quotations", "events")]
    return _Kept(Turn(row["inquiry"], numbers[0], numbers[1], row["shown"]), row["kept_at"])
