"""Many articles at once: in this process or over a pool of processes, in the order given.

Reading is CPU-bound, so threads don't help; a bounded window keeps memory flat however long the input is.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import islice
from multiprocessing import get_context

from bot.model import Article, Reading

Reader = Callable[[Article], Reading]
BulkReader = Callable[[Iterable[Article]], Iterator[tuple[Article, Reading]]]
BATCH = 8
"""Articles a worker takes at once: pickling is then small beside reading."""

_readers: list[Reader] = []
"""The one reader of a worker process, made when it starts."""


@contextmanager
def bulk_reader(make_reader: Callable[[], Reader], jobs: int = 1) -> Iterator[BulkReader]:
    """What reads articles lazily, results in input order, as often as it is called; the reader is made at the first article.

    ``make_reader`` must be picklable when ``jobs`` > 1.
    """
    if jobs <= 1:
        made = cache(make_reader)
        yield lambda articles: ((article, made()(article)) for article in articles)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(make_reader,)) as pool:
        yield lambda articles: _in_order(pool, iter(articles), jobs * 3)


def _in_order(pool: ProcessPoolExecutor, articles: Iterator[Article], window: int) -> Iterator[tuple[Article, Reading]]:
    waiting: deque[tuple[list[Article], Future[list[Reading]]]] = deque()
    while True:
        while len(waiting) < window and (batch := list(islice(articles, BATCH))):
            waiting.append((batch, pool.submit(_read_batch, batch)))
        if not waiting:
            return
        batch, future = waiting.popleft()
        yield from zip(batch, future.result(), strict=True)


def _start(make_reader: Callable[[], Reader]) -> None:
    _readers[:] = [make_reader()]


def _read_batch(batch: list[Article]) -> list[Reading]:
    (reader,) = _readers
    return [reader(article) for article in batch]
