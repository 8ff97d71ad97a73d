"""A web server that plays the internet for the bench and the tests of sources: well-behaved sites and hostile ones.

Every site is a host ``KIND-N.example``; all of them are this one server. ``KINDS`` says what a reader must make of each.
Run as a process of its own, it prints its port and the port of a listener that nobody may ever connect to.
"""

import asyncio
import gzip
import json
import logging
import random
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape

from aiohttp import web

WORDS = [
    "ministers",
    "envoys",
    "delegates",
    "grain",
    "shipments",
    "ports",
    "calendar",
    "border",
    "talks",
    "summer",
    "budget",
    "treaty",
    "harbour",
    "customs",
    "fishing",
    "quotas",
    "railway",
    "ferry",
    "tariffs",
    "ceasefire",
    "observers",
    "mission",
    "visas",
    "electricity",
    "pipeline",
    "forum",
    "council",
    "summit",
    "protocol",
    "annex",
    "deadline",
]
START = datetime(2025, 3, 3, 6, tzinfo=UTC)
Answer = Callable[["Site", web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a site is: how its feed is answered, how many articles a reader must get of it, and the cause it must name."""

    answer: Answer
    articles: int = 0
    cause: str | None = None
    items: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One host."""

    kind: str
    number: int
    port: int

    @property
    def host(self) -> str:
        return f"{self.kind}-{self.number}.example"

    def url(self, path: str = "/feed") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def title(self, item: int) -> str:
        return f"{self.kind.title()} {self.number}: item {item}"

    def text(self, item: int) -> list[str]:
        """Three paragraphs, the same for the same item, unlike any other's."""
        dice = random.Random(f"{self.kind} {self.number} {item}")
        return [
            " ".join(["In", "the", "port", *dice.choices(WORDS, k=24)]).capitalize() + f", said envoy {item}." for _ in range(3)
        ]

    def page(self, item: int) -> str:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in self.text(item))
        return (
            f"<!doctype html><html><head><title>{self.title(item)}</title></head><body><nav><a href='/'>Home</a></nav>"
            f"<article><h1>{self.title(item)}</h1>{body}</article><footer>Terms of use</footer></body></html>"
        )


def rss(
    site: Site, items: Iterable[int], *, link: str = "{url}", date: str | None = None, guid: str = "{n}", extra: str = ""
) -> str:
    """A feed of these items."""

    def entry(n: int) -> str:
        when = date if date is not None else format_datetime(START + timedelta(hours=n))
        where = link.format(url=site.url(f"/item/{n}"), n=n, dice=random.random())
        return (
            f"<item><title>{escape(site.title(n))}</title><link>{escape(where)}</link><guid>{guid.format(n=n, dice=random.random())}</guid>"
            f"<pubDate>{when}</pubDate>{extra}</item>"
        )

    return (
        '<?xml version="1.0"?><rss version="2.0"><channel>'
        f"<title>{site.kind.title()} {site.number}</title>{''.join(map(entry, items))}</channel></rss>"
    )


def said(text: str | bytes, kind: str = "application/rss+xml", **headers: str) -> web.Response:
    raw = text.encode() if isinstance(text, str) else text
    return web.Response(
        body=raw, headers={"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    )


def feed(make: Callable[[Site], str | bytes], kind: str = "application/rss+xml", **headers: str) -> Answer:
    async def answer(site: Site, request: web.Request) -> web.StreamResponse:
        return said(make(site), kind, **headers)

    return answer


def status(code: int, **headers: str) -> Answer:
    async def answer(site: Site, request: web.Request) -> web.StreamResponse:
        given = {name.replace("_", "-"): value.format(port=site.port, canary=site.port + 1) for name, value in headers.items()}
        return web.Response(status=code, headers=given)

    return answer


def atom(site: Site) -> str:
    entries = "".join(
        f"<entry><id>urn:x:{site.number}:{n}</id><title>{site.title(n)}</title><link href='/item/{n}'/>"
        f"<updated>{(START + timedelta(hours=n)).isoformat()}</updated></entry>"
        for n in range(5)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{entries}</feed>'


def json_feed(site: Site) -> str:
    items = [
        {"id": str(n), "url": site.url(f"/item/{n}"), "title": site.title(n), "date_published": "2025-03-04"} for n in range(5)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items})


def sitemap(site: Site) -> str:
    urls = "".join(
        f"<url><loc>{site.url(f'/item/{n}')}</loc><n:news><n:title>{site.title(n)}</n:title>"
        f"<n:publication_date>2025-03-04</n:publication_date></n:news></url>"
        for n in range(5)
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<urlset {spaces}>{urls}</urlset>"


def rdf(site: Site) -> str:
    items = "".join(
        f'<item rdf:about="{site.url(f"/item/{n}")}"><title>{site.title(n)}</title><link>{site.url(f"/item/{n}")}</link></item>'
        for n in range(5)
    )
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return f"<rdf:RDF {spaces}><channel><title>R</title></channel>{items}</rdf:RDF>"


def whole_text(site: Site) -> str:
    def described(n: int) -> str:
        return escape("".join(f"<p>{p}</p>" for p in site.text(n)))

    items = "".join(
        f"<item><guid>{n}</guid><title>{site.title(n)}</title><description>{described(n)}</description></item>" for n in range(5)
    )
    return f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'


def many_items(site: Site) -> str:
    items = "".join(f"<item><title>Item {n}</title><link>/item/{n}</link></item>" for n in range(50_000))
    return f'<rss version="2.0"><channel><title>M</title>{items}</channel></rss>'


def nested(site: Site) -> str:
    return f'<rss version="2.0"><channel>{"<a>" * 50_000}{"</a>" * 50_000}</channel></rss>'


def xml_bomb(site: Site) -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f"<?xml version='1.0'?><!DOCTYPE rss [{entities}]><rss version='2.0'><channel><title>&a9;</title></channel></rss>"


@cache
def gzip_bomb() -> bytes:
    return gzip.compress(b"0" * 60_000_000, 6)


def malformed(site: Site) -> str:
    return rss(site, range(5)).replace("</channel></rss>", "<item><title>AT&T & nbsp;&nbsp; <b>unclosed")


def controls(site: Site) -> str:
    return "\ufeff  \n" + rss(site, range(5)).replace("item 3", "item\x00\x08 3")


async def endless(site: Site, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await response.prepare(request)
    while True:
        await response.write(b"<item>" * 10_000)


async def drip(site: Site, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.2)


def raw(*parts: bytes) -> Answer:
    async def answer(site: Site, request: web.Request) -> web.StreamResponse:
        if request.transport:
            for part in parts:
                request.transport.write(part)
            request.transport.close()
        return web.Response()

    return answer


async def growing(site: Site, request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": f"{request.path_qs}{'&' if request.query_string else '?'}again=1"})


async def conditional(site: Site, request: web.Request) -> web.StreamResponse:
    if request.headers.get("If-None-Match") == '"1"':
        return web.Response(status=304)
    return said(rss(site, range(5)), ETag='"1"')


OVER, PRIVATE = "larger than", "not public"
KINDS: dict[str, Kind] = {
    "rss": Kind(feed(lambda s: rss(s, range(5))), 5),
    "atom": Kind(feed(atom, "application/atom+xml"), 5),
    "json": Kind(feed(json_feed, "application/feed+json"), 5),
    "sitemap": Kind(feed(sitemap, "text/xml"), 5),
    "rdf": Kind(feed(rdf, "text/xml"), 5),
    "conditional": Kind(conditional, 5),
    "wholetext": Kind(feed(whole_text), 5),
    "gzipped": Kind(feed(lambda s: gzip.compress(rss(s, range(5)).encode()), Content_Encoding="gzip"), 5),
    "moved": Kind(status(301, Location="/elsewhere"), 5),
    "utf16": Kind(feed(lambda s: rss(s, range(5)).encode("utf-16"), "text/xml"), 5),
    "latin": Kind(feed(lambda s: rss(s, range(5)).replace("item 1", "item 1 café").encode("latin-1"), "text/xml; charset=utf-8"), 5),
    "bogus": Kind(feed(lambda s: rss(s, range(5)), "text/xml; charset=x-nobody-knows"), 5),
    "malformed": Kind(feed(malformed), 5),
    "controls": Kind(feed(controls), 5),
    "undated": Kind(feed(lambda s: rss(s, range(5), date="")), 5),
    "misdated": Kind(feed(lambda s: rss(s, range(5), date="Someday, 99 Foo 99999 99:99:99 XYZ")), 5),
    "future": Kind(feed(lambda s: rss(s, range(5), date="Tue, 04 Mar 2925 09:00:00 GMT")), 5),
    "newguids": Kind(feed(lambda s: rss(s, range(5), guid="{dice}")), 5),
    "newlinks": Kind(feed(lambda s: rss(s, range(5), link="{url}?session={dice}", guid="{dice}")), 5),
    "doubled": Kind(feed(lambda s: rss(s, [*range(5), *range(5)])), 5),
    "badlinks": Kind(feed(lambda s: rss(s, range(2), link="javascript:alert({n})")), 0, None, "no page of its own"),
    "inlinks": Kind(feed(lambda s: rss(s, range(3), link=f"http://127.0.0.1:{s.port + 1}/{{n}}")), 0, None, PRIVATE),
    "closed": Kind(feed(lambda s: rss(s, range(3), link=s.url("/closed/{n}"))), 0, None, "robots rules"),
    "norobots": Kind(feed(lambda s: rss(s, range(3))), 0, None, "robots rules"),
    "paywall": Kind(feed(lambda s: rss(s, range(3), link=s.url("/paywall/{n}"))), 0, None, "no article text"),
    "hugepages": Kind(feed(lambda s: rss(s, range(2), link=s.url("/huge/{n}"))), 0, None, OVER),
    "longtitle": Kind(feed(lambda s: rss(s, range(1)).replace("item 0", "T" * 9_000_000)), 1),
    "toolongtitle": Kind(feed(lambda s: rss(s, range(1)).replace("item 0", "T" * 10_500_000)), 0, OVER),
    "manyitems": Kind(feed(many_items), 200),
    "endless": Kind(endless, 0, OVER),
    "drip": Kind(drip, 0, "did not answer in full"),
    "nested": Kind(feed(nested), 0, "feed|nested|understand"),
    "xmlbomb": Kind(feed(xml_bomb), 0, "entities"),
    "gzipbomb": Kind(feed(lambda s: gzip_bomb(), Content_Encoding="gzip"), 0, OVER),
    "cutgzip": Kind(feed(lambda s: gzip.compress(rss(s, range(5)).encode())[:-9], Content_Encoding="gzip"), 0, "damaged|not HTTP"),
    "brotli": Kind(feed(lambda s: b"x", Content_Encoding="br"), 0, "not asked for"),
    "empty": Kind(feed(lambda s: b""), 0, "empty"),
    "webpage": Kind(feed(lambda s: s.page(1), "text/html"), 0, "is a web page"),
    "noise": Kind(feed(lambda s: bytes(range(256)) * 40), 0, "no feed"),
    "noentries": Kind(feed(lambda s: rss(s, range(0))), 0, "without readable entries"),
    "login": Kind(status(401), 0, "asks for a login"),
    "missing": Kind(status(404), 0, "is not there"),
    "gone": Kind(status(410), 0, "gone for good"),
    "broken": Kind(status(500), 0, "failure of its own"),
    "busy": Kind(status(429, Retry_After="120"), 0, "come back later"),
    "itself": Kind(status(302, Location="/feed"), 0, "redirects more than"),
    "growing": Kind(growing, 0, "redirects more than"),
    "inward": Kind(status(302, Location="http://127.0.0.1:{canary}/"), 0, PRIVATE),
    "inward6": Kind(status(302, Location="http://[::ffff:127.0.0.1]:{canary}/"), 0, PRIVATE),
    "inwardname": Kind(status(302, Location="http://inside.example:{canary}/"), 0, PRIVATE),
    "metadata": Kind(status(302, Location="http://169.254.169.254/latest/"), 0, PRIVATE),
    "file": Kind(status(302, Location="file:///etc/passwd"), 0, "not an http or https address"),
    "garbage": Kind(raw(b"\x00\x01 this is no HTTP\r\n\r\n"), 0, "not HTTP"),
    "reset": Kind(raw(b""), 0, "not HTTP|can't be reached"),
    "headers": Kind(raw(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 500_000 + b"\r\n\r\n"), 0, "not HTTP"),
    "cutshort": Kind(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>"), 0, "not HTTP"),
}  # fmt: skip


def sites(many: int, port: int) -> list[Site]:
    """``many`` sites, every kind about as often."""
    kinds = list(KINDS)
    return [Site(kinds[n % len(kinds)], n // len(kinds), port) for n in range(many)]


async def answered(request: web.Request) -> web.StreamResponse:
    kind, _, number = request.host.partition(":")[0].removesuffix(".example").rpartition("-")
    site = Site(kind, int(number), int(request.host.partition(":")[2]))
    first, _, item = request.path.strip("/").partition("/")
    match first:
        case "robots.txt":
            return web.Response(status=500) if kind == "norobots" else web.Response(text="User-agent: *\nDisallow: /closed")
        case "item":
            return said(site.page(int(item)), "text/html; charset=utf-8")
        case "paywall":
            return said("<!doctype html><html><head><title>Subscribe</title></head><body></body></html>", "text/html")
        case "huge":
            return said(b"<p>" * 4_000_000, "text/html")
        case "elsewhere":
            return said(rss(site, range(5)))
    return await KINDS[kind].answer(site, request)


async def serve() -> None:
    """Serve on a free port, with the canary one above it; print both; until standard input ends."""
    gzip_bomb()  # made before anybody waits for it
    logging.disable()  # readers who turn away are what this server is for
    touched = 0

    async def touch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal touched
        touched += 1
        writer.close()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answered)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    while True:
        port = random.randrange(20_000, 60_000)
        try:
            canary = await asyncio.start_server(touch, "127.0.0.1", port + 1)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            break
        except OSError:
            continue
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    canary.close()
    print(touched, flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
