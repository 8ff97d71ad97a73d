"""Articles are kept as long as was asked for; then they are gone with all that was read in them, on both databases."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.actors import load_registry
from bot.desk import build_desk
from bot.keeping import EVERY, SPARED, Keeping
from bot.model import Actor, Asker, Destination, Platform, Reading, Request
from bot.ports import Scope
from bot.replies import plain
from bot.reports import circle_of
from bot.standing import DigestOrder, Manner, Standing
from storage import Storage
from storage.briefing_tables import deliveries
from storage.reports import note_posting, postings
from storage.tables import METADATA, actors, counters
from tests.storage.test_library import ANNA, TEXT, article, reading

IDS = ["a1", "a2", "a3"]
KEPT = {"actors", "counters"}
"""What stays when all articles go: whom people follow, and the numbers that are not given again."""


def later(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)


async def counts(storage: Storage) -> dict[str, int]:
    async with storage.database.reading() as connection:
        tables = METADATA.sorted_tables
        return {t.name: (await connection.execute(select(func.count()).select_from(t))).scalar_one() for t in tables}


@pytest.fixture
async def full(storage: Storage) -> Storage:
    """Three articles of two days and outlets, one of them of a first run."""
    for id, outlet in zip(IDS, ("Herald", "Times", None), strict=True):
        await storage.library.add(article(id, outlet=outlet), reading())
    await storage.entries.quieten(["a2"])
    return storage


async def test_what_is_removed_leaves_nothing_and_the_rest_as_it_was(full: Storage) -> None:
    before = {cited.number: cited for cited in await full.library.quotations([], Scope())}
    assert await full.library.remove(["a2", "a1", "a2", "never there"]) == 2
    assert await full.library.article("a1") is None
    assert await full.library.reading("a2") is None
    left = await full.library.quotations([], Scope())
    assert [cited.article.id for cited in left] == ["a3", "a3"]
    assert all(before[cited.number] == cited for cited in left)
    assert await full.library.article("a3") == article("a3", outlet=None)
    assert await full.library.reading("a3") == reading()
    assert [len((await full.library.phrase("will not wait", Scope())).found), len(await full.library.events(Scope()))] == [1, 1]
    assert await full.check() is None


async def test_counts_kept_beforehand_follow(full: Storage) -> None:
    await full.library.remove(["a1"])
    coverage = await full.library.coverage(Scope())
    assert (coverage.articles, coverage.outlets) == (2, ("Times",))
    assert (await full.library.coverage(Scope(since=date(2025, 3, 1), until=date(2025, 3, 31)))).articles == 2
    assert await full.library.speakers(Scope()) == [(ANNA, 4)]
    await full.library.remove(IDS)
    assert {name for name, rows in (await counts(full)).items() if rows} == KEPT
    assert (await full.library.coverage(Scope())).articles == 0
    async with full.database.reading() as connection:
        assert (await connection.execute(select(func.sum(actors.c.said)))).scalar_one() == 0


async def test_a_number_is_never_given_again(full: Storage) -> None:
    shown = {cited.number for cited in await full.library.quotations([], Scope())}
    await full.library.remove(IDS)
    await full.library.add(article(), reading())
    assert not shown & {cited.number for cited in await full.library.quotations([], Scope())}
    async with full.database.reading() as connection:
        assert (await connection.execute(select(counters.c.last).where(counters.c.name == "quotation"))).scalar_one() == 8


async def test_a_report_outlives_its_article_with_the_words_and_whom_it_concerns(full: Storage) -> None:
    first, other, *_ = await full.library.quotations([], Scope(articles=("a1",)))
    place = Destination(Platform.DISCORD, "g1", "c1")
    await full.orders.change(
        place, "boss", later(), lambda _: Standing((), DigestOrder("0 08:00 UTC", later(), "boss"), Manner())
    )
    number = await full.reports.file(place, "me", later(), first, "wrong speaker")
    async with full.database.writing() as connection:
        sent = (await connection.execute(select(deliveries.c.key))).scalar_one()
        await note_posting(connection, sent, [first.number, other.number])
    await full.library.remove(["a1"])
    report = await full.reports.find(number, circle_of(place))
    assert report
    assert report.words == first.words
    async with full.database.reading() as connection:
        assert list((await connection.execute(select(postings.c.quotation))).scalars()) == [first.number]


async def test_asked_for_its_source_a_removed_quotation_is_said_to_be_gone(full: Storage) -> None:
    desk = build_desk(full.library, full.conversations, load_registry())
    await desk.refresh()
    place, me = Destination(Platform.CONSOLE, "", "ask", "t"), Asker("me")
    await desk.answer(Request(place, me, later(), "what did Anna Berg say"))
    assert "will not wait" in plain(await desk.answer(Request(place, me, later(), "source 1")))
    await full.library.remove(IDS)
    assert "not kept here any more" in plain(await desk.answer(Request(place, me, later(), "source 1")))


async def test_the_oldest_go_first_by_age_and_by_size(full: Storage) -> None:
    library, now = full.library, later(days=1)
    assert await library.outlived(None, None, now, 9) == []
    assert await library.outlived(now, None, now, 2) == ["a1", "a2"]
    assert await library.outlived(later(days=-1), None, now, 9) == []
    assert await library.outlived(None, 2 * len(TEXT), now, 9) == ["a1"]
    assert await library.outlived(None, 3 * len(TEXT), now, 9) == []
    assert await library.outlived(now, 0, later(days=-1), 9) == []


@pytest.mark.parametrize(("days", "megabytes", "left"), [(0, 0, 3), (30, 0, 0), (60, 0, 3), (0, 1, 1)])
async def test_what_outlived_its_time_goes_and_no_more(storage: Storage, days: int, megabytes: int, left: int) -> None:
    for id in IDS:
        await storage.library.add(article(id, TEXT + "x" * 600_000 * (id != "a1")), Reading())
    told: list[str] = []

    async def news() -> None:
        told.append("news")

    keeping = Keeping(storage.library, days, megabytes, news, lambda: later(days=40))
    gone = await keeping.tick()
    assert (await storage.library.coverage(Scope())).articles == 3 - gone == left
    assert told == ["news"] * (gone > 0)


async def test_the_days_of_a_weekly_digest_are_always_kept_and_nobody_looks_twice_an_hour(full: Storage) -> None:
    time = [later()]

    async def news() -> None:
        pass

    keeping = Keeping(full.library, 1, 0, news, lambda: time[0])
    outcomes = []
    for wait in (SPARED - timedelta(hours=1), timedelta(minutes=30), EVERY, EVERY):
        time[0] += wait
        outcomes.append(await keeping.tick())
    assert outcomes == [0, 0, 3, 0]


async def test_more_than_one_pass_takes_is_gone_on_with_at_once(full: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.keeping.MOST", 2)

    async def news() -> None:
        pass

    keeping = Keeping(full.library, 9, 0, news, lambda: later(days=10))
    assert [await keeping.tick() for _ in range(3)] == [2, 1, 0]


async def test_learning_who_is_in_the_texts_holds_up_nothing(full: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    registry, turned, learnt = load_registry(), threading.Event(), list[bool]()
    learn = registry.learn

    def slowly(actors: Iterable[Actor]) -> None:
        learnt.append(turned.wait(5))
        learn(actors)

    monkeypatch.setattr(registry, "learn", slowly)
    refreshing = asyncio.create_task(build_desk(full.library, full.conversations, registry).refresh())
    while not learnt and not refreshing.done():
        await asyncio.sleep(0.01)
        turned.set()
    await refreshing
    assert learnt == [True]
    assert registry.find(ANNA.name, date(2025, 3, 4))
