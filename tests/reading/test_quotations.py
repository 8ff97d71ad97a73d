"""Both readers on short texts of our own, and on any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Kind, Span
from bot.reading.document import Document
from bot.reading.quotations import find_quotations

READERS = ("model", "rules")
PIECES = [
    '"',
    "“",
    "”",
    "„",
    "«",
    "»",
    "'",
    "said",
    "Mara Quill",
    "told",
    "that",
    ",",
    ".",
    "\n",
    "\r\n",
    "\u00ad",
    "\u200f",
    "😀",
    " ",
]


@pytest.mark.parametrize("reader", READERS)
def test_a_tagged_quotation_has_its_words_cue_and_source(reader: str) -> None:
    text = "“We will not sign this treaty before the winter,” Mara Quill said on Monday."
    (found,) = find_quotations(Document.of(text), reader)
    assert text[slice(*found.content[0])].startswith("We will not sign this treaty before the winter")
    assert found.kind is Kind.DIRECT
    assert [text[slice(*span)] for span in found.source] == ["Mara Quill"]
    assert "said" in text[slice(*found.cue[0])]


@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=60).map(" ".join))
@pytest.mark.parametrize("reader", READERS)
def test_any_text_is_read_and_every_offset_lies_in_it(reader: str, text: str) -> None:
    for found in find_quotations(Document.of(text), reader):
        spans: tuple[Span, ...] = (*found.content, *found.cue, *found.source)
        assert found.content
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert 0 <= found.confidence <= 1


def test_a_second_verb_with_the_same_subject_ends_what_the_first_says() -> None:
    text = "Latvia demands Estonia withdraw from the shared harbour and wants a written promise from its neighbour."
    contents = [text[slice(*span)] for found in find_quotations(Document.of(text)) for span in found.content]
    assert "Estonia withdraw from the shared harbour" in contents


def test_a_phrase_without_a_verb_is_no_statement() -> None:
    text = "Mara Quill discussed the harbour with her Estonian colleague. Quill said the harbour would be closed by winter."
    statements = [found for found in find_quotations(Document.of(text)) if found.statement]
    assert [text[slice(*found.content[0])] for found in statements] == ["the harbour would be closed by winter"]
