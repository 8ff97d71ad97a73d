"""How well a quotation fits a topic, and in which order what fits is shown. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from bot.asking.answers import Point
from bot.asking.frames import topical
from bot.asking.topics import Term, share, weights
from bot.model import Cited, Kind
from bot.terms import stems, words

SURE = 0.35
"""Confidence from which on a quotation is shown."""
NEAR = 0.34
"""The share of a topic from which on something is near it."""
_HALF = 0.5
_AROUND = 0.7
"""What words in a quotation's paragraph weigh beside words in the quotation."""


def shown(cited: Cited) -> bool:
    """Statements the reader is sure enough of; thoughts and guesses are not shown."""
    return cited.quotation.statement and cited.quotation.confidence >= SURE


def about(found: Sequence[Cited], by: dict[int, float]) -> list[Cited]:
    """Those on the topic by their weights, best first; a quotation that goes on without a tag is carried by the one before."""
    for before, after in pairwise(found):
        for one, other in ((before, after), (after, before)):
            near = one.article.id == other.article.id and one.quotation.paragraph + 1 == other.quotation.paragraph
            if near and other.quotation.inferred:
                by[other.number] = max(by[other.number], by[one.number] * 0.8)
    best = max(by.values(), default=0.0)
    floor = max(NEAR, best * _HALF)
    return sorted((c for c in found if by[c.number] >= floor), key=lambda c: (-round(by[c.number], 1), order(c)))


def weighed(found: Sequence[Cited], terms: Sequence[Term]) -> dict[int, float]:
    """How much of a topic stands in each quotation or, at a discount, around it in its paragraph: 0 to 1, by its number."""
    bags = {c.number: (frozenset(stems_of(c)), frozenset(stems(topical(c)))) for c in found}
    telling = weights(terms, [inside | around for inside, around in bags.values()])
    return {n: max(share(telling, inside), _AROUND * share(telling, inside | around)) for n, (inside, around) in bags.items()}


def stems_of(cited: Cited) -> tuple[str, ...]:
    """The stems of what is said."""
    return tuple(stem for part in cited.words for stem in stems(part))


def speaker_id(cited: Cited) -> str | None:
    """The id of who is known to have said it."""
    return cited.quotation.speaker.id if cited.quotation.speaker else None


def order(cited: Cited) -> tuple[int, int, str, int, int]:
    """Newest day first; on a day, the source's quoted words before paraphrases, then as the article has them."""
    day = cited.quotation.said_on or cited.article.published_on
    rank = {Kind.DIRECT: 0, Kind.MIXED: 0, Kind.INDIRECT: 1}[cited.quotation.kind]
    return (-(day.toordinal() if day else 0), rank, cited.article.id, cited.quotation.paragraph, cited.number)


def points_of(found: Sequence[Cited]) -> tuple[Point, ...]:
    """The same words of the same speaker in several articles are one point."""
    groups: dict[tuple[object, ...], list[Cited]] = {}
    for cited in found:
        groups.setdefault((speaker_id(cited), *words(" ".join(cited.words))), []).append(cited)
    return tuple(Point(group[0], tuple(group[1:])) for group in groups.values())
