"""Files, folders and archives -> Articles."""

import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol, TypeVar

from adapters.sources.archives import members
from adapters.sources.documents import LARGEST, article_of, decode, decode_page, json_article, json_articles
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


@dataclass(frozen=True, slots=True)
class Folder:
    """What is in a folder: its readable ``files``, sorted, hidden ones left out; how many ``others`` there are, by ending; and
    folders that can't be looked into."""

    files: tuple[Path, ...]
    others: Mapping[str, int]
    closed: tuple[SourceError, ...] = ()


def looked_through(path: Path) -> Folder:
    """What is in a folder; a file is itself. Links to folders are not followed. Raises ``SourceError`` if there is no such thing."""
    if path.is_file():
        return Folder((path,), {})
    if not path.is_dir():
        raise SourceError(str(path), "is no regular file; save it as one" if path.exists() else _absent(str(path)))
    found: list[Path] = []
    others: Counter[str] = Counter()
    closed: list[OSError] = []
    for place, folders, names in os.walk(path, onerror=closed.append):
        others.update("links to folders" for folder in folders if (Path(place) / folder).is_symlink())
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for file in (Path(place) / name for name in names if not name.startswith(".")):
            if file.suffix.lower() in ENDINGS and file.is_file():
                found.append(file)
            else:
                others[(file.suffix.lower() or "without an ending") if file.is_file() else "no regular files"] += 1
    return Folder(tuple(sorted(found)), others, tuple(SourceError(str(error.filename), _closed(error)) for error in closed))


def files_under(path: Path) -> tuple[Path, ...]:
    """The readable files of a folder; see ``looked_through``. Raises ``SourceError`` if there is none."""
    folder = looked_through(path)
    if not folder.files:
        raise next(iter(folder.closed), SourceError(str(path), f"has no article files ({' '.join(sorted(ENDINGS))})"))
    return folder.files


def _absent(place: str) -> str:
    if "." in place.partition("/")[0].strip(".") or re.match(r"[a-z]+:/", place):
        return "there is no such file or folder; a web address is written https://example.org/feed.xml"
    return "there is no such file or folder"


def articles_in(
    path: Path, root: Path | None = None, confined: Confined = unconfined, under: str = ""
) -> Iterator[Article | SourceError]:
    """The articles of one file in its order. One that can't be read comes as its error; the rest still comes.

    An article without an id of its own is named by its path below ``root`` (default: its file name), after ``under``.
    """
    try:
        with open_binary(path) as stream:
            yield from _articles(stream, str(path), under + name_of(path, root), confined)
    except SourceError as error:
        yield error


def name_of(path: Path, root: Path | None = None) -> str:
    """The file's path below ``root``, or its name; bytes that are no text in it are written out."""
    name = path.relative_to(root).as_posix() if root and path != root else path.name
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def open_binary(path: Path) -> BinaryIO:
    """The file, open for reading. Raises ``SourceError`` if it can't be."""
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(str(path), _closed(error)) from error


def _closed(error: OSError) -> str:
    return f"can't be read ({error.strerror}); check the path and its permissions"


def _articles(stream: BinaryIO, place: str, id: str, confined: Confined, packed: bool = False) -> Iterator[Article | SourceError]:
    match PurePath(place).suffix.lower():
        case ".jsonl":
            yield from lines_of(stream, place)
        case ".zip" if packed:
            yield UnreadableSource(place, "is an archive inside an archive; unpack it first")
        case ".zip":
            yield from _unpacked(stream, place, id, confined)
        case ending:
            try:
                raw = _content(stream, place)
                yield from (
                    json_articles(decode(raw, place), place, id) if ending == ".json" else (_article(raw, place, id, confined),)
                )
            except SourceError as error:
                yield error
            except (
                Exception
            ) as error:  # the libraries for these forms raise anything at all, and one file must not cost the others
                yield UnreadableSource(place, f"can't be understood ({error.__class__.__name__})")


def _article(raw: bytes, place: str, id: str, confined: Confined) -> Article:
    match PurePath(place).suffix.lower():
        case ".pdf":
            from adapters.sources.papers import pdf_article  # pypdf takes 0.2 s to import

            return confined(place, pdf_article, raw, place, id)
        case ".eml":
            return confined(place, mail_article, raw, place, id)
        case ".html" | ".htm" | ".xhtml":
            return confined(place, article_of, decode_page(raw, place), place, id)
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
