"""One trial of the stored sources against ``tools.hostile_web``: what was taken, what was named, what it cost."""

import asyncio
import gc
import re
import resource
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.sources.fetching import Limits, Web
from adapters.sources.gathering import Gatherer
from adapters.sources.isolation import Workshop
from bot.ingesting import Intake
from bot.model import Reading
from bot.polling import Poller
from bot.sources import CEILING, FLOOR, Source
from storage import Storage, open_storage
from tools.hostile_web import KINDS, Site, sites

START = datetime(2025, 3, 4, 12, tzinfo=UTC)


@dataclass(slots=True)
class Outcome:
    """``wrong`` names each site that gave other articles than it should or was not named with its cause; ``blocked`` are the longest
    stretches that one callback kept the event loop, of this thread's own work, in milliseconds; ``grown`` bytes of memory."""

    sites: int = 0
    articles: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: int = 0
    touched: int = 0
    blocked: list[float] = field(default_factory=list)
    grown: int = 0
    seconds: float = 0.0


class Names(AbstractResolver):
    """Every host is this machine, but for one that points inward."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        address = "10.0.0.7" if host == "inside.example" else "127.0.0.1"
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to give back."""


@asynccontextmanager
async def played() -> AsyncIterator[tuple[Process, int]]:
    """The server's process and its port; inside, all kinds of sites answer."""
    server = await asyncio.create_subprocess_exec(sys.executable, "-m", "tools.hostile_web", stdin=PIPE, stdout=PIPE)
    try:
        yield server, int(await server.stdout.readline() if server.stdout else 0)
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


@contextmanager
def watched_loop(blocked: list[float]) -> Iterator[None]:
    """Note the longest work of single callbacks of the running loop, by this thread's processor time."""
    handle: Any = asyncio.Handle
    run = handle._run

    def timed(self: Any) -> None:
        before = time.thread_time()
        run(self)
        spent = (time.thread_time() - before) * 1_000
        if spent > (blocked[-1] if len(blocked) == 5 else 0):
            blocked[:] = sorted([*blocked, spent], reverse=True)[:5]

    handle._run = timed
    try:
        yield
    finally:
        handle._run = run


def memory() -> int:
    """Bytes that this process has in memory now."""
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * resource.getpagesize()


async def trial(folder: Path, many: int, days: int, seconds: float) -> Outcome:
    """Read ``many`` sites for so many days of a clock that is set by hand; an answer may take ``seconds``."""
    outcome, started = Outcome(many), time.monotonic()
    storage = await open_storage(f"sqlite+aiosqlite:///{folder / 'sources.db'}")
    async with played() as (server, port):
        tried: Counter[str] = Counter()

        def permitted(address: str, to: int) -> bool:
            fine = (address, to) == ("127.0.0.1", port)
            tried["allowed" if fine else "refused"] += 1
            return fine

        web = Web(Limits(seconds=seconds, pause=0.0), permitted, Names())
        async with web, Workshop(workers=2) as workshop:
            await _days(storage, web, workshop, sites(many, port), days, outcome)
        if server.stdin and server.stdout:
            server.stdin.close()
            outcome.touched = int(await server.stdout.readline())
        outcome.refused = tried["refused"]
    await _judge(storage, sites(many, port), outcome)
    await storage.close()
    outcome.seconds = time.monotonic() - started
    return outcome


async def _days(storage: Storage, web: Web, workshop: Workshop, all_sites: list[Site], days: int, outcome: Outcome) -> None:
    now = [START]

    async def news() -> None:
        outcome.grown = max(outcome.grown, memory() - base)

    def clock() -> datetime:
        return now[0]

    read = Intake(storage.library, storage.entries, lambda batch: ((a, Reading(reader="b")) for a in batch), "b", clock)
    poller = Poller(storage.sources, Gatherer(web, workshop, storage.entries, clock), read, news, clock, lambda: 0.5)
    base = memory()
    first = [site for site in all_sites if site.kind == "rss"][:1]
    for some in (first, all_sites):  # what one good site needs is the measure of what the others need more
        for site in some:
            await storage.sources.add(site.url(), None, FLOOR, CEILING, None, clock())
        with watched_loop(outcome.blocked if some is all_sites else []):
            for _ in range(days if some is all_sites else 1):
                while await poller.tick():
                    await poller.settled()
                    outcome.grown = max(outcome.grown, memory() - base)
                now[0] += timedelta(days=1)
        if some is not all_sites:
            gc.collect()
            gc.freeze()  # as ``attache run`` does once it has started
            base, outcome.grown = memory(), 0


async def _judge(storage: Storage, all_sites: list[Site], outcome: Outcome) -> None:
    had: Counter[str] = Counter()
    async for article in storage.library.articles():
        outcome.articles += 1
        had[str(urlsplit(article.id).hostname)] += 1
    by_host = {str(urlsplit(source.url).hostname): source for source in await storage.sources.all()}
    for site in all_sites:
        if wrong := _wrong(site, had[site.host], by_host[site.host]):
            outcome.wrong.append(f"{site.host}: {wrong}")


def _wrong(site: Site, had: int, source: Source) -> str | None:
    kind = KINDS[site.kind]
    cause = kind.cause or kind.items
    if had != kind.articles and not (site.kind == "manyitems" and had >= kind.articles):
        return f"{had} articles, {kind.articles} expected ({source.cause})"
    if cause and not re.search(cause, source.cause or ""):
        return f"named as {source.cause!r}, not {cause!r}"
    if not cause and source.cause:
        return f"named as {source.cause!r}"
    return None
