"""When, as people type it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asking.when import days_in

TODAY = date(2025, 2, 13)


@pytest.mark.parametrize(
    ("text", "rest", "since", "until"),
    [
        ("what did X say yesterday", "what did X say", date(2025, 2, 12), date(2025, 2, 12)),
        ("X since Monday", "X", date(2025, 2, 10), None),
        ("what happened on wednesday", "what happened", date(2025, 2, 12), date(2025, 2, 12)),
        ("what happened last week", "what happened", date(2025, 2, 3), date(2025, 2, 9)),
        ("timeline 12 feb", "timeline", date(2025, 2, 12), date(2025, 2, 12)),
        ("X in february 2024", "X", date(2024, 2, 1), date(2024, 2, 29)),
        ("X 2024-12-01", "X", date(2024, 12, 1), date(2024, 12, 1)),
        ("what happened on 3 March", "what happened", date(2024, 3, 3), date(2024, 3, 3)),
        ("events in the last 3 days", "events", date(2025, 2, 10), TODAY),
        ("X in the last week of january 2025", "X", date(2025, 1, 25), date(2025, 1, 31)),
        ("what did X say in the second week of March", "what did X say", date(2024, 3, 8), date(2024, 3, 14)),
        ("X in the first week of talks", "X in the first week of talks", None, None),
        ("X in the last week of may 2024", "X", date(2024, 5, 25), date(2024, 5, 31)),
        ("X in may 2024", "X", date(2024, 5, 1), date(2024, 5, 31)),
        ("X on 12 may", "X", date(2024, 5, 12), date(2024, 5, 12)),
        ("what may happen in ukraine", "what may happen in ukraine", None, None),
        ("what did may say", "what did may say", None, None),
        ("X on borders", "X on borders", None, None),
    ],
)
def test_days(text: str, rest: str, since: date | None, until: date | None) -> None:
    found = days_in(text, TODAY)
    assert (found.rest, found.since, found.until) == (rest, since, until)


def test_an_order_looks_ahead() -> None:
    assert days_in("3 March", TODAY, ahead=True).since == date(2025, 3, 3)


@given(st.text(max_size=60), st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_any_text_has_days_in_order_or_none(text: str, today: date) -> None:
    found = days_in(text, today)
    assert not (found.since and found.until) or found.since <= found.until
