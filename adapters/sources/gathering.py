"""A web address -> Articles: a page is one, a feed is what its entries link to.

Pages behind a feed are fetched where the host's robots rules allow it; else, and where that fails, the feed's own text is taken if
it is an article's. What comes from outside is understood in a worker process.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from courlan import clean_url
from w3lib.encoding import html_to_unicode

from adapters.sources.documents import html_article
from adapters.sources.feeds import Item, parse_feed
from adapters.sources.fetching import Fetched, Web
from adapters.sources.isolation import Workshop
from bot.errors import SourceError, UnreadableSource
from bot.model import Article

_TEASER = 400
"""Characters under which a feed's own text is no article but a teaser."""


async def gather(url: str, web: Web, workshop: Workshop, listed: bool = False) -> AsyncIterator[Article | SourceError]:
    """The articles at an address, in the feed's order; one that can't be had comes as its error, the rest still comes.

    A list of feeds is followed once: a list ``listed`` in another comes as an error, so that none leads back to itself."""
    try:
        fetched = await web.get(url)
        if _is_page(fetched):
            yield await workshop.run(url, page_article, fetched.body, fetched.content_type, fetched.url)
            return
        feed = await workshop.run(url, parse_feed, fetched.body, fetched.content_type, fetched.url)
    except SourceError as error:
        yield error
        return
    if feed.feeds and listed:
        yield UnreadableSource(url, "is a list of feeds inside a list; ingest it by itself")
        return
    for address in feed.feeds:
        async for found in gather(address, web, workshop, listed=True):
            yield found
    for item in feed.items:
        yield await _item(item, feed.title, web, workshop)
    if feed.more:
        yield SourceError(url, f"has {feed.more} entries more than are taken of one feed; they were left out")


def page_article(body: bytes, content_type: str, url: str) -> Article:
    """The article of a page; its id is the page's address without tracking. Raises ``UnreadableSource`` if there is none."""
    _, text = html_to_unicode(content_type, body, default_encoding="utf-8")
    return html_article(text, url, clean_url(url) or url, url)


def _is_page(fetched: Fetched) -> bool:
    head = fetched.body[:2_000].lower()
    return b"<html" in head or b"<!doctype html" in head or "html" in fetched.content_type.lower().split(";")[0]


async def _item(item: Item, outlet: str | None, web: Web, workshop: Workshop) -> Article | SourceError:
    try:
        article = await _full(item, web, workshop)
    except SourceError as error:
        if len(item.html) < _TEASER:
            return error
        try:
            article = await workshop.run(item.key, page_article, _as_page(item), "text/html; charset=utf-8", item.url or item.key)
        except SourceError as other:
            return other
    return _dated(article, item, outlet)


async def _full(item: Item, web: Web, workshop: Workshop) -> Article:
    if item.url is None:
        raise UnreadableSource(item.key, "has no link and too little text of its own")
    if not await web.allowed(item.url):
        raise SourceError(item.url, "may not be fetched by the site's robots rules")
    page = await web.get(item.url)
    return await workshop.run(item.url, page_article, page.body, page.content_type, page.url)


def _as_page(item: Item) -> bytes:
    return f"<html><body><article>{item.html}</article></body></html>".encode("utf-8", "replace")


def _dated(article: Article, item: Item, outlet: str | None) -> Article:
    """With what the feed knows and the page does not say; what neither says stays unknown."""
    published = article.published_on or (item.published.date() if isinstance(item.published, datetime) else item.published)
    moment = article.published_at or (item.published if isinstance(item.published, datetime) else None)
    return replace(
        article,
        id=(clean_url(item.url) or item.url) if item.url else article.id,
        outlet=article.outlet or outlet,
        title=article.title or item.title,
        url=article.url or item.url,
        published_on=published,
        published_at=moment if moment and published == moment.date() else None,
    )
