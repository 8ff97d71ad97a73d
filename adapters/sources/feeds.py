"""Feeds -> items: RSS, Atom, JSON Feed, news sitemaps and OPML lists of feeds.

A fast parser first, the forgiving one where it fails. Both get bytes alone, so neither fetches anything; a document that
declares entities is refused (there is no honest use for them in a feed, and a hostile one: the XML bomb).
Pure and CPU-heavy: run it where its time and memory are limited.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import fastfeedparser
import feedparser
from courlan import clean_url
from dateutil.parser import isoparse
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from w3lib.encoding import html_to_unicode

from bot.errors import UnreadableSource

PAGE = 1_000
"""Items given of one document at once: a page; as many as there are can be had, page by page."""

_LINK = re.compile(r"<link\b([^>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_KINDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_SUBSET = re.compile(r"(?:\s|<!--.*?-->|<\?.*?\?>)*+<!DOCTYPE(?:[^>\[\"']|\"[^\"]*\"|'[^']*')*+\[", re.IGNORECASE | re.DOTALL)
"""The start of what a document declares for itself, however far behind comments."""
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: ``key`` is its link, or the publisher's id where the link leads elsewhere (to a front page, or to one page for
    many entries); ``html`` what the feed itself carries of the text; ``edited`` when it was changed, as the feed writes it."""

    key: str
    title: str | None = None
    url: str | None = None
    published: date | datetime | None = None
    html: str = ""
    edited: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a document's items, as the publisher orders them, each key once; ``total`` counts those of all pages."""

    title: str | None
    items: tuple[Item, ...]
    feeds: tuple[str, ...] = ()
    total: int = 0


def parse_feed(body: bytes, content_type: str, url: str, start: int = 0) -> Feed:
    """The items of a feed from ``start`` on, a page of them. Raises ``UnreadableSource`` with the cause if it is none."""
    whole = _whole(body, content_type, url)
    return replace(whole, items=whole.items[start : start + PAGE])


@lru_cache(maxsize=1)
def _whole(body: bytes, content_type: str, url: str) -> Feed:
    """The feed with all its items; kept, since its other pages are asked for next."""
    text = _text(body, content_type)
    if _ENTITY.search(text[:100_000]) or _SUBSET.match(text.lstrip("\ufeff")):
        raise UnreadableSource(url, "declares XML entities, as bombs do; no feed needs them")
    head = text.lstrip("\ufeff \t\r\n")[:2_000].lower()
    if not head:
        raise UnreadableSource(url, "is empty")
    if "<opml" in head:
        return Feed(None, (), tuple(opml_feeds(text, url)))
    if "<urlset" in head:
        return _feed(None, _sitemap_items(text, url))
    found = _entries(text, url)
    title = _words(found.get("feed", {}).get("title"))
    return _feed(title, (_item(entry, url) for entry in found["entries"]))


def _text(body: bytes, content_type: str) -> str:
    _, text = html_to_unicode(content_type, body, default_encoding="utf-8", auto_detect_fun=_guess)
    return _CONTROLS.sub("", _DECLARATION.sub("", text, count=1))


def _guess(body: bytes) -> str | None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _entries(text: str, url: str) -> Mapping[str, Any]:
    raw = text.encode("utf-8", "replace")
    fast: Callable[[bytes], Any] = fastfeedparser.parse
    slow: Callable[[bytes], Any] = feedparser.parse
    for parse in (fast, slow):
        found = _parsed(parse, raw)
        if found.get("entries"):
            return found
    if re.search(r"<(rss|feed|rdf:rdf)\b|jsonfeed\.org", text[:2_000], re.IGNORECASE):
        raise UnreadableSource(url, "is a feed without readable entries")
    kind = (
        "a web page, not a feed; give the feed's own address"
        if re.search(r"<html|<!doctype html", text[:2_000], re.I)
        else "no feed"
    )
    raise UnreadableSource(url, f"is {kind}")


def _parsed(parse: Callable[[bytes], Any], raw: bytes) -> Mapping[str, Any]:
    try:
        found = parse(raw)
        return {"feed": found.get("feed") or {}, "entries": found.get("entries") or []}
    except Exception:  # both raise anything at all on hostile input, and what one can't read the other may
        return {}


def _feed(title: str | None, found: Iterable[Item | None]) -> Feed:
    items = [item for item in found if item]
    titles: dict[str, set[str | None]] = {}
    for item in items:
        titles.setdefault(item.url or "", set()).add(item.title)
    kept: dict[str, Item] = {}
    for item in items:
        own = item.url and urlsplit(item.url).path.strip("/") and len(titles[item.url]) == 1
        key = item.url if own and item.url else item.key
        kept.setdefault(key, replace(item, key=key))
    return Feed(title, tuple(kept.values()), total=len(kept))


def _item(entry: Mapping[str, Any], base: str) -> Item | None:
    url = _link(entry.get("link"), base)
    key = str(entry.get("id") or url or "")[:1_000]
    html = _longest([*(part.get("value") for part in entry.get("content") or ()), entry.get("summary"), entry.get("description")])
    title = _words(entry.get("title"))
    if not key and not html:
        return None
    return Item(
        key=key or f"{title}|{html[:200]}",
        title=title,
        url=url,
        published=_moment(_first(entry, "published_parsed", "updated_parsed", "published", "updated")),
        html=html,
        edited=str(entry.get("updated") or "")[:100],
    )


def _first(entry: Mapping[str, Any], *names: str) -> Any:
    return next((entry[name] for name in names if entry.get(name)), None)


def _longest(parts: Iterable[object]) -> str:
    return max((part for part in parts if isinstance(part, str)), key=len, default="")[:2_000_000]


def _link(value: object, base: str) -> str | None:
    """The address without tracking parameters; ``None`` for what is no http(s) link."""
    if not isinstance(value, str) or not value.strip() or len(value) > 2_000:
        return None
    try:
        absolute = urljoin(base, value.strip())
        return clean_url(absolute) if absolute.lower().startswith(("http://", "https://")) else None
    except ValueError:
        return None


def _words(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    clean = _CONTROLS.sub("", value[:5_000]).encode("utf-8", "replace").decode()
    return " ".join(clean.split())[:500] or None


def _moment(value: Any) -> date | datetime | None:
    """A time with its zone, or the day alone (midnight is how a bare date comes back); ``None`` for what can't be a date of news."""
    try:
        moment = isoparse(value.strip()) if isinstance(value, str) else _from_struct(value)
    except (ValueError, OverflowError, TypeError):
        return None
    if not 1990 <= moment.year <= 2100:
        return None
    return moment if moment.tzinfo and (moment.hour, moment.minute, moment.second) != (0, 0, 0) else moment.date()


def _from_struct(value: Sequence[int]) -> datetime:
    year, month, day, hour, minute, second = value[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def feeds_of_page(body: bytes, content_type: str, url: str) -> tuple[str, ...]:
    """The feeds that a web page names in its head (``<link rel="alternate">``), in its order, once each."""
    found = (_named_feed(tag, url) for tag in _LINK.findall(_text(body[:200_000], content_type)))
    return tuple(dict.fromkeys(feed for feed in found if feed))


def _named_feed(tag: str, url: str) -> str | None:
    given = {name.lower(): unescape(one or other or bare) for name, one, other, bare in _ATTRIBUTE.findall(tag)}
    kind = given.get("type", "").lower()
    if "alternate" not in given.get("rel", "").lower().split() or kind not in _FEED_KINDS:
        return None
    return _link(given.get("href"), url)


def opml_feeds(text: str, place: str) -> Iterator[str]:
    """The feeds' addresses of an OPML list, in its order, once each."""
    seen = dict.fromkeys(
        str(outline.get("xmlUrl")).strip()
        for outline in _xml(text, place).iter("outline")
        if (outline.get("xmlUrl") or "").strip()
    )
    yield from (url for url in seen if url.startswith(("http://", "https://")))


def opml_list(feeds: Iterable[tuple[str, str | None]]) -> str:
    """An OPML 2.0 list of (address, title)."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = "Attaché's feeds"
    body = SubElement(root, "body")
    for url, title in feeds:
        SubElement(body, "outline", type="rss", text=title or url, title=title or url, xmlUrl=url)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _sitemap_items(text: str, place: str) -> Iterator[Item | None]:
    for entry in _xml(text, place).iter():
        if _local(entry) != "url":
            continue
        given = {_local(part): (part.text or "").strip() for part in entry.iter()}
        url = _link(given.get("loc"), place)
        if url and "publication_date" in given:
            yield Item(url, _words(given.get("title")), url, _moment(given["publication_date"]))


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _xml(text: str, place: str) -> Element:
    try:
        root: Element = ElementTree.fromstring(text.lstrip("\ufeff \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableSource(place, f"is broken XML ({str(error).splitlines()[0][:80] or error.__class__.__name__})") from error
    return root
