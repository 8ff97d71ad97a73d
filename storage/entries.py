"""Which entries of feeds were taken in: implements ``bot.sources.Entries``."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sources import Entry
from storage.database import Database
from storage.source_tables import entries, quiet

_MANY = 400
"""Keys in one statement: well under every engine's limit of parameters."""
_AGAIN = timedelta(hours=1)
"""An entry is looked at again no sooner; each time in vain doubles it."""
_MOST_TRIES = 6
_TOUCHED, FORGOTTEN = timedelta(days=7), timedelta(days=60)
"""How exactly it is known when an entry was last in its feed, and after how long without it is forgotten."""


class StoredEntries:
    """The entries on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = (sqlite if database.dialect == "sqlite" else postgresql).insert

    async def wanted(self, feed: str, marks: Mapping[str, str], now: datetime, *, failed: bool = False) -> set[str]:
        """See ``bot.sources.Entries``."""
        async with self._database.reading(snapshot=True) as connection:
            known = await _rows(connection, feed, list(marks))
        fading = [key for key, row in known.items() if now - row["seen_at"] > _TOUCHED]
        if fading:
            async with self._database.writing() as connection:
                for some in _parts(fading):
                    seen = update(entries).where(entries.c.feed == feed, entries.c.key.in_(some)).values(seen_at=now)
                    await connection.execute(seen)
        return {key for key, mark in marks.items() if key not in known or _worth(known[key], mark, now, failed)}

    async def twins(self, feed: str, texts: Mapping[str, str]) -> set[str]:
        """See ``bot.sources.Entries``."""
        held: dict[str, set[str]] = {}
        async with self._database.reading(snapshot=True) as connection:
            for some in _parts(list(texts.values())):
                query = select(entries.c.key, entries.c.text).where(entries.c.feed == feed, entries.c.text.in_(some))
                for key, text in (await connection.execute(query)).all():
                    held.setdefault(text, set()).add(key)
        return {key for key, text in texts.items() if held.get(text) and key not in held[text]}

    async def note(self, outcomes: Sequence[tuple[Entry, str | None]], now: datetime) -> None:
        """See ``bot.sources.Entries``."""
        async with self._database.writing() as connection:
            for feed in dict.fromkeys(entry.feed for entry, _ in outcomes):
                mine = {entry.key: (entry, text) for entry, text in outcomes if entry.feed == feed}
                known = await _rows(connection, feed, list(mine))
                fresh = [_row(entry, text, now) for entry, text in mine.values() if entry.key not in known]
                if fresh:
                    await connection.execute(insert(entries), fresh)
                for key, row in known.items():
                    where = (entries.c.feed == feed, entries.c.key == key)
                    await connection.execute(update(entries).where(*where).values(_again(row, *mine[key], now)))

    async def quieten(self, articles: Sequence[str]) -> None:
        """See ``bot.sources.Entries``."""
        async with self._database.writing() as connection:
            made = self._insert(quiet).on_conflict_do_nothing(index_elements=["id"])
            await connection.execute(made, [{"id": id} for id in dict.fromkeys(articles)])

    async def moved(self, feed: str, to: str) -> None:
        """A feed has another address: what was taken from it stays known."""
        async with self._database.writing() as connection:
            await connection.execute(delete(entries).where(entries.c.feed == to))
            await connection.execute(update(entries).where(entries.c.feed == feed).values(feed=to))

    async def forget(self, now: datetime) -> int:
        """Remove the entries that have long left their feeds; how many."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(entries).where(entries.c.seen_at < now - FORGOTTEN))).rowcount


async def _rows(connection: AsyncConnection, feed: str, keys: Sequence[str]) -> dict[str, Mapping[Any, Any]]:
    found: dict[str, Mapping[Any, Any]] = {}
    for some in _parts(keys):
        rows = await connection.execute(select(entries).where(entries.c.feed == feed, entries.c.key.in_(some)))
        found |= {row["key"]: row for row in rows.mappings()}
    return found


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (keys[start : start + _MANY] for start in range(0, len(keys), _MANY))


def _worth(row: Mapping[Any, Any], mark: str, now: datetime, failed: bool) -> bool:
    """Not had yet, or told otherwise now; but not at once, and ever more rarely where it was in vain."""
    if row["text"] is None and failed:
        return True
    if row["mark"] == mark and (row["text"] is not None or row["tries"] >= _MOST_TRIES):
        return False
    return bool(now - row["tried_at"] >= _AGAIN * 2 ** min(row["tries"], _MOST_TRIES))


def _row(entry: Entry, text: str | None, now: datetime) -> dict[str, Any]:
    return {
        "feed": entry.feed, "key": entry.key, "mark": entry.mark, "text": text, "tries": int(text is None),
        "tried_at": now, "seen_at": now,
    }  # fmt: skip


def _again(row: Mapping[Any, Any], entry: Entry, text: str | None, now: datetime) -> dict[str, Any]:
    vain = text is None or text == row["text"]
    return {
        "mark": entry.mark, "text": text or row["text"], "tries": row["tries"] + 1 if vain else 0, "tried_at": now, "seen_at": now,
    }  # fmt: skip
