"""Many articles at once: in this process or over a pool of processes, in the order given.

Reading is CPU-bound, so threads don't help; a bounded window keeps memory flat however long the input is. An article that
can't be read is its error, one that ends the process that reads it too; the others are read all the same.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

import structlog

from bot.errors import UnreadableSource
from bot.model import Article, Reading

Reader = Callable[[Article], Reading]
Outcome = Reading | UnreadableSource
BulkReader = Callable[[Iterable[Article]], Iterator[tuple[Article, Outcome]]]
SECONDS = 240.0
"""Of computing that one article may take in a process of its own: two million characters take 50, a hostile text could take any."""
BATCH = 8
"""Articles a worker takes at once: pickling is then small beside reading."""

_log = structlog.get_logger()
_readers: list[Reader] = []
_seconds: list[float] = []
"""The one reader of a worker process, made when it starts, and the time it has for an article."""


@contextmanager
def bulk_reader(
    make_reader: Callable[[], Reader], jobs: int = 1, *, apart: bool = False, seconds: float = SECONDS
) -> Iterator[BulkReader]:
    """What reads articles lazily, results in input order, as often as it is called; the reader is made at the first article.

    ``make_reader`` must be picklable when ``jobs`` > 1, or when the reading is done ``apart``: in a process of its own even
    if it is one, so that this one stays free for other things. There an article that takes more than ``seconds`` of computing is its error.
    """
    if jobs <= 1 and not apart:
        made = cache(make_reader)
        yield lambda articles: ((article, _outcome(made(), article)) for article in articles)
        return
    crew = _Crew(make_reader, jobs, seconds)
    try:
        yield lambda articles: _in_order(crew, iter(articles), jobs * 3)
    finally:
        crew.pool.shutdown(cancel_futures=True)


class _Crew:
    """Processes that read; new ones once one of them was killed, for memory above all."""

    def __init__(self, make_reader: Callable[[], Reader], jobs: int, seconds: float) -> None:
        self._made = partial(
            ProcessPoolExecutor, jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(make_reader, seconds)
        )
        self.pool = self._made()

    def begin(self, batch: list[Article]) -> Future[list[Outcome]]:
        try:
            return self.pool.submit(_read_batch, batch)
        except BrokenProcessPool:
            self._renew()
            return self.pool.submit(_read_batch, batch)

    def finish(self, batch: list[Article], begun: Future[list[Outcome]]) -> list[Outcome]:
        """What came of the batch; where a process was killed over it, its articles are read again one by one."""
        try:
            return begun.result()
        except BrokenProcessPool:
            return [self._alone(article) for article in batch]

    def _alone(self, article: Article) -> Outcome:
        try:
            return self.begin([article]).result()[0]
        except BrokenProcessPool:
            self._renew()
            return UnreadableSource(article.id, "the process that read it was killed; it may need more memory than there is")

    def _renew(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool = self._made()


def _in_order(crew: _Crew, articles: Iterator[Article], window: int) -> Iterator[tuple[Article, Outcome]]:
    waiting: deque[tuple[list[Article], Future[list[Outcome]]]] = deque()
    while True:
        while len(waiting) < window and (batch := list(islice(articles, BATCH))):
            waiting.append((batch, crew.begin(batch)))
        if not waiting:
            return
        batch, begun = waiting.popleft()
        yield from zip(batch, crew.finish(batch, begun), strict=True)


def end_with_parent() -> None:
    """In a worker process: leave Ctrl-C to the parent, and end when it is gone, however it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class _TooLong(BaseException):
    """The time for an article is over; no ``Exception``, which the reader might take for one of its own."""


def _start(make_reader: Callable[[], Reader], seconds: float) -> None:
    end_with_parent()
    signal.signal(signal.SIGPROF, _over)
    _readers[:] = [make_reader()]
    _seconds[:] = [seconds]


def _over(number: int, frame: object) -> None:
    raise _TooLong


def _read_batch(batch: list[Article]) -> list[Outcome]:
    (reader,), (seconds,) = _readers, _seconds
    return [_in_time(reader, article, seconds) for article in batch]


def _in_time(reader: Reader, article: Article, seconds: float) -> Outcome:
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            return _outcome(reader, article)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooLong:
        return UnreadableSource(article.id, f"took more than {seconds:g} s of computing to read")


def _outcome(reader: Reader, article: Article) -> Outcome:
    """A fault of ours in one article must not cost the others."""
    try:
        return reader(article)
    except Exception as error:
        _log.debug("an article can't be read", article=article.id, exc_info=True)
        return UnreadableSource(
            article.id, f"can't be read ({type(error).__name__}: {error}); that is a fault of Attaché, please report it"
        )
