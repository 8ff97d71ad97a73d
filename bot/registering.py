"""Setting up sources, on the command line and in chat: add, list, pause, resume, remove, test."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.asking.orders import Order, Orders
from bot.errors import SourceError, UsageError
from bot.model import Article, Destination, Platform, Request
from bot.replies import Reply, saying
from bot.sources import CEILING, FLOOR, Gathered, Source, SourceBook, Visit, Visitor, is_web
from bot.tending import listed

Probe = Callable[[], AbstractAsyncContextManager[Visitor]]
"""A way to addresses that remembers nothing of earlier visits."""
MOST = 1_000
"""Sources of one installation."""
VERBS = ("add", "list", "pause", "resume", "remove", "test")
_MINUTE = timedelta(minutes=1)
_WATCHED = _MINUTE
"""How often a folder is looked at; it costs nobody else anything."""


@dataclass(frozen=True, slots=True)
class Register:
    """Changes the sources; every method says in one line what was done. Raises ``UsageError`` or ``SourceError`` with what to do."""

    book: SourceBook
    probe: Probe

    async def add(
        self, place: str, now: datetime, *, by: Destination | None = None, floor: timedelta = FLOOR, ceiling: timedelta = CEILING
    ) -> list[str]:
        """Read a feed, all feeds of a list, the feed that a web page names, or (not from chat) a folder, from now on."""
        if not timedelta(minutes=1) <= floor <= ceiling <= timedelta(days=7):
            raise UsageError(
                f"Between two visits are {floor // _MINUTE} minutes at least and {ceiling // _MINUTE} at most, as given"
                " (--at-most-every, --at-least-every); it must be from 1 minute to 7 days, the first no more than the second."
            )
        if by is not None and not is_web(place):
            raise UsageError(f"{place[:100]} is no web address; write for example: source add https://example.org/feed.xml")
        async with self.probe() as visitor:
            feeds = await _feeds_at(place, visitor)
        held = len(await self.book.all())
        if held + len(feeds) > MOST:
            raise UsageError(f"There would be {held + len(feeds):,} sources; {MOST:,} are the most.")
        if not is_web(feeds[0][0]):
            floor, ceiling = _WATCHED, min(ceiling, 5 * _WATCHED)
        return [await self._added(url, name, floor, ceiling, by, now) for url, name in feeds]

    async def _added(
        self, url: str, name: str | None, floor: timedelta, ceiling: timedelta, by: Destination | None, now: datetime
    ) -> str:
        new = await self.book.add(url, name, floor, ceiling, by, now)
        called = f"{name} ({url})" if name else url
        return (
            f"Added {called}; what is there now is stored, and only what comes later is told."
            if new
            else f"{called} is read already."
        )

    async def listed(self, now: datetime, *, alone: bool) -> list[str]:
        """Every source with its health; see ``tending.listed``."""
        return listed(await self.book.all(), now, alone=alone)

    async def pause(self, which: str, now: datetime) -> str:
        """Stop reading a source for now."""
        source = await self._one(which)
        await self.book.pause(source.number, True, now)
        return f"{source.name} is paused; go on with: source resume {source.number}"

    async def resume(self, which: str, now: datetime) -> str:
        """Go on reading a paused source, at once."""
        source = await self._one(which)
        await self.book.pause(source.number, False, now)
        return f"{source.name} is read again from now on."

    async def remove(self, which: str) -> str:
        """Forget a source; its articles stay."""
        source = await self._one(which)
        await self.book.remove(source.number)
        return f"{source.name} is no longer read; the articles it gave stay. Take it back with: source add {source.url}"

    async def test(self, place: str) -> list[str]:
        """What is at an address, and its first articles; nothing is stored."""
        async with self.probe() as visitor:
            visit = await visitor.visit(place, most=_TESTED)
            if visit.feeds:
                return [f"{place}: a list of {len(visit.feeds)} feeds", *(f"  {url}" for url in visit.feeds[:10])]
            return [_what(place, visit), *[f"  {line}" async for line in _contents(visit)]]

    async def _one(self, which: str) -> Source:
        """The source with this number or address, or whose name or address alone holds these words."""
        held = await self.book.all()
        exact = [source for source in held if which in (str(source.number), source.url)]
        close = exact or [s for s in held if which and which.casefold() in f"{s.name} {s.url}".casefold()]
        if len(close) == 1:
            return close[0]
        if close:
            raise UsageError(f"Which one? Give the number: {'; '.join(f'{s.number} {s.name}' for s in close[:8])}")
        raise UsageError(f"There is no source {which[:100] or 'without a name'}; see: source list")


_TESTED = 5


async def _feeds_at(place: str, visitor: Visitor) -> list[tuple[str, str | None]]:
    """(address, title) of the feeds that a person who names this address means."""
    visit = await visitor.visit(place)
    if visit.feeds:
        return [(url, None) for url in visit.feeds]
    if not visit.page:
        return [(visit.url, visit.outlet)]
    if not visit.alternates:
        raise SourceError(place, "is a web page that names no feed; give the feed's own address")
    named = await visitor.visit(visit.alternates[0])
    if named.page or named.feeds:
        raise SourceError(named.url, "is what the page names as its feed, and is none; give the feed's own address")
    return [(named.url, named.outlet)]


def _what(place: str, visit: Visit) -> str:
    if not is_web(place):
        return f"{place}: a folder or file"
    kind = "a web page" if visit.page else f"a feed, {visit.outlet or 'without a title'}"
    return f"{place}: {kind}"


async def _contents(visit: Visit) -> AsyncIterator[str]:
    for url in visit.alternates:
        yield f"names the feed {url}"
    found = failed = 0
    async for item in visit.found:
        outcome = item.outcome if isinstance(item, Gathered) else item
        if outcome is not None and found < _TESTED:
            yield _described(outcome)
        found += outcome is not None
        failed += isinstance(outcome, SourceError)
    if found > _TESTED:
        yield f"in all {found - failed:,} articles, and {failed:,} not to be had"
    if not found:
        yield "without an entry"


def _described(outcome: Article | SourceError) -> str:
    if isinstance(outcome, SourceError):
        return f"not to be had: {outcome}"
    when = outcome.published_on.isoformat() if outcome.published_on else "no date"
    return f"{when}  {outcome.title or 'no title'}  ({len(outcome.text):,} characters)  {outcome.url or ''}".rstrip()


class Unremembered:
    """The memory of a mere look: every entry is worth it."""

    async def wanted(self, feed: str, marks: Mapping[str, str], now: datetime, *, failed: bool = False) -> set[str]:
        """See ``bot.sources.Memory``."""
        return set(marks)


@dataclass(frozen=True, slots=True)
class SourceOrders:
    """Carries out orders about sources from chat; ``others`` carries out the rest. ``alone`` tells whether the bot serves at most
    one workspace: what is read is the same for all, so that one of many may not change it."""

    register: Register
    others: Orders
    alone: Callable[[], Awaitable[bool]]

    async def carry_out(self, request: Request, order: Order) -> Reply:
        """See ``bot.asking.orders.Orders``."""
        if order.verb != "sources":
            return await self.others.carry_out(request, order)
        try:
            lines = await self._done(request, order.topic or "")
        except (UsageError, SourceError) as refusal:
            lines = [str(refusal)]
        return saying("\n".join(lines)).privately()

    async def _done(self, request: Request, words: str) -> Sequence[str]:
        verb, _, place = words.strip().partition(" ")
        verb, place, now = verb.lower() or "list", _address(place), request.at
        if verb not in VERBS:
            raise UsageError(
                f"Write one of: {', '.join(f'source {v}' for v in VERBS)}; for example: source add https://example.org/feed.xml"
            )
        if verb == "list":
            at_home = request.place.platform is Platform.CONSOLE
            return await self.register.listed(now, alone=at_home or await self.alone())
        await self._permit(request)
        if not place:
            raise UsageError(f"Which one? Write for example: source {verb} https://example.org/feed.xml")
        match verb:
            case "add":
                by = Destination(request.place.platform, _workspace(request.place), "", person=request.asker.id)
                return await self.register.add(place, now, by=by)
            case "test":
                if not is_web(place):
                    raise UsageError("Write a web address; for example: source test https://example.org/feed.xml")
                return await self.register.test(place)
            case "remove":
                return [await self.register.remove(place)]
            case "pause":
                return [await self.register.pause(place, now)]
            case _:
                return [await self.register.resume(place, now)]

    async def _permit(self, request: Request) -> None:
        """Everybody may see the sources; administrators change them, in their place and where it is the only one."""
        if request.place.platform is Platform.CONSOLE:
            return
        if not request.asker.administrator or (request.place.platform is Platform.DISCORD and not request.place.workspace):
            raise UsageError("Sources are changed by administrators, in a channel of their server.")
        if not await self.alone():
            raise UsageError(
                "This bot serves several workspaces, so its sources are set by whoever runs it: attache source add URL"
            )


def _workspace(place: Destination) -> str:
    return place.workspace if place.platform is Platform.SLACK else ""


def _address(text: str) -> str:
    """An address as chat platforms wrap it (``<URL>``, ``<URL|words>``), bare."""
    wrapped = re.fullmatch(r"<([^|>\s]+)(?:\|[^>]*)?>", text.strip())
    return wrapped[1] if wrapped else text.strip()
