"""Grouping articles into developments, on texts of our own."""

import pickle
import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefing.developments import Assignment, Grouping, independent_outlets
from bot.briefing.memory import Memory
from bot.briefing.novelty import Kind
from bot.model import ActorRef, ActorType, Article, Event, Reading, Span, Status

DAY = date(2031, 3, 12)
FLOOD = (
    "Dikes along the lower Orla broke at Marenburg on Tuesday night and 4,000 people left their houses, the Norland"
    " civil guard said. Engineers of the Marenburg water board were closing the 30-metre breach with barges of stone."
)
FLOOD_AGAIN = (
    "The Marenburg water board closed half of the breach in the Orla dike after 4,000 people had fled the flooded"
    " Norland town. Barges brought stone all day; the civil guard flew in pumps."
)
VOTE = (
    "Sudmark's parliament voted by 71 to 60 to lower the voting age to 16. The Liberal leader, Mara Quist, called it a"
    " late gift to the young; the Conservatives of Per Dahl will ask the constitutional court."
)
BERG, RELL, OST = (ActorRef(name.lower(), name, ActorType.PERSON) for name in ("Berg", "Rell", "Ost"))


def article(id: str, text: str, day: date | None = DAY, outlet: str = "Courier") -> Article:
    return Article(id, text, Span(0, len(text)), outlet=outlet, published_on=day)


def call(*parties: ActorRef, type: str = "CONSULT", status: Status = Status.HAPPENED, date_: str = "2031-03-12") -> Event:
    return Event(type, parties, Span(0, 1), 1, mode="phone", date=date_, status=status)


def test_a_story_keeps_the_name_it_was_stored_with_where_its_first_article_is_forgotten() -> None:
    memory = Memory()
    memory.take([(article("b", FLOOD), Reading()), (article("c", VOTE), Reading())], {"b": "d-a"})
    memory.take([(article("d", FLOOD_AGAIN), Reading())], {})
    assert {id: one.development for id, one in memory.assigned("bcd").items()} == {"b": "d-a", "c": "d-c", "d": "d-a"}


def test_articles_on_one_happening_join_and_others_open_their_own() -> None:
    grouping = Grouping()
    first = grouping.assign(article("a", FLOOD), Reading())
    second = grouping.assign(article("b", FLOOD_AGAIN, DAY + timedelta(1)), Reading())
    other = grouping.assign(article("c", VOTE), Reading())
    assert (first.development, first.opened) == ("d-a", True)
    assert (second.development, second.opened, second.copy_of) == ("d-a", False, None)
    assert (other.development, other.opened) == ("d-c", True)


def test_a_wire_copy_counts_as_one_outlet() -> None:
    grouping = Grouping()
    told = [
        grouping.assign(article("a", FLOOD, outlet="Wire"), Reading()),
        grouping.assign(article("b", FLOOD.replace("Tuesday night", "Tuesday"), outlet="Courier"), Reading()),
        grouping.assign(article("c", FLOOD_AGAIN, outlet="Gazette"), Reading()),
    ]
    assert [t.copy_of for t in told] == [None, "a", None]
    assert independent_outlets(told) == 2


def test_the_call_with_one_is_not_the_call_with_another() -> None:
    grouping = Grouping()
    words = "President Berg spoke for an hour by phone with {} on Wednesday about the Orla river treaty, the palace said."
    first = grouping.assign(article("a", words.format("Rell")), Reading(events=(call(BERG, RELL),)))
    second = grouping.assign(article("b", words.format("Ost")), Reading(events=(call(BERG, OST),)))
    third = grouping.assign(article("c", words.format("Rell")), Reading(events=(call(RELL, BERG),)))
    assert (first.development, second.development, third.development) == ("d-a", "d-b", "d-a")


def news(*assignments: Assignment) -> list[list[Kind]]:
    return [[n.kind for n in a.news] for a in assignments]


def test_what_is_new() -> None:
    grouping = Grouping()
    planned = call(BERG, RELL, type="AGREE", status=Status.PLANNED)
    texts = (FLOOD, FLOOD_AGAIN, FLOOD_AGAIN.replace("flew in", "sent") + " More rain is due.", FLOOD_AGAIN + " Rell came.")
    told = [
        grouping.assign(article("a", texts[0]), Reading(events=(planned,))),
        grouping.assign(article("b", texts[1]), Reading(events=(planned, call(BERG, RELL)))),
        grouping.assign(article("a", texts[0]), Reading(events=(call(BERG, RELL, OST),))),
    ]
    assert news(*told) == [[Kind.EVENT], [Kind.STATUS], [Kind.CORRECTION]]


def test_a_new_party_is_new() -> None:
    grouping = Grouping()
    first = grouping.assign(article("a", FLOOD), Reading(events=(call(BERG, RELL),)))
    second = grouping.assign(article("b", FLOOD_AGAIN), Reading(events=(call(BERG, RELL, OST),)))
    assert news(first, second) == [[Kind.EVENT], [Kind.PARTY]]


def test_the_state_can_be_put_aside_and_resumed() -> None:
    grouping = Grouping()
    grouping.assign(article("a", FLOOD), Reading())
    resumed: Grouping = pickle.loads(pickle.dumps(grouping))
    assert resumed.assign(article("b", FLOOD_AGAIN), Reading()).development == "d-a"


def test_what_is_older_than_the_window_is_forgotten() -> None:
    grouping = Grouping(window=2)
    grouping.assign(article("a", FLOOD), Reading())
    assert grouping.assign(article("b", FLOOD_AGAIN, DAY + timedelta(9)), Reading()).development == "d-b"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=80), st.one_of(st.none(), st.dates())), max_size=12))
def test_any_stream_is_grouped(stream: list[tuple[str, date | None]]) -> None:
    grouping = Grouping()
    for number, (text, day) in enumerate(stream):
        assignment = grouping.assign(article(str(number), text, day), Reading())
        assert assignment.opened == (assignment.development == f"d-{number}")


def test_memory_is_bounded_by_the_window() -> None:
    grouping, dice = Grouping(window=3), random.Random(7)
    sizes = []
    for day in range(30):
        for number in range(20):
            text = " ".join(f"w{dice.randrange(5000)}" for _ in range(60))
            grouping.assign(article(f"{day}-{number}", text, DAY + timedelta(day)), Reading())
        sizes.append(grouping.remembered)
    assert max(sizes) <= 5 * 20
