"""Quotations of a document before their speakers are known: what is said, the cue, the source's words.

``find_quotations`` is the one entry; the reader behind it is chosen by name. What belongs to the document as a
whole is decided here for every reader: the kind of a quotation, and the paragraph without a tag that goes on with the one before.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, inner_span, is_word, kind_of
from bot.reading.decoding import learnt_attributions
from bot.reading.document import Document, Paragraph, Place, Quote
from bot.reading.rules import attributions
from bot.reading.transcripts import said_in_turns, signed, turns


def find_quotations(document: Document, reader: str = "model") -> tuple[RawQuotation, ...]:
    """All attributions of a document, ordered by their content; pure, never raises for any text.

    ``reader``: "model" (learnt) or "rules". Raises ``FileNotFoundError`` where the model's files are missing.
    """
    spoken = turns(document)
    raws = learnt_attributions(document) if reader == "model" else attributions(document)
    laid_out = [*said_in_turns(document, spoken), *signed(document)]
    found = [_finished(document, raw) for raw in (*laid_out, *_others(document, raws, laid_out))]
    return tuple(sorted(_continued(document, found), key=lambda q: (q.content, q.cue)))


def _others(document: Document, raws: Iterable[RawQuotation], laid_out: Sequence[RawQuotation]) -> Iterator[RawQuotation]:
    """The attributions that have no part in a paragraph whose speaker the layout tells."""
    held = {document.paragraph[document.tokens_in(span)[0]] for quotation in laid_out for span in quotation.content}
    for raw in raws:
        if held.isdisjoint(document.paragraph[document.tokens_in(span)[0]] for span in (*raw.content, *raw.cue)):
            yield raw


def _finished(document: Document, raw: RawQuotation) -> RawQuotation:
    paragraph = document.paragraph_at(raw.content[0].start)
    return replace(raw, kind=kind_of(document, raw.content), paragraph=paragraph.number if paragraph else 0)


def _continued(document: Document, found: Sequence[RawQuotation]) -> Iterator[RawQuotation]:
    """The attributions, and what paragraphs without a tag add, that are a quotation and nothing else.

    After a quotation left open, such a paragraph is more of the same; after a closed one, it is a new quotation of the
    speaker before, if it is closed too.
    """
    taken = {i for quotation in found for span in quotation.content for i in range(*document.tokens_in(span))}
    tagged: dict[int, int] = {}
    whole = list(found)
    for number, quotation in enumerate(found):
        at = document.paragraph[document.tokens_in(quotation.content[-1])[1] - 1]
        if quotation.kind is not Kind.INDIRECT and quotation.statement:
            tagged[at] = number
    for index, paragraph in enumerate(document.paragraphs):
        quote, before = _lone_quote(document, paragraph), tagged.get(index - 1)
        span = inner_span(document, quote) if quote else None
        if quote is None or before is None or span is None or not taken.isdisjoint(range(quote.first, quote.last)):
            continue
        if quote.continues:
            tagged[index] = before
            whole[before] = replace(whole[before], content=(*whole[before].content, span))
        elif quote.closed:
            tagged[index] = len(whole)
            whole.append(_inferred(whole[before], span, paragraph.number))
    yield from whole


def _inferred(before: RawQuotation, content: Span, paragraph: int) -> RawQuotation:
    sure = before.confidence * 0.9
    return RawQuotation((content,), (), before.source, Kind.DIRECT, inferred=True, confidence=sure, paragraph=paragraph)


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
