"""The library's revision, raised in the transaction of every change to what was read, counted or corrected, and what is
remembered as long as it stays the same. Another process that writes to the same database is noticed as well."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property
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

    def get(self, key: Hashable, revision: int, make: Callable[[], T]) -> T:
        """What ``make`` makes; made again only for another revision."""
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


class Moment:
    """The library at one moment: a connection whose reads are all of one revision, with what is remembered of that."""

    def __init__(self, connection: Connection, remembered: Remembered) -> None:
        self.connection = connection
        self._remembered = remembered

    @cached_property
    def _revision(self) -> int:
        return int(self.connection.execute(_REVISION).scalar_one())

    def get(self, key: Hashable, make: Callable[[Connection], T]) -> T:
        """What ``make`` makes of the library as it is at this moment, by key."""
        return self._remembered.get(key, self._revision, lambda: make(self.connection))
