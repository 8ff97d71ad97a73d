"""Feeds of every kind, well-formed or not."""

import os
import signal
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.feeds import PAGE, opml_list, parse_feed
from adapters.sources.isolation import Workshop
from bot.errors import UnreadableSource
from tests.adapters.sources.internet import RSS

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:1</id><title>E</title><link href="/rel/1"/>
<updated>2025-03-04T08:00:00+02:00</updated><content type="html">&lt;p&gt;C&lt;/p&gt;</content></entry></feed>"""
JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "url": "https://a.example/j", "content_text": "hi", "date_published": "2025-03-04"}]}'
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://a.example/n</loc><news:news><news:title>N</news:title><news:publication_date>2025-03-04T10:00:00Z</news:publication_date></news:news></url></urlset>"""
HERE = "https://a.example/feed"


@pytest.mark.parametrize(
    ("text", "url", "published"),
    [
        (RSS, "http://good.example/talks", datetime(2025, 3, 4, 9, tzinfo=UTC)),
        (ATOM, "https://a.example/rel/1", datetime(2025, 3, 4, 6, tzinfo=UTC)),
        (JSON, "https://a.example/j", date(2025, 3, 4)),
        (NEWS, "https://a.example/n", datetime(2025, 3, 4, 10, tzinfo=UTC)),
    ],
)
def test_every_kind_of_feed(text: str, url: str, published: date) -> None:
    (item,) = parse_feed(text.encode(), "application/xml", HERE).items
    assert (item.url, item.published) == (url, published)
    assert item.key == url


def test_charsets_are_told_by_header_declaration_or_bytes() -> None:
    text = RSS.replace("Talks end", "Café")
    for raw, kind in (
        (text.encode(), "text/xml"),
        (text.encode("latin-1"), "text/xml; charset=iso-8859-1"),
        (text.replace('1.0"?', '1.0" encoding="windows-1252"?').encode("cp1252"), "text/xml"),
        (text.encode("latin-1"), "text/xml"),
        (text.encode("utf-16"), "text/xml"),
    ):
        assert parse_feed(raw, kind, HERE).items[0].title == "Café"


def test_very_many_items_come_in_pages_and_long_titles_are_cut() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>{'T' * 600}</title><link>https://a.example/{n}</link></item>" for n in range(2500)
    )
    raw = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    pages = [parse_feed(raw, "", HERE, start) for start in range(0, 3000, PAGE)]
    assert [(len(page.items), page.total) for page in pages] == [(1000, 2500), (1000, 2500), (500, 2500)]
    assert len({item.key for page in pages for item in page.items}) == 2500
    assert len(pages[0].items[0].title or "") == 500


def test_an_entry_is_known_by_its_own_link_else_by_the_publishers_id() -> None:
    def keys(*entries: tuple[str, str, str]) -> list[str]:
        items = "".join(f"<item><guid>{i}</guid><title>{t}</title><link>{link}</link></item>" for i, t, link in entries)
        found = parse_feed(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), "", HERE)
        return [item.key for item in found.items]

    front, page = "https://a.example/", "https://a.example/talks"
    assert keys(("id-of-today", "A", page)) == keys(("id-of-tomorrow", "A", page)) == [page]
    assert keys(("1", "A", page), ("2", "A", page)) == [page]
    assert keys(("1", "A", page), ("2", "B", page)) == ["1", "2"]
    assert keys(("1", "A", front)) == ["1"]


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"", "empty"),
        (b"<html><body>x</body></html>", "web page"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss/>', "entities"),
        (b"\x00\xff\xfe", "no feed"),
        (b'<rss version="2.0"><channel></channel></rss>', "without readable entries"),
        (b"<opml><body><outline", "broken XML"),
    ],
)
def test_what_is_no_feed_is_named(raw: bytes, cause: str) -> None:
    with pytest.raises(UnreadableSource, match=cause):
        parse_feed(raw, "", HERE)


def test_a_list_of_feeds_goes_out_and_in() -> None:
    listed = opml_list([("https://a.example/<&>", 'T & "x"'), ("https://b.example/", None)])
    assert parse_feed(listed.encode(), "", HERE).feeds == ("https://a.example/<&>", "https://b.example/")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"<rss>", b"<feed>", b"<opml>", b"<urlset>", RSS.encode()[:300]]))
def test_any_bytes_are_a_feed_or_a_named_cause(raw: bytes, head: bytes) -> None:
    told = HERE
    try:
        parse_feed(head + raw, "", HERE)
    except UnreadableSource as error:
        told = str(error)
    assert HERE in told


def _endless(_: int) -> int:
    while True:
        pass


def _hungry(_: int) -> int:
    return len(bytearray(2_000_000_000))


def _crash(_: int) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _confused(_: int) -> None:
    raise AssertionError("\n" * 3)


async def test_a_worker_that_ends_is_named_with_what_ended_it_and_the_next_goes_on() -> None:
    async with Workshop() as workshop:
        with pytest.raises(UnreadableSource, match="SIGSEGV"):
            await workshop.run("bad", _crash, 1)
        with pytest.raises(UnreadableSource, match=r"^bad: can't be understood \(AssertionError\)$"):
            await workshop.run("bad", _confused, 1)
        assert (await workshop.run("good", parse_feed, RSS.encode(), "", HERE)).title == "Herald"


async def test_work_that_takes_too_long_or_too_much_is_ended_and_the_next_goes_on() -> None:
    async with Workshop(seconds=0.5, memory=200_000_000) as workshop:
        with pytest.raises(UnreadableSource, match="took longer"):
            await workshop.run("slow", _endless, 1)
        with pytest.raises(UnreadableSource, match="too much memory"):
            await workshop.run("large", _hungry, 1)
    async with Workshop() as workshop:
        assert (await workshop.run("good", parse_feed, RSS.encode(), "", HERE)).title == "Herald"


@pytest.mark.parametrize("before", ["", "<!--" + "x" * 100_000 + "-->", " " * 100_001, "<?p x?>" * 20_000])
@pytest.mark.parametrize("kind", ["rss", "rss SYSTEM '>'", 'rss PUBLIC "[" ">"'])
def test_entities_are_refused_however_far_behind_and_however_encoded(before: str, kind: str) -> None:
    plain = f'{before}<!DOCTYPE {kind} [<!ENTITY x SYSTEM "file:///etc/hostname">]>{RSS.partition("?>")[2]}'
    hidden = f'<?xml version="1.0"{" " * 300}encoding="UTF-7"?>{plain.replace("<!ENTITY", "+ADwAIQ-ENTITY")}'
    for text in (plain, hidden):
        with pytest.raises(UnreadableSource, match="entities"):
            parse_feed(text.encode(), "application/xml; charset=utf-8", "https://a.example/f")


def test_a_document_type_without_entities_is_a_feed() -> None:
    kind = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    assert parse_feed(RSS.replace("?>", "?>" + kind, 1).encode(), "text/xml", "https://a.example/f").items
