"""What readers of quotations hand on: attributions by spans, before it is known whom their sources mean."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model import Kind, Span
from bot.reading.document import Document, Place, Quote


@dataclass(frozen=True, slots=True)
class RawQuotation:
    """An attribution by spans, each in text order. An inferred one has no cue and its neighbour's source."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    kind: Kind = Kind.INDIRECT
    statement: bool = True
    inferred: bool = False
    confidence: float = 1.0
    paragraph: int = 0


def inner_span(document: Document, quote: Quote) -> Span | None:
    """What stands between the marks, without them; ``None`` where that is nothing."""
    first, last = quote.first, quote.last
    while first < last and document.places[first] == Place.MARK:
        first += 1
    while first < last and document.places[last - 1] == Place.MARK:
        last -= 1
    return document.span(first, last) if first < last else None


def kind_of(document: Document, content: Iterable[Span]) -> Kind:
    """Direct: every word stands inside quotation marks; mixed: some; indirect: none."""
    places = [document.places[i] for span in content for i in range(*document.tokens_in(span)) if is_word(document, i)]
    inside = sum(place == Place.INSIDE for place in places)
    return Kind.INDIRECT if not inside else Kind.DIRECT if inside == len(places) else Kind.MIXED


def is_word(document: Document, i: int) -> bool:
    """True for a token that is no mark."""
    return document.words[i][0].isalnum()
