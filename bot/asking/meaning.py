"""How near words are in meaning, by word vectors: GloVe (Pennington, Socher and Manning 2014), trimmed by tools/trim_vectors.py.

Likeness is the cosine of two words' vectors; words that the vectors lack are like nothing.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.asking.topics import empty_words
from bot.terms import stems, words
from bot.wordlists import entries


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
def _likenesses(topic: str) -> tuple[list[float], ...]:
    """For each word of a topic, its likeness to every word by row."""
    rows, vectors = _vectors()
    return tuple((vectors @ vectors[rows[word]]).tolist() for word in dict.fromkeys(words(topic)) if word in rows)


def likeness(topic: str, texts: Sequence[str]) -> list[float]:
    """How near each text comes to the topic: the mean, over the topic's words, of the likest word of the text."""
    rows, likest = _vectors().rows, _likenesses(topic[:200])
    found = []
    for text in texts:
        held = {rows[word] for word in words(text) if word in rows}
        found.append(sum(max(like[row] for row in held) for like in likest) / len(likest) if held and likest else 0.0)
    return found


def is_word(word: str) -> bool:
    """Whether it is a common English word, as far as the vectors know."""
    return any(folded in _vectors().rows for folded in words(word)) or bool(empty_words() & set(stems(word)))
