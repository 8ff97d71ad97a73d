"""Sources that are read by themselves, and what comes of them: the nouns, the rules and the ports."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from bot.errors import SourceError
from bot.model import Article, Destination

FLOOR, CEILING = timedelta(minutes=15), timedelta(hours=6)
"""How often a source is read at most and at least, where nothing else is said."""
PATIENCE = 3
"""Failures in a row that are no mishap any more."""
_KEY = 12
"""Characters from which on a value in an address may be a key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: ``key`` is its identity in the feed, ``mark`` changes when the feed tells it otherwise.

    Both are marks as ``mark_of`` makes them; ``feed`` is an address."""

    feed: str
    key: str
    mark: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a feed's entry: its article, or why there is none; ``None`` says that all that came of it came before."""

    entry: Entry
    outcome: Article | SourceError | None


Found = Article | SourceError | Gathered
"""What a source yields: of a feed ``Gathered``, else an article or what is wrong with one."""


async def nothing() -> AsyncIterator[Found]:
    """No article."""
    none: tuple[Found, ...] = ()
    for item in none:
        yield item


@dataclass(frozen=True, slots=True)
class Visit:
    """What is at an address: ``found`` gives the articles as they are had, once; ``url`` is where it is from now on.

    ``unchanged`` since the last visit; or a ``page``, which may name feeds as its ``alternates``; or a list of other ``feeds``;
    else a feed or a folder."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    page: bool = False
    alternates: tuple[str, ...] = ()
    outlet: str | None = None
    feeds: tuple[str, ...] = ()
    found: AsyncIterator[Found] = field(default_factory=nothing)


class Visitor(Protocol):
    """Has what is at an address."""

    async def visit(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, most: int | None = None
    ) -> Visit:
        """Raises ``SourceError`` if nothing can be had."""


class Trouble(StrEnum):
    """What is wrong with a source, as administrators are told it once."""

    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Source:
    """An address or a folder that is read by itself.

    It is read next at ``next_at``, ``every`` so often now, between ``floor`` and ``ceiling``. ``ready`` once all that was there
    at first is taken in: until then nobody is told of its articles. ``usual`` is the time between its news; ``failures`` are
    counted since ``read_at``, the last success; ``cause`` says why the last visit failed. ``by`` is who added it in chat.
    """

    number: int
    url: str
    next_at: datetime
    outlet: str | None = None
    floor: timedelta = FLOOR
    ceiling: timedelta = CEILING
    every: timedelta = FLOOR
    ready: bool = False
    etag: str | None = None
    last_modified: str | None = None
    read_at: datetime | None = None
    new_at: datetime | None = None
    usual: timedelta | None = None
    failures: int = 0
    failed_at: datetime | None = None
    cause: str | None = None
    paused: bool = False
    told: Trouble | None = None
    by: Destination | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.outlet or self.place

    @property
    def place(self) -> str:
        """The address as people may see it: without a password, and without what may be a key in its query."""
        return without_secrets(self.url)


class SourceBook(Protocol):
    """Keeps the sources. All times are aware."""

    async def all(self) -> list[Source]:
        """Every source, in the order they were added."""

    async def failing(self) -> list[str]:
        """Names of those that fail again and again, for a digest that must not take their silence for quiet."""

    async def add(
        self, url: str, outlet: str | None, floor: timedelta, ceiling: timedelta, by: Destination | None, now: datetime
    ) -> bool:
        """Read this from now on; False, and nothing done, if it is there already."""

    async def pause(self, number: int, paused: bool, now: datetime) -> None:
        """Stop reading it, or go on at once."""

    async def remove(self, number: int) -> None:
        """Forget the source and what was taken from it; its articles stay."""

    async def claim(self, now: datetime, until: datetime, limit: int) -> list[Source]:
        """Sources whose time has come, longest due first; nobody else gets them before ``until``."""

    async def settle(self, source: Source, url: str) -> None:
        """Keep what a visit changed; ``url`` is where the source is from now on."""

    async def tell(self, troubles: Sequence[tuple[Source, Trouble | None]], text: str, now: datetime) -> None:
        """In one transaction: mark each source's trouble as told (``None``: as over) and owe ``text`` to those whom it concerns,
        who added them in chat or else set a channel's digest; an empty text is told to nobody."""


class Memory(Protocol):
    """Knows which entries of feeds are worth fetching."""

    async def wanted(self, feed: str, marks: Mapping[str, str], now: datetime, *, failed: bool = False) -> set[str]:
        """Keys worth fetching: entries that are unknown, that the feed tells otherwise than before, or whose failure may be over;
        with ``failed`` all that failed."""


class Entries(Memory, Protocol):
    """Remembers which entries of feeds were taken in, so that nothing is fetched twice without a reason."""

    async def twins(self, feed: str, texts: Mapping[str, str]) -> set[str]:
        """Keys whose article's text (by its mark) was taken from this feed under another key."""

    async def note(self, outcomes: Sequence[tuple[Entry, str | None]], now: datetime) -> None:
        """Remember entries, each with the mark of its article's text, or ``None`` where it could not be had."""

    async def quieten(self, articles: Sequence[str]) -> None:
        """Remember ids of articles that nobody is to be told of: those of a source's first run."""

    async def forget(self, now: datetime) -> int:
        """Remove the entries that have long left their feeds; how many."""


def without_secrets(url: str) -> str:
    """The address without user and password; values of its query that are long enough to be a key become "…"."""
    if not is_web(url):
        return url
    scheme, rest, path, query, _ = urlsplit(url)
    shown = re.sub(rf"(?<==)[^&;]{{{_KEY},}}", "…", query)
    return urlunsplit((scheme, rest.rpartition("@")[2], path, shown, ""))


Network = tuple[IPv4Network | IPv6Network, int | None]
"""Addresses, and the one port of theirs that is meant; ``None`` for all ports."""


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by blanks, each with a port or without. Raises ``ValueError`` with what would be one."""
    return tuple(_network(word) for word in text.split())


def _network(word: str) -> Network:
    found = re.fullmatch(r"\[([^\]]*)\](?::(\d{1,5}))?|([^:]*)(?::(\d{1,5}))?", word)
    address, port = (found[1] or found[3], found[2] or found[4]) if found else (word, None)
    try:
        return ip_network(address, strict=False), int(port) if port else None
    except ValueError:
        raise ValueError(
            f"{word!r} is no address or network; write one such as 127.0.0.1:8000, 10.1.0.0/16 or [::1]:8000"
        ) from None


def is_web(place: str) -> bool:
    """Whether a place is a web address, and not a path."""
    return place.lower().startswith(("http://", "https://"))


def mark_of(*parts: object) -> str:
    """A short mark, the same for the same parts."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
