"""Annotated articles as arrays that the quotation networks learn from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.reading.document import Document
from bot.reading.features import Vocabulary, flags, look_up, normal
from bot.reading.network import GAP

CLASSES = {"speech": 0, "thought": 1, "other": 2}
ROLES = (("cue", 5), ("source", 1), ("content", 3))
_SMALL = """has have had been be is was are were to of in on at for with by as not n't a an that the his her their its and or but also , . " :"""
FUNCTION = frozenset(_SMALL.split())
"""Words that are never the most telling of a cue."""
NAMES = ("PERSON", "ORGANIZATION", "LOCATION", "MISC")

Labelled = tuple[int, dict[int, int], int]
"""An attribution: its anchor token, the labels of tokens, the class of its cue."""


@dataclass
class Example:
    """One article as arrays, a row a token; ``at`` is a token's position with the gaps between paragraphs. In ``tags`` (parts
    of speech) and ``names`` (0 none, then beginning and inside of each of ``NAMES``) -1 is unknown."""

    document: Document
    at: Any
    columns: tuple[Any, ...]
    attributions: list[Labelled]
    anchors: Any
    classes: Any
    tags: Any
    names: Any


def examples(
    records: Sequence[Mapping[str, Any]], vocabulary: Vocabulary, silver: Mapping[str, Any], parts: Mapping[str, int]
) -> Iterator[Example]:
    """The articles that have words; ``silver`` holds automatic parts of speech and names by article."""
    documents = [Document.of(record["text"]) for record in records]
    strength = _strengths(records, documents)
    for record, document in zip(records, documents, strict=True):
        words, count = look_up(document, vocabulary), len(document.words)
        if not count:
            continue
        attributions = list(_labelled(record, document, strength))
        anchors, classes = np.zeros(count, np.float32), np.full(count, -1)
        for anchor, _, kind in attributions:
            anchors[anchor], classes[anchor] = 1, kind
        tags, names = _silver(document, silver.get(record["id"]), parts)
        at = np.arange(count) + GAP * np.frombuffer(document.paragraph, np.uint32).astype(np.int64)
        columns = tuple(column[words.rows] for column in (words.vector, words.own, words.suffix, words.shape))
        yield Example(document, at, (*columns, flags(document)), attributions, anchors, classes, tags, names)


def parts_of_speech(silver: Mapping[str, Any]) -> list[str]:
    """The tags in use, in a fixed order."""
    return sorted({tag for record in silver.values() for *_, tag in record["tokens"]})


def own_words(documents: Sequence[Document]) -> list[str]:
    """The commonest words that are no names: they get vectors of their own."""
    low: Counter[str] = Counter()
    high: Counter[str] = Counter()
    for document in documents:
        for word in document.words:
            (low if word[0].islower() or not word[0].isalpha() else high)[normal(word)] += 1
    return ['"', *[w for w, n in low.most_common() if n >= 5 and n > high[w] * 0.5 and w != '"'][:8000]]


def _strengths(records: Sequence[Mapping[str, Any]], documents: Sequence[Document]) -> dict[str, float]:
    """How often a word is part of a cue."""
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for record, document in zip(records, documents, strict=True):
        cued = {i for a in record["attributions"] for span in a["cue"] for i in range(*document.tokens_in(tuple(span)))}
        for i, word in enumerate(map(normal, document.words)):
            total[word] += 1
            inside[word] += i in cued
    return {word: (inside[word] + 0.05) / (total[word] + 2) for word in total}


def _labelled(record: Mapping[str, Any], document: Document, strength: Mapping[str, float]) -> Iterator[Labelled]:
    """The attributions that have a cue; its most telling token is the anchor."""
    for attribution in record["attributions"]:
        cue = [i for span in attribution["cue"] for i in range(*document.tokens_in(tuple(span)))]
        if not cue:
            continue
        words = {i: normal(document.words[i]) for i in cue}
        anchor = max(cue, key=lambda i: (words[i] not in FUNCTION, round(strength.get(words[i], 0), 2), i))
        labels: dict[int, int] = {}
        for role, begins in ROLES:
            for span in attribution[role]:
                first, last = document.tokens_in(tuple(span))
                for i in range(first, last):
                    if not (i in labels and role == "content"):
                        labels[i] = begins if i == first else begins + 1
        yield anchor, labels, CLASSES[attribution["cue_class"]]


def _silver(document: Document, record: Mapping[str, Any] | None, parts: Mapping[str, int]) -> tuple[Any, Any]:
    tags, names = np.full(len(document.words), -1), np.full(len(document.words), -1)
    if record is None:
        return tags, names
    spoken = {(start, end): tag for start, end, tag in record["tokens"]}
    for i, place in enumerate(zip(document.starts, document.ends, strict=True)):
        if place in spoken:
            tags[i], names[i] = parts[spoken[place]], 0
    for start, end, kind in record["entities"]:
        first, last = document.tokens_in((start, end))
        names[first:last] = 2 + 2 * NAMES.index(kind)
        names[first : first + 1] = 1 + 2 * NAMES.index(kind)
    return tags, names
