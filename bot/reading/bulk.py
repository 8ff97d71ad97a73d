"""Many articles at once: in this process or over a pool of processes, in the order given.

Reading is CPU-bound, so threads don't help; a bounded window keeps memory flat however long the input is.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from bot.model import Article, Reading

Reader = Callable[[Article], Reading]
BulkReader = Callable[[Iterable[Article]], Iterator[tuple[Article, Reading]]]
BATCH = 8
"""Articles a worker takes at once: pickling is then small beside reading."""

_readers: list[Reader] = []
"""The one reader of a worker process, made when it starts."""


@contextmanager
def bulk_reader(make_reader: Callable[[], Reader], jobs: int = 1, *, apart: bool = False) -> Iterator[BulkReader]:
    """What reads articles lazily, results in input order, as often as it is called; the reader is made at the first article.

    ``make_reader`` must be picklable when ``jobs`` > 1, or when the reading is done ``apart``: in a process of its own even
    if it is one, so that this one stays free for other things.
    """
    if jobs <= 1 and not apart:
        made = cache(make_reader)
        yield lambda articles: ((article, made()(article)) for article in articles)
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(make_reader,))
    try:
        yield lambda articles: _in_order(pool, iter(articles), jobs * 3)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, articles: Iterator[Article], window: int) -> Iterator[tuple[Article, Reading]]:
    waiting: deque[tuple[list[Article], Future[list[Reading]]]] = deque()
    while True:
        while len(waiting) < window and (batch := list(islice(articles, BATCH))):
            waiting.append((batch, pool.submit(_read_batch, batch)))
        if not waiting:
            return
        batch, future = waiting.popleft()
        yield from zip(batch, future.result(), strict=True)


def end_with_parent() -> None:
    """In a worker process: leave Ctrl-C to the parent, and end when it is gone, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _start(make_reader: Callable[[], Reader]) -> None:
    end_with_parent()
    _readers[:] = [make_reader()]


def _read_batch(batch: list[Article]) -> list[Reading]:
    (reader,) = _readers
    return [reader(article) for article in batch]
