"""Taking articles in: in batches, once each, stopped and gone on with."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError, StorageError
from bot.ingesting import Intake, Tally, batched
from bot.model import Article, Reading, Span
from bot.ports import Stored
from bot.sources import Entry, Found, Gathered
from storage import Storage, open_storage

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    yield opened
    await opened.close()


def article(id: str, text: str | None = None) -> Article:
    words = text or f"Ministers met for the {id} time."
    return Article(id, words, Span(0, len(words)))


async def given_in_order(items: Iterable[Found]) -> AsyncIterator[Found]:
    for item in items:
        yield item


def intake(storage: Storage, quiet: bool = False) -> Intake:
    return Intake(
        storage.library, storage.entries, lambda batch: ((a, Reading(reader="test")) for a in batch), "test", lambda: NOW, quiet
    )


async def taken(storage: Storage, items: Sequence[Found], quiet: bool = False) -> Tally:
    return await intake(storage, quiet).take(given_in_order(items))


@given(st.lists(st.integers(), max_size=40), st.integers(1, 7))
async def test_batches_hold_everything_in_order(numbers: list[int], most: int) -> None:
    async def come() -> AsyncIterator[int]:
        for number in numbers:
            if number % 2:
                await asyncio.sleep(0)
            yield number

    batches = [batch async for batch in batched(come(), most)]
    assert [number for batch in batches for number in batch] == numbers
    assert all(0 < len(batch) <= most for batch in batches)


async def test_a_slow_article_does_not_hold_back_those_before_it() -> None:
    more = asyncio.Event()

    async def come() -> AsyncIterator[int]:
        yield 1
        yield 2
        await more.wait()
        yield 3

    batches = batched(come(), 10)
    assert await anext(batches) == [1, 2]
    more.set()
    assert await anext(batches) == [3]
    await batches.aclose()


async def test_what_is_stored_is_not_read_again_and_what_is_wrong_is_told(storage: Storage) -> None:
    many: list[Found] = [article(str(n)) for n in range(200)]
    first = await taken(storage, [*many, SourceError("x", "is empty"), article("7", "Another text.")])
    assert first.stored == {Stored.NEW: 200, Stored.REVISED: 1, Stored.UNCHANGED: 0}
    assert [str(problem) for problem in first.problems] == ["x: is empty"]
    again = await taken(storage, many)
    assert again.stored == {Stored.NEW: 0, Stored.REVISED: 1, Stored.UNCHANGED: 199}


async def test_a_source_that_breaks_off_loses_nothing_that_came_before(storage: Storage) -> None:
    async def come() -> AsyncIterator[Found]:
        for number in range(100):
            yield article(str(number))
        raise StorageError("the disk is full")

    with pytest.raises(StorageError, match="full"):
        await intake(storage).take(come())
    assert len([a async for a in storage.library.articles()]) == 100


async def test_an_article_that_changes_its_identity_each_time_is_stored_once(storage: Storage) -> None:
    def of(key: str) -> Gathered:
        return Gathered(Entry("feed", key, "m"), article(key, "The same words."))

    assert (await taken(storage, [of("a"), of("b")])).stored[Stored.NEW] == 1
    assert (await taken(storage, [of("c"), of("a")])).stored[Stored.NEW] == 0
    other = Gathered(Entry("other feed", "a", "m"), article("z", "The same words."))
    assert (await taken(storage, [other])).stored[Stored.NEW] == 1


async def test_an_entry_is_noted_only_with_its_article_and_a_failure_waits_longer_each_time(storage: Storage) -> None:
    bad, good = Entry("feed", "bad", "m"), Entry("feed", "good", "m")
    await taken(storage, [Gathered(bad, SourceError("bad", "is gone")), Gathered(good, article("good"))])
    marks = {"bad": "m", "good": "m", "new": "m"}
    assert await storage.entries.wanted("feed", marks, NOW) == {"new"}
    assert await storage.entries.wanted("feed", marks, NOW, failed=True) == {"bad", "new"}
    assert await storage.entries.wanted("feed", marks, NOW.replace(hour=14)) == {"bad", "new"}
    assert await storage.entries.wanted("feed", marks | {"good": "edited"}, NOW.replace(hour=13)) == {"good", "new"}


async def test_a_stop_in_the_middle_keeps_whole_batches_and_the_next_run_goes_on(storage: Storage) -> None:
    reached = asyncio.Event()

    async def come() -> AsyncIterator[Found]:
        for number in range(130):
            yield article(str(number))
        reached.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(intake(storage).take(come()))
    await reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    kept = {a.id async for a in storage.library.articles()}
    assert kept <= {str(n) for n in range(130)}
    rest = await taken(storage, [article(str(n)) for n in range(130)])
    assert rest.stored[Stored.UNCHANGED] == len(kept)
    assert rest.stored[Stored.NEW] == 130 - len(kept)
