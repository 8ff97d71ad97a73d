"""Bodies of HTTP answers, decompressed while they stream, against a cap (RFC 9110, section 8.4; RFC 1952).

A large one waits on disk, not in memory: many are had at the same time, and only workers look into them.
"""

import asyncio
import os
import tempfile
import weakref
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import IO, Any, Self

from bot.errors import UnreadableSource

_GZIP, _ZLIB, _RAW = 31, 15, -15
_MEMBER = b"\x1f\x8b"
_STEP = 131_072
"""Bytes decompressed between two turns of the event loop."""
_IN_MEMORY = 262_144
"""Bytes from which on a body is kept in a file."""


class Body:
    """An answer's bytes. Travels to a worker as the path of its file; the file goes with the body that made it."""

    def __init__(self, raw: bytes = b"", path: str | None = None) -> None:
        self.head = raw[:2_000]
        self._raw = raw
        self._path = path

    def read(self) -> bytes:
        """All of it."""
        if self._path is None:
            return self._raw
        with open(self._path, "rb") as stream:
            return stream.read()

    def __reduce__(self) -> tuple[Any, ...]:
        return Body, (self._raw, self._path)


class _Kept:
    """A body as it comes: in memory while it is small, then in a file, which goes if it is not ``body`` in the end."""

    def __init__(self) -> None:
        self.length = 0
        self._start = bytearray()
        self._path: str | None = None
        self._file: IO[bytes] | None = None

    def add(self, part: bytes) -> None:
        self.length += len(part)
        if self._file is None and self.length > _IN_MEMORY:
            descriptor, self._path = tempfile.mkstemp(prefix="attache-")
            self._file = os.fdopen(descriptor, "wb")
            self._file.write(self._start)
        if self._file is None:
            self._start += part
        else:
            self._file.write(part)

    def body(self) -> Body:
        if self._file is None or self._path is None:
            return Body(bytes(self._start))
        self._file.close()
        body = Body(bytes(self._start[:2_000]), self._path)
        weakref.finalize(body, _remove, self._path)
        self._file = self._path = None
        return body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file and self._path:
            self._file.close()
            _remove(self._path)


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


async def bounded_body(chunks: AsyncIterator[bytes], encoding: str, cap: int, place: str) -> Body:
    """The body. Raises ``UnreadableSource`` once it is larger than ``cap`` bytes, broken or cut off."""
    inflate = _inflater(encoding.strip().lower(), place)
    with _Kept() as kept:
        async for chunk in chunks:
            try:
                for part in inflate.parts(chunk) if inflate else (chunk,):
                    kept.add(part)
                    if kept.length > cap:
                        raise UnreadableSource(place, f"is larger than {cap / 1_000_000:g} MB")
                    await asyncio.sleep(0)
            except zlib.error as error:
                raise UnreadableSource(place, "is damaged: its compression is broken") from error
        if inflate and kept.length and not inflate.whole:
            raise UnreadableSource(place, "is damaged: its compressed text is cut off")
        return kept.body()


def _inflater(encoding: str, place: str) -> "_Inflater | None":
    match encoding:
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Inflater(_GZIP)
        case "deflate":
            return _Inflater(_ZLIB)
        case other:
            raise UnreadableSource(place, f"is compressed as {other[:20]!r}, which was not asked for")


class _Inflater:
    """One compressed stream: a gzip file may be several members end to end, and "deflate" is sent without its frame by some."""

    def __init__(self, frame: int) -> None:
        self._frame = frame
        self._stream = zlib.decompressobj(frame)
        self._fresh = True

    @property
    def whole(self) -> bool:
        """Nothing is missing at the end."""
        return self._stream.eof

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, a step at a time; whoever reads stops where it is too much."""
        rest = chunk
        while rest:
            if self._stream.eof:
                if self._frame != _GZIP or not _MEMBER.startswith(rest[:2]):
                    return  # padding after the end, which gzip ignores too
                self._stream = zlib.decompressobj(_GZIP)
            yield self._inflated(rest)
            rest = self._stream.unused_data or self._stream.unconsumed_tail

    def _inflated(self, chunk: bytes) -> bytes:
        try:
            found = self._stream.decompress(chunk, _STEP)
        except zlib.error:
            if not self._fresh or self._frame != _ZLIB:
                raise
            self._stream = zlib.decompressobj(_RAW)
            found = self._stream.decompress(chunk, _STEP)
        self._fresh = False
        return found
