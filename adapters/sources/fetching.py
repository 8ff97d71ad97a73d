"""Documents over HTTP, fetched politely and with every length bounded.

Redirects are followed by hand so that each hop is checked like the first; bodies are decompressed as they
stream, against a cap; one request a host at a time. Conditional requests and ``Retry-After`` after RFC 9110, robots rules
after RFC 9309.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from protego import Protego

from adapters.sources.addresses import Names, NotPublic, Permission, guarded_socket, is_public
from adapters.sources.bodies import Body, bounded_body
from adapters.sources.turns import Recent, Turns
from bot.errors import ForbiddenAddress, Postponed, SourceError, Unavailable

AGENT = "Attache/0.1 (news briefing bot; reads feeds and the pages they link)"
RULES_KEPT, REFUSAL_KEPT = 86_400.0, 600.0
"""Seconds for which a host's robots rules hold, and its silence about them (RFC 9309: no more than a day)."""
_RULES_HELD, _RULES_LONGEST, _RULES_LEAST = 1_000_000, 500_000, 300
"""Characters of robots rules that are held of all hosts and read of one, and what a host counts at least: understood they take up
to 25 bytes a character, and a hostile feed may lead to any number of hosts."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_PAUSE = 30.0
_CLOSED = Protego.parse("User-agent: *\nDisallow: /")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds in all (waiting for the host's turn not counted), bytes after decompression, hops."""

    seconds: float = 30.0
    size: int = 10_000_000
    redirects: int = 5
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: ``body`` is empty when ``unchanged``; ``url`` is where it was in the end."""

    url: str
    body: Body
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    moved: bool = False
    """Every redirect on the way was permanent: the new address is the source's from now on."""


@dataclass(slots=True)
class Web:
    """The way out to the internet; used as an async context manager.

    ``permitted`` and ``resolver`` are for tests that play the internet on one machine; ``clock`` counts seconds.
    """

    limits: Limits = field(default_factory=Limits)
    permitted: Permission = is_public
    resolver: AbstractResolver | None = None
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    _session: aiohttp.ClientSession | None = None
    _names: AbstractResolver | None = None
    _robots: Recent[tuple[float, Protego]] = field(default_factory=lambda: Recent(_RULES_HELD))
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        self.turns = Turns(self.clock, self.sleep, self.jitter)

    async def __aenter__(self) -> Self:
        self._names = self.resolver or Names()
        connector = aiohttp.TCPConnector(
            socket_factory=guarded_socket(self.permitted), resolver=self._names, use_dns_cache=False, limit=32
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
        if self._session and self._names:
            await self._session.close()
            await self._names.close()

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, by_the_rules: bool = False
    ) -> Fetched:
        """The document at an address; with ``by_the_rules`` only if the robots rules of every host on the way let it be fetched.

        Raises ``ForbiddenAddress``, ``Postponed`` (with the seconds to wait), ``Unavailable`` or ``SourceError`` with a cause for
        a person.
        """
        headers = {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        try:
            return await self._follow(url, headers, by_the_rules)
        except TimeoutError as error:
            raise Unavailable(url, f"did not answer in full within {self.limits.seconds:g} s") from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                raise ForbiddenAddress(
                    url, "leads to an address that is not public; only public ones are read, and those in ATTACHE_PRIVATE_SOURCES"
                ) from error
            raise Unavailable(url, f"can't be reached ({error.os_error.strerror or 'no connection'})") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Unavailable(url, f"sent an answer that is not HTTP ({error.__class__.__name__})") from error

    async def allowed(self, url: str) -> bool:
        """Whether the host's robots rules let this page be fetched: none to be found = yes; no answer, or a server's failure, = no
        for a while, then they are asked for again."""
        return bool((await self._rules(url)).can_fetch(url, AGENT))

    async def _rules(self, url: str) -> Protego:
        root = f"{urlsplit(url).scheme}://{_host(url)}/robots.txt"
        held = self._robots.get(root)
        if held is None or held[0] <= self.clock():
            text, lasts = await self._asked(root)
            rules = _CLOSED if text is None else await asyncio.to_thread(Protego.parse, text)
            held = self.clock() + lasts, rules
            self._robots.put(root, held, len(text or "") + _RULES_LEAST)
        return held[1]

    async def _asked(self, root: str) -> tuple[str | None, float]:
        """(the rules' text, ``None`` where there is no answer; the seconds for which that holds)."""
        try:
            body = (await self.get(root)).body
        except Unavailable:
            return None, REFUSAL_KEPT
        except SourceError:
            return "", RULES_KEPT
        raw = await asyncio.to_thread(body.read)
        return raw[:_RULES_LONGEST].decode("utf-8", "replace"), RULES_KEPT

    async def _follow(self, url: str, headers: dict[str, str], by_the_rules: bool) -> Fetched:
        permanent, here, spent = True, url, 0.0
        for hop in range(self.limits.redirects + 1):
            _require_http(here)
            if by_the_rules and not await self.allowed(here):
                raise SourceError(here, "may not be fetched by the site's robots rules")
            async with self.turns.turn(_host(here), self._pause(here)):
                started = self.clock()
                async with asyncio.timeout(self.limits.seconds - spent), self._open(here, headers) as response:
                    if response.status not in _REDIRECTS or "Location" not in response.headers:
                        return await self._taken(here, response, moved=hop > 0 and permanent)
                    permanent = permanent and response.status in (301, 308)
                    here = urljoin(here, response.headers["Location"])
                spent += self.clock() - started
        raise SourceError(url, f"redirects more than {self.limits.redirects} times")

    def _pause(self, url: str) -> float:
        """Seconds between two requests: longer where the robots rules that are known ask for it."""
        held = self._robots.get(f"{urlsplit(url).scheme}://{_host(url)}/robots.txt")
        asked = held[1].crawl_delay(AGENT) if held else None
        return max(self.limits.pause, min(float(asked or 0), _LONGEST_PAUSE))

    @asynccontextmanager
    async def _open(self, url: str, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("Web is used as a context manager")
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            yield response

    async def _taken(self, url: str, response: aiohttp.ClientResponse, moved: bool) -> Fetched:
        given = response.headers
        etag, last_modified = _validator(given.get("ETag")), _validator(given.get("Last-Modified"))
        if response.status == 304:
            return Fetched(url, Body(), unchanged=True, moved=moved, etag=etag, last_modified=last_modified)
        if response.status in (429, 502, 503, 504):
            wait = _retry_after(given.get("Retry-After"), given.get("Date"))
            raise Postponed(url, f"asks to come back later (HTTP {response.status})", wait)
        if response.status >= 500:
            raise Unavailable(url, f"answered with a failure of its own (HTTP {response.status})")
        if response.status != 200:
            raise SourceError(url, _status_reason(response.status))
        body = await bounded_body(response.content.iter_chunked(65_536), given.get("Content-Encoding", ""), self.limits.size, url)
        return Fetched(url, body, given.get("Content-Type", ""), etag, last_modified, moved=moved)


def _require_http(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise ForbiddenAddress(url[:200], "is not an http or https address")
    if parts.username or parts.password:
        raise ForbiddenAddress(parts.hostname or "", "an address with a password in it is not fetched")


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _validator(value: str | None) -> str | None:
    """What is sent back at the next visit; ``None`` for what no header or no database takes."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 1_000 else None


def _retry_after(value: str | None, sent: str | None) -> float:
    """Seconds, from a number or from a date by the server's own clock; 10 minutes where it does not say."""
    if value and value.strip().isdigit():
        return min(float(value), 86_400.0)
    try:
        wait = (parsedate_to_datetime(value or "") - parsedate_to_datetime(sent or "")).total_seconds()
    except (ValueError, TypeError):
        return 600.0
    return min(max(0.0, wait), 86_400.0)


def _status_reason(status: int) -> str:
    known = {
        401: "asks for a login",
        402: "is behind a paywall",
        403: "refuses to be read by a program",
        404: "is not there",
        410: "is gone for good",
    }
    return f"{known.get(status, 'answered with an error')} (HTTP {status})"
