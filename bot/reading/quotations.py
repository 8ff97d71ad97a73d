"""Quotations of a document before their speakers are known: what is said, the cue, the source's words.

``find_quotations`` is the one entry; the reader behind it is chosen by name. What belongs to the document as a
whole is decided here for every reader: the kind of a quotation, and the paragraph without a tag that goes on with the one before.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.model import Kind
from bot.reading.attributions import RawQuotation, inner_span, is_word, kind_of
from bot.reading.document import Document, Paragraph, Place, Quote
from bot.reading.network import learnt_attributions
from bot.reading.rules import attributions


def find_quotations(document: Document, reader: str = "model") -> tuple[RawQuotation, ...]:
    """All attributions of a document, ordered by their content; pure, never raises for any text.

    ``reader``: "model" (learnt) or "rules". Raises ``FileNotFoundError`` where the model's files are missing.
    """
    raws = learnt_attributions(document) if reader == "model" else attributions(document)
    found = [_finished(document, raw) for raw in raws]
    found += _continued(document, found)
    return tuple(sorted(found, key=lambda q: (q.content, q.cue)))


def _finished(document: Document, raw: RawQuotation) -> RawQuotation:
    paragraph = document.paragraph_at(raw.content[0].start)
    return replace(raw, kind=kind_of(document, raw.content), paragraph=paragraph.number if paragraph else 0)


def _continued(document: Document, found: Sequence[RawQuotation]) -> Iterator[RawQuotation]:
    """Paragraphs that are one quotation without a tag: the speaker of the quotation right before goes on."""
    taken = {i for quotation in found for span in quotation.content for i in range(*document.tokens_in(span))}
    tagged: dict[int, RawQuotation] = {}
    for quotation in found:
        at = document.paragraph[document.tokens_in(quotation.content[-1])[1] - 1]
        if quotation.kind is not Kind.INDIRECT and quotation.statement:
            tagged[at] = quotation
    for index, paragraph in enumerate(document.paragraphs):
        quote = _lone_quote(document, paragraph)
        before = tagged.get(index - 1)
        if quote is None or before is None or not taken.isdisjoint(range(quote.first, quote.last)):
            continue
        span = inner_span(document, quote)
        if span is None:
            continue
        inferred = RawQuotation(
            (span,),
            source=before.source,
            kind=Kind.DIRECT,
            inferred=True,
            confidence=before.confidence * 0.9,
            paragraph=paragraph.number,
        )
        tagged[index] = inferred
        yield inferred


def _lone_quote(document: Document, paragraph: Paragraph) -> Quote | None:
    """The quotation that a paragraph consists of, if it does."""
    at = bisect_left(document.quotes, paragraph.first, key=lambda quote: quote.first)
    inside = document.quotes[at : bisect_left(document.quotes, paragraph.last, lo=at, key=lambda quote: quote.first)]
    if not inside or any(
        document.places[i] == Place.OUTSIDE and is_word(document, i) for i in range(paragraph.first, paragraph.last)
    ):
        return None
    return Quote(inside[0].first, inside[-1].last, inside[-1].closed, inside[0].continues)


__all__ = ["RawQuotation", "find_quotations"]
