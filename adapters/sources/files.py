"""Files and folders -> Articles."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from adapters.sources.documents import LARGEST, article_of, decode, json_article
from bot.errors import SourceError, UnreadableSource
from bot.model import Article

ENDINGS = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".json", ".jsonl"})


def files_under(path: Path, *, empty: bool = False) -> list[Path]:
    """The readable files of a folder, sorted, hidden ones left out; a file is itself.

    Raises ``SourceError`` if there is nothing; a folder may be ``empty`` where that is said."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(str(path), "there is no such file or folder")
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file() and not p.name.startswith("."))
    if not found and not empty:
        raise SourceError(str(path), f"has no article files ({' '.join(sorted(ENDINGS))})")
    return found


def articles_in(path: Path, root: Path | None = None) -> Iterator[Article | SourceError]:
    """The articles of one file in its order. One that can't be read comes as its error; the rest still comes.

    An article without an id of its own is named by its path below ``root`` (default: its file name).
    """
    if path.suffix.lower() == ".jsonl":
        yield from _lines(path)
        return
    name = path.relative_to(root).as_posix() if root and path != root else path.name
    try:
        yield article_of(decode(_content(path), str(path)), str(path), name)
    except SourceError as error:
        yield error


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > 4 * LARGEST:
            raise UnreadableSource(str(path), f"is larger than {4 * LARGEST // 1_000_000} MB; split it")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), f"can't be read ({error.strerror}); check the path and its permissions") from error


def open_binary(path: Path) -> BinaryIO:
    """The file, open for reading. Raises ``SourceError`` if it can't be."""
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(str(path), f"can't be read ({error.strerror}); check the path and its permissions") from error


def _lines(path: Path) -> Iterator[Article | SourceError]:
    try:
        with open_binary(path) as stream:
            yield from lines_of(stream, str(path))
    except SourceError as error:
        yield error


def lines_of(stream: BinaryIO, place: str) -> Iterator[Article | SourceError]:
    """The articles of a JSON Lines stream, one a line; blank lines are passed over, a bad line is its error."""
    number = 0
    while raw := stream.readline(4 * LARGEST + 1):
        number += 1
        here = f"{place}:{number}"
        if len(raw) > 4 * LARGEST:
            _skip_line(stream)
            yield UnreadableSource(here, f"is longer than {4 * LARGEST // 1_000_000} MB; split it")
            continue
        if raw.strip():
            try:
                yield json_article(decode(raw, here), here)
            except SourceError as error:
                yield error


def _skip_line(stream: BinaryIO) -> None:
    while (part := stream.readline(1_000_000)) and not part.endswith(b"\n"):
        pass
