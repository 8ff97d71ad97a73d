"""Work on hostile input in a process of its own, with bounded time and memory.

A worker that overruns either is killed and replaced; the event loop only waits. Pebble's pool does what
``concurrent.futures`` can't: end one task by its own deadline.
"""

import asyncio
import resource
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from multiprocessing import get_context
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from bot.errors import UnreadableSource

T = TypeVar("T")


class Workshop:
    """Runs functions (importable, with picklable arguments) in worker processes; used as an async context manager."""

    def __init__(self, workers: int = 1, seconds: float = 15.0, memory: int = 400_000_000) -> None:
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=workers, max_tasks=500, initializer=_confine, initargs=(memory,), context=get_context("spawn")
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)

    async def run(self, place: str, work: Callable[..., T], *given: object) -> T:
        """The function's result or error. Raises ``UnreadableSource`` naming ``place`` where it takes too long or too much memory."""
        future = self._pool.schedule(work, args=given, timeout=self._seconds)
        try:
            return await asyncio.wrap_future(future)
        except (FutureTimeout, TimeoutError) as error:
            raise UnreadableSource(place, f"took longer than {self._seconds:g} s to understand") from error
        except (ProcessExpired, MemoryError) as error:
            raise UnreadableSource(place, "needs too much memory to understand") from error


def _confine(memory: int) -> None:
    """Let this process grow by ``memory`` bytes beyond what it has mapped now."""
    import adapters.sources.documents  # noqa: F401  # so that the libraries' own size is not counted

    with suppress(OSError, ValueError):
        with open("/proc/self/statm", encoding="ascii") as stream:
            mapped = int(stream.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))
