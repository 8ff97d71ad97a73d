"""Files, folders and archives -> Articles."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol, TypeVar

from adapters.sources.archives import members
from adapters.sources.documents import LARGEST, article_of, decode, json_article
from adapters.sources.mails import mail_article
from bot.errors import SourceError, UnreadableSource
from bot.model import Article

ENDINGS = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".json", ".jsonl", ".eml", ".pdf", ".zip"})
T = TypeVar("T")


class Confined(Protocol):
    """Runs work on a document that may be hostile; see ``isolation.Workshop.wait``."""

    def __call__(self, place: str, work: Callable[..., T], *given: object) -> T: ...


def unconfined(place: str, work: Callable[..., T], *given: object) -> T:
    """In this process, without limits: for a file that somebody has in front of him."""
    return work(*given)


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


def articles_in(path: Path, root: Path | None = None, confined: Confined = unconfined) -> Iterator[Article | SourceError]:
    """The articles of one file in its order. One that can't be read comes as its error; the rest still comes.

    An article without an id of its own is named by its path below ``root`` (default: its file name).
    """
    name = path.relative_to(root).as_posix() if root and path != root else path.name
    try:
        with open_binary(path) as stream:
            yield from _articles(stream, str(path), name, confined)
    except SourceError as error:
        yield error


def open_binary(path: Path) -> BinaryIO:
    """The file, open for reading. Raises ``SourceError`` if it can't be."""
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(str(path), f"can't be read ({error.strerror}); check the path and its permissions") from error


def _articles(stream: BinaryIO, place: str, id: str, confined: Confined, packed: bool = False) -> Iterator[Article | SourceError]:
    match PurePath(place).suffix.lower():
        case ".jsonl":
            yield from lines_of(stream, place)
        case ".zip" if packed:
            yield UnreadableSource(place, "is an archive inside an archive; unpack it first")
        case ".zip":
            yield from _unpacked(stream, place, id, confined)
        case _:
            try:
                yield _article(_content(stream, place), place, id, confined)
            except SourceError as error:
                yield error


def _article(raw: bytes, place: str, id: str, confined: Confined) -> Article:
    match PurePath(place).suffix.lower():
        case ".pdf":
            from adapters.sources.papers import pdf_article  # pypdf takes 0.2 s to import

            return confined(place, pdf_article, raw, place, id)
        case ".eml":
            return confined(place, mail_article, raw, place, id)
        case ".html" | ".htm" | ".xhtml":
            return confined(place, article_of, decode(raw, place), place, id)
        case _:
            return article_of(decode(raw, place), place, id)


def _unpacked(stream: BinaryIO, place: str, id: str, confined: Confined) -> Iterator[Article | SourceError]:
    readable = 0
    for name, member in members(stream, place, LARGEST):
        if isinstance(member, SourceError):
            yield member
        elif PurePath(name).suffix.lower() in ENDINGS:
            with member:
                yield from _articles(member, f"{place}/{name}", f"{id}/{name}", confined, packed=True)
        else:
            continue
        readable += 1
    if not readable:
        yield SourceError(place, f"has no article files in it ({' '.join(sorted(ENDINGS))})")


def _content(stream: BinaryIO, place: str) -> bytes:
    try:
        raw = stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise SourceError(place, f"can't be read ({getattr(error, 'strerror', None) or 'it is damaged'})") from error
    if len(raw) > LARGEST:
        raise UnreadableSource(place, f"is larger than {LARGEST // 1_000_000} MB; split it")
    return raw


def lines_of(stream: BinaryIO, place: str) -> Iterator[Article | SourceError]:
    """The articles of a JSON Lines stream, one a line; blank lines are passed over, a bad line is its error."""
    number = 0
    while raw := stream.readline(LARGEST + 1):
        number += 1
        here = f"{place}:{number}"
        if len(raw) > LARGEST:
            _skip_line(stream)
            yield UnreadableSource(here, f"is longer than {LARGEST // 1_000_000} MB; split it")
            continue
        if raw.strip():
            try:
                yield json_article(decode(raw, here), here)
            except SourceError as error:
                yield error


def _skip_line(stream: BinaryIO) -> None:
    while (part := stream.readline(1_000_000)) and not part.endswith(b"\n"):
        pass
