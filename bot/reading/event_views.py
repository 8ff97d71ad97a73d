"""An article prepared for event reading: sentence by sentence its words, parties, dates and who says what in it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.model import ActorRef, ActorType, Kind, Quotation, Span, TimeClass
from bot.reading.coreference import Cast, Mention
from bot.reading.document import Document, Place
from bot.reading.event_dates import DateExpression, date_expressions
from bot.reading.event_scene import Scene, scene
from bot.reading.event_shades import HAVE, LEAD, RECENT_DAYS
from bot.reading.event_words import word_set
from bot.reading.roles import bodies, body_of

_PAIRS = {"two people": ActorType.PERSON, "two states": ActorType.COUNTRY}
_PAIR_OF = {noun: type_ for section, type_ in _PAIRS.items() for noun in word_set(section)}
_BACK = 2
"""How many sentences back those may be named whom "the two leaders" means."""
_PLACED = frozenset(["in", "at", "near", "outside", "around", "from", "of", "across", "through", "central", "downtown"])
_SOURCE, _LIKELY = 8, 0.5
"""Words that a speaker's description may have to be taken as a name, and how sure it must be whose words those are."""
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

Definite = Callable[[int], tuple[int, ActorRef] | None]
_Named = tuple[int, int, tuple[ActorRef, ...]]
"""Words ``[first, last)`` that name actors."""
_Meant = dict[int, tuple[int, tuple[ActorRef, ...]]]
"""Where words begin -> where they end, and whom they mean."""


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


def by_cue(view: View, quotation: Quotation) -> TimeClass | None:
    """What somebody "had said" lies further back; what he "has said" is recent, unless the article opens with it. A day of long
    ago on which it was said tells as much."""
    document = view.document
    places = [document.tokens_in(span) for span in quotation.cue]
    before = {document.words[i].lower() for first, last in places for i in range(max(first - 2, 0), last)}
    said, today = quotation.said_on, view.published_on
    if places and before and any(document.words[i].endswith("ing") for first, last in places for i in range(first, last)):
        start = document.sentences[document.sentence[places[0][0]]].first
        before |= {"had"} & set(document.words[start : places[0][0]])
    if "had" in before or (said and today and (today - said).days > RECENT_DAYS):
        return TimeClass.BACKGROUND
    return TimeClass.RECENT if not before.isdisjoint(HAVE) and view.paragraph > LEAD else None


def views(
    document: Document, cast: Cast, quotations: Sequence[Quotation], published_on: date | None, definite: Definite
) -> Iterator[View]:
    """Every sentence with its parties, in text order."""
    meant = _described(document, definite) | _sources(document, quotations) | _pairs(document, cast) | _states(document, cast)
    named = _named(document, cast, _own_words(quotations), meant)
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
        parties: list[_Named] = [(a - first, b - first, actors) for a, b, actors in named.get(index, ()) if b <= last]
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


def _sources(document: Document, quotations: Sequence[Quotation]) -> _Meant:
    """The speakers' words: "The Norland administration" as a whole."""
    found: _Meant = {}
    for quotation in quotations:
        speaker = quotation.speaker
        for span in quotation.source if speaker and not quotation.inferred and quotation.confidence >= _LIKELY else ():
            first, last = document.tokens_in(span)
            cut = last < len(document.words) and document.words[last] in bodies()
            if speaker and speaker.type is not ActorType.UNNAMED and 0 < last - first <= _SOURCE and not cut:
                found[first] = last, (speaker,)
    return found


def _described(document: Document, definite: Definite) -> _Meant:
    """Whom "the administration", "the union" or "the prime minister" means."""
    found = ((i, definite(i)) for i, word in enumerate(document.words) if word in ("the", "The"))
    return {first: (meant[0], (meant[1],)) for first, meant in found if meant}


def _pairs(document: Document, cast: Cast) -> _Meant:
    """Whom "the two leaders" or "both countries" mean: the only two people or states that were named last."""
    words, found = document.words, _Meant()
    for i in range(len(words) - 2):
        two = words[i].lower() == "the" and words[i + 1] == "two"
        noun = i + 2 if two else i + 1
        if (
            (two or words[i].lower() == "both")
            and (type_ := _PAIR_OF.get(words[noun]))
            and (pair := _last(document, cast, i, type_, 2))
        ):
            found[i] = noun + 1, pair
    return found


def _states(document: Document, cast: Cast) -> _Meant:
    """Which state "the country" means: the only one that its sentence, or the one before, has named."""
    words, found = document.words, _Meant()
    for i in range(len(words) - 1):
        noun = words[i + 1]
        if (
            words[i].lower() == "the"
            and noun in ("country", "nation")
            and (state := _last(document, cast, i, ActorType.COUNTRY, 1))
        ):
            found[i] = i + 2, state
    return found


def _last(document: Document, cast: Cast, token: int, type_: ActorType, many: int) -> tuple[ActorRef, ...]:
    """So many actors of a type named before a token, sentence by sentence back, all of them in one sentence; nobody where there
    are fewer or more."""
    sentence, last, named = document.sentence[token], token, dict[ActorRef, None]()
    for index in range(sentence, max(-1, sentence - 1 - _BACK), -1):
        first = document.sentences[index].first
        mentions = (m for m in cast.between(first, last) if _acts(document, m.first) and not _locates(document, cast, m))
        here = {actor: None for m in mentions if (actor := cast.actor(m)) and actor.type is type_}
        named |= here
        last = first
        if len(named) >= many:
            return tuple(named) if len(named) == len(here) == many else ()
    return ()


def _own_words(quotations: Sequence[Quotation]) -> list[tuple[Span, ActorRef]]:
    """Where somebody is quoted word for word, and who."""
    return [(span, q.speaker) for q in quotations if q.kind is Kind.DIRECT and q.speaker for span in q.content]


def _named(document: Document, cast: Cast, own: Sequence[tuple[Span, ActorRef]], sources: _Meant) -> dict[int, list[_Named]]:
    """By sentence: tokens of every outermost mention that resolves to an actor; a speaker's whole words go first."""
    taken = {i for first, (last, _) in sources.items() for i in range(first, last)}
    mentioned: list[_Named] = [(first, last, actors) for first, (last, actors) in sources.items()]
    for mention in cast.mentions:
        if mention.kind == "pronoun" and (
            _said_by(mention, cast.actor(mention), own) or _quotes_himself(document, cast, mention)
        ):
            continue  # nobody calls himself "he"
        first, last = document.tokens_in((mention.start, mention.end))
        actor = cast.actor(mention) or (cast.acting(mention) if _acts(document, first) else None)
        if actor is not None and actor.type is not ActorType.UNNAMED and first < last and first not in taken:
            body = body_of(actor, document.words[last].lower()) if last < len(document.words) else None
            mentioned.append((first, last + 1, (body,)) if body else (first, last, (actor,)))
    found: dict[int, list[_Named]] = defaultdict(list)
    end = 0
    for first, last, actors in sorted(mentioned, key=lambda item: (item[0], -item[1])):
        if end <= first:
            found[document.sentence[first]].append((first, last, actors))
            end = last
    return found


def _said_by(mention: Mention, actor: ActorRef | None, own: Sequence[tuple[Span, ActorRef]]) -> bool:
    return any(span.start <= mention.start < span.end and actor == speaker for span, speaker in own)


def _quotes_himself(document: Document, cast: Cast, mention: Mention) -> bool:
    """It stands in quotation marks, and its sentence names whom it would mean outside of them."""
    if document.places[mention.first] is Place.OUTSIDE:
        return False
    sentence = document.sentences[document.sentence[mention.first]]
    outside = (m for m in cast.between(sentence.first, mention.first) if document.places[m.first] is Place.OUTSIDE)
    return any(cast.actor(m) == cast.actor(mention) for m in outside)


def _acts(document: Document, first: int) -> bool:
    """A capital city stands for its state unless something is merely there."""
    return first == 0 or document.words[first - 1].lower() not in _PLACED


def _locates(document: Document, cast: Cast, mention: Mention) -> bool:
    """A state named after its town: "Davos, Switzerland"."""
    before = cast.between(max(0, mention.first - 4), mention.first)
    return (
        bool(before)
        and document.words[mention.first - 1] == ","
        and before[-1].last == mention.first - 1
        and mention.type == "place"
    )


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
