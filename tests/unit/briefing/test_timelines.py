"""Timelines and readouts, from events and statements of our own."""

import struct
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefing.readouts import Verdict, compare_readouts
from bot.briefing.telling import told
from bot.briefing.timelines import alt_text, draw_timeline, timeline
from bot.model import ActorRef, ActorType, ArticleHead, Cited, CitedEvent, DateBasis, Event, Kind, Quotation, Span, Status

BERG, RELL, PALACE = (ActorRef(n.lower(), n, ActorType.PERSON) for n in ("Nils Berg", "Tomas Rell", "The Palace"))
NORLAND = ActorRef("norland", "Norland", ActorType.COUNTRY)
HEAD, OTHER = ArticleHead("a", "Courier"), ArticleHead("b", "Gazette")


def event(
    type_: str = "CONSULT",
    day: str | None = None,
    *,
    mode: str | None = "phone",
    status: Status = Status.HAPPENED,
    by: ActorRef | None = None,
    head: ArticleHead = HEAD,
    basis: DateBasis = DateBasis.STATED,
) -> CitedEvent:
    reported = (by,) if by else ()
    return CitedEvent(
        1,
        head,
        Event(type_, (BERG, RELL), Span(5, 9), 1, mode=mode, date=day, date_basis=basis, status=status, reported_by=reported),
        "met or phoned",
    )


def said(speaker: ActorRef, words: str, kind: Kind = Kind.DIRECT, on: date | None = None, start: int = 100) -> Cited:
    quotation = Quotation((Span(start, start + len(words)),), kind, 1, speaker=speaker, said_on=on)
    return Cited(1, HEAD, quotation, (words,))


def test_entries_stand_by_the_day_of_the_event() -> None:
    found = timeline([event(day=None), event(day="2031-03-12"), event(day="2022-02"), event(day="2031-03-01")])
    assert [e.day for e in found.entries] == ["2022-02", "2031-03-01", "2031-03-12", None]
    assert [e.order_known for e in found.entries] == [True, True, True, False]


def test_the_order_within_a_day_is_not_known() -> None:
    found = timeline([event(day="2031-03-12"), event("AGREE", "2031-03-12", mode="meet")])
    assert [e.order_known for e in found.entries] == [True, False]


def test_two_articles_on_one_event_are_one_entry() -> None:
    (entry,) = timeline([event(day="2031-03-12"), event(day="2031-03-12", head=OTHER)]).entries
    assert [c.article.id for c in entry.citations] == ["a", "b"]
    assert entry.text == "Nils Berg and Tomas Rell spoke by phone"


@pytest.mark.parametrize(
    ("words", "party", "ours"),
    [
        ("Berg met Rell on the pier", RELL, True),
        ("Berg is unlikely to meet Rell on the pier", RELL, False),
        ("Berg didn’t meet Rell on the pier", RELL, False),
        ("Berg met the palace on the pier", ActorRef("palace", "Palace", ActorType.ORGANISATION), False),
        ("Berg met Sons on the pier", ActorRef("sons", "Sons", ActorType.PERSON), False),
        ("Berg brought home a meeting with Rell", RELL, False),
        ("Berg discussed the pier, as did Rell", RELL, False),
        ("Berg received a third of what Rell got", RELL, False),
        ("Berg met the demands of Rell", RELL, False),
        ("I have hardly ever met Rell", RELL, False),
        ("Berg held long talks with Rell", RELL, True),
        ("Berg is in negotiations to meet with Rell", RELL, False),
        ("Berg met the wife of a prisoner in Norland", NORLAND, False),
    ],
)
def test_a_line_of_ours_says_no_more_than_the_article(words: str, party: ActorRef, ours: bool) -> None:
    met = Event("CONSULT", (BERG, party), Span(5, 9), 1, mode="meet", date="2031-03-12")
    (entry,) = timeline([CitedEvent(1, HEAD, met, words)]).entries
    assert entry.words == ("" if ours else words)


def test_a_visit_to_a_state_is_told_in_a_line_of_ours() -> None:
    visit = Event("CONSULT", (BERG,), Span(5, 9), 1, mode="visit", recipients=(NORLAND,), date="2031-03-12")
    (entry,) = timeline([CitedEvent(1, HEAD, visit, "Berg visited Norland")]).entries
    assert (entry.text, entry.words) == ("Nils Berg visited Norland", "")


def test_what_somebody_else_reports_says_who() -> None:
    entries = timeline([event(by=PALACE), event("CONCEDE", mode=None, by=PALACE), event("CONCEDE", mode=None, by=BERG)]).entries
    assert [e.text for e in entries] == [
        "Nils Berg and Tomas Rell spoke by phone (according to The Palace)",
        "Nils Berg and Tomas Rell (according to The Palace): met or phoned",
        "Nils Berg and Tomas Rell: met or phoned",
    ]


def test_a_day_of_publication_says_so() -> None:
    (entry,) = timeline([event(day="2031-03-12", basis=DateBasis.PUBLISHED)]).entries
    assert entry.published


def test_an_occasion_is_one_entry_a_speaker_and_day() -> None:
    day = date(2031, 3, 12)
    held = [(said(BERG, "We agree.", on=day), "told a press conference"), (said(BERG, "No.", on=day), "said at the fair in Wels")]
    (entry,) = timeline([], held).entries
    assert (entry.day, entry.line, entry.words) == ("2031-03-12", "Nils Berg", "said at the fair in Wels")
    assert len(entry.citations) == 2


@pytest.mark.parametrize(
    ("cited", "line"),
    [
        (event("CONSULT", status=Status.NEGATED), "Nils Berg and Tomas Rell did not speak by phone"),
        (event("AGREE", mode="meet", status=Status.PLANNED), "Nils Berg and Tomas Rell plan to meet"),
        (event("CONSULT", status=Status.HYPOTHETICAL), "Nils Berg and Tomas Rell spoke by phone (possible)"),
    ],
)
def test_a_line_tells_the_status(cited: CitedEvent, line: str) -> None:
    assert told(cited.event) == line


@pytest.mark.parametrize("dark", [False, True])
def test_the_picture_is_as_wide_as_a_phone_s_screen_is_fine(dark: bool) -> None:
    picture = draw_timeline(
        timeline([event(day="2031-03-12")], [(said(BERG, "No."), "Costs rose by $5 to $7_x^2." * 9)]), dark=dark
    )
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1080
    assert height < 2400


def test_the_picture_in_words() -> None:
    assert (
        alt_text(timeline([event(day="2031-03-12")]))
        == "Timeline of 1 entry. 2031-03-12: Nils Berg and Tomas Rell spoke by phone."
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=400), max_size=20))
def test_any_words_can_be_drawn(words: list[str]) -> None:
    assert draw_timeline(timeline([], [(said(BERG, w), w) for w in words]))


def test_readouts_beside_each_other() -> None:
    call = event(by=BERG), event(by=RELL, head=OTHER)
    denied = event("AGREE", mode="meet", by=BERG), event("AGREE", mode="meet", by=RELL, status=Status.NEGATED)
    mine, nobody = event("INVITE", mode="visit", by=PALACE), event("SUPPORT", mode="sign")
    found = compare_readouts([*call, *denied, mine, nobody], [], [BERG, PALACE], [RELL])
    assert [p.verdict for p in found.points] == [Verdict.AGREED, Verdict.CONTRADICTED, Verdict.LEFT]
    assert [bool(p.right) for p in found.points] == [True, True, False]


def test_statements_beside_each_other() -> None:
    found = compare_readouts(
        [],
        [
            said(BERG, "The two will meet again in May"),
            said(RELL, "We will meet again in May, the two"),
            said(RELL, "No dams were discussed at all"),
        ],
        [BERG],
        [RELL],
    )
    assert [p.verdict for p in found.points] == [Verdict.AGREED, Verdict.RIGHT]


def test_that_two_talked_is_no_account_of_him_who_is_said_to_have_talked() -> None:
    inside = said(BERG, "the dam in a call with Rell", start=8)
    assert not compare_readouts([event(by=BERG)], [inside], [BERG], [RELL]).two_sided
    assert all(point.event is None for point in compare_readouts([event(by=BERG)], [inside], [BERG], [RELL]).points)


def test_an_account_in_the_side_s_own_words_is_direct() -> None:
    inside = said(BERG, "they spoke", start=0)
    (point,) = compare_readouts([event(by=BERG)], [inside], [BERG], [RELL]).points
    assert point.left is not None
    assert point.left.direct
