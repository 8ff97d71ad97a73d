"""A sitting sees the library as it is at one moment, and awaits nothing else, on both databases."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.ports import Library, Scope
from storage import Storage, open_storage
from tests.storage.test_library import ANNA, article, reading


async def test_what_is_stored_meanwhile_is_not_seen_before_the_next_sitting(storage: Storage, url: str) -> None:
    await storage.library.add(article(), reading())

    async def stored_elsewhere() -> None:
        other = await open_storage(url)
        await other.library.add(article("a2"), reading())
        await other.close()

    async def before_and_after(library: Library) -> list[int]:
        before = await library.coverage(Scope())
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, stored_elsewhere()).result()
        after = [
            len(await library.quotations([ANNA.id], Scope())),
            len((await library.seen_in(None).phrase("will not wait", Scope())).found),
        ]
        return [before.articles, (await library.coverage(Scope())).articles, *after]

    assert await storage.library.sitting(before_and_after) == [1, 1, 2, 1]
    assert (await storage.library.coverage(Scope())).articles == 2


async def test_nothing_is_written_and_nothing_else_awaited_in_a_sitting(storage: Storage) -> None:
    async def writes(library: Library) -> None:
        await library.add(article(), reading())

    async def sleeps(library: Library) -> None:
        await asyncio.sleep(0)

    for work in (writes, sleeps):
        with pytest.raises(RuntimeError, match="nothing is awaited"):
            await storage.library.sitting(work)
    await storage.library.add(article(), reading())
    assert (await storage.library.coverage(Scope())).articles == 1
