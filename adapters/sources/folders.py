"""A folder that is watched: what is new or changed in it since the last visit."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from adapters.sources.files import Confined, articles_in, looked_through, name_of
from bot.errors import SourceError
from bot.model import Article
from bot.sources import Entry, Found, Gathered, Memory, Visit, mark_of

_SETTLED = timedelta(seconds=10)
"""A file that was changed later than that ago may still be written."""


async def visit_folder(
    place: str, memory: Memory, clock: Callable[[], datetime], confined: Confined, again: bool = False
) -> Visit:
    """The articles of the folder's (or file's) new and changed files. Raises ``SourceError`` if it is not there."""
    root = Path(place)
    folder = await asyncio.to_thread(looked_through, root)
    files = await asyncio.to_thread(_settled, folder.files, clock())
    marks = {entry.key: entry.mark for entry, _ in _entries(place, root, files)}
    wanted = await memory.wanted(place, marks, clock(), failed=again)
    new = [pair for pair in _entries(place, root, files) if pair[0].key in wanted]
    return Visit(place, found=_found(root, confined, new, folder.closed))


def _settled(files: Sequence[Path], now: datetime) -> list[tuple[Path, str]]:
    """(file, mark of its state) of those that nobody is writing."""
    found = []
    for path in files:
        try:
            state = path.stat()
        except OSError:
            continue  # it went away just now
        if now.timestamp() - state.st_mtime >= _SETTLED.total_seconds():
            found.append((path, mark_of(state.st_mtime_ns, state.st_size)))
    return found


def _entries(place: str, root: Path, files: Sequence[tuple[Path, str]]) -> Iterator[tuple[Entry, Path]]:
    for path, mark in files:
        yield Entry(place, mark_of(path.relative_to(root).as_posix()), mark), path


async def _found(
    root: Path, confined: Confined, files: Sequence[tuple[Entry, Path]], closed: Sequence[SourceError]
) -> AsyncIterator[Found]:
    """A file's articles, read off the event loop, then that it was read. They are named by the folder too: another that is watched
    may have a file of the same name."""
    under = f"{name_of(root)}-{mark_of(str(root))[:6]}/"
    for problem in closed:
        yield problem
    for entry, path in files:
        articles: Iterator[Article | SourceError | None] = iter(articles_in(path, root, confined, under))
        while (item := await asyncio.to_thread(next, articles, None)) is not None:
            yield item
        yield Gathered(entry, None)
