"""The event type model, on sentences of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Span
from bot.reading.event_lexicon import Form, lexicon, verb_forms
from bot.reading.event_types import classify


def typed(text: str, source: str, target: str) -> str:
    """The type of ``text``, its actors given by their words."""
    spans = [Span(text.index(words), text.index(words) + len(words)) for words in (source, target)]
    return classify(text, *spans)[0]


@pytest.mark.parametrize(
    ("text", "source", "target", "kind"),
    [
        (
            "Norland's president met the king of Sudmark in the capital on Monday.",
            "Norland's president",
            "the king of Sudmark",
            "CONSULT",
        ),
        ("Norland condemned Sudmark for the raid.", "Norland", "Sudmark", "ACCUSE"),
        ("The Norland army bombed Sudmark's positions overnight.", "The Norland army", "Sudmark", "ASSAULT"),
        ("Norland urged Sudmark to free the prisoners.", "Norland", "Sudmark", "REQUEST"),
        ("Norland refused to meet envoys of Sudmark.", "Norland", "Sudmark", "REJECT"),
        ("Norland's foreign minister praised Sudmark.", "Norland's foreign minister", "Sudmark", "SUPPORT"),
    ],
)
def test_plain_sentences(text: str, source: str, target: str, kind: str) -> None:
    assert typed(text, source, target) == kind


@given(st.text(max_size=300), st.tuples(st.integers(-5, 310), st.integers(-5, 310)))
def test_any_text_gives_a_type_and_a_probability(text: str, ends: tuple[int, int]) -> None:
    _, confidence = classify(text, Span(*ends), None)
    assert 0 <= confidence <= 1.0001


def test_a_verb_is_known_in_all_its_forms() -> None:
    assert {word: form for form, word in verb_forms("meet")} == {
        "meet": Form.BASE,
        "meets": Form.THIRD,
        "met": Form.PAST,
        "meeting": Form.GERUND,
    }
    assert "visiting" in [word for _, word in verb_forms("visit")]
    assert "vetoed" in [word for _, word in verb_forms("veto")]


def test_the_longer_entry_wins() -> None:
    found = lexicon().find(["they", "cancelled", "a", "visit", "to", "norland"])
    assert [t.sense.type for t in found] == ["REJECT"]
