"""What a search finds in a store that is much larger than what it looks at, on both databases."""

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.model import ActorRef, ActorType, Article, Event, Kind, Quotation, Reading, Span
from bot.ports import Scope
from bot.terms import stems
from storage import Storage, open_storage

ANNA = ActorRef("anna-berg", "Anna Berg", ActorType.PERSON)
OLE = ActorRef("ole-dahl", "Ole Dahl", ActorType.PERSON)
FIRST = date(2023, 1, 1)


def told(number: int, words: str, speaker: ActorRef = ANNA, others: tuple[ActorRef, ...] = ()) -> tuple[Article, Reading]:
    """An article of one paragraph that quotes a speaker, a day later for each number."""
    text = f"“{words},” {speaker.name} said."
    day = FIRST + timedelta(days=number)
    quotation = Quotation((Span(1, 1 + len(words)),), Kind.DIRECT, 1, speaker=speaker, said_on=day)
    happened = Event("CONSULT", (speaker, *others), Span(1, 1 + len(words)), 1, date=day.isoformat())
    return Article(f"a{number}", text, Span(0, len(text)), f"Herald {number % 3}", published_on=day), Reading(
        (quotation,), (happened,)
    )


@pytest.fixture
async def crowded(storage: Storage) -> Storage:
    """One old statement that says much, and 700 newer ones that share a word or two with it."""
    await storage.library.add(*told(0, "the harbour treaty protects every fishing vessel"))
    newer = ["the treaty protects nobody", "every vessel counts", "fishing is every harbour town's life", "the harbour is closed"]
    await storage.library.add_all([told(n, newer[n % 4], OLE if n % 2 else ANNA) for n in range(1, 701)])
    return storage


async def test_an_old_quotation_that_shares_most_words_is_found_among_many_newer_ones(crowded: Storage) -> None:
    found = await crowded.library.similar(stems("harbour treaty protected each fishing vessel"), Scope(), limit=5)
    assert found[0].article.id == "a0"


async def test_a_phrase_is_looked_for_beyond_paragraphs_that_have_it_outside_the_quotation(storage: Storage) -> None:
    await storage.library.add(*told(0, "Ole Dahl said"))
    await storage.library.add_all([told(n, "no comment", OLE) for n in range(1, 301)])
    assert [cited.article.id for cited in (await storage.library.phrase("Ole Dahl said", Scope())).found] == ["a0"]


@pytest.mark.parametrize("phrase", ["we will not be there", "the ferries of Utsira were late again"])
async def test_a_phrase_is_found_by_its_words_in_their_order_alone(storage: Storage, phrase: str) -> None:
    turned = " ".join(reversed(phrase.split()))
    await storage.library.add_all([told(0, f"he said {phrase}, I think"), *(told(n, turned, OLE) for n in range(1, 101))])
    assert [cited.article.id for cited in (await storage.library.phrase(phrase, Scope())).found] == ["a0"]


async def test_what_has_all_words_of_a_topic_comes_before_what_has_any(crowded: Storage) -> None:
    topic = stems("harbour treaty fishing")
    found = await crowded.library.quotations([], Scope(), words=topic, limit=10)
    assert found[-1].article.id == "a0"
    assert [cited.number for cited in found] == sorted((cited.number for cited in found), reverse=True)
    assert len(await crowded.library.quotations([ANNA.id], Scope(), words=topic, limit=200)) == 200


async def test_an_event_of_two_parties_is_found_among_many_of_each(storage: Storage) -> None:
    await storage.library.add(*told(0, "they met at sea", ANNA, (OLE,)))
    await storage.library.add_all([told(n, "they met", OLE if n % 2 else ANNA) for n in range(1, 301)])
    found = await storage.library.events(Scope(), actors=[ANNA.id, OLE.id], limit=5)
    assert found[-1].article.id == "a0"
    assert found[-1].context.startswith("“they met at sea")


async def test_coverage_adds_up_days_and_blocks_of_days(storage: Storage) -> None:
    await storage.library.add_all([told(n, "no comment") for n in range(0, 200, 2)])
    for first, last in ((0, 199), (3, 3), (3, 4), (10, 70), (31, 32), (0, 64), (5, 190), (300, 400)):
        held = [n for n in range(0, 200, 2) if first <= n <= last]
        scope = Scope(FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        covered = await storage.library.coverage(scope)
        assert covered.articles == len(held)
        assert covered.first == (FIRST + timedelta(days=held[0]) if held else None)
        assert covered.last == (FIRST + timedelta(days=held[-1]) if held else None)
        opened = await storage.library.coverage(Scope(since=scope.since))
        assert opened.articles == len([n for n in range(0, 200, 2) if n >= first])
        assert (await storage.library.coverage(Scope(until=scope.until))).articles == len(
            [n for n in range(0, 200, 2) if n <= last]
        )


async def test_counts_follow_revisions(storage: Storage) -> None:
    await storage.library.add_all([told(1, "no comment", OLE), told(2, "no comment"), told(3, "no comment")])
    assert await storage.library.speakers(Scope()) == [(ANNA, 2), (OLE, 1)]
    article, _ = told(3, "no comment")
    _, reading = told(3, "no comment", OLE)
    await storage.library.add(article, Reading(reading.quotations, reader="rules"))
    assert await storage.library.speakers(Scope()) == [(OLE, 2), (ANNA, 1)]
    assert await storage.library.speakers(Scope(since=FIRST + timedelta(days=2))) == [(ANNA, 1), (OLE, 1)]


async def test_a_backup_is_for_the_user_alone(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'attache.db'}")
    await storage.backup(tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    await storage.close()


async def test_everyday_words_are_looked_for_in_the_newest_part_and_it_is_said_in_which(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await storage.library.add_all([told(n, "we will not be" if n == 0 else "be not we will") for n in range(100)])
    monkeypatch.setattr("storage.retrieval._MOST", 3)
    found, back_to = await storage.library.phrase("we will not be", Scope())
    assert (found, back_to is None) == ([], False)
    while back_to:
        found, back_to = await storage.library.phrase("we will not be", Scope(until=back_to - timedelta(1)))
    assert [cited.article.id for cited in found] == ["a0"]
