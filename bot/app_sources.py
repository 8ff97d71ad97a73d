"""The part of ``bot.app`` that wires sources: how articles are read, found, and fetched by themselves."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.sources.files import Confined, articles_in, files_under, looked_through, name_of
from bot.actors import load_registry
from bot.config import Settings
from bot.errors import SourceError
from bot.ingesting import Intake
from bot.keeping import Keeping
from bot.model import Article
from bot.polling import Poller
from bot.reading import read
from bot.reading.bulk import Reader, bulk_reader
from bot.registering import Unremembered
from bot.sources import CEILING, FLOOR, Found, Memory, Source, is_web
from storage import Storage

if TYPE_CHECKING:
    from adapters.sources.gathering import Gatherer

Clock = Callable[[], datetime]


def make_reader(reader: str) -> Reader:
    """A reading function with its models loaded; runs in worker processes too."""
    return partial(read, catalogue=load_registry(), reader=reader)


@dataclass(frozen=True, slots=True)
class Given:
    """What one ingest was given by files so far: an id of two articles would be replaced now, and back again the next time."""

    files: dict[str, Path] = field(default_factory=dict)
    texts: dict[int, int] = field(default_factory=dict)

    def once(self, item: Article | SourceError, path: Path, name: str) -> Article | SourceError:
        """The article, or that its id is another's; ``name`` is what a file gives articles without an id of their own."""
        if isinstance(item, SourceError):
            return item
        text = hash((item.title, item.text))
        if self.texts.setdefault(hash(item.id), text) == text:
            return item
        other = self.files[name]
        if other != path and (item.id == name or item.id.startswith(f"{name}/")):
            return SourceError(str(path), f"is named as {other} is, and would take its place; give the folder that holds both")
        return SourceError(str(path), f"gives the id {item.id[:100]} to an article, which another has; the first is kept")


def articles_at(place: str, confined: Confined, given: Given) -> Iterator[Article | SourceError]:
    """All articles of a file or folder, lazily, each id once."""
    root = Path(place)
    folder = looked_through(root)
    yield from folder.closed
    for path in folder.files:
        name = name_of(path, root)
        given.files.setdefault(name, path)
        for item in articles_in(path, root, confined):
            yield given.once(item, path, name)


def left_out(places: Sequence[str]) -> str:
    """One line on the files that are not of a kind that is read; empty if there are none."""
    others: Counter[str] = Counter()
    for place in places:
        if not is_web(place):
            others.update(looked_through(Path(place)).others)
    kinds = ", ".join(f"{many} {kind}" for kind, many in others.most_common(8))
    return f"left out, as of other kinds: {kinds}{', ...' if len(others) > 8 else ''}" if others else ""


def require_there(places: Sequence[str]) -> None:
    """Raises ``SourceError`` for the first path that has nothing to read."""
    for place in places:
        if not is_web(place):
            files_under(Path(place))


async def found_at(places: Sequence[str], memory: Memory, clock: Clock, private: str = "") -> AsyncGenerator[Found, None]:
    """What is at files and folders, in their order, then what is at web addresses, as it comes."""
    from adapters.sources.isolation import Workshop

    async with Workshop(seconds=60) as workshop:  # no process is made before there is work for one
        given = Given()
        for place in places:
            if not is_web(place):
                for item in articles_at(place, workshop.wait, given):
                    yield item
    if urls := [place for place in places if is_web(place)]:
        async with gatherer(memory, clock, private, again=True) as reading, aclosing(reading.gather(urls)) as gathered:
            async for found in gathered:
                yield found


def opml_of(sources: Sequence[Source]) -> str:
    """The feeds among the sources as an OPML list, with their whole addresses: for whoever runs the bot alone."""
    from adapters.sources.feeds import opml_list

    return opml_list((source.url, source.outlet) for source in sources if is_web(source.url))


@asynccontextmanager
async def gatherer(memory: Memory, clock: Clock, private: str, *, again: bool = False) -> AsyncIterator["Gatherer"]:
    """The way to pages, feeds and folders, to ``private`` addresses too; its libraries are imported here and not before."""
    from adapters.sources.addresses import permission
    from adapters.sources.fetching import Web
    from adapters.sources.gathering import Gatherer
    from adapters.sources.isolation import Workshop

    async with Web(permitted=permission(private)) as web, Workshop() as workshop:
        yield Gatherer(web, workshop, memory, clock, again)


@asynccontextmanager
async def probing(clock: Clock, private: str) -> AsyncIterator["Gatherer"]:
    """A way to addresses that remembers nothing, for a look."""
    async with gatherer(Unremembered(), clock, private) as visitor:
        yield visitor


@asynccontextmanager
async def polling(
    settings: Settings, storage: Storage, news: Callable[[], Awaitable[None]], clock: Clock
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """What reads the stored sources whenever it is called, and removes what was kept long enough; those of the settings are stored
    first."""
    for url in settings.feeds.split():
        await storage.sources.add(url, None, FLOOR, CEILING, None, clock())
    make = partial(make_reader, settings.reader)
    with bulk_reader(make, apart=True) as read_in_bulk:
        async with gatherer(storage.entries, clock, settings.private_sources) as visitor:
            intake = Intake(storage.library, storage.entries, read_in_bulk, settings.reader, clock)
            poller = Poller(storage.sources, visitor, intake, news, clock)
            keeping = Keeping(storage.library, settings.keep_days, settings.keep_megabytes, news, clock)

            async def tick() -> None:
                await poller.tick()
                await keeping.tick()

            try:
                yield tick
            finally:
                await poller.stop()
