"""The text layer: offsets stay true, whatever the text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Span
from bot.reading.document import Document, Place
from bot.reading.tokens import INVISIBLE

PIECES = st.sampled_from(
    [
        " ",
        "\n",
        "\r\n",
        "\t",
        "\xad",
        "\u200f",
        "“",
        "”",
        '"',
        "'",
        "‘",
        "’",
        "„",
        "«",
        "»",
        "``",
        "''",
        ".",
        ",",
        ":",
        "— ",
        "Mr. ",
        "U.S. ",
        "said",
        "Lavrov",
        "He",
        "don't",
        "🙂",
        "é",
        "1,200.5",
        "https://a.b/c ",
        "- ",
        "| ",
        "@x",
        "LAVROV: ",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=60).map("".join))


def inside(text: str) -> list[str]:
    document = Document.of(text)
    return [text[document.starts[q.first] : document.ends[q.last - 1]] for q in document.quotes]


@given(TEXTS, st.integers(-3, 90), st.integers(-3, 90))
@settings(max_examples=400, deadline=None)
def test_offsets_are_true(text: str, start: int, end: int) -> None:
    document = Document.of(text, Span(start, end))
    previous = document.body.start
    for word, first, last in zip(document.words, document.starts, document.ends, strict=True):
        assert previous <= first < last <= document.body.end
        assert INVISIBLE.sub("", text[first:last]) == word
        previous = last
    assert len(document.places) == len(document.words) == len(document.sentence) == len(document.paragraph)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_parts_cover_all_tokens_once(text: str) -> None:
    document = Document.of(text)
    for parts in (document.paragraphs, document.sentences):
        edges = [0, *(edge for part in parts for edge in (part.first, part.last)), len(document.words)]
        assert edges == sorted(edges)
        assert edges[::2] == edges[1::2]
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if not set(text) & set("\v\f\u2028\u2029\x1c\x1d\x1e\x1f\x85"):
        assert all(text[p.start : p.end] in lines[p.number - 1] for p in document.paragraphs)


def test_paragraph_numbers_count_the_whole_text() -> None:
    text = "Reuters\n\n  \nFirst.\r\n\r\nSecond."
    document = Document.of(text, Span(text.index("First"), len(text)))
    assert [(p.number, text[p.start : p.end]) for p in document.paragraphs] == [(2, "First."), (3, "Second.")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Ng’s pre-2014 plan", ["Mr.", "Ng", "’s", "pre-2014", "plan"]),
        ("They don't, O'Neil said", ["They", "do", "n't", ",", "O'Neil", "said"]),
        ("the U.S.-led force of 1,200.5", ["the", "U.S.-led", "force", "of", "1,200.5"]),
        ("nego\u00adtiate \u200fnow\u200f", ["negotiate", "now"]),
        ("al-Assad — 5%", ["al-Assad", "—", "5%"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(Document.of(text).words) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It was the U.S. The plan failed.", ["It was the U.S.", "The plan failed."]),
        ("Gen. Donald J. Smith spoke. “No.” He left.", ["Gen. Donald J. Smith spoke.", "“No.”", "He left."]),
        ('He asked: "Why?" she did.', ['He asked: "Why?" she did.']),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    document = Document.of(text)
    assert [text[document.starts[s.first] : document.ends[s.last - 1]] for s in document.sentences] == sentences


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("“One,” he said. “Two.”", ["“One,”", "“Two.”"]),
        ('"One," he said. "Two', ['"One,"', '"Two']),
        ("„Eins“, sagte er; « deux », dit-il", ["„Eins“", "« deux »"]),
        ("“He called it ‘war’,” she said", ["“He called it ‘war’,”"]),
        ("'We won't go', he said, of the allies' plan", ["'We won't go'"]),
        ("‘We won’t go,’ he said", ["‘We won’t go,’"]),
        ("``No,'' he said", ["``No,''"]),
        ("“Open to the end\n“and on,” he said", ["“Open to the end", "“and on,”"]),
        ("“Open to the end\nand on,” he said", ["“Open to the end", "and on,”"]),
    ],
)
def test_quotes(text: str, quotes: list[str]) -> None:
    assert inside(text) == quotes


def test_a_quotation_goes_on_over_paragraphs() -> None:
    document = Document.of("“One\n“two,” he said. “Three.”")
    assert [(q.closed, q.continues) for q in document.quotes] == [(False, False), (True, True), (True, False)]
    assert document.places[0] == Place.MARK
    assert document.in_quotes(1)
    assert not document.in_quotes(0)


def test_cost_grows_with_length_even_in_one_line() -> None:
    def seconds(copies: int) -> float:
        text = "“We will,” Mr. Ng said; it's done. " * copies
        begin = time.process_time()
        Document.of(text)
        return time.process_time() - begin

    seconds(100)
    assert seconds(20_000) < 30 * seconds(2_000)
