"""What is remembered of the library never outlives a change, whoever makes it, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

from bot.model import Destination, Platform
from bot.ports import Scope
from bot.reports import EVERYBODY, State, circle_of
from storage import Storage, open_storage
from storage.revisions import Moment
from tests.storage.test_library import ANNA, article, reading

NOW = datetime(2025, 3, 4, 7, 0, tzinfo=UTC)
HERE = Destination(Platform.CONSOLE, "", "terminal")


async def test_what_another_process_stores_removes_and_corrects_is_seen(storage: Storage, url: str) -> None:
    other = await open_storage(url)
    assert (await storage.library.coverage(Scope())).articles == 0
    await other.library.add(article(), reading())
    assert (await storage.library.coverage(Scope())).articles == 1
    await other.library.add(article("a2", on=date(2025, 3, 9)), reading())
    assert (await storage.library.coverage(Scope())).last == date(2025, 3, 9)

    here = storage.library.seen_in(circle_of(HERE))
    cited, *_ = held = await here.quotations([ANNA.id], Scope())
    number = await other.reports.file(HERE, "me", NOW, cited, "not hers")
    report = await other.reports.find(number, EVERYBODY)
    assert report
    await other.reports.settle(replace(report, state=State.WITHDRAWN), "boss", NOW)
    assert len(await here.quotations([ANNA.id], Scope())) < len(held)
    await other.reports.settle(replace(report, state=State.DISMISSED), "boss", NOW)
    assert await here.quotations([ANNA.id], Scope()) == held

    await other.library.remove(["a2"])
    assert (await storage.library.coverage(Scope())).last == date(2025, 3, 4)
    await other.close()


async def test_only_a_change_has_it_made_again(storage: Storage) -> None:
    remembered, times = storage.database.remembered, count(1)

    async def asked() -> int:
        return await storage.database.read(lambda c: Moment(c, remembered).get("lately", lambda _: next(times)))

    assert [await asked(), await asked()] == [1, 1]
    await storage.library.add(article(), reading())
    assert [await asked(), await asked()] == [2, 2]
    await storage.library.add(article(), reading())  # changes nothing
    assert await asked() == 2
