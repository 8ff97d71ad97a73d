"""Work on hostile input in a process of its own, with bounded time and memory.

A worker that overruns either is killed and replaced; the event loop only waits. Pebble's pool does what
``concurrent.futures`` can't: end one task by its own deadline.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from bot.errors import AttacheError, UnreadableSource
from bot.reading.bulk import end_with_parent

T = TypeVar("T")


class Workshop:
    """Runs functions (importable, with picklable arguments) in worker processes; used as an async context manager, or closed."""

    def __init__(self, workers: int = 1, seconds: float = 15.0, memory: int = 400_000_000) -> None:
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=workers, max_tasks=500, initializer=_confine, initargs=(memory,), context=get_context("spawn")
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """End the workers."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    async def run(self, place: str, work: Callable[..., T], *given: object) -> T:
        """The function's result or its ``AttacheError``. Raises ``UnreadableSource`` naming ``place`` where it fails otherwise,
        takes too long or too much memory, or ends its process."""
        with _named(place, self._seconds):
            return await asyncio.wrap_future(self._scheduled(place, work, given))

    def wait(self, place: str, work: Callable[..., T], *given: object) -> T:
        """``run`` for those who may wait, off the event loop."""
        with _named(place, self._seconds):
            return self._scheduled(place, work, given).result()

    def _scheduled(self, place: str, work: Callable[..., T], given: tuple[object, ...]) -> ProcessFuture[T]:
        return self._pool.schedule(_done, args=(place, work, *given), timeout=self._seconds)


@contextmanager
def _named(place: str, seconds: float) -> Iterator[None]:
    """Turns what ends a worker into what a person can do something with."""
    try:
        yield
    except (FutureTimeout, TimeoutError) as error:
        raise UnreadableSource(place, f"took longer than {seconds:g} s to understand") from error
    except ProcessExpired as error:
        raise UnreadableSource(place, f"ended the process that reads it ({_ending(error)})") from error


def _ending(error: ProcessExpired) -> str:
    code = int(getattr(error, "exitcode", 0) or 0)
    if code >= 0:
        return f"exit status {code}"
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def _done(place: str, work: Callable[..., T], *given: object) -> T:
    """In the worker: whatever goes wrong becomes an error that can travel and names its place."""
    try:
        return work(*given)
    except AttacheError:
        raise
    except MemoryError:
        raise UnreadableSource(place, "needs too much memory to understand") from None
    except RecursionError:
        raise UnreadableSource(place, "is nested too deeply") from None
    except Exception as error:
        raise UnreadableSource(place, f"can't be understood ({error.__class__.__name__})") from None


def _confine(memory: int) -> None:
    """Let this process grow by ``memory`` bytes beyond what it has mapped now, outlive no parent and leave Ctrl-C to it."""
    import adapters.sources.documents  # noqa: F401  # so that the libraries' own size is not counted

    end_with_parent()
    os.nice(5)
    with suppress(OSError, ValueError):
        with open("/proc/self/statm", encoding="ascii") as stream:
            mapped = int(stream.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))
