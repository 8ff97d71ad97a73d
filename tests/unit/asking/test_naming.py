"""Names as the texts put them."""

from datetime import date

import pytest

from bot.asking.grammar import inquiry_of
from bot.asking.naming import heard_as
from bot.model import ActorRef, ActorType

JUDGE = ActorRef("a-norland-judge", "A Norland judge", ActorType.UNNAMED)
UNION = ActorRef("the-miners-union", "the miners' union", ActorType.GROUP)
BERG = ActorRef("berg", "Berg", ActorType.PERSON)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("the judge", JUDGE),
        ("miners' union", UNION),
        ("Anna Berg", BERG),
        ("the Berg union", None),
        ("Norland", JUDGE),
        ("the", None),
    ],
)
def test_who_is_not_known_may_be_worded_so(name: str, found: ActorRef | None) -> None:
    assert heard_as(name, [JUDGE, UNION, BERG]) == ((found,) if found else ())


def test_today_in_a_name_is_no_day() -> None:
    asked = inquiry_of("what did USA Today ask its readers", date(2031, 3, 12))
    assert (asked.names, asked.since) == (("USA Today",), None)
    assert inquiry_of("what did Berg say today", date(2031, 3, 12)).since == date(2031, 3, 12)


def test_a_topic_with_versus_in_it_is_no_comparison() -> None:
    asked = inquiry_of("berg on dams vs bridges", date(2031, 3, 12))
    assert (asked.intent, asked.names, asked.topic) == ("said", ("berg",), "dams vs bridges")
