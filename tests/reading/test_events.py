"""Events of sentences of our own, their cast given by words."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import ActorRef, ActorType, DateBasis, Event, Kind, Quotation, Span, Status, TimeClass
from bot.reading.coreference import Cast, Entity, Mention
from bot.reading.document import Document
from bot.reading.events import find_events
from bot.reading.names import NameType

PUBLISHED = date(2031, 3, 12)  # a Wednesday
WHO = {
    "Norland": ActorRef("norland", "Norland", ActorType.COUNTRY),
    "Sudmark": ActorRef("sudmark", "Sudmark", ActorType.COUNTRY),
    "Anna Berg": ActorRef("anna-berg", "Anna Berg", ActorType.PERSON),
    "Tomas Rell": ActorRef("tomas-rell", "Tomas Rell", ActorType.PERSON),
}


def names(document: Document) -> Cast:
    """A cast that knows the names of ``WHO`` and nobody else."""
    found = [m.span() for m in re.finditer("|".join(WHO), document.text)]
    people = list(WHO)
    mentions = [
        Mention(start, end, "name", "person", people.index(document.text[start:end]), *document.tokens_in((start, end)))
        for start, end in found
    ]
    return Cast(tuple(mentions), tuple(Entity(name, NameType.PERSON, actor, actor, known=True) for name, actor in WHO.items()))


def _found(text: str, quotations: Sequence[Quotation]) -> tuple[Event, ...]:
    document = Document.of(text)
    return find_events(document, names(document), quotations, PUBLISHED)


def span(text: str, words: str) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def events(text: str, said: Mapping[str, str] | None = None) -> tuple[Event, ...]:
    """``said``: what is reported, by its words, and who says it."""
    quotations = [Quotation((span(text, words),), Kind.INDIRECT, 1, speaker=WHO[who]) for words, who in (said or {}).items()]
    return _found(text, quotations)


def brief(event: Event) -> tuple[str, list[str], list[str], Status]:
    return event.type, [a.name for a in event.actors], [a.name for a in event.recipients], event.status


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Norland condemned Sudmark.", ("ACCUSE", ["Norland"], ["Sudmark"], Status.HAPPENED)),
        ("Sudmark was condemned by Norland.", ("ACCUSE", ["Norland"], ["Sudmark"], Status.HAPPENED)),
        ("Anna Berg met Tomas Rell on Monday.", ("CONSULT", ["Anna Berg", "Tomas Rell"], [], Status.HAPPENED)),
        ("Anna Berg will meet Tomas Rell on Friday.", ("AGREE", ["Anna Berg", "Tomas Rell"], [], Status.PLANNED)),
        ("Anna Berg is expected to meet with Tomas Rell in May.", ("AGREE", ["Anna Berg", "Tomas Rell"], [], Status.PLANNED)),
        ("Norland vowed to retaliate against Sudmark.", ("THREATEN", ["Norland"], ["Sudmark"], Status.HAPPENED)),
        ("Norland imposed tariffs on Sudmark.", ("SANCTION", ["Norland"], ["Sudmark"], Status.HAPPENED)),
        ("Norland urged Sudmark to leave the river valley.", ("REQUEST", ["Norland"], ["Sudmark"], Status.HAPPENED)),
        ("Norland and Sudmark signed a trade agreement.", ("SUPPORT", ["Norland", "Sudmark"], [], Status.HAPPENED)),
        ("Anna Berg has invited Tomas Rell to visit the lakes.", ("INVITE", ["Anna Berg"], ["Tomas Rell"], Status.PLANNED)),
    ],
)
def test_who_did_what_to_whom(text: str, told: tuple[str, list[str], list[str], Status]) -> None:
    assert [brief(event) for event in events(text)] == [told]


def test_dates_come_from_the_text_or_from_the_day_of_publication() -> None:
    met, accused = events("Anna Berg met Tomas Rell on Monday.\nNorland condemned Sudmark.")
    assert (met.date, met.date_basis, met.paragraph) == ("2031-03-10", DateBasis.STATED, 1)
    assert (accused.date, accused.date_basis, accused.paragraph) == ("2031-03-12", DateBasis.PUBLISHED, 2)


@pytest.mark.parametrize(
    ("when", "expected", "class_"),
    [
        ("on Tuesday", "2031-03-11", TimeClass.NEWS),
        ("last month", "2031-02", TimeClass.RECENT),
        ("in 2029", "2029", TimeClass.BACKGROUND),
        ("in June 2030", "2030-06", TimeClass.BACKGROUND),
        ("three years ago", "2028", TimeClass.BACKGROUND),
    ],
)
def test_what_is_long_past_is_not_news(when: str, expected: str, class_: TimeClass) -> None:
    (event,) = events(f"Norland attacked Sudmark {when}.")
    assert (event.date, event.time_class) == (expected, class_)


def test_a_paragraph_that_begins_long_ago_goes_on_there() -> None:
    then = "In August 2029, nobody swam. Anna Berg condemned Sudmark. Norland urged Sudmark to leave."
    assert [e.time_class for e in events(f"{then}\nNorland condemned Anna Berg.")] == [
        TimeClass.BACKGROUND,
        TimeClass.BACKGROUND,
        TimeClass.NEWS,
    ]


def test_calls_with_two_are_two_calls() -> None:
    told = events("Anna Berg discussed the river in phone calls with Norland and Sudmark.")
    assert [brief(e)[:2] for e in told] == [("CONSULT", ["Anna Berg", "Norland"]), ("CONSULT", ["Anna Berg", "Sudmark"])]


def test_a_list_is_one_party_only_where_and_closes_it() -> None:
    (event,) = events("Anna Berg condemned Norland, Sudmark and Tomas Rell.")
    assert brief(event)[2] == ["Norland", "Sudmark", "Tomas Rell"]


def test_a_meeting_absorbs_its_announcement() -> None:
    (event,) = events("Anna Berg will meet Tomas Rell.\nAnna Berg met Tomas Rell on Wednesday.")
    assert (event.type, event.status) == ("CONSULT", Status.HAPPENED)


def test_a_call_does_not_absorb_the_meeting_agreed_in_it() -> None:
    told = events("Anna Berg spoke by phone with Tomas Rell. Anna Berg and Tomas Rell agreed to meet.")
    assert [e.type for e in told] == ["CONSULT", "AGREE"]


def test_what_did_not_take_place_is_negated() -> None:
    (event,) = events("Anna Berg has not met Tomas Rell.")
    assert (event.type, event.status) == ("CONSULT", Status.NEGATED)


def test_who_reports_it() -> None:
    (event,) = events(
        "Sudmark said Norland had attacked Tomas Rell on Tuesday.",
        {"Norland had attacked Tomas Rell on Tuesday": "Sudmark"},
    )
    assert [a.name for a in event.reported_by] == ["Sudmark"]


def test_a_refusal_in_what_somebody_says_is_the_speaker_s() -> None:
    (event,) = events(
        "Anna Berg said a return to the old tariffs of Sudmark was unrealistic.",
        {"a return to the old tariffs of Sudmark was unrealistic": "Anna Berg"},
    )
    assert brief(event) == ("REJECT", ["Anna Berg"], ["Sudmark"], Status.HAPPENED)


def test_somebody_else_s_refusal_inside_what_is_said() -> None:
    words = "Sudmark did not see the pact as part of a solution for Norland"
    (event,) = events(f"Anna Berg said {words}.", {words: "Anna Berg"})
    assert brief(event) == ("REJECT", ["Sudmark"], ["Norland"], Status.HAPPENED)


@pytest.mark.parametrize(
    ("cue", "paragraph", "expected"),
    [
        ("said", 5, TimeClass.NEWS),
        ("has said", 5, TimeClass.RECENT),
        ("has said", 1, TimeClass.NEWS),
        ("had said", 5, TimeClass.BACKGROUND),
    ],
)
def test_what_somebody_has_or_had_said_is_not_of_today(cue: str, paragraph: int, expected: TimeClass) -> None:
    text = "Nobody swam in it.\n" * (paragraph - 1) + f"Anna Berg {cue} Norland must leave the river valley at once."
    said = span(text, "Norland must leave the river valley at once")
    quotation = Quotation((said,), Kind.INDIRECT, paragraph, (span(text, cue),), speaker=WHO["Anna Berg"], confidence=0.9)
    (event,) = _found(text, [quotation])
    assert (event.type, event.time_class) == ("REQUEST", expected)


def test_a_paraphrase_in_doubt_is_no_act_and_praise_needs_somebody() -> None:
    text = "Anna Berg said Norland must leave the river valley at once."
    said = span(text, "Norland must leave the river valley at once")
    for confidence, many in ((0.9, 1), (0.6, 0)):
        assert len(_found(text, [Quotation((said,), Kind.INDIRECT, 1, speaker=WHO["Anna Berg"], confidence=confidence)])) == many
    praise = "the new bridge over the river is very good news"
    for whom, many in (("", 0), (" for Norland", 1)):
        assert len(events(f"Anna Berg said {praise}{whom}.", {f"{praise}{whom}": "Anna Berg"})) == many


def test_a_body_named_before_is_a_party() -> None:
    text = "Sudmark waited. The administration reached a final agreement with Sudmark on steel."
    document = Document.of(text)

    def definite(first: int) -> tuple[int, ActorRef] | None:
        return (first + 2, WHO["Norland"]) if document.words[first : first + 2] == ["The", "administration"] else None

    (event,) = find_events(document, names(document), (), PUBLISHED, definite)
    assert (event.type, {a.name for a in (*event.actors, *event.recipients)}) == ("AGREE", {"Norland", "Sudmark"})


def test_if_is_no_event() -> None:
    assert events("Anna Berg said little, even if Norland attacked Sudmark.") == ()


def test_what_is_agreed_to_counts() -> None:
    assert [e.mode for e in events("Norland and Sudmark agreed to start negotiations with Anna Berg.")] == ["negotiate"]


def test_who_wrote_the_article_is_no_event() -> None:
    assert not events("Anna Berg aided Tomas Rell and contributed reporting from Norland.")
    assert not events("Additional reporting by Anna Berg, who met Tomas Rell.")
    assert events("Reports by the press say that Anna Berg met Tomas Rell.")


def test_who_stands_where_in_a_picture_is_no_event() -> None:
    assert events("Anna Berg, center, meets Tomas Rell at a party congress on Monday.") == ()
    assert events("Anna Berg (L) meets Tomas Rell at a party congress on Monday.") == ()
    assert len(events("Anna Berg meets Tomas Rell at a party congress on Monday.")) == 1


def test_nothing_is_told_of_nobody() -> None:
    assert events("They met and talked; later they condemned everybody.") == ()
    assert events("") == ()


WORDS = st.sampled_from(
    [
        *WHO,
        "met",
        "will",
        "attacked",
        "not",
        "by",
        ",",
        ".",
        "\n",
        "who",
        "that",
        "'s",
        "May",
        "1 May 2030",
        "said",
        "“",
        "”",
        "and",
        "I",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.lists(WORDS, max_size=60).map(" ".join), st.text(max_size=200)),
    st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300)), max_size=4),
)
def test_any_text_is_read(text: str, spans: list[tuple[int, int]]) -> None:
    quotations = [Quotation((Span(*span),), Kind.DIRECT, 1, speaker=WHO["Anna Berg"]) for span in spans]
    for event in _found(text, quotations):
        assert event.actors
        assert 0 <= event.evidence.start < event.evidence.end <= len(text)


def test_time_grows_with_length_only() -> None:
    text = "Anna Berg will meet Tomas Rell, and Norland condemned Sudmark, who had attacked Norland and "
    quick, slow = (_seconds(text * times) for times in (50, 400))
    assert slow < quick * 8 * 4 + 0.5


def _seconds(text: str) -> float:
    start = time.perf_counter()
    events(text)
    return time.perf_counter() - start
