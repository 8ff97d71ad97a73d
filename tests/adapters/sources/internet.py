"""A web server that plays the internet: well-behaved sites and hostile ones, all by name on this machine."""

import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from adapters.sources.feeds import opml_list
from adapters.sources.fetching import Limits, Web

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Herald</title>
<item><title>Talks end</title><link>http://good.example/talks?utm_source=rss</link><guid>g1</guid><pubDate>Tue, 04 Mar 2025 09:00:00 GMT</pubDate></item>
</channel></rss>"""

PAGE = """<!doctype html><html><head><title>Talks end in Riga</title><meta property="og:site_name" content="Herald"></head><body><nav>Home</nav>
<article><h1>Talks end in Riga</h1><p>Ministers ended two days of talks in Riga on Tuesday without a common text, officials said.</p>
<p>“We will meet again in May,” Anna Berg, the envoy, told reporters after the last session had ended.</p>
<p>Delegates had hoped to agree on a calendar for grain shipments before the summer begins.</p></article><footer>About</footer></body></html>"""
BOMB = gzip.compress(b"0" * 50_000_000)


@dataclass
class Internet:
    """``hits`` counts requests by path; ``port`` is where all hosts are; once ``edited`` the feed tells its entry otherwise;
    ``feed`` is what ``/changing`` gives, a failure where it is empty."""

    port: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    private_hits: int = 0
    together: int = 0
    most_together: int = 0
    edited: bool = False
    feed: str = ""
    rules: str = "User-agent: *\nDisallow: /closed"

    def publish(self, *titles: str, place: str = "Riga") -> None:
        """Let ``/changing`` be a feed of these entries, each with its whole text in it."""
        words = f"The envoys met in {place} and agreed on a calendar for grain shipments before the summer begins. " * 6
        items = "".join(
            f"<item><title>{t}</title><link>{self.url('/gone')}/{t}</link><description>&lt;p&gt;{t}: {words}&lt;/p&gt;</description></item>"
            for t in titles
        )
        self.feed = f'<rss version="2.0"><channel><title>Gazette</title>{items}</channel></rss>'

    def url(self, path: str, host: str = "good.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.hits[request.path] += 1
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            await asyncio.sleep(0)
            return await self._answer(request)
        finally:
            self.together -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/robots.txt":
                if request.host.startswith("silent.") and self.hits["/robots.txt"] == 1:
                    return web.Response(status=500)
                return web.Response(text=self.rules)
            case "/feed":
                if request.headers.get("If-None-Match") == '"v1"':
                    return web.Response(status=304, headers={"ETag": '"v1"'})
                text = RSS.replace("g1", "g2").replace("Talks end", "Talks end early") if self.edited else RSS
                text = text.replace("http://good.example/", self.url("/"))
                return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": '"v1"'})
            case "/busy-pages":
                items = "".join(f"<item><title>T{n}</title><link>{self.url('/busy')}?n={n}</link></item>" for n in range(9))
                return web.Response(text=f'<rss version="2.0"><channel><title>L</title>{items}</channel></rss>')
            case "/closed-pages":
                items = "".join(f"<item><title>T{n}</title><link>{self.url(f'/closed/{n}')}</link></item>" for n in range(2))
                return web.Response(text=f'<rss version="2.0"><channel><title>L</title>{items}</channel></rss>')
            case "/changing":
                return web.Response(text=self.feed, content_type="application/rss+xml") if self.feed else web.Response(status=500)
            case "/home":
                head = '<link rel="alternate" type="application/rss+xml" href="/feed">'
                return web.Response(text=f"<!doctype html><html><head>{head}</head></html>", content_type="text/html")
            case "/list":
                return web.Response(
                    text=opml_list([(self.url("/page"), None), (self.url("/list"), None)]), content_type="text/xml"
                )
            case "/page":
                return web.Response(text=PAGE, content_type="text/html")
            case "/talks" | "/closed/page":
                return web.Response(text=PAGE, content_type="text/html")
            case "/to-closed":
                return web.Response(status=302, headers={"Location": "/closed/page"})
            case "/long":
                items = "".join(f"<item><title>T{n}</title><link>{self.url(f'/n/{n}')}</link></item>" for n in range(1_200))
                return web.Response(text=f'<rss version="2.0"><channel><title>L</title>{items}</channel></rss>')
            case "/bomb":
                return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"})
            case "/endless":
                return await _dripped(request, b"x" * 65_536, 10_000)
            case "/drip":
                return await _stalled(request)
            case "/loop":
                return web.Response(status=302, headers={"Location": "/loop"})
            case "/moved":
                return web.Response(status=301, headers={"Location": "/feed"})
            case "/inward":
                return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{self.port + 1}/secret"})
            case "/named-inward":
                return web.Response(status=302, headers={"Location": "http://inside.example/secret"})
            case "/file":
                return web.Response(status=302, headers={"Location": "file:///etc/passwd"})
            case "/busy":
                return web.Response(status=503, headers={"Retry-After": "120"})
            case "/gone":
                return web.Response(status=410)
            case "/damaged":
                return web.Response(body=b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"})
            case "/brotli":
                return web.Response(body=b"x", headers={"Content-Encoding": "br"})
        return web.Response(status=404)


async def _dripped(request: web.Request, chunk: bytes, times: int) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(times):
        await response.write(chunk)
    return response


async def _stalled(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"slow")
    await asyncio.Event().wait()
    return response


class Names(AbstractResolver):
    """Every host is this machine, but for one that points inward."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        address = "10.0.0.7" if host == "inside.example" else "127.0.0.1"
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to give back."""


@asynccontextmanager
async def internet(limits: Limits | None = None) -> AsyncIterator[tuple[Internet, Web]]:
    """The internet, and a way out to it that may connect to its port alone."""
    net = Internet()
    app = web.Application()
    app.router.add_get("/{path:.*}", net.answer)
    server = TestServer(app)
    await server.start_server()
    net.port = server.port or 0

    async def no_pause(_: float) -> None:
        """Politeness without waiting."""

    way = Web(
        limits or Limits(seconds=5),
        lambda address, port: port == net.port and address == "127.0.0.1",
        Names(),
        no_pause,
        lambda: 0.5,
    )
    async with way:
        yield net, way
    await server.close()
