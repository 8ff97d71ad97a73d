"""How articles are cited and their words shown, in answers and in digests alike: whose words they are can be seen."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from bot.frames import Manner, manner
from bot.model import ArticleHead, Cited, CitedEvent, Kind, Span
from bot.reading.document import Document, Place
from bot.replies import Block, Citation, Inline, Reply, Style, Words

_CERTAIN = {Kind.DIRECT: 0.8, Kind.MIXED: 0.5, Kind.INDIRECT: 0.5}
"""Confidence under which a quotation is marked: of surer direct ones 97 in 100 are right, words and source (docs/reading.md)."""

_AROUND = ' ,:“"„«‘'
"""What stands between words for how something was said and what is said."""


def day_text(day: date | None) -> str:
    """``12 Feb 2025``; nothing for no day."""
    return f"{day.day} {day:%b %Y}" if day else ""


class Sources:
    """Numbers the articles cited in one reply; ``day`` writes their dates."""

    def __init__(self, day: Callable[[date], str] = day_text) -> None:
        self._heads: dict[str, ArticleHead] = {}
        self._quotations: dict[int, None] = {}
        self._day = day

    def cite(self, head: ArticleHead, paragraphs: Iterable[int], note: str | None = None) -> Citation:
        """``[1¶8]`` for an article of this reply."""
        self._heads.setdefault(head.id, head)
        return Citation(list(self._heads).index(head.id) + 1, tuple(paragraphs), head.url, note)

    def quote(self, cited: Cited, *more: Cited) -> Citation:
        """The place of quotations that the reply shows, all of one article, with what a reader must know of the speaker."""
        run = (cited, *more)
        self._quotations |= dict.fromkeys(one.number for one in run)
        return self.cite(cited.article, [paragraph_of(one) for one in run], _note(run))

    def reply(self, blocks: Iterable[Block], *, private: bool = False) -> Reply:
        """The blocks with the sources they cite and the quotations they show."""
        return Reply(tuple(blocks), private, self.lines(), tuple(self._quotations))

    def lines(self) -> tuple[str, ...]:
        """Outlet, date, title and link as given, by number; what is not given is said to be."""
        return tuple(self._line(head) for head in self._heads.values())

    def _line(self, head: ArticleHead) -> str:
        day = self._day(head.published_on) if head.published_on else "date not given"
        parts = [head.outlet or "outlet not given", day, *([head.title] if head.title else [])]
        return ", ".join(parts) + (f": {head.url}" if head.url else f" (link not supplied; {head.id})")


def _note(run: Sequence[Cited]) -> str | None:
    """What a reader must know before relying on who said it."""
    if any(one.corrected for one in run):
        return "speaker corrected by an administrator"
    uncertain = not all(map(is_certain, run))
    inferred = any(one.quotation.inferred for one in run)
    notes = ["speaker inferred: no tag of its own"] * inferred + ["uncertain reading: see the paragraph"] * uncertain
    return "; ".join(notes) or None


def is_certain(cited: Cited) -> bool:
    """Whether a quotation is shown without a mark of doubt."""
    return cited.quotation.confidence >= _CERTAIN[cited.quotation.kind]


def paragraph_of(cited: Cited | CitedEvent) -> int:
    """The paragraph a quotation starts in, or an event is told in."""
    return cited.event.paragraph if isinstance(cited, CitedEvent) else cited.quotation.paragraph


def attributed(cited: Cited) -> list[Inline]:
    """Who said it, and the words of a quotation."""
    name = cited.quotation.speaker.name if cited.quotation.speaker else "Speaker not known"
    return [Words(f"{name}: ", Style.STRONG), *said(cited)]


def said(cited: Cited) -> list[Inline]:
    """The words of a quotation: inside the source's marks as quoted, outside them as the outlet's wording; with the words for
    how it was said, where they say more than that it was ("denied that ...")."""
    parts, rest = _led_in(cited)
    for number, words in enumerate(rest):
        parts += [Words(" … ")] if number or len(rest) < len(cited.words) else []
        parts += [Words(words, Style.QUOTED)] if cited.quotation.kind is Kind.DIRECT else parted(words)
    return parts


def manner_of(cited: Cited) -> str | None:
    """The article's words for how it was said, where they say more than that it was; see ``bot.frames.manner``."""
    how = manner(cited)
    return _leading(how) if how else None


def _led_in(cited: Cited) -> tuple[list[Inline], tuple[str, ...]]:
    """How it was said, with the words that it leads into, and the words that are left."""
    how = manner(cited)
    if not how:
        return [], cited.words
    if not how.leads:
        return [*cut(how.frame.text, how.span), Words(": ")], cited.words
    if cited.quotation.kind is Kind.DIRECT:
        return [Words(_leading(how), Style.PARAPHRASE), Words(" "), Words(cited.words[0], Style.QUOTED)], cited.words[1:]
    return cut(how.frame.text, Span(how.span.start, min(how.frame.said).end)), cited.words[1:]


def _leading(how: Manner) -> str:
    return how.frame.text[slice(*how.span)].strip(_AROUND)


def parted(words: str) -> list[Inline]:
    """Words with quotation marks in them, parted at the marks; a quotation left open runs to the end."""
    return cut(words, Span(0, len(words)))


def cut(text: str, span: Span) -> list[Inline]:
    """A piece of a text, parted at the text's quotation marks: what stands inside them stays quoted, wherever it is cut."""
    document = Document.of(text)
    parts: list[Inline] = []
    at = span.start
    for quote in document.quotes:
        start, end = document.span(quote.first, quote.last)
        inside = [i for i in range(quote.first, quote.last) if document.places[i] == Place.INSIDE]
        if not inside or document.places[quote.first] != Place.MARK or end <= span.start or start >= span.end:
            continue
        first, last = document.span(inside[0], inside[-1] + 1)
        parts += _outside(text[at:start])
        quoted = text[max(first, span.start) : min(last, span.end)]
        parts += [Words(quoted, Style.QUOTED)] if quoted else []
        at = max(end, at)
    return [*parts, *_outside(text[at : span.end])]


def _outside(words: str) -> list[Inline]:
    """The outlet's wording, its blanks left out of the style."""
    inner = words.strip()
    if not inner:
        return [Words(words)] if words else []
    before, _, after = words.partition(inner)
    found = [Words(before), Words(inner, Style.PARAPHRASE), Words(after)]
    return [part for part in found if part.text]
