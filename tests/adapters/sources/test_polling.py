"""Sources that are read by themselves, on a played internet, with a clock that is set by hand."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.sources.fetching import Web
from adapters.sources.gathering import Gatherer
from adapters.sources.isolation import Workshop
from bot.ingesting import Intake
from bot.model import Destination, Platform, Reading
from bot.polling import Poller
from bot.sources import CEILING, FLOOR, Source, Trouble
from bot.tending import health_line, trouble
from storage import Storage
from tests.adapters.sources.internet import Internet, internet

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)
OWNER = Destination(Platform.SLACK, "T1", "", person="U1")


class Town:
    """A poller, its database and the internet it reads."""

    def __init__(self, storage: Storage, net: Internet, web: Web, workshop: Workshop) -> None:
        self.storage, self.net, self.time, self.heard = storage, net, NOW, 0
        read = Intake(storage.library, storage.entries, lambda batch: ((a, Reading(reader="t")) for a in batch), "t", self.clock)
        visitor = Gatherer(web, workshop, storage.entries, self.clock)
        self.poller = Poller(storage.sources, visitor, read, self.news, self.clock, lambda: 0.5)

    def clock(self) -> datetime:
        return self.time

    async def news(self) -> None:
        self.heard += 1

    async def add(self, path: str) -> None:
        await self.storage.sources.add(self.net.url(path), None, FLOOR, CEILING, OWNER, self.time)

    async def after(self, span: timedelta = timedelta()) -> Source:
        """The first source once what is due then was done."""
        self.time += span
        await self.poller.tick()
        await self.poller.settled()
        return (await self.storage.sources.all())[0]

    async def next(self) -> Source:
        """The same at the time the first source is due."""
        return await self.after((await self.storage.sources.all())[0].next_at - self.time)

    async def titles(self) -> list[str]:
        return sorted([str(article.title) async for article in self.storage.library.articles()])

    async def told(self) -> list[str]:
        claims = await self.storage.outbox.claim(self.time, self.time + timedelta(minutes=1), [Platform.SLACK], 9)
        for claim in claims:
            await self.storage.outbox.sent(claim.key, "m", self.time)
        return [f"{claim.destination.person}: {claim.content}" for claim in claims]


@pytest.fixture
async def town(storage: Storage, workshop: Workshop) -> AsyncIterator[Town]:
    async with internet() as (net, web):
        yield Town(storage, net, web, workshop)


async def test_a_first_run_stores_all_and_only_what_comes_later_is_told(town: Town) -> None:
    town.net.publish("One", "Two")
    await town.add("/changing")
    source = await town.after()
    assert (source.ready, source.name, await town.titles()) == (True, "Gazette", ["One", "Two"])
    assert await town.storage.orders.arrivals(0, 99, quiet=False) == []
    town.net.publish("Three", "Two", "One")
    await town.next()
    assert await town.titles() == ["One", "Three", "Two"]
    assert await town.storage.orders.arrivals(0, 99, quiet=False) == [town.net.url("/gone/Three")]
    assert town.heard == 2


async def test_an_edited_article_is_read_anew_told_as_corrected_and_posted_no_second_time(town: Town) -> None:
    town.net.publish("One")
    await town.add("/changing")
    await town.after()
    town.net.publish("Two", "One")
    await town.next()
    book, library = town.storage.orders, town.storage.library
    newest, (told,) = await book.newest(), await book.arrivals(0, 99, quiet=False)
    town.net.publish("Two", "One", place="Bergen")
    await town.after(2 * CEILING)
    for id in (told, town.net.url("/gone/One")):
        article = await library.article(id)
        assert article
        assert "met in Bergen" in article.text
    assert (await book.newest(), await book.arrivals(0, 99, quiet=False)) == (newest, [told])
    assert await book.revised(NOW, datetime.now(UTC) + CEILING, newest) == [told], "what was never told needs no correction"


async def test_news_make_a_source_read_more_often_and_silence_more_rarely(town: Town) -> None:
    town.net.publish("One")
    await town.add("/changing")
    spans = [(await town.next()).every for _ in range(9)]
    assert spans[0] == FLOOR
    assert spans[-1] == CEILING
    assert spans == sorted(spans)
    town.net.publish("Two")
    assert (await town.next()).every == CEILING / 2


async def test_a_feed_that_did_not_change_is_asked_for_that_alone(town: Town) -> None:
    await town.add("/feed")
    assert (await town.after()).etag == '"v1"'
    source = await town.next()
    assert (town.net.hits["/feed"], town.net.hits["/talks"], source.failures) == (2, 1, 0)
    assert source.etag == '"v1"'


async def test_a_source_that_fails_is_left_alone_for_longer_and_told_of_once(town: Town) -> None:
    await town.add("/changing")
    spans = []
    for _ in range(6):
        before = town.time
        source = await town.next()
        spans.append(source.next_at - before)
    assert source.cause == "answered with a failure of its own (HTTP 500)"
    assert spans == sorted(spans)
    await town.poller.tell(town.time)
    (told,) = await town.told()
    assert told.startswith("U1: ")
    assert "HTTP 500" in told
    await town.poller.tell(town.time)
    assert await town.told() == []
    assert await town.storage.sources.failing() == [source.url]
    town.net.publish("One")
    source = await town.next()
    await town.poller.tell(town.time)
    assert (source.failures, source.cause, await town.told()) == (0, None, [])


async def test_a_feed_none_of_whose_pages_can_be_had_is_named_with_the_cause(town: Town) -> None:
    await town.add("/closed-pages")
    source = await town.after()
    assert (source.failures, source.ready) == (0, True)
    assert "none of its 2 new entries could be had" in health_line(source, town.time)
    assert "robots rules" in health_line(source, town.time)
    assert trouble(source, town.time) is Trouble.FAILING
    assert (await town.next()).cause == source.cause


async def test_silence_for_longer_than_usual_is_trouble(town: Town) -> None:
    source = Source(1, "https://a.example/feed", NOW, ready=True, read_at=NOW, new_at=NOW, usual=timedelta(hours=12))
    assert trouble(source, NOW + timedelta(days=3)) is None
    assert trouble(source, NOW + timedelta(days=3, hours=1)) is Trouble.SILENT
    assert "SILENT" in health_line(source, NOW + timedelta(days=4))


async def test_a_site_is_asked_again_when_it_said_to(town: Town) -> None:
    await town.add("/busy")
    assert (await town.after()).next_at >= NOW + timedelta(seconds=120)


async def test_a_moved_feed_keeps_its_new_address_and_what_was_taken_from_it(town: Town) -> None:
    await town.add("/moved")
    source = await town.after()
    assert source.url == town.net.url("/feed")
    await town.next()
    assert town.net.hits["/talks"] == 1


async def test_a_visit_that_was_killed_is_made_again(town: Town) -> None:
    town.net.publish("One")
    await town.add("/changing")
    (claimed,) = await town.storage.sources.claim(town.time, town.time + timedelta(minutes=12), 8)
    assert await town.storage.sources.claim(town.time, town.time + timedelta(minutes=12), 8) == []
    assert (await town.after(timedelta(minutes=12))).number == claimed.number
    assert await town.titles() == ["One"]


async def test_a_folder_is_watched(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    await town.storage.sources.add(str(folder), None, timedelta(minutes=1), CEILING, None, town.time)
    assert (await town.after()).failures == 0

    def write(name: str, text: str, age: int) -> None:
        (folder / name).write_text(text)
        os.utime(folder / name, (town.time.timestamp() - age,) * 2)

    write("a.md", "---\ntitle: One\n---\nMinisters met in Riga.", 60)
    write("b.md", "---\ntitle: Two\n---\nThis one is still being wri", -300)
    await town.next()
    assert await town.titles() == ["One"]
    write("b.md", "---\ntitle: Two\n---\nThis one is still being written.", 60)
    await town.next()
    await town.next()
    assert await town.titles() == ["One", "Two"]
    write("c.pdf", "%PDF-1.4 nothing", 60)
    write("d.md", "---\ntitle: Three\n---\nOther words.", 60)
    with capture_logs() as logs:
        await town.next()
        await town.next()
    assert await town.titles() == ["One", "Three", "Two"]
    told = [line["first"] for line in logs if line["log_level"] == "warning"]
    assert told == [f"{folder}/c.pdf: is a damaged PDF (PdfStreamError)"]


async def test_files_of_one_name_in_two_watched_folders_are_two_articles(town: Town, tmp_path: Path) -> None:
    for name, words in (("north", "Ministers met in Riga."), ("south", "Envoys met in Rome.")):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / "1.md").write_text(f"---\ntitle: {name}\n---\n{words}")
        os.utime(tmp_path / name / "in" / "1.md", (0, 0))
        await town.storage.sources.add(str(tmp_path / name / "in"), None, timedelta(minutes=1), CEILING, None, town.time)
    await town.after()
    assert await town.titles() == ["north", "south"]


async def test_a_removed_source_is_not_read(town: Town) -> None:
    town.net.publish("One")
    await town.add("/changing")
    (source,) = await town.storage.sources.all()
    await town.storage.sources.pause(source.number, True, town.time)
    assert (await town.after()).read_at is None
    await town.storage.sources.remove(source.number)
    assert await town.poller.tick() == 0
    assert await town.storage.sources.all() == []
