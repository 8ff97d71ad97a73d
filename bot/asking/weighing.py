"""How well a quotation fits a topic, and in which order what fits is shown. Pure."""

import math
import re
from calendar import month_name
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from bot.asking.answers import Point
from bot.asking.meaning import likeness
from bot.asking.topics import headed, share, topic_terms, weights
from bot.frames import is_ahead, is_contrary, topical
from bot.model import Cited, Kind
from bot.terms import stems, words

_SURE, _LIKELY = 0.35, 0.25
"""Confidence from which on a quotation is sent unasked, and from which on it answers a question."""
NEAR = 0.34
"""The share of a topic from which on something is near it."""
_AROUND = 0.7
"""What words in a quotation's paragraph weigh beside words in the quotation."""
_LIKE = 0.6
"""The likeness from which on other words are taken for a topic's."""
_PART, _HALF = 0.4, 0.5
"""A quotation that has less than this part of what the best one has of the topic fits half as well."""
_CARRIED = 0.8
"""What a quotation gives of its fit to the one that goes on from it, and back."""
_OPENING = re.compile(r"\W*(?:and|but|so|that|this|because|or|also|these|those|it)\b", re.IGNORECASE)
_FIT, _BEST = 0.37, 0.12
"""The probability from which on a quotation is on the topic, and the least that the likeliest must have."""


class Features(NamedTuple):
    """What tells whether a quotation is on a topic: the topic's share of the words said and of its paragraph, how long it
    is (the logarithm of its words), the likeness of its paragraph (less that of the likest) and of the words said."""

    inside: float
    around: float
    length: float
    context: float
    words: float


_WEIGHTS = Features(1.6, 1.4, 0.35, 3.2, 0.4)
_BIAS = -2.5
"""Logistic regression on 146 questions with a topic, chosen among 24 features (docs/asking.md)."""


def shown(cited: Cited) -> bool:
    """Statements likely enough to answer a question, the uncertain ones marked; thoughts and guesses are not shown."""
    return cited.quotation.statement and cited.quotation.confidence >= _LIKELY


def sendable(cited: Cited) -> bool:
    """Statements that were made, and the reader is sure enough of, to send them to people who did not ask for them just now."""
    return cited.quotation.statement and cited.quotation.confidence >= _SURE and not is_ahead(cited)


def features(found: Sequence[Cited], topic: str) -> list[Features]:
    """The features of each quotation, among all that may answer."""
    terms = topic_terms(topic)
    bags = [(frozenset(stems_of(c)), frozenset(stems(topical(c)))) for c in found]
    telling = headed(weights(terms, [inside | around for inside, around in bags]), topic)
    said = [" ".join(c.words) for c in found]
    contexts, quoted = likeness(topic, [c.context for c in found]), likeness(topic, said)
    likest = max(contexts, default=0.0)
    return [
        Features(share(telling, inside), share(telling, inside | around), math.log1p(len(words(text))), context - likest, like)
        for (inside, around), text, context, like in zip(bags, said, contexts, quoted, strict=True)
    ]


def about(found: Sequence[Cited], topic: str, before: Mapping[int, Collection[str]] | None = None) -> list[Cited]:
    """Those on the topic, likeliest first; none where none has its own words. With ``before``, the stems of the paragraphs
    that lead to a quotation by its number, also what is near the topic in other words or follows on it."""
    given = features(found, topic)
    shares = [max(f.inside, _AROUND * f.around) for f in given]
    best = max(shares, default=0.0)
    named = best >= NEAR
    if not named and (before is None or not _is_near(topic, given, list(before.values()))):
        return []
    fits = [_fit(f) * (1 if held >= _PART * best else _HALF) for f, held in zip(given, shares, strict=True)]
    by = _carried(found, fits)
    floor = min(_FIT, max([_BEST, *by.values()]))
    by = {number: fit for number, fit in by.items() if fit >= floor}
    return sorted((c for c in found if c.number in by), key=lambda c: (-round(by[c.number], 1), order(c)))


def _fit(given: Features) -> float:
    """The probability that a quotation is on the topic."""
    return 1 / (1 + math.exp(-_BIAS - sum(weight * value for weight, value in zip(_WEIGHTS, given, strict=True))))


def _carried(found: Sequence[Cited], fits: Sequence[float]) -> dict[int, float]:
    """The fits by number; a quotation that goes on from one before it ("And for all this ...") and that one carry each other."""
    by = {c.number: fit for c, fit in zip(found, fits, strict=True)}
    fit = dict(by)
    told = sorted(found, key=lambda c: (c.article.id, c.quotation.content[:1]))
    for one, other in pairwise(told):
        near = one.article.id == other.article.id and other.quotation.paragraph - one.quotation.paragraph in (0, 1)
        if near and speaker_id(one) == speaker_id(other) and _goes_on(other):
            fit[one.number] = max(fit[one.number], _CARRIED * by[other.number])
            fit[other.number] = max(fit[other.number], _CARRIED * by[one.number])
    return fit


def _goes_on(cited: Cited) -> bool:
    return cited.quotation.inferred or bool(_OPENING.match(" ".join(cited.words)))


def _is_near(topic: str, given: Sequence[Features], before: Sequence[Collection[str]]) -> bool:
    telling = weights(topic_terms(topic), before)
    return max((f.words for f in given), default=0.0) >= _LIKE or any(share(telling, text) >= NEAR for text in before)


def stems_of(cited: Cited) -> tuple[str, ...]:
    """The stems of what is said."""
    return tuple(chain.from_iterable(map(stems, cited.words)))


def says_name(cited: Cited, name: str) -> bool:
    """Whether what is said has somebody's name; one that is also a month's ("May") with a title or given name before it."""
    if name in month_name:
        return any(re.search(rf"\b[A-Z][\w.]*\s+{name}\b", part) for part in cited.words)
    return set(stems(name)) <= set(stems_of(cited))


def speaker_id(cited: Cited) -> str | None:
    """The id of who is known to have said it."""
    return cited.quotation.speaker.id if cited.quotation.speaker else None


def order(cited: Cited) -> tuple[int, int, str, int, int]:
    """Newest day first; on a day, the source's quoted words before paraphrases, then as the article has them."""
    day = cited.quotation.said_on or cited.article.published_on
    rank = {Kind.DIRECT: 0, Kind.MIXED: 0, Kind.INDIRECT: 1}[cited.quotation.kind]
    return (-(day.toordinal() if day else 0), rank, cited.article.id, cited.quotation.paragraph, cited.number)


def points_of(found: Sequence[Cited]) -> tuple[Point, ...]:
    """The same words of the same speaker in several articles are one point, but for the contrary of them."""
    said = [(speaker_id(cited), *words(" ".join(cited.words))) for cited in found]
    often = Counter(said)
    groups: dict[tuple[object, ...], list[Cited]] = {}
    for cited, key in zip(found, said, strict=True):
        groups.setdefault((often[key] > 1 and is_contrary(cited), *key), []).append(cited)
    return tuple(Point(group[0], tuple(group[1:])) for group in groups.values())
