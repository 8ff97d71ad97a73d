"""When something was said: the day its own sentence names, or the occasion's that it goes on with, or the article's, or not known."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from bot.model import ActorRef, DateBasis, Kind
from bot.reading.document import Document, Sentence
from bot.reading.event_dates import DateExpression
from bot.reading.quotations import RawQuotation

_STANDING = frozenset(["has", "have", "had", "long", "repeatedly", "often", "previously", "always"])
_ELSEWHERE = frozenset(["published", "released", "aired", "broadcast", "posted", "since", "until", "before", "after"])
"""Words before a date that make it the day of something else."""


class Day(NamedTuple):
    """The day and why it is believed; ``occasion``: the sentence tells when, or that it was not when the date in it says."""

    on: date | None
    basis: DateBasis
    occasion: bool = False


def days(
    document: Document,
    dates: Sequence[DateExpression],
    quotations: Sequence[RawQuotation],
    speakers: Sequence[ActorRef | None],
    published_on: date | None,
) -> list[Day]:
    """For each quotation in text order; ``dates`` are the article's, in text order too."""
    found: list[Day] = []
    for number, (quotation, speaker) in enumerate(zip(quotations, speakers, strict=True)):
        day = _said_on(document, dates, quotation, published_on)
        before = quotations[number - 1] if number else None
        if before and day.basis is not DateBasis.UNKNOWN and not day.occasion and _goes_on(before, quotation):
            same = speaker is not None and speaker == speakers[number - 1]
            day = found[-1] if same and found[-1].occasion else day
        found.append(day)
    return found


def _goes_on(before: RawQuotation, quotation: RawQuotation) -> bool:
    """Both are in the speaker's own words, and no paragraph lies between them."""
    quoted = before.kind is not Kind.INDIRECT and quotation.kind is not Kind.INDIRECT
    return quoted and quotation.paragraph - before.paragraph <= 1


def _said_on(document: Document, dates: Sequence[DateExpression], quotation: RawQuotation, published_on: date | None) -> Day:
    unknown = Day(None, DateBasis.UNKNOWN)
    published = Day(published_on, DateBasis.PUBLISHED) if published_on else unknown
    if not quotation.cue:
        return published if quotation.inferred else unknown
    at, after = document.tokens_in(quotation.cue[0])
    if at >= len(document.words):
        return unknown
    sentence = document.sentences[document.sentence[at]]
    start, end = document.span(sentence.first, sentence.last)
    here = [d for d in dates if start <= d.start < end and not any(s.start <= d.start < s.end for s in quotation.content)]
    stated = next((d for d in here if d.on == d.until and (published_on is None or d.on <= published_on)), None)
    if stated:
        return (
            Day(None, DateBasis.UNKNOWN, True)
            if _elsewhere(document, sentence, stated)
            else Day(stated.on, DateBasis.STATED, True)
        )
    words = [document.words[i].lower() for i in range(at, after)]
    before_cue = document.words[at - 1].lower() if at > sentence.first else ""
    standing = _STANDING & {*words, before_cue} or (words[-1].endswith("s") and words[-1] != "says") or here
    return unknown if standing or not quotation.statement else published


def _elsewhere(document: Document, sentence: Sentence, stated: DateExpression) -> bool:
    first = document.tokens_in((stated.start, stated.end))[0]
    return not _ELSEWHERE.isdisjoint(document.words[i].lower() for i in range(max(sentence.first, first - 3), first))
