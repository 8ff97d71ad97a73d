"""How near words are in meaning, by word vectors: GloVe (Pennington, Socher and Manning 2014), trimmed by tools/trim_vectors.py.

Likeness is the cosine of two words' vectors; words that the vectors lack are like nothing.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.asking.topics import empty_words
from bot.terms import stems, words
from bot.wordlists import entries

_SHORT = 1_000
"""Texts of so many characters at most are remembered with their rows."""


class _Vectors(NamedTuple):
    rows: dict[str, int]
    vectors: NDArray[np.float32]


@cache
def _vectors() -> _Vectors:
    """Without the words that say nothing of a topic."""
    with (files("bot.asking") / "meaning.npz").open("rb") as file, np.load(file) as held:
        known, vectors = bytes(held["words"]).decode().split("\n"), held["vectors"].astype(np.float32)
    empty = {word for line in entries("bot.asking", "empty_words.txt") for word in words(line)}
    rows = {word: row for row, word in enumerate(known) if word not in empty}
    return _Vectors(rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@lru_cache(maxsize=64)
def _topic_rows(topic: str) -> tuple[int, ...]:
    rows = _vectors().rows
    return tuple(rows[word] for word in dict.fromkeys(words(topic)) if word in rows)


def _rows_in(text: str) -> tuple[int, ...]:
    """The rows of a text's words, each once."""
    return _known_rows(text) if len(text) <= _SHORT else _all_rows(text)


def _all_rows(text: str) -> tuple[int, ...]:
    rows = _vectors().rows
    return tuple(map(rows.__getitem__, rows.keys() & words(text)))


_known_rows = lru_cache(maxsize=8_000)(_all_rows)


def likeness(topic: str, texts: Sequence[str]) -> list[float]:
    """How near each text comes to the topic: the mean, over the topic's words, of the likest word of the text."""
    sought, held = _topic_rows(topic[:200]), [_rows_in(text) for text in texts]
    sizes = np.array([len(rows) for rows in held], np.intp)
    found = np.zeros(len(texts))
    if sought and sizes.any():
        vectors = _vectors().vectors
        every, place = np.unique(np.fromiter(chain.from_iterable(held), np.intp), return_inverse=True)
        likest = (vectors[every] @ vectors[list(sought)].T)[place]
        starts = (np.cumsum(sizes) - sizes)[sizes > 0]
        found[sizes > 0] = np.maximum.reduceat(likest, starts, axis=0).mean(axis=1)
    values: list[float] = found.tolist()
    return values


def is_word(word: str) -> bool:
    """Whether it is a common English word, as far as the vectors know."""
    return any(folded in _vectors().rows for folded in words(word)) or bool(empty_words() & set(stems(word)))
