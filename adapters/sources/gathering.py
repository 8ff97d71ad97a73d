"""A web address -> what is there: a page is one article, a feed is what its entries link to.

Pages behind a feed are fetched where the host's robots rules allow it; else, and where that fails, the feed's own text is taken if
it is an article's. What comes from outside is understood in a worker process. Articles come as they are had: nothing waits for
the end of a feed.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from courlan import clean_url, extract_domain
from w3lib.encoding import html_to_unicode

from adapters.sources.bodies import Body
from adapters.sources.documents import html_article
from adapters.sources.feeds import Feed, Item, feeds_of_page, parse_feed
from adapters.sources.fetching import Fetched, Web
from adapters.sources.files import open_binary
from adapters.sources.folders import visit_folder
from adapters.sources.isolation import Workshop
from bot.errors import Postponed, SourceError, Unavailable, UnreadableSource
from bot.model import Article
from bot.sources import Entry, Found, Gathered, Memory, Visit, is_web, mark_of

_TEASER = 400
"""Characters under which a feed's own text is no article but a teaser."""
_PATIENCE = 3
"""Pages in a row that are not to be had before a feed is left alone for this time."""
_LONGEST = 500_000
"""Characters of a page's article: what is longer is no news, and would keep the reader busy for minutes."""
AT_ONCE = 8
"""Addresses that are read at the same time, however many are given."""
Waiting = asyncio.Queue[tuple[str, bool]]
"""(address, whether a list named it)."""


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads addresses. ``memory`` knows what was taken from feeds before; with ``again`` what failed then is tried anew."""

    web: Web
    workshop: Workshop
    memory: Memory
    clock: Callable[[], datetime]
    again: bool = False

    async def visit(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, most: int | None = None
    ) -> Visit:
        """What is at an address now; its articles come as they are asked for, of a feed at most ``most`` new ones.

        An address that is no web address is a folder or file on this machine; an OPML file is a list of feeds. Raises ``SourceError`` if the document itself can't
        be had or is neither a page nor a feed."""
        if url.lower().endswith((".opml", ".xml")) and not is_web(url):
            return Visit(url, feeds=await self._listed(Path(url)))
        if not is_web(url):
            return await visit_folder(url, self.memory, self.clock, self.workshop.wait, self.again)
        fetched = await self.web.get(url, etag=etag, last_modified=last_modified)
        seen = Visit(fetched.url if fetched.moved else url, fetched.etag, fetched.last_modified, unchanged=fetched.unchanged)
        if fetched.unchanged:
            return seen
        if _is_page(fetched):
            names, found = await self.workshop.run(url, page_read, fetched.body, fetched.content_type, fetched.url)
            outlet = found.outlet if isinstance(found, Article) else None
            return replace(seen, page=True, alternates=names, outlet=outlet, found=_one(found))
        feed = await self.workshop.run(url, feed_read, fetched.body, fetched.content_type, fetched.url)
        return replace(seen, outlet=feed.title, feeds=feed.feeds, found=self._entries(url, fetched, feed, most))

    async def _listed(self, path: Path) -> tuple[str, ...]:
        """The feeds of a list in a file."""
        with await asyncio.to_thread(open_binary, path) as stream:
            body = Body(await asyncio.to_thread(stream.read, self.web.limits.size))
        feed = await self.workshop.run(str(path), feed_read, body, "", str(path))
        if not feed.feeds:
            raise UnreadableSource(str(path), "lists no feeds; give an OPML file, or a feed by its address")
        return feed.feeds

    async def gather(self, urls: Sequence[str]) -> AsyncGenerator[Found, None]:
        """All that is at these addresses, several read at the same time; a list of feeds is followed once. What can't be had comes
        as its error, the rest still comes."""
        waiting: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        ready: asyncio.Queue[Found | Exception | None] = asyncio.Queue(1)
        for url in dict.fromkeys(urls):
            waiting.put_nowait((url, False))

        async def end() -> None:
            await waiting.join()
            await ready.put(None)

        tasks = [asyncio.create_task(work) for work in (end(), *(self._work(waiting, ready) for _ in range(AT_ONCE)))]
        try:
            while (item := await ready.get()) is not None:
                if isinstance(item, Exception) and not isinstance(item, SourceError):
                    raise item
                yield item
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, waiting: Waiting, ready: "asyncio.Queue[Found | Exception | None]") -> None:
        while True:
            url, listed = await waiting.get()
            try:
                async with aclosing(self._at(url, listed, waiting)) as found:
                    async for item in found:
                        await ready.put(item)
            except Exception as error:
                await ready.put(error)
            waiting.task_done()

    async def _at(self, url: str, listed: bool, waiting: Waiting) -> AsyncGenerator[Found, None]:
        """What is at one address; the feeds of a list are put with those ``waiting``."""
        visit = await self.visit(url)
        if visit.feeds and listed:
            yield UnreadableSource(url, "is a list of feeds inside a list; ingest it by itself")
            return
        for address in visit.feeds:
            waiting.put_nowait((address, True))
        async for item in visit.found:
            yield item

    async def _entries(self, url: str, fetched: Fetched, feed: Feed, most: int | None) -> AsyncGenerator[Found, None]:
        """What comes of the feed's entries, page by page. A site that is silent, or asks for patience, is left for this time: what it
        says then comes last."""
        start, taken, silent = 0, 0, 0
        while feed.items:
            async for item, entry in self._wanted(url, feed.items):
                outcome = await self._outcome(item, feed.title, url)
                silent = silent + 1 if isinstance(outcome, Unavailable) else 0
                if not isinstance(outcome, Postponed):
                    yield Gathered(entry, outcome)
                if isinstance(outcome, Postponed) or (isinstance(outcome, Unavailable) and silent >= _PATIENCE):
                    yield Unavailable(url, "its pages are not to be had") if silent >= _PATIENCE else outcome
                    return
                taken += 1
                if taken == most:
                    return
            start += len(feed.items)
            if start >= feed.total:
                return
            feed = await self.workshop.run(url, feed_read, fetched.body, fetched.content_type, fetched.url, start)

    async def _wanted(self, url: str, items: Sequence[Item]) -> AsyncGenerator[tuple[Item, Entry], None]:
        entries = [Entry(url, mark_of(item.key), mark_of(item.title, item.published, item.edited, item.html)) for item in items]
        marks = {entry.key: entry.mark for entry in entries}
        wanted = await self.memory.wanted(url, marks, self.clock(), failed=self.again)
        for item, entry in zip(items, entries, strict=True):
            if entry.key in wanted:
                yield item, entry

    async def _outcome(self, item: Item, outlet: str | None, feed: str) -> Article | SourceError:
        try:
            article = await self._full(item)
        except SourceError as error:
            if len(item.html) < _TEASER:
                return error
            try:
                place = item.url or feed
                article = await self.workshop.run(place, page_article, _as_page(item), "text/html; charset=utf-8", place)
            except SourceError as other:
                return other
        return _dated(article, item, outlet, feed)

    async def _full(self, item: Item) -> Article:
        if item.url is None or item.url != item.key:
            raise UnreadableSource(item.key, "has no page of its own and too little text in the feed")
        page = await self.web.get(item.url, by_the_rules=True)
        return await self.workshop.run(item.url, page_article, page.body, page.content_type, page.url)


async def _one(found: Article | SourceError) -> AsyncGenerator[Found, None]:
    yield found


def page_read(body: Body, content_type: str, url: str) -> tuple[tuple[str, ...], Article | SourceError]:
    """(the feeds that a page names as its own, its article or why there is none)."""
    try:
        found: Article | SourceError = page_article(body, content_type, url)
    except SourceError as error:
        found = error
    return feeds_of_page(body.read(), content_type, url), found


def feed_read(body: Body, content_type: str, url: str, start: int = 0) -> Feed:
    """The feed's items from ``start`` on; see ``feeds.parse_feed``."""
    return parse_feed(body.read(), content_type, url, start)


def page_article(body: Body, content_type: str, url: str) -> Article:
    """The article of a page; its id is the page's address without tracking. Raises ``UnreadableSource`` if there is none."""
    _, text = html_to_unicode(content_type, body.read(), default_encoding="utf-8")
    article = html_article(text, url, clean_url(url) or url, url)
    if len(article.text) > _LONGEST:
        raise UnreadableSource(url, f"has {len(article.text):,} characters of text; a page's article has at most {_LONGEST:,}")
    return article if _same_site(article.url, url) else replace(article, url=url)


def _same_site(named: str | None, url: str) -> bool:
    """Whether the address that a page names as its own is of the site that it was read from: words are to be found where they are
    said to stand, and a page may name anything."""
    if not named:
        return False
    return urlsplit(named).hostname == urlsplit(url).hostname or extract_domain(named) == extract_domain(url) is not None


def _is_page(fetched: Fetched) -> bool:
    head = fetched.body.head.lower()
    return b"<html" in head or b"<!doctype html" in head or "html" in fetched.content_type.lower().split(";")[0]


def _as_page(item: Item) -> Body:
    return Body(f"<html><body><article>{item.html}</article></body></html>".encode("utf-8", "replace"))


def _dated(article: Article, item: Item, outlet: str | None, feed: str) -> Article:
    """With what the feed knows and the page does not say; what neither says stays unknown."""
    published = article.published_on or (item.published.date() if isinstance(item.published, datetime) else item.published)
    moment = article.published_at or (item.published if isinstance(item.published, datetime) else None)
    return replace(
        article,
        id=item.url if item.url and item.url == item.key else f"{feed}#{item.key}",
        outlet=article.outlet or outlet,
        title=article.title or item.title,
        url=article.url or item.url,
        published_on=published,
        published_at=moment if moment and published == moment.date() else None,
    )
