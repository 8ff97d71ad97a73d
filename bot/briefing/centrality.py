"""What most accounts of a story tell: a sentence is central to it if other outlets have one that says much the same.

As in the summarising of several documents (Erkan and Radev 2004, LexRank): words count by their rarity in news, and two
passages say much the same if the one has most of what tells in the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import log

from bot.model import Article, paragraph_spans
from bot.terms import commonness, stems

SHARED, REPEATED = 0.5, 0.65
"""The share of what tells in a passage that another one has when it tells the same, and when nothing much is left to tell."""
_TELLING, _FEWEST = 1.0, 3
"""What a stem weighs at least to count (its share of articles is under exp(-1)), and how many such a passage needs."""
_ARTICLES, _PARAGRAPHS = 30, 25
"""Accounts of one story that are compared, and how much of each."""

Bag = Mapping[str, float]


def bag_of(text: str) -> Bag:
    """The stems of a passage that tell something, with their weights."""
    weighed = {stem: -log(commonness(stem)) for stem in set(stems(text))}
    return {stem: weight for stem, weight in weighed.items() if weight >= _TELLING}


def says_much_of(one: Bag, other: Iterable[str], share: float = SHARED) -> bool:
    """Whether the other passage has this share of what tells in the one."""
    if len(one) < _FEWEST:
        return False
    held = set(other)
    return sum(weight for stem, weight in one.items() if stem in held) >= share * sum(one.values())


class Accounts:
    """The articles of one story, copies left out, to be asked how many outlets tell a thing."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles[:_ARTICLES]

    @cached_property
    def _passages(self) -> list[tuple[str, list[frozenset[str]]]]:
        return [
            (
                article.outlet or article.id,
                [frozenset(stems(article.text[slice(*span)])) for span in paragraph_spans(article.text)[:_PARAGRAPHS]],
            )
            for article in self._articles
        ]

    def outlets_telling(self, words: str) -> int:
        """How many outlets have a paragraph with most of what tells in these words, their own among them; 1 at least."""
        bag = bag_of(words)
        return max(1, len({outlet for outlet, held in self._passages if any(says_much_of(bag, one) for one in held)}))
