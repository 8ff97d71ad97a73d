"""Reports and corrections, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import UsageError
from bot.model import Article, Cited, Destination, Kind, Platform, Reading, Span
from bot.ports import Scope
from bot.reports import EVERYBODY, MOST, State, circle_of
from bot.standing import DigestOrder, Manner, Standing
from storage import Storage
from tests.storage.test_library import ANNA, NORLAND, TEXT, article, reading, said

NOW = datetime(2025, 3, 4, 7, 0, tzinfo=UTC)
HERE = Destination(Platform.DISCORD, "g1", "c1")
THERE = replace(HERE, workspace="g2")
CONSOLE = Destination(Platform.CONSOLE, "", "terminal")


async def quoted(storage: Storage, words: str = "We will not wait,") -> Cited:
    (cited,) = [c for c in await storage.library.quotations([], Scope()) if c.words == (words,)]
    return cited


async def settled(storage: Storage, place: Destination, state: State, speaker: object = None) -> int:
    number = await storage.reports.file(place, "me", NOW, await quoted(storage), "wrong")
    report = await storage.reports.find(number, circle_of(place))
    assert report
    await storage.reports.settle(replace(report, state=state, speaker=speaker), "boss", NOW)  # type: ignore[arg-type]
    return number


async def words_of(storage: Storage, speaker: str, place: Destination) -> list[str]:
    found = await storage.library.seen_in(circle_of(place)).quotations([speaker], Scope())
    return sorted(" ".join(c.words) for c in found)


async def test_a_withdrawn_quotation_is_gone_for_its_circle_alone(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    number = (await quoted(storage)).number
    await settled(storage, HERE, State.WITHDRAWN)
    here, there = (storage.library.seen_in(circle_of(place)) for place in (HERE, THERE))
    assert await words_of(storage, ANNA.id, HERE) == ["Not for the grain deal."]
    assert (await here.quotation(number), len((await here.phrase("will not wait", Scope())).found)) == (None, 0)
    assert len(await words_of(storage, ANNA.id, THERE)) == 2
    assert await there.quotation(number)
    assert await storage.library.seen_in(None).quotation(number)


async def test_a_corrected_speaker_is_found_and_asked_for_as_such(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    number = await settled(storage, HERE, State.SPEAKER, NORLAND)
    assert await words_of(storage, ANNA.id, HERE) == ["Not for the grain deal."]
    assert await words_of(storage, NORLAND.id, HERE) == ["We will not wait,"]
    assert await words_of(storage, NORLAND.id, THERE) == []
    (cited,), _ = await storage.library.seen_in(circle_of(HERE)).phrase("will not wait", Scope())
    assert (cited.quotation.speaker, cited.corrected) == (NORLAND, True)
    report = await storage.reports.find(number, circle_of(HERE))
    assert report
    assert report.speaker == NORLAND
    await storage.reports.settle(replace(report, state=State.OPEN, speaker=None), "boss", NOW)
    assert len(await words_of(storage, ANNA.id, HERE)) == 2


async def test_what_the_operator_corrects_holds_for_everybody(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    await settled(storage, CONSOLE, State.WITHDRAWN)
    assert [await words_of(storage, ANNA.id, place) for place in (HERE, THERE, CONSOLE)] == [["Not for the grain deal."]] * 3


async def test_a_correction_outlives_a_new_reading_with_other_bounds(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    await settled(storage, HERE, State.WITHDRAWN)
    text = "A new first line.\n" + TEXT
    wider = said(text, "“We will not wait,” Berg said", 4, kind=Kind.MIXED)
    await storage.library.add(Article("a1", text, Span(0, len(text)), "Herald"), Reading((wider,)))
    assert await words_of(storage, ANNA.id, HERE) == []
    assert len(await words_of(storage, ANNA.id, THERE)) == 1


async def test_words_that_only_share_a_little_are_not_corrected(storage: Storage) -> None:
    text = "“We will not wait,” Berg said.\n“We will not wait for the grain of Norland any longer than this spring,” Berg said.\n"
    both = (
        said(text, "We will not wait,", 1),
        said(text, "We will not wait for the grain of Norland any longer than this spring,", 2),
    )
    await storage.library.add(Article("a1", text, Span(0, len(text))), Reading(both))
    await settled(storage, HERE, State.WITHDRAWN)
    assert len(await words_of(storage, ANNA.id, HERE)) == 1


async def test_circles_see_their_own_reports_and_the_operator_all(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    cited = await quoted(storage)
    numbers = [await storage.reports.file(place, "me", NOW, cited, "wrong") for place in (HERE, THERE)]
    assert [r.number for r in await storage.reports.waiting(circle_of(HERE), 10)] == numbers[:1]
    assert [r.number for r in await storage.reports.waiting(EVERYBODY, 10)] == numbers
    assert await storage.reports.find(numbers[1], circle_of(HERE)) is None


async def test_one_person_cannot_flood_the_administrators(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    cited = await quoted(storage)
    for _ in range(MOST):
        await storage.reports.file(HERE, "me", NOW, cited, "wrong")
    with pytest.raises(UsageError, match=f"{MOST} open reports"):
        await storage.reports.file(HERE, "me", NOW, cited, "wrong")
    assert await storage.reports.file(HERE, "you", NOW, cited, "wrong")


async def test_forgetting_and_purging_remove_reports(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    await settled(storage, HERE, State.WITHDRAWN)
    await storage.reports.file(HERE, "me", NOW, await quoted(storage), "my words")
    await storage.orders.change(HERE, "boss", NOW, lambda _: Standing((), DigestOrder("0 08:00 UTC", NOW, "boss"), Manner()))
    assert await storage.reports.forget(Platform.DISCORD, "me") == 2
    assert await storage.reports.waiting(EVERYBODY, 10) == []
    (kept,) = await storage.reports.corrections(circle_of(HERE))
    assert (kept.by, kept.problem) == ("", "")
    await storage.purge(Platform.DISCORD, "g1")
    assert await storage.reports.corrections(circle_of(HERE)) == []


def test_who_shares_corrections() -> None:
    direct = Destination(Platform.DISCORD, "", "d1", person="p1")
    assert len({circle_of(place) for place in (HERE, THERE, direct, replace(direct, person="p2"), CONSOLE)}) == 5
    assert circle_of(replace(HERE, channel="c9", thread="t")) == circle_of(HERE)
