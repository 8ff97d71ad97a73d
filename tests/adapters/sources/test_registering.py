"""Sources set up in chat and by hand: who may, and what is said."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.sources.feeds import opml_list
from adapters.sources.gathering import Gatherer
from adapters.sources.isolation import Workshop
from bot.app_sources import opml_of
from bot.asking.orders import Order
from bot.errors import SourceError, UsageError
from bot.model import Asker, Destination, Platform, Request
from bot.registering import Register, SourceOrders, Unremembered
from bot.replies import Reply, plain, saying
from bot.sources import Visitor, without_secrets
from storage import Storage
from tests.adapters.sources.internet import RSS, Internet, internet

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)
CHANNEL = Destination(Platform.DISCORD, "g", "c")
ADMIN = Asker("u", administrator=True)


class Others:
    async def carry_out(self, request: Request, order: Order) -> Reply:
        return saying(f"others: {order.verb}")


class Office:
    """The orders of a channel; ``alone`` says whether it is the only workspace."""

    def __init__(self, storage: Storage, net: Internet, visitor: Visitor) -> None:
        @asynccontextmanager
        async def probe() -> AsyncIterator[Visitor]:
            yield visitor

        async def alone() -> bool:
            return self.alone

        self.storage, self.net, self.alone = storage, net, True
        self.register = Register(storage.sources, probe)
        self._orders = SourceOrders(self.register, Others(), alone)

    async def says(self, words: str, asker: Asker = ADMIN, place: Destination = CHANNEL, verb: str = "sources") -> str:
        reply = await self._orders.carry_out(Request(place, asker, NOW, words), Order(verb, topic=words))
        return plain(reply).strip()


@pytest.fixture
async def office(storage: Storage, workshop: Workshop) -> AsyncIterator[Office]:
    async with internet() as (net, web):
        yield Office(storage, net, Gatherer(web, workshop, Unremembered(), lambda: NOW))


async def test_a_source_is_added_listed_paused_resumed_and_removed(office: Office) -> None:
    url = office.net.url("/feed")
    assert await office.says("") == "No sources are set up. Add one: source add URL"
    assert (await office.says(f"add <{url}|the feed>")).startswith(f"Added Herald ({url})")
    assert "read already" in await office.says(f"add {url}")
    assert (await office.says("list")) == f"1. Herald ({url}): not read yet"
    assert "is paused" in await office.says("pause herald")
    assert "paused" in await office.says("list")
    assert "read again" in await office.says("resume 1")
    assert "no longer read" in await office.says(f"remove {url}")
    assert "There is no source 1" in await office.says("pause 1")


async def test_a_page_leads_to_the_feed_it_names_and_a_list_to_its_feeds(office: Office) -> None:
    assert office.net.url("/feed") in await office.says(f"add {office.net.url('/home')}")
    assert (await office.says(f"add {office.net.url('/list')}")).count("Added") == 2
    assert "names no feed" in await office.says(f"add {office.net.url('/page')}")


async def test_a_test_shows_what_is_there_and_stores_nothing(office: Office) -> None:
    said = await office.says(f"test {office.net.url('/feed')}")
    assert "a feed, Herald" in said
    assert "2025-03-04" in said
    assert "Talks end" in said
    assert await office.storage.sources.all() == []
    assert not [article async for article in office.storage.library.articles()]


@pytest.mark.parametrize(
    ("asker", "place", "alone", "refusal"),
    [
        (Asker("u"), CHANNEL, True, "by administrators"),
        (ADMIN, Destination(Platform.DISCORD, "", "dm", person="u"), True, "by administrators"),
        (ADMIN, CHANNEL, False, "by whoever runs it"),
    ],
)
async def test_who_may_not_change_the_sources_is_told_why(
    office: Office, asker: Asker, place: Destination, alone: bool, refusal: str
) -> None:
    office.alone = alone
    for words in (f"add {office.net.url('/feed')}", "remove 1", "pause 1", "resume 1", f"test {office.net.url('/feed')}"):
        assert refusal in await office.says(words, asker, place)
    assert "No sources" in await office.says("list", asker, place)
    assert office.net.hits.total() == 0


async def test_what_is_no_source_is_refused_with_what_to_write(office: Office) -> None:
    assert "source add" in await office.says("frobnicate")
    assert "no web address" in await office.says("add /etc/passwd")
    assert "no web address" in await office.says("add file:///etc/passwd")
    assert "Write a web address" in await office.says("test /etc")
    assert "not a public address" in (await office.says("add http://inside.example/x")) or "not public" in await office.says(
        "add http://inside.example/x"
    )
    assert await office.says("", verb="follow") == "others: follow"


async def test_workspaces_that_share_the_bot_see_how_the_sources_are_and_not_which(office: Office) -> None:
    await office.says(f"add {office.net.url('/feed')}")
    office.alone = False
    shown = await office.says("list")
    assert shown == "1 source is read for several workspaces, 0 in trouble. Whoever runs this bot looks after them."
    assert office.net.url("/feed") in await office.says("list", place=Destination(Platform.CONSOLE, "", "c"))


async def test_a_list_in_a_file_is_its_feeds_and_goes_out_as_one(office: Office, tmp_path: Path) -> None:
    path, feeds = tmp_path / "feeds.opml", [(f"https://{name}.example/feed?key=0123456789abcdef", None) for name in "ab"]
    path.write_text(opml_list(feeds), encoding="utf-8")
    assert [line[:21] for line in await office.register.add(str(path), NOW)] == ["Added https://a.examp", "Added https://b.examp"]
    await office.register.add(str(tmp_path), NOW)
    assert "a list of 2 feeds" in (await office.register.test(str(path)))[0]
    assert opml_of(await office.storage.sources.all()) == opml_list(feeds)
    (tmp_path / "feed.xml").write_text(RSS, encoding="utf-8")
    with pytest.raises(SourceError, match="lists no feeds"):
        await office.register.add(str(tmp_path / "feed.xml"), NOW)
    with pytest.raises(SourceError, match="can't be read"):
        await office.register.add(str(tmp_path / "none.opml"), NOW)
    assert "no web address" in await office.says(f"add {path}")


async def test_times_between_visits_that_don_t_fit_are_told_as_they_were_given(office: Office) -> None:
    with pytest.raises(UsageError, match="15 minutes at least and 10 at most"):
        await office.register.add(office.net.url("/feed"), NOW, ceiling=timedelta(minutes=10))


async def test_a_test_of_many_says_how_many_there_are(office: Office, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text("Ministers met." if number else "", encoding="utf-8")
        os.utime(tmp_path / f"{number}.txt", (0, 0))
    first, *_, last = await office.register.test(str(tmp_path))
    assert first == f"{tmp_path}: a folder or file"
    assert last == "  in all 8 articles, and 1 not to be had"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@example.org/feed?page=2", "https://example.org/feed?page=2"),
        ("https://example.org/feed?token=0123456789abcdef&page=2", "https://example.org/feed?token=…&page=2"),
        ("/srv/news/in?x=0123456789abcdef", "/srv/news/in?x=0123456789abcdef"),
    ],
)
def test_people_see_no_passwords_and_no_keys_of_a_source(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
