"""Politeness towards hosts: one request at a time, with a jittered pause between two; and memories that don't grow for ever."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class Recent(Generic[T]):
    """Values by key, of a weight of ``most`` all together; the ones longest unused are forgotten."""

    def __init__(self, most: int) -> None:
        self._room = most
        self._held: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def get(self, key: str) -> T | None:
        """The value, if it is remembered."""
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key][0]

    def put(self, key: str, value: T, weight: int = 1) -> None:
        """Remember a value in place of the one before."""
        _, before = self._held.pop(key, (None, 0))
        self._held[key] = value, weight
        self._room += before - weight
        while self._room < 0:
            _, (_, gone) = self._held.popitem(last=False)
            self._room += gone

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(slots=True)
class Turns:
    """Who may ask which host when. ``clock`` counts seconds; ``sleep`` and ``jitter`` (0 to 1) are for tests."""

    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]]
    jitter: Callable[[], float]
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _last: Recent[float] = field(default_factory=lambda: Recent(4_000))

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[None]:
        """Alone with a host, at least ``pause`` seconds after the last time."""
        lock = self._locks.setdefault(host, asyncio.Lock())
        async with lock:
            last = self._last.get(host)
            wait = 0.0 if last is None else last + pause * (1 + self.jitter()) - self.clock()
            if wait > 0:
                await self.sleep(wait)
            try:
                yield
            finally:
                self._last.put(host, self.clock())
