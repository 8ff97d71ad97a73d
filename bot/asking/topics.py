"""What a question is about, and how much a text has of it.

A topic is a sequence of terms; a term is everything that means the same ("ceasefire", "truce"), each way of saying it as
the stems that must stand in a text, in any order.
"""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from bot.terms import stems
from bot.wordlists import entries

Way = tuple[str, ...]
Term = frozenset[Way]
_PREPOSITION = re.compile(r"\s(?:for|in|of|with|to|against|between|from|at|by|over|after|before)\s", re.IGNORECASE)
_BESIDE = 0.4
"""What a modifier's term tells beside one of the head."""
_LONGEST = 3
"""Words of the longest topic that is looked for in a question."""


@cache
def empty_words() -> frozenset[str]:
    """Stems that say nothing of a question's topic."""
    return frozenset(stem for line in entries("bot.asking", "empty_words.txt") for stem in stems(line))


def topic_says(word: str) -> bool:
    """Whether a word says something of a topic."""
    found = set(stems(word))
    return bool(found) and not found <= empty_words()


def topic_stems(topic: str | None) -> tuple[str, ...]:
    """The stems of a topic that say something; all of them if none does."""
    found = tuple(dict.fromkeys(stems(topic or "")))
    return tuple(stem for stem in found if stem not in empty_words()) or found


@lru_cache(maxsize=1_000)
def topic_terms(topic: str | None) -> tuple[Term, ...]:
    """What a topic asks for: the field's topics in it with all that means the same, and its other words as they are."""
    return tuple(dict.fromkeys(_terms(topic_stems(topic))))


def _terms(found: Sequence[str]) -> Iterator[Term]:
    at = 0
    while at < len(found):
        size = next((n for n in range(_LONGEST, 0, -1) if tuple(found[at : at + n]) in _ways()), 0)
        yield _ways()[tuple(found[at : at + size])] if size else frozenset({(found[at],)})
        at += size or 1


@cache
def _ways() -> Mapping[Way, Term]:
    """Every way of saying a topic -> all the ways of saying it."""
    found: dict[Way, Term] = {}
    for line in entries("bot.asking", "topics.txt"):
        term = frozenset(stems(way) for way in line.split(","))
        found |= dict.fromkeys(term, term)
    return found


@cache
def topic_names() -> tuple[str, ...]:
    """The names of the field's topics, as they are offered."""
    return tuple(line.partition(",")[0] for line in entries("bot.asking", "topics.txt"))


def search_stems(terms: Iterable[Term]) -> tuple[str, ...]:
    """Stems one of which every text on the topic has: of each way of saying it the longest."""
    return tuple(dict.fromkeys(max(way, key=len) for term in terms for way in sorted(term)))


def stands_in(term: Term, text: Collection[str]) -> bool:
    """Whether a text, as its stems, has the term in one of its ways."""
    return any(all(stem in text for stem in way) for way in term)


def weights(terms: Sequence[Term], texts: Collection[Collection[str]]) -> Mapping[Term, float]:
    """What each term tells, as its share of all: one that few of the texts have tells most (inverse document frequency)."""
    having = {term: sum(stands_in(term, text) for text in texts) for term in terms}
    told = {term: math.log(2 + (len(texts) + 1) / (1 + many)) for term, many in having.items()}
    whole = sum(told.values())
    return {term: weight / whole for term, weight in told.items()}


def headed(weighed: Mapping[Term, float], topic: str) -> Mapping[Term, float]:
    """The weights where what only modifies the topic, from its first preposition on ("NATO for Ukraine"), tells less."""
    head, *modifier = _PREPOSITION.split(topic, maxsplit=1)
    inner, outer = set(stems(head)), {stem for words in modifier for stem in stems(words)}
    beside = {term for term in weighed if any(outer.issuperset(way) and not inner.issuperset(way) for way in term)}
    told = {term: weight * (_BESIDE if term in beside else 1) for term, weight in weighed.items()}
    whole = sum(told.values()) or 1.0
    return {term: weight / whole for term, weight in told.items()}


def share(weighed: Mapping[Term, float], text: Collection[str]) -> float:
    """How much of the weighed terms a text has, 0 to 1."""
    return sum(weight for term, weight in weighed.items() if stands_in(term, text))
