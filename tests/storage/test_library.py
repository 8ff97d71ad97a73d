"""The library's contract, on both databases."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Actor, ActorRef, ActorType, Article, DateBasis, Event, Kind, Mention, Quotation, Reading, Span
from bot.ports import Scope, Stored
from bot.terms import stems
from storage import Storage, open_storage

ANNA = ActorRef("anna-berg", "Anna Berg", ActorType.PERSON)
NORLAND = ActorRef("norland", "Norland", ActorType.COUNTRY)
TEXT = "date 2025-03-04\nAnna Berg met envoys in Oslo.\n\n“We will not wait,” Berg said.\n“Not for the grain deal.”\nNorland may send grain.\n"


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def said(text: str, words: str, paragraph: int, **more: object) -> Quotation:
    made = Quotation((span(text, words),), Kind.DIRECT, paragraph, speaker=ANNA, source=(span(text, "Berg"),))
    return replace(made, **more)  # type: ignore[arg-type]


def article(id: str = "a1", text: str = TEXT, on: date | None = date(2025, 3, 4), outlet: str | None = "Herald") -> Article:
    return Article(id, text, Span(16, len(text)), outlet, published_on=on)


def reading(text: str = TEXT) -> Reading:
    grain = Event(
        "AID",
        (NORLAND,),
        span(text, "Norland may send grain"),
        5,
        recipients=(ANNA,),
        date="2025-03",
        date_basis=DateBasis.STATED,
    )
    return Reading(
        (said(text, "We will not wait,", 3), said(text, "Not for the grain deal.", 4, said_on=date(2025, 3, 3))),
        (grain,),
        (Mention(span(text, "Anna Berg"), 2, ANNA), Mention(span(text, "envoys"), 2)),
        discovered=(Actor(*ANNA, aliases=("Norland's envoy",)),),
    )


async def test_an_article_comes_back_to_the_letter(storage: Storage) -> None:
    received = article(text=TEXT.replace("grain", "gr\x00in \ud800 𝕏"))
    await storage.library.add(received, Reading())
    assert await storage.library.article("a1") == received
    assert [a async for a in storage.library.articles()] == [received]
    assert await storage.library.article("a2") is None


async def test_a_reading_comes_back_as_it_was_handed_in(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    assert await storage.library.reading("a1") == reading()
    assert await storage.library.actors() == list(reading().discovered)


async def test_the_same_article_again_changes_nothing(storage: Storage) -> None:
    assert not await storage.library.known(article(), "model")
    assert await storage.library.add(article(), reading()) is Stored.NEW
    assert await storage.library.known(article(), "model")
    assert await storage.library.add(article(), reading()) is Stored.UNCHANGED
    assert len(await storage.library.quotations([], Scope())) == 2
    assert (await storage.library.coverage(Scope())).articles == 1


async def test_a_revision_keeps_the_numbers_of_what_stayed(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    before = {cited.words: cited.number for cited in await storage.library.quotations([ANNA.id], Scope())}
    text = TEXT.replace("Oslo", "Bergen, by the sea").replace("for the grain deal", "for any deal")
    changed = (said(text, "We will not wait,", 3), said(text, "Not for any deal.", 4))
    assert await storage.library.add(article(text=text, outlet="Times"), Reading(changed)) is Stored.REVISED
    after = {cited.words: cited.number for cited in await storage.library.quotations([ANNA.id], Scope())}
    assert after[("We will not wait,",)] == before[("We will not wait,",)]
    assert after[("Not for any deal.",)] not in before.values()
    assert await storage.library.quotation(before[("Not for the grain deal.",)]) is None
    assert (await storage.library.coverage(Scope())).outlets == ("Times",)


async def test_quotations_are_found_by_speaker_day_word_and_article_newest_first(storage: Storage) -> None:
    await storage.library.add_all([(article(), reading()), (article("a2", on=date(2025, 4, 1)), reading())])

    async def places(speakers: list[str], scope: Scope, words: tuple[str, ...] = ()) -> list[tuple[str, int]]:
        found = await storage.library.quotations(speakers, scope, words=words)
        return [(cited.article.id, cited.quotation.paragraph) for cited in found]

    assert await places(["anna-berg"], Scope()) == [("a2", 3), ("a1", 3), ("a2", 4), ("a1", 4)]
    assert await places(["nobody"], Scope()) == []
    assert await places([], Scope(since=date(2025, 3, 4))) == [("a2", 3), ("a1", 3)]
    assert await places([], Scope(until=date(2025, 3, 3))) == [("a2", 4), ("a1", 4)]
    assert await places(["anna-berg"], Scope(since=date(2025, 3, 4), until=date(2025, 3, 4)), stems("waiting")) == [("a1", 3)]
    assert await places([], Scope(articles=("a1",)), stems("deals")) == [("a1", 4)]
    assert await places([], Scope(articles=("a9",))) == []
    (cited,) = await storage.library.quotations([], Scope(articles=("a1",)), words=stems("grain"))
    assert (cited.words, cited.context) == (("Not for the grain deal.",), "“Not for the grain deal.”")


async def test_a_phrase_is_found_within_the_quotation_only(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    assert [cited.quotation.paragraph for cited in (await storage.library.phrase("will NOT wait", Scope())).found] == [3]
    assert (await storage.library.phrase("wait not will", Scope())).found == []
    assert (await storage.library.phrase("Berg said", Scope())).found == []
    assert (await storage.library.phrase("…", Scope())).found == []


async def test_similar_words_find_the_nearest_quotation_first(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    found = await storage.library.similar(stems("a deal about grain"), Scope())
    assert [cited.quotation.paragraph for cited in found] == [4]
    assert await storage.library.similar(stems("submarines"), Scope()) == []
    assert await storage.library.similar(stems("a deal about grain"), Scope(), speakers=["anna-berg"]) == found
    assert await storage.library.similar(stems("a deal about grain"), Scope(), speakers=["tomas-rell"]) == []


async def test_events_are_found_by_party_type_and_word(storage: Storage) -> None:
    await storage.library.add(article(), reading())
    for found in (
        await storage.library.events(Scope(), actors=["norland"]),
        await storage.library.events(Scope(), types=["AID"], words=stems("grains")),
        await storage.library.events(Scope(since=date(2025, 3, 1), until=date(2025, 3, 31))),
    ):
        assert [(cited.words, cited.event) for cited in found] == [("Norland may send grain", reading().events[0])]
    assert await storage.library.events(Scope(), types=["FIGHT"]) == []


async def test_what_lies_around_is_told(storage: Storage) -> None:
    await storage.library.add_all([(article(), reading()), (article("a2", on=None, outlet=None), reading())])
    covered = await storage.library.coverage(Scope())
    assert (covered.articles, covered.outlets, covered.first, covered.last) == (
        2,
        ("Herald",),
        date(2025, 3, 4),
        date(2025, 3, 4),
    )
    assert covered.last_read_at
    assert covered.last_read_at.tzinfo
    assert (await storage.library.coverage(Scope(articles=("a1",)))).articles == 1
    assert await storage.library.speakers(Scope()) == [(ANNA, 4)]
    assert [(head.id, paragraph) for head, paragraph in await storage.library.mentions("anna-berg", Scope())] == [
        ("a1", 2),
        ("a2", 2),
    ]
    assert await storage.library.paragraphs("a1", 3, 4) == [
        (3, "“We will not wait,” Berg said."),
        (4, "“Not for the grain deal.”"),
    ]
    assert await storage.library.paragraphs("a9", 1, 2) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2029", "\f\n"])
async def test_whatever_ends_a_line_a_paragraph_comes_back_without_it(storage: Storage, end: str) -> None:
    text = TEXT.replace("\n", end)
    await storage.library.add_all([(article(text=text), reading(text))])
    assert await storage.library.paragraphs("a1", 4, 5) == [
        (4, "“Not for the grain deal.”"),
        (5, "Norland may send grain."),
    ]
    (cited,) = await storage.library.quotations([], Scope(), words=stems("grain"))
    assert cited.context == "“Not for the grain deal.”"


async def test_a_time_keeps_its_offset(storage: Storage) -> None:
    received = replace(article(), published_at=datetime.fromisoformat("2025-03-04T09:00:00+05:30"))
    await storage.library.add(received, Reading())
    held = await storage.library.article("a1")
    assert held
    assert held.published_at
    assert held.published_at.isoformat() == "2025-03-04T09:00:00+05:30"


async def test_a_batch_is_stored_whole_or_not_at_all(storage: Storage) -> None:
    broken = Reading((said(TEXT, "We will not wait,", 3, said_on="no date"),))
    with pytest.raises(AttributeError):
        await storage.library.add_all([(article(), reading()), (article("a2"), broken)])
    assert (await storage.library.coverage(Scope())).articles == 0
    assert await storage.library.quotations([], Scope()) == []


async def test_an_article_that_comes_twice_in_a_batch_is_as_its_last_text(storage: Storage) -> None:
    text = TEXT.replace("Oslo", "Bergen")
    later = (article(text=text), reading(text))
    outcomes = await storage.library.add_all([(article(), reading()), later, (article("a2"), reading()), later])
    assert outcomes == [Stored.NEW, Stored.REVISED, Stored.NEW, Stored.UNCHANGED]
    assert await storage.library.article("a1") == later[0]
    assert [cited.article.id for cited in await storage.library.quotations([], Scope())] == ["a2", "a1", "a2", "a1"]
    assert (await storage.library.coverage(Scope())).articles == 2


async def test_it_is_all_there_after_closing(url: str) -> None:
    for expected in (Stored.NEW, Stored.UNCHANGED):
        storage = await open_storage(url)
        assert await storage.library.add(article(), reading()) is expected
        await storage.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(max_size=12), max_size=4), phrase=st.text(max_size=30))
async def test_no_question_breaks_a_search(storage: Storage, words: list[str], phrase: str) -> None:
    scope = Scope(since=date(2025, 1, 1))
    await storage.library.quotations(words, scope, words=words)
    await storage.library.events(scope, actors=words, types=words, words=words)
    await storage.library.phrase(phrase, scope)
    await storage.library.similar(stems(phrase), scope)


async def test_where_an_article_went_is_stored_once_and_outlives_a_revision(storage: Storage) -> None:
    await storage.library.add_all([(article(id), reading()) for id in ("a1", "a2", "a3")])
    await storage.library.develop({"a1": "d-a1", "a2": "d-a1", "a9": "d-a9"})
    await storage.library.develop({"a1": "d-a7", "a3": "d-a3"})
    await storage.library.develop({})
    assert await storage.library.developments(["a1", "a2", "a3", "a9", "a4"]) == {"a1": "d-a1", "a2": "d-a1", "a3": "d-a3"}
    longer = TEXT + "More.\n"
    await storage.library.add(article("a2", longer), reading(longer))
    assert await storage.library.developments(["a2"]) == {"a2": "d-a1"}
