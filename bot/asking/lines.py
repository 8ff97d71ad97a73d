"""Lines that several kinds of answers share."""

from collections.abc import Sequence
from datetime import date

from bot.asking.answers import Answer, Point
from bot.citing import Sources, day_text, said
from bot.model import Cited, Coverage
from bot.replies import Inline, Line, Paragraph, Style, Words

SHOWN = 6
"""Points of one reply; the rest come with "more"."""
ENTRIES = 3 * SHOWN
"""Events of one reply."""


def page_size(answer: Answer) -> int:
    """How many points or events of the answer one reply shows."""
    return ENTRIES if answer.inquiry.intent in ("events", "timeline") else SHOWN


def text(words: str, style: Style = Style.PLAIN) -> Paragraph:
    """A paragraph of our own words."""
    return Paragraph((Words(words, style),))


def searched(coverage: Coverage) -> str:
    """What was looked through: ``1 article (Reuters, 12 Feb 2025)``."""
    if not coverage.articles:
        return "0 articles"
    many = f"{coverage.articles:,} article{'s' * (coverage.articles != 1)}"
    outlets = ", ".join(coverage.outlets[:3]) + (f" and {len(coverage.outlets) - 3} more" if len(coverage.outlets) > 3 else "")
    first, last = day_text(coverage.first), day_text(coverage.last)
    days = first if first == last else f"{first} to {last}"
    inside = ", ".join(part for part in (outlets, days) if part)
    return f"{many} ({inside})" if inside else many


def between(since: date | None, until: date | None) -> str:
    """The days asked for, with a blank before: `` on 12 Feb 2025``; nothing for no days."""
    if since and until:
        return f" on {day_text(since)}" if since == until else f" from {day_text(since)} to {day_text(until)}"
    return f" since {day_text(since)}" if since else f" until {day_text(until)}" if until else ""


def point_line(point: Point, sources: Sources, *, of: str | None = None) -> Line:
    """A point with its place; the speaker's name leads unless it is the actor ``of`` whom the answer speaks."""
    cited = point.cited
    quotation = cited.quotation
    who: list[Inline] = []
    if quotation.speaker is None or quotation.speaker.id != of:
        who = [Words((quotation.speaker.name if quotation.speaker else "Speaker not known") + ": ", Style.STRONG)]
    day = quotation.said_on
    when = f" {day_text(day)}" if day and day != cited.article.published_on else ""
    also = [Words(" also "), *_also(point.also, sources)] if point.also else []
    return (*who, *said(cited), Words(f"{when} "), sources.quote(cited), *also)


def _also(cited: Sequence[Cited], sources: Sources) -> list[Inline]:
    return [sources.quote(c) for c in cited[:3]]
