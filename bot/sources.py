"""Sources that are read by themselves, and what comes of them: the nouns, the rules and the ports."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.errors import SourceError
from bot.model import Article


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: ``key`` is its identity in the feed, ``mark`` changes when the feed tells it otherwise.

    Both are marks as ``mark_of`` makes them; ``feed`` is an address."""

    feed: str
    key: str
    mark: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a feed's entry: its article, or why there is none."""

    entry: Entry
    outcome: Article | SourceError


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

    ``unchanged`` since the last visit; or a ``page`` with one article; or a list of other ``feeds``; else a feed."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    page: bool = False
    outlet: str | None = None
    feeds: tuple[str, ...] = ()
    found: AsyncIterator[Found] = field(default_factory=nothing)


class Entries(Protocol):
    """Remembers which entries of feeds were taken in, so that nothing is fetched twice without a reason."""

    async def wanted(self, feed: str, marks: Mapping[str, str], now: datetime, *, failed: bool = False) -> set[str]:
        """Keys worth fetching: entries that are unknown, that the feed tells otherwise than before, or whose failure may be over;
        with ``failed`` all that failed."""

    async def twins(self, feed: str, texts: Mapping[str, str]) -> set[str]:
        """Keys whose article's text (by its mark) was taken from this feed under another key."""

    async def note(self, outcomes: Sequence[tuple[Entry, str | None]], now: datetime) -> None:
        """Remember entries, each with the mark of its article's text, or ``None`` where it could not be had."""

    async def quieten(self, articles: Sequence[str]) -> None:
        """Remember ids of articles that nobody is to be told of: those of a source's first run."""


def mark_of(*parts: object) -> str:
    """A short mark, the same for the same parts."""
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
