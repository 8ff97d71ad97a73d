"""When something was said: the day its own sentence names, or the article's, or not known."""

from collections.abc import Sequence
from datetime import date

from bot.model import DateBasis
from bot.reading.document import Document
from bot.reading.event_dates import DateExpression
from bot.reading.quotations import RawQuotation

_STANDING = frozenset(["has", "have", "had", "long", "repeatedly", "often", "previously", "always"])
_ELSEWHERE = frozenset(["published", "released", "aired", "broadcast", "posted", "since", "until", "before", "after"])
"""Words before a date that make it the day of something else."""


def said_on(
    document: Document, dates: Sequence[DateExpression], quotation: RawQuotation, published_on: date | None
) -> tuple[date | None, DateBasis]:
    """The day and why it is believed; ``dates`` are the article's, in text order."""
    if not quotation.cue:
        return (published_on, DateBasis.PUBLISHED) if published_on and quotation.inferred else (None, DateBasis.UNKNOWN)
    at, after = document.tokens_in(quotation.cue[0])
    sentence = document.sentences[document.sentence[at]] if at < len(document.words) else None
    if sentence is None:
        return None, DateBasis.UNKNOWN
    start, end = document.span(sentence.first, sentence.last)
    here = [d for d in dates if start <= d.start < end and not any(s.start <= d.start < s.end for s in quotation.content)]
    stated = next((d for d in here if d.on == d.until and (published_on is None or d.on <= published_on)), None)
    if stated:
        first = document.tokens_in((stated.start, stated.end))[0]
        before = {document.words[i].lower() for i in range(max(sentence.first, first - 3), first)}
        return (None, DateBasis.UNKNOWN) if before & _ELSEWHERE else (stated.on, DateBasis.STATED)
    words = [document.words[i].lower() for i in range(at, after)]
    before_cue = document.words[at - 1].lower() if at > sentence.first else ""
    standing = _STANDING & {*words, before_cue} or (words[-1].endswith("s") and words[-1] != "says") or here
    if published_on is None or standing or not quotation.statement:
        return None, DateBasis.UNKNOWN
    return published_on, DateBasis.PUBLISHED
