"""How an article is worded: a weighted bag of stems that compares texts, and a sketch that finds copies.

Names and numbers weigh more than other words, the opening more than the rest; pairs of neighbours count a little.
Weights are TF-IDF with document frequencies that start from ``data/document_frequencies.txt`` and follow the stream.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from zlib import crc32

from bot.terms import stems
from bot.wordlists import entries

Vector = dict[str, float]

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_LENGTH, _OPENING = 400, 40
"""How many words of an article count, and how many of them are its opening."""
_NAME, _NUMBER, _FIRST, _PAIR = 3.0, 4.0, 1.5, 0.15
_MOST_STEMS = 300_000
"""Beyond this many stems the rare ones are forgotten: memory is bounded, whatever comes."""
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "it",
        "its",
        "he",
        "she",
        "they",
        "his",
        "her",
        "their",
        "this",
        "that",
        "with",
        "by",
        "from",
        "as",
        "not",
        "who",
        "which",
        "will",
        "would",
        "said",
        "say",
        "says",
    ]
)
_SHINGLE, _SHINGLED, _SKETCH = 4, 300, 64
_AFTER_A_STOP = (". ", '"', "\n", "")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Porter2 stem of a lower-case word, folded."""
    return "".join(stems(word))


def words(text: str) -> Iterator[tuple[str, int]]:
    """(word as printed, position of its first character), in text order."""
    return ((match.group(), match.start()) for match in _WORD.finditer(text))


def term_weights(text: str) -> Vector:
    """Stems and pairs of neighbours of an article's first words, weighted by what they are and where they stand."""
    found: defaultdict[str, float] = defaultdict(float)
    before = ""
    for number, (word, start) in enumerate(words(text)):
        if number >= _LENGTH:
            break
        low = word.lower()
        if low in _STOP:
            before = ""
            continue
        spelled = stem(low)
        found[spelled] += _word_weight(text, word, start) * (_FIRST if number < _OPENING else 1.0)
        if before:
            found[f"{before} {spelled}"] += _PAIR
        before = spelled
    return found


def _word_weight(text: str, word: str, start: int) -> float:
    if word[0].isdigit():
        return _NUMBER
    named = word[0].isupper() and text[max(0, start - 2) : start] not in _AFTER_A_STOP
    return _NAME if named else 1.0


class Weights:
    """Document frequencies of a stream of articles, and the unit vectors they give. Picklable."""

    def __init__(self) -> None:
        self._count, counts = _background()
        self._counts: Counter[str] = Counter(counts)

    def vector(self, text: str) -> Vector:
        """The article as a unit vector (empty for a text without words); counts it as seen."""
        terms = term_weights(text)
        self._counts.update(terms.keys())
        self._count += 1
        if len(self._counts) > _MOST_STEMS:
            self._counts = Counter({term: n for term, n in self._counts.items() if n > 1})
        weighed = {t: math.log1p(w) * self._rarity(t) for t, w in terms.items() if self._counts[t] < self._count / 2}
        length = math.sqrt(sum(w * w for w in weighed.values()))
        return {t: w / length for t, w in weighed.items()} if length else {}

    def _rarity(self, term: str) -> float:
        return math.log((self._count + 1) / (self._counts[term] + 0.5))


@cache
def _background() -> tuple[int, dict[str, int]]:
    total, *lines = entries("bot.briefing", "data/document_frequencies.txt")
    return int(total), {word: int(n) for word, n in (line.rsplit(" ", 1) for line in lines)}


def sketch(text: str) -> frozenset[int]:
    """The lowest hashes of an article's runs of four words: equal texts have equal sketches."""
    found = []
    for number, (word, _) in enumerate(words(text)):
        if number >= _SHINGLED:
            break
        found.append(word.lower())
    runs = {crc32(" ".join(found[i : i + _SHINGLE]).encode("utf-8", "surrogatepass")) for i in range(len(found) - _SHINGLE + 1)}
    return frozenset(sorted(runs)[:_SKETCH])


def likeness(one: Iterable[int], other: Iterable[int]) -> float:
    """The estimated share of runs that two sketched texts have in common, in [0, 1]."""
    left, right = set(one), set(other)
    lowest = sorted(left | right)[:_SKETCH]
    return sum(h in left and h in right for h in lowest) / len(lowest) if lowest else 0.0
