"""Documents over HTTP, fetched politely and with every length bounded.

Redirects are followed by hand so that each hop is checked like the first; bodies are decompressed as they
stream, against a cap; one request a host at a time. Conditional requests and ``Retry-After`` after RFC 9110.
"""

import asyncio
import random
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from protego import Protego

from adapters.sources.addresses import NotPublic, Permission, guarded_socket, is_public
from bot.errors import ForbiddenAddress, Postponed, SourceError, UnreadableSource

AGENT = "Attache/0.1 (news briefing bot; reads feeds and the pages they link)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GZIP, _DEFLATE = 47, 15


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds in all, bytes after decompression, hops."""

    seconds: float = 30.0
    size: int = 10_000_000
    redirects: int = 5
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: ``body`` is empty when ``unchanged``; ``url`` is where it was in the end."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    moved: bool = False
    """Every redirect on the way was permanent: the new address is the source's from now on."""


@dataclass(slots=True)
class Web:
    """The way out to the internet; used as an async context manager.

    ``permitted`` and ``resolver`` are for tests that play the internet on one machine.
    """

    limits: Limits = field(default_factory=Limits)
    permitted: Permission = is_public
    resolver: AbstractResolver | None = None
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    _session: aiohttp.ClientSession | None = None
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _last: dict[str, float] = field(default_factory=dict)
    _robots: dict[str, Protego] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=guarded_socket(self.permitted), resolver=self.resolver, use_dns_cache=False, limit=32
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(total=self.limits.seconds, sock_connect=10),
            max_line_size=8190,
            max_field_size=8190,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The document at an address.

        Raises ``ForbiddenAddress``, ``Postponed`` (with the seconds to wait) or ``SourceError`` with a cause for a person.
        """
        headers = {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._follow(url, headers)
        except TimeoutError as error:
            raise SourceError(url, f"did not answer in full within {self.limits.seconds:g} s") from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                raise ForbiddenAddress(
                    url, "leads to an address that is not public; only public pages and feeds are read"
                ) from error
            raise SourceError(url, f"can't be reached ({error.os_error.strerror or 'no connection'})") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise SourceError(url, f"sent an answer that is not HTTP ({error.__class__.__name__})") from error

    async def allowed(self, url: str) -> bool:
        """Whether the host's robots rules let this page be fetched (RFC 9309: no rules, or none to be had = yes; 5xx = no)."""
        host = _host(url)
        if host not in self._robots:
            root = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/robots.txt"
            self._robots[host] = Protego.parse(await self._robots_text(root))
        return bool(self._robots[host].can_fetch(url, AGENT))

    async def _robots_text(self, url: str) -> str:
        try:
            return (await self.get(url)).body[:500_000].decode("utf-8", "replace")
        except Postponed:
            return "User-agent: *\nDisallow: /"
        except SourceError:
            return ""

    async def _follow(self, url: str, headers: dict[str, str]) -> Fetched:
        permanent, here = True, url
        for hop in range(self.limits.redirects + 1):
            _require_http(here)
            async with self._turn(_host(here)), self._open(here, headers) as response:
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    return await self._taken(here, response, moved=hop > 0 and permanent)
                permanent = permanent and response.status in (301, 308)
                here = urljoin(here, response.headers["Location"])
        raise SourceError(url, f"redirects more than {self.limits.redirects} times")

    @asynccontextmanager
    async def _open(self, url: str, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("Web is used as a context manager")
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            yield response

    async def _taken(self, url: str, response: aiohttp.ClientResponse, moved: bool) -> Fetched:
        given = response.headers
        facts = {
            "etag": given.get("ETag"),
            "last_modified": given.get("Last-Modified"),
            "content_type": given.get("Content-Type", ""),
        }
        if response.status == 304:
            return Fetched(url, b"", unchanged=True, moved=moved, etag=facts["etag"], last_modified=facts["last_modified"])
        if response.status in (429, 502, 503, 504):
            raise Postponed(
                url,
                f"asks to come back later (HTTP {response.status})",
                _retry_after(given.get("Retry-After"), given.get("Date")),
            )
        if response.status != 200:
            raise SourceError(url, _status_reason(response.status))
        body = await bounded_body(response.content.iter_chunked(65_536), given.get("Content-Encoding", ""), self.limits.size, url)
        return Fetched(
            url, body, str(facts["content_type"]), etag=facts["etag"], last_modified=facts["last_modified"], moved=moved
        )

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """One request a host at a time, with a jittered pause between them."""
        lock = self._turns.setdefault(host, asyncio.Lock())
        async with lock:
            clock = asyncio.get_running_loop().time
            wait = self._last.get(host, -1e9) + self.limits.pause * (1 + self.jitter()) - clock()
            if wait > 0:
                await self.sleep(wait)
            try:
                yield
            finally:
                self._last[host] = clock()


async def bounded_body(chunks: AsyncIterator[bytes], encoding: str, cap: int, place: str) -> bytes:
    """The body, decompressed while it streams. Raises ``UnreadableSource`` once it is larger than ``cap`` bytes or broken."""
    match encoding.strip().lower():
        case "" | "identity":
            inflate = None
        case "gzip" | "x-gzip" | "deflate" as known:
            inflate = zlib.decompressobj(_GZIP if "gzip" in known else _DEFLATE)
        case other:
            raise UnreadableSource(place, f"is compressed as {other[:20]!r}, which was not asked for")
    body = bytearray()
    async for chunk in chunks:
        try:
            body += inflate.decompress(chunk, cap + 1 - len(body)) if inflate else chunk
        except zlib.error as error:
            raise UnreadableSource(place, "is damaged: its compression is broken") from error
        if len(body) > cap:
            raise UnreadableSource(place, f"is larger than {cap / 1_000_000:g} MB")
    if inflate and body and not inflate.eof:
        raise UnreadableSource(place, "is damaged: its compressed text is cut off")
    return bytes(body)


def _require_http(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ForbiddenAddress(url[:200], "is not an http or https address")
    if parts.username or parts.password:
        raise ForbiddenAddress(parts.hostname or "", "an address with a password in it is not fetched")


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _retry_after(value: str | None, sent: str | None) -> float:
    """Seconds, from a number or from a date by the server's own clock; 10 minutes where it does not say."""
    if value and value.strip().isdigit():
        return min(float(value), 86_400.0)
    try:
        return max(0.0, (parsedate_to_datetime(value or "") - parsedate_to_datetime(sent or "")).total_seconds())
    except (ValueError, TypeError):
        return 600.0


def _status_reason(status: int) -> str:
    known = {
        401: "asks for a login",
        402: "is behind a paywall",
        403: "refuses to be read by a program",
        404: "is not there",
        410: "is gone for good",
    }
    return f"{known.get(status, 'answered with an error')} (HTTP {status})"
