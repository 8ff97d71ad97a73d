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
