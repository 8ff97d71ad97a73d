"""What the shape of a question asks for, where two shapes are near each other."""

from datetime import date

import pytest

from bot.asking.grammar import inquiry_of


@pytest.mark.parametrize(
    ("text", "intent", "names", "topic"),
    [
        ("did biden call trump unqualified?", "said", ("biden",), "trump unqualified"),
        ("did Joe Biden call Trump a danger", "said", ("Joe Biden",), "Trump a danger"),
        ("did trump call putin", "events", (), "trump call putin"),
        ("did Trump call Vladimir Putin yesterday", "events", (), "Trump call Vladimir Putin"),
        ("who has welcomed the ceasefire", "about", (), "ceasefire"),
        ("who warned about protests", "about", (), "protests"),
        ("who is against the tariffs", "about", (), "tariffs"),
        ("anyone from the EU on steel?", "said", ("the EU",), "steel"),
    ],
)
def test_what_is_asked_for(text: str, intent: str, names: tuple[str, ...], topic: str) -> None:
    inquiry = inquiry_of(text, date(2025, 2, 13))
    assert (inquiry.intent, inquiry.names, inquiry.topic) == (intent, names, topic)


@pytest.mark.parametrize(
    ("text", "phrase", "since", "until"),
    [
        ('who said "we will not be" in March 2023', "we will not be", date(2023, 3, 1), date(2023, 3, 31)),
        ('did Rand Paul say "we leave in March 2023" yesterday?', "we leave in March 2023", date(2025, 2, 12), date(2025, 2, 12)),
        ('who said "we will not be" before 3 May 2024', "we will not be", None, date(2024, 5, 3)),
        ("verify before 3 May 2024: we will not be", "we will not be", None, date(2024, 5, 3)),
        ('who said "not today, not in March"', "not today, not in March", None, None),
    ],
)
def test_days_stand_beside_a_quotation_never_in_it(text: str, phrase: str, since: date | None, until: date | None) -> None:
    inquiry = inquiry_of(text, date(2025, 2, 13))
    assert (inquiry.phrase, inquiry.since, inquiry.until) == (phrase, since, until)
