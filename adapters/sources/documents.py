"""A document's text -> Article: the seed's own form, plain text, Markdown with front matter, HTML, JSON.

The metadata is not text: ``Article.body`` leaves it out, offsets stay those of the text as received.
What a document does not give stays ``None``; nothing is guessed. HTML is the one form whose
article text is an extract: offsets point into the extract.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import frontmatter
import trafilatura
import yaml
from dateutil.parser import isoparse
from w3lib.encoding import html_body_declared_encoding

from bot.errors import SourceError, UnreadableSource
from bot.model import Article, Span

LONGEST = 2_000_000
"""Characters in one article; more is refused: reading takes some hundred bytes a character."""
LARGEST = 80_000_000
"""Bytes of one document: a page's markup and pictures may be many times its text."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = "is a binary file, not text; save it as .txt, .md, .html or .jsonl"
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What no database takes for text: NUL and half a character."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal, or turns the order of letters around, and is no part of a title or a name."""
_FEED_FILES = frozenset({".xml", ".opml", ".rss", ".atom"})
_DATE_LINE = re.compile(r"\A\ufeff?\s*date (\d{4}-\d{2}-\d{2})[ \t]*", re.ASCII)
_SOURCE_LINE = re.compile(r"\n[ \t]*Source: ([^\n]{1,200}?)\s*\Z")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)


def decode(raw: bytes, place: str) -> str:
    """UTF-8 bytes, or UTF-16 that is marked as such, to text, line ends as received. Raises ``UnreadableSource`` for anything else."""
    if not raw.strip():
        raise UnreadableSource(place, "is empty; give a file with an article's text")
    if len(raw) > LARGEST:
        raise UnreadableSource(place, f"is {len(raw) // 1_000_000} MB; split it, a document may have {LARGEST // 1_000_000} MB")
    try:
        text = raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8")
    except UnicodeDecodeError as error:
        cause = f"is not UTF-8 (byte {error.start}); convert it first, e.g. iconv -f WINDOWS-1252 -t UTF-8"
        raise UnreadableSource(place, _BINARY if b"\x00" in raw else cause) from error
    if "\x00" in text:
        raise UnreadableSource(place, _BINARY)
    return text


def decode_page(raw: bytes, place: str) -> str:
    """``decode``, or in the charset that the page itself names where it is not UTF-8."""
    try:
        return decode(raw, place)
    except UnreadableSource:
        named = html_body_declared_encoding(raw[:4_096])
        if not named or named == "utf-8" or len(raw) > LARGEST:
            raise
        try:
            return raw.decode(named)
        except UnicodeDecodeError as error:
            raise UnreadableSource(place, f"is not in the charset that it names ({named}, byte {error.start})") from error


def article_of(text: str, place: str, id: str) -> Article:
    """One article from a document's text; the form is told by the file name's ending and the text itself."""
    match PurePath(place).suffix.lower():
        case ".html" | ".htm" | ".xhtml":
            return html_article(text, place, id)
        case ".json":
            return json_article(text, place, id)
        case ".md" | ".markdown" if _FRONT_MATTER.match(text):
            return _markdown_article(checked_length(text, place), place, id)
        case ending if ending in _FEED_FILES:
            raise UnreadableSource(
                place, "is no article; for a list of feeds write: attache source add FILE.opml, for a feed its address"
            )
        case _:
            return _plain_article(checked_length(text, place), place, id)


def checked_length(text: str, place: str) -> str:
    """The text as given. Raises ``UnreadableSource`` if it is longer than an article may be."""
    if len(text) > LONGEST:
        raise UnreadableSource(
            place,
            f"has {len(text) / 1_000_000:.1f} million characters; split it, an article may have {LONGEST // 1_000_000} million",
        )
    return text


def _plain_article(text: str, place: str, id: str) -> Article:
    start, end = 0, len(text)
    published_on = outlet = None
    if head := _DATE_LINE.match(text):
        published_on, start = _date(head[1]), head.end() if _date(head[1]) else 0
    if tail := _SOURCE_LINE.search(text, start):
        outlet, end = tail[1].strip(), tail.start()
    if not text[start:end].strip():
        raise UnreadableSource(place, "has metadata but no text")
    return Article(id=id, text=text, body=Span(start, end), outlet=outlet, published_on=published_on)


def _markdown_article(text: str, place: str, id: str) -> Article:
    try:
        metadata = frontmatter.loads(text).metadata
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        cause = (str(error).splitlines() or [error.__class__.__name__])[0]
        raise UnreadableSource(place, f"has front matter that is not YAML ({cause}); mend or remove it") from error
    head = _FRONT_MATTER.match(text)
    start = head.end() if head else 0
    if not text[start:].strip():
        raise UnreadableSource(place, "has front matter but no text")
    return _with_metadata(Article(id=id, text=text, body=Span(start, len(text))), metadata)


def html_article(text: str, place: str, id: str, url: str | None = None) -> Article:
    """The main text of a page and what the page says about itself. Raises ``UnreadableSource`` if there is none."""
    found = trafilatura.bare_extraction(
        text, url=url, include_comments=False, include_tables=True, with_metadata=True, favor_recall=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )  # fmt: skip
    metadata = found.as_dict() if found is not None and not isinstance(found, dict) else {}
    words = metadata.get("text") or ""
    if not words.strip():
        raise UnreadableSource(place, "has no article text; the page may be empty, behind a paywall or built by scripts")
    article = Article(id=id, text=checked_length(words, place), body=Span(0, len(words)))
    given = {
        "title": metadata.get("title"),
        "outlet": metadata.get("sitename"),
        "url": metadata.get("url") or url,
        "published_on": metadata.get("date"),
    }
    return _with_metadata(article, given)


def json_article(line: str, place: str, id: str | None = None) -> Article:
    """One JSON object ``{"id", "text", "title"?, "outlet"?, "published_on"?, "url"?, "body"?}``; a given id is kept."""
    return _record_article(_loaded(line, place), place, id)


def json_articles(text: str, place: str, id: str) -> Iterator[Article | SourceError]:
    """The articles of a JSON document: one object, or a list of such, each with an id of its own; a bad one is its error."""
    found = _loaded(text, place)
    if not isinstance(found, list):
        yield _record_article(found, place, id)
        return
    if not found:
        yield UnreadableSource(place, "is an empty list")
    for number, record in enumerate(found, 1):
        try:
            yield _record_article(record, f"{place}[{number}]", None)
        except SourceError as error:
            yield error


def _loaded(text: str, place: str) -> object:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise UnreadableSource(place, f"is not JSON ({error}); one object a line is expected") from error
    except RecursionError as error:
        raise UnreadableSource(place, "is nested too deeply") from error


def _record_article(record: object, place: str, id: str | None) -> Article:
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise UnreadableSource(place, 'is not an object with a "text"')
    text = checked_length(record["text"], place)
    if not text.strip():
        raise UnreadableSource(place, 'has an empty "text"')
    given_id = record.get("id", id)
    if given_id is None or not str(given_id).strip():
        raise UnreadableSource(place, 'has no "id"')
    if found := _UNFIT.search(f"{given_id} {text}"):
        raise UnreadableSource(place, f"holds {found[0].encode('unicode_escape').decode()}, which is no character; take it out")
    return _with_metadata(Article(id=str(given_id), text=text, body=_body(record.get("body"), text)), record)


def _body(given: object, text: str) -> Span:
    """The span of an exported article's body; the whole text where none, or none that fits, is given."""
    match given:
        case [int(start), int(end)] if 0 <= start < end <= len(text) and text[start:end].strip():
            return Span(start, end)
    return Span(0, len(text))


def _with_metadata(article: Article, given: Mapping[str, Any]) -> Article:
    published = next((given[key] for key in ("published_on", "published_at", "published", "date") if given.get(key)), None)
    moment = _moment(published)
    return Article(
        id=article.id,
        text=article.text,
        body=article.body,
        outlet=_word(next((given[key] for key in ("outlet", "source", "publisher", "site") if given.get(key)), None)),
        title=_word(given.get("title")),
        url=_link(next((given[key] for key in ("url", "link", "canonical") if given.get(key)), None)),
        published_on=moment.date() if isinstance(moment, datetime) else moment,
        published_at=moment if isinstance(moment, datetime) and moment.tzinfo else None,
    )


def _word(value: object) -> str | None:
    return " ".join(_CONTROL.sub(" ", value).split())[:500] or None if isinstance(value, str) else None


def _link(value: object) -> str | None:
    """The address; ``None`` for what is none, or has blanks or steering characters in it."""
    bare = value.strip() if isinstance(value, str) else ""
    usable = bare.lower().startswith(("http://", "https://")) and bare.isprintable() and " " not in bare and len(bare) <= 2_000
    return bare if usable else None


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _moment(value: object) -> date | datetime | None:
    """A date, or a time where one is given; ``None`` for what is no ISO 8601 date."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    if len(value.strip()) == 10:
        return _date(value.strip())
    try:
        return isoparse(value.strip())
    except (ValueError, OverflowError):
        return None
