"""What the quotation model sees of a document: numbers for every word and every token.

A word is known by its row in a table of word vectors, its row among the model's own words, its ending and its
shape. A token adds where it stands: in its sentence, its paragraph and the quotation marks around it.
"""

from collections.abc import Mapping
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.reading.document import Document, Place

SUFFIXES = 1024
SHAPES = 10
FLAGS = 30
_DASHES = frozenset(["—", "–", "--", "―"])
_PLAIN = str.maketrans({"’": "'", "‘": "'", "‑": "-", "‐": "-"})

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


class Vocabulary(NamedTuple):
    """Rows of known words, all lower case; row 0 is for the unknown."""

    vectors: Mapping[str, int]
    own: Mapping[str, int]


class Words(NamedTuple):
    """The distinct words of a document as columns, and for every token its row in them."""

    rows: Integers
    vector: Integers
    own: Integers
    suffix: Integers
    shape: Integers


def normal(word: str) -> str:
    """The form a word is looked up by: lower case, plain apostrophes and dashes."""
    return "—" if word in _DASHES else word.lower().translate(_PLAIN)


def shape(word: str) -> int:
    """0 lower case, 1 Capitalised, 2 single capital, 3 CAPITALS, 4 miXed, 5 digits, 6 digits and letters, 7 number
    with marks, 8 other mark, 9 handle, hashtag or link."""
    if word.isalpha():
        if word.islower():
            return 0
        if len(word) == 1:
            return 2
        return 3 if word.isupper() else 1 if word[0].isupper() else 4
    if word.isdigit():
        return 5
    if (word[0] in "@#" and len(word) > 1) or "://" in word:
        return 9
    if any(c.isalpha() for c in word):
        return 6 if any(c.isdigit() for c in word) else 1 if word[0].isupper() else 0
    return 7 if any(c.isdigit() for c in word) else 8


def look_up(document: Document, vocabulary: Vocabulary) -> Words:
    """Columns for the document's distinct words; any quotation mark is one word, whatever its form."""
    index: dict[str, int] = {}
    rows = np.fromiter((index.setdefault(w, len(index)) for w in document.words), np.int64, len(document.words))
    mark = index.setdefault('"', len(index))
    rows[np.frombuffer(document.places, np.uint8) == Place.MARK] = mark
    columns = np.array([_columns(word, vocabulary) for word in index], np.int64).reshape(-1, 4).T
    return Words(rows, *columns)


def _columns(word: str, vocabulary: Vocabulary) -> tuple[int, int, int, int]:
    form = normal(word)
    vector = vocabulary.vectors.get(form, 0) or vocabulary.vectors.get(form.rpartition("-")[2], 0)
    return vector, vocabulary.own.get(form, 0), crc32(form[-3:].encode()) % SUFFIXES, shape(word)


def flags(document: Document) -> Floats:
    """``FLAGS`` numbers in [0, 1] for every token: its place in quotation marks, sentence and paragraph."""
    n = len(document.words)
    out = np.zeros((n, FLAGS), np.float32)
    places = np.frombuffer(document.places, np.uint8)
    out[np.arange(n), places] = 1
    _quote_flags(document, out)
    sentences = np.array([(s.first, s.last) for s in document.sentences], np.int64).reshape(-1, 2)
    paragraphs = np.array([(p.first, p.last) for p in document.paragraphs], np.int64).reshape(-1, 2)
    _position_flags(out[:, 13:], sentences, np.frombuffer(document.sentence, np.uint32))
    _position_flags(out[:, 20:], paragraphs, np.frombuffer(document.paragraph, np.uint32))
    starts, ends = np.frombuffer(document.starts, np.uint32), np.frombuffer(document.ends, np.uint32)
    if n:
        out[1:, 27] = starts[1:] == ends[:-1]
        out[:-1, 28] = out[1:, 27]
        quoted = np.add.reduceat(places > 0, sentences[:, 0]) if len(sentences) else places
        out[:, 29] = (quoted > 0)[np.frombuffer(document.sentence, np.uint32)]
    return out


def _quote_flags(document: Document, out: Floats) -> None:
    for quote in document.quotes:
        size = quote.last - quote.first
        out[quote.first, 3] = 1
        out[quote.last - 1, 4] = quote.closed
        out[quote.first : quote.last, 5] = not quote.closed
        out[quote.first : quote.last, 6] = quote.continues
        out[quote.first : quote.last, 7 + min(4, size.bit_length() - 2 if size > 3 else 0)] = 1
        out[quote.last : quote.last + 6, 12] = 1


def _position_flags(out: Floats, ranges: Integers, index: NDArray[np.uint32]) -> None:
    if not len(index):
        return
    at = np.arange(len(index))
    before = at - ranges[index, 0]
    after = ranges[index, 1] - 1 - at
    out[:, 0] = before == 0
    out[:, 1] = (before > 0) & (before < 4)
    out[:, 2] = after == 0
    out[:, 3] = (after > 0) & (after < 4)
    out[:, 4] = 1 / (1 + before / 8)
    out[:, 5] = 1 / (1 + after / 8)
    out[:, 6] = np.minimum(1, (before + after) / 64)
