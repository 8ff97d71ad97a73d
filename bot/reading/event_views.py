"""An article prepared for event reading: sentence by sentence its words, parties, dates and who says what in it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.model import ActorRef, ActorType, Quotation, Span
from bot.reading.coreference import Cast
from bot.reading.document import Document
from bot.reading.event_dates import DateExpression, date_expressions
from bot.reading.event_scene import Scene, scene
from bot.reading.event_words import word_set
from bot.reading.roles import bodies, collectives

_PLACED = frozenset(["in", "at", "near", "outside", "around", "from", "of", "across", "through", "central", "downtown"])
_SOURCE = 8
"""Words that a speaker's description may have to be taken as a name."""
_WITHIN = 15
"""Words that a place may stand behind what happened there."""
_ITSELF = frozenset(["it", "its", "they"])
_FIRST_PERSON = word_set("first person")
_CREDIT = re.compile(
    r"\bcontributed (?:reporting|to this (?:report|story|article))\b|^\W*(?:additional )?(?:reporting|writing|editing) by\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r", (?:\w+ from )?(?:left|right|cent(?:er|re)),|\((?:left|right|cent(?:er|re)|[LRC])\)|\(pictured\)",
    re.IGNORECASE,
)
"""Where somebody stands in a picture."""
_LONGEST = 120
"""Sentences are read up to this many tokens: grammar by position is worth little beyond."""

Called = Callable[[int, int], ActorRef | None]
_Named = tuple[int, int, tuple[ActorRef, ...]]
"""Words ``[first, last)`` that name actors."""


class Said(NamedTuple):
    """Words ``[first, last)`` of a sentence that ``quotation`` reports."""

    first: int
    last: int
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class View:
    """One sentence: tokens from ``first`` on, as a scene; its ``dates``, and what is ``said`` in it."""

    document: Document
    published_on: date | None
    first: int
    scene: Scene
    dates: tuple[DateExpression, ...]
    said: tuple[Said, ...]
    opens: bool
    """It is the first sentence of its paragraph."""
    places: tuple[tuple[int, int], ...]
    """Words ``[first, last)`` that name where something is: "in Brussels"."""

    def place_near(self, position: int) -> str | None:
        """The place named next after a word, in the same part of the sentence; else ``None``."""
        for first, last in self.places:
            if position < first <= position + _WITHIN:
                return " ".join(self.scene.raw[first:last])
        return None

    def span(self, start: int, end: int) -> Span:
        """Code points of the sentence's words ``[start, end)``."""
        return self.document.span(self.first + start, self.first + end)

    def saying(self, position: int) -> Quotation | None:
        """What is reported where a word stands: the innermost quotation around it."""
        around = [s for s in self.said if s.first <= position < s.last]
        return min(around, key=lambda s: s.last - s.first).quotation if around else None

    @property
    def is_beside(self) -> bool:
        """It tells who wrote the article, or who stands where in a picture: no event of the text."""
        text = self.document.text[slice(*self.span(0, len(self.scene.words)))]
        return bool(_CREDIT.search(text) or _CAPTION.search(text))

    @property
    def paragraph(self) -> int:
        document = self.document
        return document.paragraphs[document.paragraph[self.first]].number


def views(
    document: Document, cast: Cast, quotations: Sequence[Quotation], published_on: date | None, called: Called
) -> Iterator[View]:
    """Every sentence with its parties, in text order."""
    named = _named(document, cast, _called(document, called) | _sources(document, quotations))
    said = _said(document, quotations)
    places = _places(document, cast)
    dates: dict[int, list[DateExpression]] = defaultdict(list)
    for found in date_expressions(document.text, published_on):
        first, last = document.tokens_in((found.start, found.end))
        if first < last:
            dates[document.sentence[first]].append(found)
    paragraph = -1
    for index, sentence in enumerate(document.sentences):
        first, last = sentence.first, min(sentence.last, sentence.first + _LONGEST)
        here = tuple(Said(max(a, first) - first, min(b, last) - first, q) for a, b, q in said.get(index, ()) if a < last)
        words = document.words[first:last]
        parties: list[_Named] = [(a - first, b - first, (actor,)) for a, b, actor in named.get(index, ()) if b <= last]
        parties = _with_first_person(words, parties, here)
        opens = sentence.paragraph != paragraph
        where = tuple((a - first, b - first) for a, b in places.get(index, ()) if b <= last)
        yield View(document, published_on, first, scene(first, words, parties), tuple(dates[index]), here, opens, where)
        paragraph = sentence.paragraph


def _places(document: Document, cast: Cast) -> dict[int, list[tuple[int, int]]]:
    """By sentence: tokens of the places that "in" or "at" stands before."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for mention in cast.mentions:
        first = mention.first
        if mention.type == "place" and first and document.words[first - 1].lower() in ("in", "at"):
            found[document.sentence[first]].append((first, mention.last))
    return found


def _sources(document: Document, quotations: Sequence[Quotation]) -> dict[int, tuple[int, ActorRef]]:
    """Where a speaker's words begin -> (where they end, who it is): "The Norland administration" as a whole."""
    found: dict[int, tuple[int, ActorRef]] = {}
    for quotation in quotations:
        speaker = quotation.speaker
        for span in quotation.source if speaker and not quotation.inferred else ():
            first, last = document.tokens_in(span)
            if speaker and speaker.type is not ActorType.UNNAMED and 0 < last - first <= _SOURCE:
                found[first] = last, speaker
    return found


def _called(document: Document, called: Called) -> dict[int, tuple[int, ActorRef]]:
    """Where "the administration" or "the union" begins -> (where it ends, which body named before it is)."""
    words, found = document.words, dict[int, tuple[int, ActorRef]]()
    for i in range(len(words) - 1):
        noun = words[i + 1]
        if words[i] in ("the", "The") and (noun in bodies() or noun in collectives()) and (body := called(i, i + 2)):
            found[i] = i + 2, body
    return found


def _named(
    document: Document, cast: Cast, sources: dict[int, tuple[int, ActorRef]]
) -> dict[int, list[tuple[int, int, ActorRef]]]:
    """By sentence: tokens of every outermost mention that resolves to an actor; a speaker's whole words go first."""
    taken = {i for first, (last, _) in sources.items() for i in range(first, last)}
    mentioned = [(first, last, actor) for first, (last, actor) in sources.items()]
    for mention in cast.mentions:
        first, last = document.tokens_in((mention.start, mention.end))
        actor = cast.actor(mention) or (cast.acting(mention) if _acts(document, first) else None)
        if actor is not None and actor.type is not ActorType.UNNAMED and first < last and first not in taken:
            mentioned.append((first, last, actor))
    found: dict[int, list[tuple[int, int, ActorRef]]] = defaultdict(list)
    end = 0
    for first, last, actor in sorted(mentioned, key=lambda item: (item[0], -item[1])):
        if end <= first:
            found[document.sentence[first]].append((first, last, actor))
            end = last
    return found


def _acts(document: Document, first: int) -> bool:
    """A capital city stands for its state unless something is merely there."""
    return first == 0 or document.words[first - 1].lower() not in _PLACED


def _said(document: Document, quotations: Sequence[Quotation]) -> dict[int, list[tuple[int, int, Quotation]]]:
    found: dict[int, list[tuple[int, int, Quotation]]] = defaultdict(list)
    for quotation in quotations:
        for span in quotation.content if quotation.statement else ():
            first, last = document.tokens_in(span)
            if first < last:
                for index in range(document.sentence[first], document.sentence[last - 1] + 1):
                    found[index].append((first, last, quotation))
    return found


def _with_first_person(
    words: Sequence[str], parties: list[_Named], said: Sequence[Said]
) -> list[tuple[int, int, tuple[ActorRef, ...]]]:
    """ "I" and "we" inside what somebody says are its speaker."""
    taken = {i for start, end, _ in parties for i in range(start, end)}
    mine: list[_Named] = [
        (i, i + 1, (s.quotation.speaker,))
        for s in said
        if s.quotation.speaker
        for i in range(max(0, s.first), s.last)
        if words[i].lower() in _FIRST_PERSON and i not in taken and words[i] != "US"
    ]
    mine += [
        (i, i + 1, (s.quotation.speaker,))
        for s in said
        if s.quotation.speaker and s.quotation.speaker.type is not ActorType.PERSON
        for i in range(s.first, min(s.first + 2, s.last))
        if words[i].lower() in _ITSELF and i not in taken
    ]
    return sorted({item[0]: item for item in (*parties, *mine)}.values(), key=lambda item: item[0])
