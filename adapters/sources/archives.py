"""ZIP archives: their members, one after the other, within limits. Nothing is written to disk, so names lead nowhere."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from bot.errors import SourceError, UnreadableSource

MOST_MEMBERS = 20_000
LARGEST_TOTAL = 1_000_000_000
"""Bytes of all members together, decompressed; they are read one at a time."""
RATIO = 200
"""A member that grows so many times is a bomb, unless it is small: ``_SMALL``."""
_SMALL = 1_000_000


def members(stream: BinaryIO, place: str, largest: int) -> Iterator[tuple[str, BinaryIO | SourceError]]:
    """(name, open member) in the archive's order, folders and hidden files left out; one that can't be read comes as its error."""
    try:
        with zipfile.ZipFile(stream) as archive:
            held = [m for m in archive.infolist() if not m.is_dir() and not _hidden(m.filename)]
            _check(held, place)
            for member in held:
                yield member.filename, _opened(archive, member, f"{place}/{member.filename}", largest)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableSource(place, f"is a damaged archive ({error.__class__.__name__})") from error


def _check(held: list[zipfile.ZipInfo], place: str) -> None:
    if len(held) > MOST_MEMBERS:
        raise UnreadableSource(place, f"has {len(held):,} files in it; split it, at most {MOST_MEMBERS:,} are read")
    if sum(member.file_size for member in held) > LARGEST_TOTAL:
        raise UnreadableSource(place, f"holds more than {LARGEST_TOTAL // 1_000_000:,} MB; split it")


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: str, largest: int) -> BinaryIO | SourceError:
    if member.flag_bits & 1:
        return UnreadableSource(place, "is protected by a password; pack it without one")
    if member.file_size > largest:
        return UnreadableSource(place, f"is larger than {largest // 1_000_000} MB; split it")
    if member.file_size > max(_SMALL, RATIO * member.compress_size):
        return UnreadableSource(place, "grows more than articles do when it is unpacked; it looks like a bomb")
    try:
        return archive.open(member)  # type: ignore[return-value]
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        return UnreadableSource(place, f"is damaged ({error.__class__.__name__})")


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
