"""Bodies of HTTP answers, decompressed while they stream, against a cap (RFC 9110, section 8.4; RFC 1952)."""

import zlib
from collections.abc import AsyncIterator, Iterator

from bot.errors import UnreadableSource

_GZIP, _ZLIB, _RAW = 31, 15, -15
_MEMBER = b"\x1f\x8b"


async def bounded_body(chunks: AsyncIterator[bytes], encoding: str, cap: int, place: str) -> bytes:
    """The body. Raises ``UnreadableSource`` once it is larger than ``cap`` bytes, broken or cut off."""
    inflate = _inflater(encoding.strip().lower(), place)
    body = bytearray()
    async for chunk in chunks:
        if inflate is None:
            body += chunk
            _check(body, cap, place)
            continue
        try:
            for part in inflate.parts(chunk, cap + 1 - len(body)):
                body += part
                _check(body, cap, place)
        except zlib.error as error:
            raise UnreadableSource(place, "is damaged: its compression is broken") from error
    if inflate and body and not inflate.whole:
        raise UnreadableSource(place, "is damaged: its compressed text is cut off")
    return bytes(body)


def _check(body: bytearray, cap: int, place: str) -> None:
    if len(body) > cap:
        raise UnreadableSource(place, f"is larger than {cap / 1_000_000:g} MB")


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

    def parts(self, chunk: bytes, most: int) -> Iterator[bytes]:
        """What a chunk holds, each part at most ``most`` bytes; whoever reads stops where it is too much."""
        rest = chunk
        while rest:
            if self._stream.eof:
                if self._frame != _GZIP or not _MEMBER.startswith(rest[:2]):
                    return  # padding after the end, which gzip ignores too
                self._stream = zlib.decompressobj(_GZIP)
            yield self._inflated(rest, most)
            rest = self._stream.unused_data or self._stream.unconsumed_tail

    def _inflated(self, chunk: bytes, most: int) -> bytes:
        try:
            found = self._stream.decompress(chunk, most)
        except zlib.error:
            if not self._fresh or self._frame != _ZLIB:
                raise
            self._stream = zlib.decompressobj(_RAW)
            found = self._stream.decompress(chunk, most)
        self._fresh = False
        return found
