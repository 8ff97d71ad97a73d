"""The library's revision, raised in the transaction of every change to what was read, counted or corrected, and what is
remembered as long as it stays the same. Another process that writes to the same database is noticed as well."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import counters

T = TypeVar("T")

_MOST = 500
"""Things remembered at most."""
_LIBRARY = counters.c.name == "library"
_REVISION = select(counters.c.last).where(_LIBRARY)


async def revise(connection: AsyncConnection) -> None:
    """Say in this transaction that what was read, counted or corrected changes."""
    await connection.execute(update(counters).where(_LIBRARY).values(last=counters.c.last + 1))


class Remembered:
    """What was made of one revision of the library, by key; the longest unused is forgotten first. For many threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, connection: Connection, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` makes on this connection, whose reads are all of one moment; made again only for another revision."""
        revision = connection.execute(_REVISION).scalar_one()
        with self._lock:
            held = self._held.get(key)
        if held and held[0] == revision:
            value: T = held[1]
        else:
            value = make()
        with self._lock:
            self._held[key] = (revision, value)
            self._held.move_to_end(key)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return value
