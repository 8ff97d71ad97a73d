"""The lines of digests and alerts: what happened, what was said, two accounts side by side. Each cites its places."""

from collections.abc import Iterable, Mapping, Sequence

from bot.asking.answers import Point
from bot.briefing.choosing import Lead, Run
from bot.briefing.readouts import Comparison, Verdict
from bot.briefing.readouts import Point as Told
from bot.briefing.telling import listed, plainly, told
from bot.citing import Sources, attributed, paragraph_of, parted, said
from bot.frames import occasion
from bot.model import ArticleHead, Cited, CitedEvent
from bot.replies import Citation, Inline, Line, Style, Words

Wording = Mapping[int, Sequence[Inline]]
"""The outlets' own words for events, by the events' numbers, parted at quotation marks."""
_NONE: Wording = {}
_ALSO = 3
"""Other places that are cited."""
_EACH = 4
"""Points of one verdict that a comparison lists."""


def lead_line(sources: Sources, lead: Lead) -> Line:
    """What happened: in a speaker's words, in ours, or by the outlet's headline."""
    if lead.point:
        return run_line(sources, Run((lead.point,)))
    if lead.head:
        return _headline(sources, lead.head)
    return events_line(sources, lead.events, lead.story.wording)


def events_line(sources: Sources, events: Sequence[CitedEvent], wording: Wording) -> Line:
    """``Outlet: what happened, in its own words [1¶1] also [2¶3]``; whom a first "he" means, and whose account it is."""
    first = events[0]
    outlet = Words(f"{first.article.outlet or 'Outlet not given'}: ", Style.STRONG)
    who = f" (of {listed(first.event.actors)})" if _opens_with_a_pronoun(first.words) else ""
    places = dict.fromkeys(sources.cite(cited.article, (cited.event.paragraph,)) for cited in events)
    here, *also = list(places)[: _ALSO + 1]
    if first.number not in wording:
        return (Words(happening(first)), Words(f"{_according(first)} "), here)
    line = (outlet, *wording[first.number], Words(f"{who}{_according(first)} "), here)
    return (*line, Words(" also"), *_spaced(also)) if also else line


def _opens_with_a_pronoun(words: str) -> bool:
    first = next(iter(words.split()), "").lower()
    return first in ("he", "she", "it", "they", "his", "her", "its", "their")


def _according(cited: CitedEvent) -> str:
    """Whose account it is, where that is others' than the actors'."""
    others = tuple(actor for actor in cited.event.reported_by if actor not in cited.event.actors)
    return f" (according to {listed(others)})" if others and len(others) == len(cited.event.reported_by) else ""


def happening(cited: CitedEvent) -> str:
    """An event in one neutral line of ours: a title for it."""
    line = told(cited.event)
    return f"{line[:1].upper()}{line[1:]}"


def _headline(sources: Sources, head: ArticleHead) -> Line:
    """The outlet's own headline, as its wording; it stands over the whole article."""
    outlet = Words(f"{head.outlet or 'Outlet not given'}: ", Style.STRONG)
    return (outlet, *parted(head.title or ""), Words(" "), sources.cite(head, (1,), "headline"))


def run_line(sources: Sources, run: Run) -> Line:
    """``Who: “words” “words” (told a meeting of ... in Geneva) [1¶15-16] also [2¶3]``."""
    first = run.points[0].cited
    words: list[Inline] = attributed(first)
    for point in run.points[1:]:
        words += [Words(" "), *said(point.cited)]
    where = next(filter(None, (occasion(point.cited) for point in run.points)), None)
    words += [Words(" ("), *parted(where), Words(")")] if where else []
    place = sources.quote(*(point.cited for point in run.points))
    also = [sources.quote(other) for point in run.points for other in point.also[:_ALSO]]
    return (*words, Words(" "), place, *([Words(" also"), *_spaced(also)] if also else []))


def line_of(sources: Sources, cited: Cited | CitedEvent, wording: Wording = _NONE) -> Line:
    """One event, or one statement."""
    if isinstance(cited, CitedEvent):
        return events_line(sources, [cited], wording)
    return run_line(sources, Run((Point(cited),)))


def comparison_line(sources: Sources, comparison: Comparison) -> Line:
    """``A – B. Only A’s side: ... [1¶2]. Only B’s side: ... [1¶4]. Both: ...``"""
    left, right = comparison.left[0].name, comparison.right[0].name
    titles = {
        Verdict.AGREED: "Both: ",
        Verdict.CONTRADICTED: "Each says otherwise: ",
        Verdict.LEFT: f"Only {left}’s side: ",
        Verdict.RIGHT: f"Only {right}’s side: ",
    }
    line: list[Inline] = [Words(f"{left} – {right}.", Style.STRONG)]
    for verdict, title in titles.items():
        points = [point for point in comparison.points if point.verdict is verdict][:_EACH]
        line += [Words(f" {title}")] if points else []
        for number, point in enumerate(points, 1):
            line += [*_accounts(sources, point), Words("; " if number < len(points) else ".")]
    silent = [name for name, heard in ((left, _heard(comparison, 0)), (right, _heard(comparison, 1))) if not heard]
    return (*line, Words(f" Of it nothing from {silent[0]}’s side.")) if silent else tuple(line)


def _heard(comparison: Comparison, side: int) -> bool:
    return any((point.left, point.right)[side] for point in comparison.points)


def _accounts(sources: Sources, point: Told) -> list[Inline]:
    """The event in our words where they say no more than the article's, or the statement in its own, with each side's place."""
    cited = [account.cited for account in (point.left, point.right) if account]
    places = dict.fromkeys(
        sources.quote(c) if isinstance(c, Cited) else sources.cite(c.article, (paragraph_of(c),)) for c in cited
    )
    words = _happened(point.event) if point.event else [w for c in cited[:1] if isinstance(c, Cited) for w in said(c)]
    return [*words, *_spaced(places)]


def _happened(cited: CitedEvent) -> list[Inline]:
    words = " ".join(cited.words.split())
    line = plainly(cited.event, words)
    return [Words(line)] if line else parted(words)


def _spaced(places: Iterable[Citation]) -> list[Inline]:
    return [part for place in places for part in (Words(" "), place)]
