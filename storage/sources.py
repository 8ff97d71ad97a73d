"""The sources that are read by themselves: implements ``bot.sources.SourceBook``."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Destination, Platform
from bot.sources import PATIENCE, Source, Trouble
from storage.briefing_tables import deliveries, destinations, digests
from storage.database import Database
from storage.source_tables import entries, sources
from storage.standing_rows import destination_columns, destination_of, made_destination

_SPANS = ("floor", "ceiling", "every", "usual")
_KEPT = (
    "every",
    "next_at",
    "ready",
    "etag",
    "last_modified",
    "outlet",
    "read_at",
    "new_at",
    "usual",
    "failures",
    "failed_at",
    "cause",
)
"""What a visit changes."""
_MOST_TOLD = 20
"""People who are told of trouble where nobody added the source in chat."""


class StoredSources:
    """The sources on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = (sqlite if database.dialect == "sqlite" else postgresql).insert

    async def all(self) -> list[Source]:
        """See ``bot.sources.SourceBook``."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(sources).order_by(sources.c.number))
            return [_source_of(row) for row in rows.mappings()]

    async def failing(self) -> list[str]:
        """See ``bot.sources.SourceBook``."""
        return [source.name for source in await self.all() if source.failures >= PATIENCE and not source.paused]

    async def add(
        self, url: str, outlet: str | None, floor: timedelta, ceiling: timedelta, by: Destination | None, now: datetime
    ) -> bool:
        """See ``bot.sources.SourceBook``."""
        row = {
            "url": url, "kind": "web" if url.startswith("http") else "folder", "outlet": outlet, "floor": _seconds(floor),
            "ceiling": _seconds(ceiling), "every": _seconds(floor), "next_at": now, "ready": False, "failures": 0,
            "paused": False, "by": json.dumps(destination_columns(by)) if by else "", "added_at": now,
        }  # fmt: skip
        async with self._database.writing() as connection:
            made = self._insert(sources).values(row).on_conflict_do_nothing(index_elements=["url"])
            return bool((await connection.execute(made)).rowcount)

    async def pause(self, number: int, paused: bool, now: datetime) -> None:
        """See ``bot.sources.SourceBook``."""
        async with self._database.writing() as connection:
            changed = update(sources).where(sources.c.number == number).values(paused=paused, next_at=now)
            await connection.execute(changed)

    async def remove(self, number: int) -> None:
        """See ``bot.sources.SourceBook``."""
        async with self._database.writing() as connection:
            url = select(sources.c.url).where(sources.c.number == number).scalar_subquery()
            await connection.execute(delete(entries).where(entries.c.feed == url))
            await connection.execute(delete(sources).where(sources.c.number == number))

    async def claim(self, now: datetime, until: datetime, limit: int) -> list[Source]:
        """See ``bot.sources.SourceBook``."""
        due = (
            select(sources)
            .where(sources.c.paused.is_(False), sources.c.next_at <= now)
            .order_by(sources.c.next_at, sources.c.number)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            if (await connection.execute(due)).first() is None:
                return []
        async with self._database.writing() as connection:
            rows = (await connection.execute(due.with_for_update(skip_locked=True))).mappings().all()
            taken = update(sources).where(sources.c.number.in_([row["number"] for row in rows])).values(next_at=until)
            await connection.execute(taken)
        return [_source_of(row) for row in rows]

    async def settle(self, source: Source, url: str) -> None:
        """See ``bot.sources.SourceBook``."""
        values = {name: _seconds(getattr(source, name)) if name in _SPANS else getattr(source, name) for name in _KEPT}
        async with self._database.writing() as connection:
            await connection.execute(update(sources).where(sources.c.number == source.number).values(values))
            if url != source.url and not await _taken(connection, url):
                await connection.execute(update(sources).where(sources.c.number == source.number).values(url=url))
                await connection.execute(delete(entries).where(entries.c.feed == url))
                await connection.execute(update(entries).where(entries.c.feed == source.url).values(feed=url))

    async def tell(self, troubles: Sequence[tuple[Source, Trouble | None]], text: str, now: datetime) -> None:
        """See ``bot.sources.SourceBook``."""
        async with self._database.writing() as connection:
            for source, trouble in troubles:
                await connection.execute(update(sources).where(sources.c.number == source.number).values(told=trouble))
            if text:
                for place in await _concerned(connection, [source for source, trouble in troubles if trouble]):
                    told = await made_destination(connection, place)
                    key, content = f"sources-{told['number']}-{now:%Y%m%d%H%M%S%f}", json.dumps({"text": text})
                    owed = {
                        "key": key, "destination": told["number"], "kind": "note", "content": content, "state": "owed",
                        "due_at": now, "next_at": now, "attempts": 0, "uncertain": False,
                    }  # fmt: skip
                    await connection.execute(insert(deliveries).values(owed))


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _source_of(row: Mapping[Any, Any]) -> Source:
    spans: dict[str, Any] = {name: None if row[name] is None else timedelta(seconds=row[name]) for name in _SPANS}
    plain = {name: row[name] for name in _KEPT if name not in _SPANS}
    told = Trouble(row["told"]) if row["told"] else None
    by = destination_of(json.loads(row["by"])) if row["by"] else None
    return Source(number=row["number"], url=row["url"], paused=row["paused"], told=told, by=by, **plain, **spans)


async def _taken(connection: AsyncConnection, url: str) -> bool:
    found = await connection.execute(select(func.count()).select_from(sources).where(sources.c.url == url))
    return bool(found.scalar())


async def _concerned(connection: AsyncConnection, troubled: Sequence[Source]) -> list[Destination]:
    """Those who added the sources in chat; for those added otherwise, everybody who set a channel's digest."""
    places = [source.by for source in troubled if source.by]
    if any(source.by is None for source in troubled):
        query = select(destinations.c.platform, destinations.c.workspace, digests.c.by).join(digests).distinct()
        query = query.where(destinations.c.person == "", digests.c.by != "").order_by(digests.c.by).limit(_MOST_TOLD)
        places += [_person(Platform(row.platform), row.workspace, row.by) for row in await connection.execute(query)]
    return [place for place in dict.fromkeys(places) if place.platform is not Platform.CONSOLE]


def _person(platform: Platform, workspace: str, person: str) -> Destination:
    return Destination(platform, workspace if platform is Platform.SLACK else "", "", person=person)
