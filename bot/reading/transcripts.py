"""Who speaks by the layout alone: turns of a transcript (``LAVROV: We are ready.``) and quotations that are signed
(``“We are ready.” — Sergei Lavrov``). Recognised by rule, for every reader.

A text is a transcript where paragraphs open with a label and a colon and a label comes back, or two in capitals follow
each other. A turn holds its paragraph and those up to the next turn; stage directions belong to nobody.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, inner_span, is_word, kind_of
from bot.reading.clauses import has_verb
from bot.reading.document import Document, Place

_LONGEST = 6
"""Tokens of a label."""
_LONGEST_NAME = 14
"""Tokens of a signature."""
DASHES = frozenset("—–―-") | {"--"}
_LEAST_TURNS = 3
_SURE = 0.95


class Turn(NamedTuple):
    """Tokens of a label and of what follows its colon, in the paragraphs ``[begins, ends)`` of the document."""

    first: int
    colon: int
    begins: int
    ends: int
    capitals: bool
    name: str


def turns(document: Document) -> tuple[Turn, ...]:
    """The turns of a transcript in text order, each up to the next; empty for any other text."""
    labels = [turn for index in range(len(document.paragraphs)) if (turn := _label(document, index))]
    capitals, others = [t for t in labels if t.capitals], [t for t in labels if not t.capitals]
    found = capitals * _is_transcript(capitals) + others * _is_conversation(document, others)
    found.sort()
    after = [*(turn.begins for turn in found[1:]), found[-1].begins + 1] if found else []
    return tuple(turn._replace(ends=index) for turn, index in zip(found, after, strict=True))


def said_in_turns(document: Document, found: Sequence[Turn]) -> Iterator[RawQuotation]:
    """Each turn as one attribution: the label is the source, its colon the cue."""
    for turn in found:
        content = tuple(_content(document, turn))
        if content:
            label, cue = document.span(turn.first, turn.colon), document.span(turn.colon, turn.colon + 1)
            yield RawQuotation(content, (cue,), (label,), kind_of(document, content), confidence=_SURE)


def signed(document: Document) -> Iterator[RawQuotation]:
    """Paragraphs that are a quotation, a dash and who said it, and nothing else."""
    for quote in document.quotes:
        paragraph = document.paragraphs[document.paragraph[quote.first]]
        dash, name = quote.last, quote.last + 1
        last = paragraph.last - (document.words[paragraph.last - 1] == ".")
        alone = quote.first == paragraph.first and quote.closed and 0 < last - name <= _LONGEST_NAME
        if not alone or document.words[dash] not in DASHES or not document.words[name][0].isupper():
            continue
        content = inner_span(document, quote)
        if content and not has_verb(document, name, last):
            cue, source = document.span(dash, name), document.span(name, last)
            yield RawQuotation((content,), (cue,), (source,), Kind.DIRECT, confidence=_SURE)


def _label(document: Document, index: int) -> Turn | None:
    paragraph = document.paragraphs[index]
    first = paragraph.first + (document.places[paragraph.first] == Place.MARK)
    colon = next((i for i in range(first, min(first + _LONGEST, paragraph.last - 1)) if document.words[i] == ":"), None)
    if colon is None or colon == first:
        return None
    words = [document.words[i] for i in range(first, colon)]
    named = [word for word in words if word[0].isalpha()]
    if len(named) < len(words) or not all(word[0].isupper() for word in words) or len(words[-1]) < 2:
        return None
    return Turn(first, colon, index, index + 1, words[-1].isupper(), words[-1].upper())


def _is_transcript(labels: Sequence[Turn]) -> bool:
    """Labels in capitals: one comes back, or two speakers follow each other."""
    comes_back = len(labels) >= _LEAST_TURNS and max(Counter(turn.name for turn in labels).values()) > 1
    return comes_back or any(a.begins + 1 == b.begins and a.name != b.name for a, b in pairwise(labels))


def _is_conversation(document: Document, labels: Sequence[Turn]) -> bool:
    """Other labels may head the items of a list: here several speakers come back, close to each other, and say whole clauses."""
    names = Counter(turn.name for turn in labels)
    if len(labels) < _LEAST_TURNS or len(names) < 2 or max(names.values()) < 2:
        return False
    close = labels[-1].begins - labels[0].begins < 3 * len(labels)
    return close and all(has_verb(document, turn.colon + 1, document.paragraphs[turn.begins].last) for turn in labels)


def _content(document: Document, turn: Turn) -> Iterator[Span]:
    for index in range(turn.begins, turn.ends):
        paragraph = document.paragraphs[index]
        first, last = turn.colon + 1 if index == turn.begins else paragraph.first, paragraph.last
        while first < last and document.places[first] == Place.MARK:
            first += 1
        while first < last and document.places[last - 1] == Place.MARK:
            last -= 1
        aside = first < last and document.words[first] in "([" and document.words[last - 1] in ")]."
        if not aside and any(is_word(document, i) for i in range(first, last)):
            yield document.span(first, last)
