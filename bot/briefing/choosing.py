"""What of an edition one destination is told: its stories after wishes, mutes and taste, as lines within a budget.

What happened is told by whoever says so, in their words, where the article has it inside a statement; else in ours.
Nothing is told twice: words that tell what happened are not shown again as a statement.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import TypeVar

from bot.asking.answers import Point
from bot.briefing.centrality import REPEATED, bag_of, says_much_of
from bot.briefing.editions import Edition, Story
from bot.briefing.matching import Voices, Wish, concerns, involves, is_about, parties, passes
from bot.briefing.novelty import SPOKEN, family
from bot.briefing.readouts import Comparison
from bot.briefing.stories import mutes_story
from bot.briefing.telling import told
from bot.model import ArticleHead, CitedEvent, Kind, Span
from bot.standing import Taste
from bot.terms import words

CALM, BUSY, FIRST = 10, 7, 5
"""Lines of a digest: of a day with few stories, of one with many, and of the first one."""
FEW = 3
"""Stories from which on a day is busy when there are more."""
REST = 25
"""Lines that follow in the thread."""
_SHORTEST = 6
"""Words that a paraphrase needs to stand alone."""
_STORIES = 4_000
"""Stories whose lines are kept in memory: many destinations are told the same ones whole."""
_QUOTED = re.compile('["“”„«»]')
T = TypeVar("T")
_TOLD = 0.6
"""The part of a statement's words, or of a line's, that both have when the line has told it."""
_DEVELOPMENTS = 0.6
"""Their share of a page, where there are statements too."""


@dataclass(frozen=True, slots=True)
class Lead:
    """One thing that happened in a story: ``events`` as the outlets word them, or ``point``, what somebody said of it, or the
    headline of ``head``."""

    story: Story
    events: tuple[CitedEvent, ...] = ()
    point: Point | None = None
    head: ArticleHead | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Statements that one speaker makes one after the other."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one message, in order, and how many more stories and statements there are."""

    developments: tuple[Lead, ...] = ()
    statements: tuple[Run, ...] = ()
    readouts: tuple[Comparison, ...] = ()
    late: tuple[Lead, ...] = ()
    background: Lead | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The first page, what follows in its thread, and how many lines are in neither."""

    page: Page
    rest: Page = Page()
    hidden: int = 0

    @property
    def empty(self) -> bool:
        """Nothing new to tell."""
        return self.page == Page()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a destination wants of an edition. ``since`` is the day of the digest before: what was published earlier is late."""

    wishes: tuple[Wish, ...] = ()
    mutes: tuple[str, ...] = ()
    taste: Taste = field(default_factory=Taste)
    voices: Voices = field(default_factory=dict)
    first: bool = False
    since: date | None = None


def chosen(edition: Edition, ask: Ask) -> Choice:
    """The lines for this destination; stories with followed actors first."""
    stories = [kept for story in edition.stories if (kept := _kept(story, ask)).news or kept.sayings]
    if ask.wishes:
        stories.sort(key=lambda story: not any(_touches(story, wish) for wish in ask.wishes))
    late = [story for story in stories if _is_late(story, ask.since)]
    timely = [story for story in stories if story not in late]
    most = ask.taste.items or (FIRST if ask.first else CALM if len(stories) <= FEW else BUSY)
    leads = _in_turn([_leads(story) for story in timely])
    runs = _in_turn([_varied(_runs(story)) for story in timely])
    room = most if not runs else max(-(-most * _DEVELOPMENTS // 1), most - len(runs))
    here = leads[: int(room)]
    said = _varied(runs)
    spoken = said[: most - len(here)]
    old = [lead for story in late for lead in _leads(story)[:2]]
    readouts = tuple(c for story in timely for c in story.readouts if len(stories) <= FEW or c.two_sided)
    recalled = next((Lead(story, (story.background,)) for story in timely[:1] if story.background and len(stories) <= FEW), None)
    compared = readouts[:FEW]
    bound = ask.first or ask.taste.items is not None  # a length that is promised holds for all sections
    free = most - len(here) - len(spoken) if bound else most + len(compared)
    page = Page(_together(here), _by_speaker(spoken), compared[:free], tuple(old[: max(free - len(compared), 0)]), recalled)
    rest = _rest(leads[len(here) :], said[len(spoken) :], compared[free:], old[len(page.late) :])
    left = len(leads) + len(runs) + len(old) - sum(_lines(one) for one in (page, rest))
    return Choice(page, rest, left)


def _rest(leads: Sequence[Lead], runs: Sequence[Run], compared: tuple[Comparison, ...], old: Sequence[Lead]) -> Page:
    """What follows: as many lines as the thread may have."""
    told = leads[:REST]
    said = runs[: REST - len(told)]
    return Page(_together(told), _by_speaker(said), compared, tuple(old[: REST - len(told) - len(said)]))


def _lines(page: Page) -> int:
    return len(page.developments) + len(page.statements) + len(page.late)


def _kept(story: Story, ask: Ask) -> Story:
    """The story without what is muted or not wanted."""
    if any(mutes_story(mute, story.development) for mute in ask.mutes):
        return replace(story, news=(), sayings=(), readouts=(), background=None)
    if not ask.mutes and ask.taste == Taste():
        return story

    def wanted(cited: CitedEvent) -> bool:
        return passes(cited, ask.taste, ask.voices) and not any(is_about(cited, mute) for mute in ask.mutes)

    def heard(point: Point) -> bool:
        return passes(point.cited, ask.taste, ask.voices) and not any(is_about(point.cited, mute) for mute in ask.mutes)

    news, sayings = tuple(filter(wanted, story.news)), tuple(filter(heard, story.sayings))
    places = {cited.article.id for cited in news} | {c.article.id for point in sayings for c in (point.cited, *point.also)}
    heads = tuple(head for head in story.heads if head.id in places)
    recalled = story.background if story.background and wanted(story.background) else None
    readouts = story.readouts if news and sayings else ()
    return replace(story, news=news, sayings=sayings, heads=heads, readouts=readouts, background=recalled)


def _touches(story: Story, wish: Wish) -> bool:
    return any(concerns(point.cited, wish) for point in story.sayings) or any(involves(e, wish) for e in story.news)


def _is_late(story: Story, since: date | None) -> bool:
    days = [head.published_on for head in story.heads]
    return since is not None and bool(days) and all(day is not None and day < since for day in days)


@lru_cache(maxsize=_STORIES)
def _leads(story: Story) -> list[Lead]:
    """What happened in a story: an outlet's headline, where there is one, then acts before acts of speech; at least one."""
    found: list[Lead] = []
    for cited in story.news:
        point = _teller(cited, story.sayings)
        if cited.event.type in SPOKEN and point:
            if _is_gist(point) and not any(_same_speaker(lead, point) for lead in found):
                found.append(Lead(story, point=point))
        elif point is None and (cited.event.type not in SPOKEN or _is_reported(cited)):
            _add(found, story, cited)
        elif point and not any(lead.point == point for lead in found):
            found.append(Lead(story, point=point))
    found = _fresh_first(found, _lead_words)
    if titled := next((head for head in story.heads if head.title), None):
        return [Lead(story, head=titled), *found]
    return found or [Lead(story, point=story.sayings[0]) if story.sayings else Lead(story, story.news[:1])]


def _add(found: list[Lead], story: Story, cited: CitedEvent) -> None:
    """A line of its own, or another place of the same act."""
    for number, lead in enumerate(found):
        if any(_overlap(e, cited) or told(e.event) == told(cited.event) or _alike(e, cited) for e in lead.events):
            found[number] = replace(lead, events=(*lead.events, cited))
            return
    found.append(Lead(story, (cited,)))


def _is_reported(cited: CitedEvent) -> bool:
    """An act of speech in the outlet's own words, which name whose it is: "Berg welcomed the move"."""
    named = any(actor.name.split()[-1] in cited.words for actor in cited.event.actors)
    return named and not _QUOTED.search(cited.words)


def _alike(one: CitedEvent, other: CitedEvent) -> bool:
    """Two outlets' words for the same: the shorter says little that the longer does not; never of other acts or counterparts."""
    if family(one.event) != family(other.event) or (parties(one) - parties(other) and parties(other) - parties(one)):
        return False
    words, others = bag_of(one.words), bag_of(other.words)
    return says_much_of(words, others) or says_much_of(others, words)


def _overlap(one: CitedEvent, other: CitedEvent) -> bool:
    """The same words of the same article, some of them at least."""
    (start, end), (first, last) = one.event.evidence, other.event.evidence
    return one.article.id == other.article.id and start < last and first < end


def _evidence(cited: CitedEvent) -> tuple[str, Span]:
    return cited.article.id, cited.event.evidence


def _teller(cited: CitedEvent, sayings: Iterable[Point]) -> Point | None:
    """The statement that tells an event: its evidence stands wholly inside."""
    return next((p for p in sayings if p.cited.article.id == cited.article.id and _holds(p, cited.event.evidence)), None)


def _holds(point: Point, evidence: Span) -> bool:
    return any(first <= evidence.start and evidence.end <= last for first, last in point.cited.quotation.content)


def _same_speaker(lead: Lead, point: Point) -> bool:
    return lead.point is not None and lead.point.cited.quotation.speaker == point.cited.quotation.speaker


@lru_cache(maxsize=_STORIES)
def _runs(story: Story) -> list[Run]:
    """The statements that no lead tells, those that go on where one ended joined to it; what has no day and is a mere
    paraphrase is no news."""
    leads = _leads(story)
    used = {lead.point.cited.number for lead in leads if lead.point}
    used |= {
        account.cited.number
        for c in story.readouts
        for point in c.points
        for account in (point.left, point.right)
        if account and point.event is None
    }
    evidence = [_evidence(event) for lead in leads for event in lead.events]
    runs: list[Run] = []
    for point in story.sayings:
        if point.cited.number in used or not _is_news(point) or any(_inside(point, place) for place in evidence):
            continue
        if runs and _goes_on(runs[-1].points[-1], point):
            runs[-1] = Run((*runs[-1].points, point))
        else:
            runs.append(Run((point,)))
    paraphrased = [_lead_words(lead) for lead in leads if not lead.head]
    return _fresh_first(runs, _run_words, [words for words in paraphrased if words])


def _fresh_first(lines: Sequence[T], words_of: Callable[[T], str], before: Sequence[str] = ()) -> list[T]:
    """The same lines: those that say much of what an earlier one says come last. Quoted words, for which ``words_of`` has "",
    repeat nobody's paraphrase."""
    fresh, again = list[T](), list[T]()
    told_bags = [bag_of(words) for words in before]
    for line in lines:
        bag = bag_of(words_of(line))
        repeats = any(says_much_of(bag, other, REPEATED) for other in told_bags)
        (again if repeats else fresh).append(line)
        told_bags.append(bag)
    return [*fresh, *again]


def _lead_words(lead: Lead) -> str:
    return _run_words(Run((lead.point,))) if lead.point else " ".join(event.words for event in lead.events[:1])


def _run_words(run: Run) -> str:
    cited = run.points[0].cited
    return "" if cited.quotation.kind is Kind.DIRECT else " ".join(cited.words)


def _is_news(point: Point) -> bool:
    quotation = point.cited.quotation
    if quotation.kind is Kind.DIRECT:
        return True
    dated = quotation.kind is Kind.MIXED or quotation.said_on is not None
    return dated and len(list(words(" ".join(point.cited.words)))) >= _SHORTEST


def _is_gist(point: Point) -> bool:
    """An outlet's summary of what somebody said: it tells an act of speech in short."""
    return point.cited.quotation.kind is not Kind.DIRECT and _is_news(point)


def _inside(point: Point, place: tuple[str, Span]) -> bool:
    """A line with this evidence has told most of the statement, or of its own words in it."""
    article, (start, end) = place
    content = point.cited.quotation.content
    shared = sum(max(0, min(end, last) - max(start, first)) for first, last in content)
    whole = min(end - start, sum(last - first for first, last in content))
    return point.cited.article.id == article and shared >= _TOLD * whole


def _goes_on(before: Point, after: Point) -> bool:
    """The same speaker's quoted words in the next paragraph, tagged again."""
    one, other = before.cited.quotation, after.cited.quotation
    same = before.cited.article.id == after.cited.article.id and one.speaker == other.speaker
    quoted = one.kind is other.kind is Kind.DIRECT and not other.inferred
    return same and quoted and not (before.also or after.also) and other.paragraph == one.paragraph + 1


def _in_turn(stories: Sequence[list[T]]) -> list[T]:
    """Every story's first line before any story's second."""
    return [line for turn in zip_longest(*stories) for line in turn if line]


def _together(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """A story's lines one after the other, stories in order."""
    order: dict[str, list[Lead]] = {}
    for lead in leads:
        order.setdefault(lead.story.development, []).append(lead)
    return tuple(lead for group in order.values() for lead in group)


def _speaker(run: Run) -> str:
    speaker = run.points[0].cited.quotation.speaker
    return speaker.id if speaker else ""


def _varied(runs: Sequence[Run]) -> list[Run]:
    """Each speaker's first before anybody's second."""
    turns: dict[str, int] = {}
    ranked = []
    for place, run in enumerate(runs):
        turn = turns[_speaker(run)] = turns.get(_speaker(run), 0) + 1
        ranked.append((turn, place, run))
    return [run for _, _, run in sorted(ranked, key=lambda item: item[:2])]


def _by_speaker(runs: Iterable[Run]) -> tuple[Run, ...]:
    order: dict[str, list[Run]] = {}
    for run in runs:
        order.setdefault(_speaker(run), []).append(run)
    return tuple(run for group in order.values() for run in group)
