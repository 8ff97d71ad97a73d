"""The only place where settings, storage, core and adapters are wired together, and where the clock is read.

After cosmicpython's ``bootstrap``: one function builds the application from its parts.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from platformdirs import user_data_path

from adapters.console import Terminal, converse, pipe
from adapters.sources.documents import article_of, decode
from adapters.sources.files import articles_in, lines_of, open_binary
from bot.actors import Registry, load_registry
from bot.app_sources import found_at, make_reader, polling, probing, require_there
from bot.asking.compose import reply_of
from bot.asking.forms import Asked, answer_to_json, question_of
from bot.briefing.deliveries import Deliveries, pacers
from bot.briefing.forms import edition_json
from bot.briefing.orders import StandingOrders
from bot.briefing.previews import Preview, follows_of, taste_of
from bot.briefing.reasons import letter_line
from bot.briefing.service import Service
from bot.config import Settings
from bot.desk import AttacheDesk, build_desk
from bot.errors import SettingsError, SourceError, StorageError, UnreadableSource, UsageError
from bot.formats import article_json, reading_json
from bot.ingesting import Intake, Tally, Told
from bot.model import Article, Asker, Coverage, Destination, Platform, Reading, Request, Span
from bot.ports import Courier, Scope
from bot.reading.bulk import bulk_reader
from bot.registering import Register, SourceOrders
from bot.replies import plain
from bot.sources import Found
from bot.tending import health_line, listed
from bot.ticking import ticking
from storage import Storage, open_storage
from storage.workspaces import new_key as fresh_key

T = TypeVar("T")


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def seeds() -> Path:
    """The folder of seeds: beside ``bot`` in a checkout and in an installed wheel alike."""
    return Path(str(resources("bot"))).parent / "seeds"


@dataclass(frozen=True, slots=True)
class House:
    """The wired application."""

    settings: Settings
    storage: Storage
    registry: Registry
    desk: AttacheDesk


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open the database (migrating it if need be) and wire the core; closes what it opened."""
    storage = await open_storage(settings.database())
    try:
        registry = load_registry()
        standing = StandingOrders(storage.orders, storage.outbox, storage.library, zone=settings.zone)
        orders = SourceOrders(
            Register(storage.sources, partial(probing, now, settings.private_sources)), standing, storage.serves_one
        )
        desk = build_desk(
            storage.library,
            storage.conversations,
            registry,
            zone=settings.zone,
            orders=orders,
            reports=storage.reports,
            keeper=storage,
        )
        await desk.refresh()
        yield House(settings, storage, registry, desk)
    finally:
        await storage.close()


async def ingest(house: House, found: AsyncIterator[Found], jobs: int = 1, told: Told = lambda tally: None) -> Tally:
    """Read and store articles; see ``bot.ingesting.Intake.take``."""
    storage, reader = house.storage, house.settings.reader
    with bulk_reader(partial(make_reader, reader), jobs) as read_in_bulk:
        tally = await Intake(storage.library, storage.entries, read_in_bulk, reader, now).take(found, told)
    await house.desk.refresh()
    return tally


def _readable(found: Iterable[Article | SourceError], problems: list[SourceError]) -> Iterator[Article]:
    """The articles; what is none is put with the problems."""
    for item in found:
        if isinstance(item, SourceError):
            problems.append(item)
        else:
            yield item


async def plant_seeds(house: House) -> Coverage:
    """Fill an empty library with the seeds; what the library then covers."""
    coverage = await house.storage.library.coverage(Scope())
    if coverage.articles == 0:
        await ingest(house, found_at([str(seeds())], house.storage.entries, now))
        coverage = await house.storage.library.coverage(Scope())
    return coverage


async def chat(settings: Settings) -> None:
    """The conversation of ``attache chat``: at a terminal with history, else one message a line."""
    async with open_house(settings) as house:
        coverage = await plant_seeds(house)
        if sys.stdin.isatty():
            history = user_data_path("attache", ensure_exists=True) / "history"
            await converse(house.desk, now, settings.zone, history, _opening(coverage))
        else:
            print(_opening(coverage), file=sys.stderr)
            await pipe(house.desk, now, settings.zone, sys.stdin, sys.stdout)


def _opening(coverage: Coverage) -> str:
    days = (
        f"{coverage.first:%d %b %Y} to {coverage.last:%d %b %Y}"
        if coverage.first and coverage.last and coverage.first != coverage.last
        else ""
    )
    day = days or (f"{coverage.first:%d %b %Y}" if coverage.first else "no dates")
    return f"Attaché: {coverage.articles} article{'s' * (coverage.articles != 1)} ({', '.join(coverage.outlets[:5])}; {day}). Ask, e.g. “what did Hegseth say”, or: help, exit."


def _request(asked: Asked, zone: str, turn: str) -> Request:
    at = asked.at or now()
    return Request(
        place=Destination(Platform.CONSOLE, "", "ask", asked.thread or turn),
        asker=Asker("me", administrator=True, zone=zone),
        at=at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)),
        words=asked.words,
        articles=asked.articles,
        since=asked.since,
        until=asked.until,
    )


async def ask_once(settings: Settings, asked: Asked, zone: str | None) -> tuple[dict[str, object], str]:
    """The answer as JSON and as text."""
    async with open_house(settings) as house:
        await plant_seeds(house)
        answer = await house.desk.ask(_request(asked, zone or settings.zone, f"once-{now().timestamp()}"))
        return answer_to_json(answer), plain(reply_of(answer))


async def ask_lines(
    settings: Settings, lines: Iterable[str], zone: str | None, told: Callable[[dict[str, object]], None]
) -> None:
    """Answer JSON lines in order; lines of one ``thread`` follow each other. Raises ``UsageError`` naming a bad line."""
    async with open_house(settings) as house:
        await plant_seeds(house)
        run = f"lines-{now().timestamp()}"
        for number, line in enumerate(lines, 1):
            asked = question_of(line, number)
            thread = f"{run}-{asked.thread}" if asked.thread else f"{run}-{number}"
            answer = await house.desk.ask(_request(replace(asked, thread=thread), zone or settings.zone, thread))
            told(answer_to_json(answer))


def read_one(settings: Settings, file: str) -> tuple[Article, Reading]:
    """Read one file, or standard input for ``-``; stores nothing."""
    if file == "-":
        article = article_of(decode(sys.stdin.buffer.read(), "standard input"), "standard input", "-")
    else:
        found = next(articles_in(Path(file)), UnreadableSource(file, "has no article"))
        if isinstance(found, SourceError):
            raise found
        article = found
    return article, make_reader(settings.reader)(article)


def read_lines(settings: Settings, file: str, jobs: int, told: Callable[[dict[str, Any]], None]) -> list[SourceError]:
    """Read JSON lines, telling each reading in order; the lines that could not be read."""
    problems: list[SourceError] = []
    reading_in_bulk = bulk_reader(partial(make_reader, settings.reader), jobs)
    with sys.stdin.buffer if file == "-" else open_binary(Path(file)) as stream, reading_in_bulk as read_in_bulk:
        for article, outcome in read_in_bulk(_readable(lines_of(stream, file), problems)):
            if isinstance(outcome, SourceError):
                problems.append(outcome)
            else:
                told(reading_json(article, outcome))
    return problems


async def ingest_places(settings: Settings, places: Sequence[str], jobs: int, told: Told) -> Tally:
    """Read and store everything at the given files, folders and web addresses (pages and feeds)."""
    require_there(places)
    async with open_house(settings) as house:
        found = found_at(places, house.storage.entries, now, settings.private_sources)
        async with aclosing(found):
            return await ingest(house, found, jobs, told)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``attache check`` looked at."""

    what: str
    ok: bool
    detail: str


class Served(Protocol):
    """A chat platform as the house serves it; ``courier`` is its way out."""

    @property
    def courier(self) -> Courier: ...

    async def serve(self) -> None:
        """Listen until ``stop``. Raises an ``AttacheError`` if that is impossible as things are set up."""

    async def stop(self) -> None:
        """Leave; ``serve`` returns."""


async def run(settings: Settings, *, console: bool = False) -> None:
    """Serve every configured platform until SIGINT or SIGTERM, or until one of them fails."""
    stop = asyncio.Event()
    async with open_house(settings) as house:
        platforms = served(house)
        if console:
            platforms[Platform.CONSOLE] = Terminal(house.desk, now, settings.zone)
        if not platforms:
            raise SettingsError(
                "no chat platform is set up; set DISCORD_TOKEN or Slack's tokens (attache check lists what is missing), or serve this terminal: attache run --console"
            )
        await plant_seeds(house)
        with suppress(NotImplementedError):
            for sign in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        held, refresh = house.storage, house.desk.refresh
        service = Service(held.orders, held.library, held.reports, house.registry, refresh=refresh, failing=held.sources.failing)
        couriers = {platform: served.courier for platform, served in platforms.items()}
        deliveries = Deliveries(
            house.storage.outbox, service.compose, couriers, now, pacers=pacers(asyncio.get_running_loop().time)
        )
        async with polling(settings, house.storage, house.desk.refresh, now) as poll, ticking(service, deliveries, now, poll):
            await serve_until(stop, list(platforms.values()))


async def digest(settings: Settings, asked: Preview) -> tuple[dict[str, object], str]:
    """What a digest would tell of the articles of a day and the day before, as JSON and as text; sends nothing."""
    async with open_house(settings) as house:
        coverage = await plant_seeds(house)
        day = asked.on or coverage.last or now().date()
        service = Service(house.storage.orders, house.storage.library, house.storage.reports, house.registry)
        taste = taste_of(asked.wants, coverage.outlets, house.registry, day)
        reply, edition = await service.preview(day, asked.zone, taste, follows_of(asked.follows, house.registry, day))
        return edition_json(edition) | {"on": day.isoformat(), "zone": asked.zone, "text": plain(reply)}, plain(reply)


def served(house: House) -> dict[Platform, Served]:
    """The platforms that are configured, ready to serve; each imports its SDK here and not before."""
    platforms: dict[Platform, Served] = {}
    if _slack_ready(house.settings):
        from adapters.slack import Books, build_slack

        purge, key = partial(house.storage.purge, Platform.SLACK), house.settings.secret_key
        kept = house.storage.installations(Platform.SLACK, key.get_secret_value()) if key else None
        books = Books(house.storage.orders, partial(sources_health, house.storage))
        platforms[Platform.SLACK] = build_slack(house.settings, house.desk, now, purge=purge, installations=kept, books=books)
    if house.settings.discord_token:
        from adapters.discord import build_bot

        purge = partial(house.storage.purge, Platform.DISCORD)
        known = partial(house.storage.workspaces, Platform.DISCORD)
        platforms[Platform.DISCORD] = build_bot(house.settings, house.desk, now, purge=purge, known=known)
    return platforms


async def sources_health(storage: Storage) -> list[str]:
    """What App Home shows of the sources."""
    held = await storage.sources.all()
    return listed(held, now(), alone=await storage.serves_one()) if held else []


def manifest(platform: str, url: str | None = None) -> str:
    """The manifest that installs the app on a platform, as JSON text; ``url`` is the public address where it is served over
    HTTP. Raises ``UsageError`` for a platform that has none, or an address that is none."""
    if platform != "slack":
        raise UsageError(f"manifest: {platform!r} has none; write: attache manifest slack")
    from adapters.slack import manifest as slack_manifest

    return json.dumps(slack_manifest(url), ensure_ascii=False, indent=2)


async def serve_until(stop: asyncio.Event, platforms: Sequence[Served]) -> None:
    """Serve all together. Once ``stop`` is set or one ends, all are stopped; a failure is raised then."""
    serving = [asyncio.create_task(platform.serve()) for platform in platforms]
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([*serving, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await asyncio.gather(*(platform.stop() for platform in platforms))
    await asyncio.gather(*serving)


def new_key() -> str:
    """A fresh ``ATTACHE_SECRET_KEY``."""
    return fresh_key()


async def check(settings: Settings) -> list[Finding]:
    """Look at the database, the models and the platforms' settings; reads only."""
    findings = [_check_reader(settings)]
    try:
        async with open_house(settings) as house:
            problem = await house.storage.check()
            coverage = await house.storage.library.coverage(Scope())
            findings.append(Finding("database", problem is None, problem or f"sound, {coverage.articles} articles"))
    except StorageError as error:
        findings.append(Finding("database", False, str(error)))
    findings += [
        Finding(name, True, "set up" if ready else f"not set up ({needs})") for name, ready, needs in _platforms(settings)
    ]
    return findings


def _check_reader(settings: Settings) -> Finding:
    try:
        make_reader(settings.reader)(Article(id="check", text="“Yes,” he said.", body=Span(0, 15)))
    except (OSError, ValueError) as error:
        return Finding(
            "reader", False, f"{settings.reader} can't be loaded ({error}); install again, or set ATTACHE_READER=rules"
        )
    return Finding("reader", True, settings.reader)


def _slack_ready(settings: Settings) -> bool:
    socket = settings.slack_bot_token and settings.slack_app_token
    return bool(socket or (settings.slack_signing_secret and settings.slack_client_id and settings.slack_client_secret))


def _platforms(settings: Settings) -> list[tuple[str, bool, str]]:
    return [
        (
            "slack",
            _slack_ready(settings),
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or SLACK_SIGNING_SECRET, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and ATTACHE_SECRET_KEY",
        ),
        ("discord", bool(settings.discord_token), "DISCORD_TOKEN"),
    ]


async def status(settings: Settings) -> dict[str, object]:
    """What the library holds."""
    async with open_house(settings) as house:
        coverage = await house.storage.library.coverage(Scope())
        return {
            "articles": coverage.articles,
            "outlets": list(coverage.outlets),
            "first": coverage.first.isoformat() if coverage.first else None,
            "last": coverage.last.isoformat() if coverage.last else None,
            "last_read_at": coverage.last_read_at.isoformat() if coverage.last_read_at else None,
            "sources": [health_line(source, now()) for source in await house.storage.sources.all()],
            "messages": [f"{many} {state}" for state, many in (await house.storage.outbox.states()).items()],
            "given_up": [letter_line(letter) for letter in await house.storage.outbox.given_up(10)],
        }


async def with_register(settings: Settings, do: Callable[[Register], Awaitable[T]]) -> T:
    """What is done with the sources' register, on a database opened for it."""
    storage = await open_storage(settings.database())
    try:
        return await do(Register(storage.sources, partial(probing, now, settings.private_sources)))
    finally:
        await storage.close()


async def export(settings: Settings, told: Callable[[dict[str, object]], None]) -> None:
    """Every stored article, oldest first, in the form that ``attache ingest`` takes."""
    async with open_house(settings) as house:
        async for article in house.storage.library.articles():
            told(article_json(article))


async def backup(settings: Settings, path: Path) -> None:
    """Copy the open database to a file."""
    async with open_house(settings) as house:
        await house.storage.backup(path)
