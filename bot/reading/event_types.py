"""The event type model: which PLOVER type a sentence tells, between a marked source and target.

A maximum entropy classifier (a CRF over sequences of one item) over words, the event lexicon's hits and their
position around the two actors; trained by ``tools/train_events.py``. YIELD is PLOVER's CONCEDE and RETREAT together.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import pycrfsuite
import snowballstemmer

from bot.model import Span
from bot.reading.document import Document
from bot.reading.event_lexicon import Form, Trigger, lexicon
from bot.reading.event_words import word_set

MODEL = files("bot.reading") / "data" / "event_types.crfsuite"
FUTURE = word_set("future")
NEGATIONS = word_set("negations")
_HAVE = word_set("have")
_BE = word_set("be")
_ROLES = ("source", "target")

Features = dict[str, float]
Words = Sequence[str]


class Place(NamedTuple):
    """Word positions ``[start, end)`` of a marked actor; ``(0, 0)`` and ``(n, n)`` stand for none."""

    start: int
    end: int


_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Porter2 stem of a lower-case word."""
    with _stemming:  # the stemmer object keeps state while it works
        return str(_stemmer.stemWord(word))


def classify(text: str, source: Span | None, target: Span | None) -> tuple[str, float]:
    """The type that ``text`` tells ``source`` did to ``target`` (spans of code points), and its probability.

    The types are PLOVER's, with YIELD for CONCEDE and RETREAT.
    """
    document = Document.of(text)
    words = [word.lower() for word in document.words]
    places = [Place(*document.tokens_in(span)) if span else None for span in (source, target)]
    ranked = probabilities(
        features(words, lexicon().find(words), places[0] or Place(0, 0), places[1] or Place(len(words), len(words)))
    )
    return ranked[0]


def probabilities(item: Features) -> list[tuple[str, float]]:
    """(type, probability), most probable first."""
    tagger = _tagger()
    tagger.set([item])
    return sorted(((label, tagger.marginal(label, 0)) for label in tagger.labels()), key=lambda pair: -pair[1])


@cache
def _model() -> bytes:
    """The model's bytes, kept alive: a tagger opened in memory reads them where they are."""
    return MODEL.read_bytes()


@cache
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_model())
    return tagger


def features(words: Words, triggers: Sequence[Trigger], source: Place, target: Place) -> Features:
    """The model's view of lower-case ``words``: ``triggers`` are the lexicon's hits in them, in order."""
    found: Features = {}
    sequence = _marked_stems(words, source, target)
    _word_features(found, sequence)
    for role, place in zip(_ROLES, (source, target), strict=True):
        _actor_features(found, role, words[place.start : place.end])
    outside = [t for t in triggers if not source.start <= t.start < source.end]
    _zone_features(found, outside, source, target)
    _verb_features(found, words, [t for t in outside if t.start >= source.end and not t.sense.noun])
    before = [t for t in outside if t.start < target.start]
    if before:
        found[f"before target:{before[-1].sense.type}"] = 1
        found[f"before target:{before[-1].sense.type} {before[-1].sense.mode}"] = 0.7
    return found


def _marked_stems(words: Words, source: Place, target: Place) -> list[str]:
    """Stems with each actor shrunk to one mark."""
    sequence: list[str] = []
    for i in range(len(words) + 1):
        if i == source.start and source.end > source.start:
            sequence.append("<source>")
        if i == target.start and (target.end > target.start or i == len(words)):
            sequence.append("<target>")
        if i < len(words) and not (source.start <= i < source.end or target.start <= i < target.end):
            sequence.append(stem(words[i]))
    return sequence


def _word_features(found: Features, sequence: list[str]) -> None:
    for n, weight in ((1, 1.0), (2, 1.0), (3, 0.7)):
        for i in range(len(sequence) - n + 1):
            found["_".join(sequence[i : i + n])] = weight
    first = sequence.index("<source>") if "<source>" in sequence else 0
    second = sequence.index("<target>") if "<target>" in sequence else len(sequence)
    for word in sequence[min(first, second) + 1 : max(first, second)]:
        found[f"between:{word}"] = 1
    for i, word in enumerate(sequence[first + 1 : first + 6]):
        found[f"after:{word}"] = 1
        if i < 3:
            found[f"after{i}:{word}"] = 0.7
    for word in sequence[max(0, second - 3) : second]:
        found[f"before:{word}"] = 1
    found[f"source first:{first < second}"] = 1


def _actor_features(found: Features, role: str, words: Words) -> None:
    for word in words:
        found[f"{role}:{stem(word)}"] = 0.5
    if words:
        found[f"{role} ends:{stem(words[-1])}"] = 0.7


def _zone_features(found: Features, triggers: Sequence[Trigger], source: Place, target: Place) -> None:
    low, high = min(source.end, target.end), max(source.start, target.start)
    for trigger in triggers:
        kind = trigger.sense.type
        inside = low <= trigger.start < high or source.end <= trigger.start < source.end + 3
        zone = "in target" if target.start <= trigger.start < target.end else "between" if inside else "elsewhere"
        found[f"lexicon:{kind}"] = 1
        found[f"lexicon {zone}:{kind}"] = 1
        found[f"lexicon {zone} {min(trigger.weight, 3)}:{kind}"] = 1
    between = [t.sense.type for t in triggers if low <= t.start < high]
    if between:
        found[f"first between:{between[0]}"] = 1
        found[f"last between:{between[-1]}"] = 1


def _verb_features(found: Features, words: Words, verbs: Sequence[Trigger]) -> None:
    """The first verbs after the source decide most; their tense and negation turn the meaning."""
    if verbs:
        head = verbs[0]
        found[f"first:{head.sense.type}"] = 1.5
        found[f"first:{head.sense.type} {head.sense.mode}"] = 1
        for other in verbs:
            if other.start == head.start:
                found[f"first may be:{other.sense.type}"] = 1
    if len(verbs) > 1:
        found[f"verbs:{verbs[0].sense.type}>{verbs[1].sense.type}"] = 1
    for n, verb in enumerate(verbs[:3]):
        for shade in _shades(words, verb):
            found[f"{shade}|{n}"] = 1
            found[f"{shade}:{verb.sense.type}"] = 1
            if n == 0:
                found[f"first {shade}:{verb.sense.type}"] = 1
    for verb in verbs[:2]:
        found[f"trigger:{stem(words[verb.start])}_{stem(words[verb.end - 1])}"] = 1


def _shades(words: Words, verb: Trigger) -> list[str]:
    before = words[max(0, verb.start - 3) : verb.start]
    last = before[-1] if before else ""
    shades = []
    if not FUTURE.isdisjoint(before):
        shades.append("future")
    if not NEGATIONS.isdisjoint(before):
        shades.append("negated")
    if last == "to" and len(before) > 1:
        shades.append(f"to:{stem(before[-2])}")
    if last in _HAVE:
        shades.append("perfect")
    if last in _BE and verb.form in (Form.PARTICIPLE, Form.PAST):
        shades.append("passive")
    return shades
