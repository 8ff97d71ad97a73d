"""A digest for one destination: an edition after its wishes. Every line carries its article and paragraph."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.asking.answers import Point
from bot.asking.looking_up import topic_stems
from bot.briefing.editions import Edition, Story
from bot.briefing.schedules import local
from bot.briefing.telling import listed, told
from bot.citing import Sources, attributed
from bot.model import ActorRef, Cited, CitedEvent, Event
from bot.replies import Action, Block, Button, Buttons, Citation, Heading, Inline, Item, Paragraph, Reply, Style, Words
from bot.terms import stems

STORIES, FIRST_STORIES = 7, 5
SAYINGS, ALL_SAYINGS = 3, 9
"""Statements of one story, and of a digest whose few stories leave room for more of each."""
NEWS = 3
"""Events of one story."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An actor followed here: ``voices`` are the ids that speak for it; with ``topic`` only on that."""

    actor: ActorRef
    voices: frozenset[str]
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """For whom and when: ``at`` the time the digest stands for; ``late`` when it could only be made later."""

    at: datetime
    zone: str
    wishes: tuple[Wish, ...] = ()
    mutes: tuple[str, ...] = ()
    first: bool = False
    late: bool = False
    next_at: datetime | None = None
    window: str = "read since the digest before"


@dataclass(slots=True)
class _Page:
    blocks: list[Block] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)


def compose(edition: Edition, given: Circumstances) -> Reply:
    """The digest. Without stories it says that there is nothing new, and out of how much."""
    stories = _chosen(edition, given)
    most = FIRST_STORIES if given.first else STORIES
    page = _Page()
    page.blocks += _opening(given)
    hidden = 0
    each = max(SAYINGS, ALL_SAYINGS // max(1, min(most, len(stories))))
    for number, story in enumerate(stories[:most], 1):
        hidden += _tell(page, number, story, each)
    page.blocks += _closing(edition, given, bool(stories), len(stories) - most, hidden)
    page.blocks += _buttons(stories[:most])
    return page.sources.reply(page.blocks)


def is_empty(edition: Edition, given: Circumstances) -> bool:
    """Nothing new to tell this destination."""
    return not _chosen(edition, given)


def concerns(cited: Cited, wish: Wish) -> bool:
    """A statement by whoever speaks for the actor, on the topic if there is one."""
    speaker = cited.quotation.speaker
    return speaker is not None and speaker.id in wish.voices and (wish.topic is None or is_about(cited, wish.topic))


def is_about(cited: Cited, topic: str) -> bool:
    """All of the topic's words stand in the statement or its paragraph; or the topic is its outlet."""
    if (cited.article.outlet or "").casefold() == topic.casefold():
        return True
    return set(topic_stems(topic)) <= set(stems(f"{' '.join(cited.words)} {cited.context}"))


def _chosen(edition: Edition, given: Circumstances) -> list[Story]:
    """The stories without what is muted; those with followed actors first."""
    kept = [story for story in (_unmuted(s, given.mutes) for s in edition.stories) if story.news or story.sayings]
    return sorted(kept, key=lambda story: not any(_touches(story, wish) for wish in given.wishes)) if given.wishes else kept


def _unmuted(story: Story, mutes: Sequence[str]) -> Story:
    if not mutes:
        return story
    sayings = tuple(p for p in story.sayings if not any(is_about(p.cited, topic) for topic in mutes))
    return replace(story, sayings=sayings, news=tuple(e for e in story.news if not any(_event_about(e, t) for t in mutes)))


def _event_about(cited: CitedEvent, topic: str) -> bool:
    outlet = (cited.article.outlet or "").casefold() == topic.casefold()
    return outlet or set(topic_stems(topic)) <= set(stems(f"{cited.words} {happening(cited.event)}"))


def _touches(story: Story, wish: Wish) -> bool:
    if any(concerns(point.cited, wish) for point in story.sayings):
        return True
    parties = {a.id for e in story.news for a in (*e.event.actors, *e.event.recipients)}
    return bool(parties & wish.voices) and (wish.topic is None or any(_event_about(e, wish.topic) for e in story.news))


def _opening(given: Circumstances) -> list[Block]:
    here = given.at.astimezone(ZoneInfo(given.zone))
    blocks: list[Block] = [Heading(f"Digest, {here:%A} {here.day} {here:%B %Y}")]
    if given.first:
        blocks.append(_note(f"The first digest here: what was read in the last 24 hours, at most {FIRST_STORIES} stories."))
    if given.late:
        blocks.append(_note(f"Late: it was due {local(given.at, given.zone)}, and stands for all since the one before."))
    return blocks


def _tell(page: _Page, number: int, story: Story, each: int) -> int:
    """Write one story; how many of its statements are left out."""
    lead = _news_lines(page, story.news)
    outlets = f" ({story.outlets} outlets)" if story.outlets > 1 else ""
    corrected = " Corrected by its outlet." if story.corrected else ""
    first = lead[0] if lead else _headline(story)
    page.blocks.append(Item((*first, Words(outlets + corrected)) if outlets or corrected else first, number))
    page.blocks += [Item(line) for line in lead[1:]]
    page.blocks += [Item(_saying_line(page, point)) for point in _varied(story.sayings)[:each]]
    return max(0, len(story.sayings) - each)


def _headline(story: Story) -> tuple[Inline, ...]:
    """For statements around which no event was read: the outlet's own headline, as its wording."""
    head = story.sayings[0].cited.article
    if not head.title:
        return (Words("Said, with no event read", Style.STRONG),)
    return (Words(f"{head.outlet or 'Outlet not given'}: ", Style.STRONG), Words(head.title, Style.PARAPHRASE))


def _news_lines(page: _Page, news: Sequence[CitedEvent]) -> list[tuple[Inline, ...]]:
    """The first events, equal ones as one line with all their places."""
    lines: dict[str, dict[Citation, None]] = {}
    for cited in news:
        line = happening(cited.event)
        if line in lines or len(lines) < NEWS:
            lines.setdefault(line, {})[page.sources.cite(cited.article, (cited.event.paragraph,))] = None
    return [
        (Words(line, Style.STRONG), *(part for place in list(places)[:3] for part in (Words(" "), place)))
        for line, places in lines.items()
    ]


def happening(event: Event) -> str:
    """An event in one line, with whose account it is where the article says so."""
    line = told(event)
    by = f" (according to {listed(event.reported_by)})" if event.reported_by else ""
    return f"{line[:1].upper()}{line[1:]}{by}"


def _saying_line(page: _Page, point: Point) -> tuple[Inline, ...]:
    place = page.sources.quote(point.cited)
    also: list[Inline] = [page.sources.quote(c) for c in point.also[:3]]
    return (*attributed(point.cited), Words(" "), place, *([Words(" also "), *also] if also else []))


def _varied(sayings: Sequence[Point]) -> list[Point]:
    """Each speaker's first before anybody's second."""
    turns: dict[str, int] = {}
    ranked = []
    for place, point in enumerate(sayings):
        speaker = point.cited.quotation.speaker
        turn = turns[speaker.id if speaker else ""] = turns.get(speaker.id if speaker else "", 0) + 1
        ranked.append((turn, place, point))
    return [point for _, _, point in sorted(ranked, key=lambda item: item[:2])]


def _closing(edition: Edition, given: Circumstances, any_story: bool, more: int, hidden: int) -> list[Block]:
    blocks: list[Block] = []
    if more > 0 or hidden > 0:
        parts = [_many(n, what) for n, what in ((more, "more story"), (hidden, "more statement")) if n > 0]
        blocks.append(_note(f"{' and '.join(parts)} not shown; ask, for example: what happened yesterday."))
    silent = _silent(edition, given.wishes)
    if silent and edition.articles:
        blocks.append(_note(f"Not heard from: {', '.join(silent)} (no new statement in what was read)."))
    read = _many(edition.articles, "article") if edition.articles else "no article"
    outlets = f" of {_many(len(edition.outlets), 'outlet')}" if edition.outlets else ""
    nothing = "" if any_story else "Nothing new. " if edition.articles else "Nothing new was read. "
    window = "read in the last 24 hours" if given.first else given.window
    left = f" {edition.left:,} more were too many for one digest." if edition.left else ""
    blocks.append(_note(f"{nothing}Out of {read}{outlets} {window}.{left}"))
    return [*blocks, *([_note(f"Next: {local(given.next_at, given.zone)}.")] if given.next_at else [])]


def _buttons(stories: Sequence[Story]) -> list[Block]:
    """For the first statement shown; every other one can be asked for."""
    number = next((str(point.cited.number) for story in stories for point in _varied(story.sayings)), None)
    if number is None:
        return []
    return [Buttons((Button("Context", Action("context", number)), Button("Report an error", Action("report", number))))]


def _silent(edition: Edition, wishes: Iterable[Wish]) -> list[str]:
    speakers = edition.speakers
    return list(dict.fromkeys(wish.actor.name for wish in wishes if not wish.voices & speakers))


def _many(number: int, what: str) -> str:
    several = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else several}"


def _note(text: str) -> Paragraph:
    return Paragraph((Words(text, Style.NOTE),))
