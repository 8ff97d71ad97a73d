"""Words and stems are the same for what is stored and what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terms import LONGEST, stems, words


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("NATO membership", "nato Memberships"),
        ("Ukraine’s borders", "ukraine's border"),
        ("Erdoğan", "erdogan"),
        ("negotiations", "NEGOTIATION"),
        ("Łukasz", "lukasz"),
        ("İstanbul", "istanbul"),
        ("cease\u00adfire", "cease\u00adfire"),
    ],
)
def test_spellings_meet_in_one_stem(stored: str, asked: str) -> None:
    assert stems(stored) == stems(asked)


def test_words_keep_their_endings_and_order() -> None:
    assert words("Zelensky’s façade: pre-2014 borders") == ("zelenskys", "facade", "pre", "2014", "borders")


@given(st.text())
def test_terms_are_letters_and_digits_only(text: str) -> None:
    for term in (*stems(text), *words(text)):
        assert term.isalnum()
        assert len(term) <= LONGEST


@given(st.text())
def test_stemming_is_blind_to_ascii_case(text: str) -> None:
    assert stems(text.upper() if text.isascii() else text) == stems(text)


def test_a_megabyte_without_blanks_is_one_term() -> None:
    assert stems("A" * 1_000_000) == ("a" * LONGEST,)


@given(
    st.lists(
        st.sampled_from(["talks", "U", "1's", "’s", "'", "’", "ʼ", "é", "—", "_", "-", ".", "“", "\x1c", "\x85", "\u200b", "²"])
    )
)
def test_plain_text_is_parted_as_any_other(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert words(f"{text} é") == (*words(text), "e")
