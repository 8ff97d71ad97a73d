"""A digest for one destination, in sections. Every line carries its article and paragraph; whose words it is can be seen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.asking.answers import Point
from bot.briefing.choosing import FIRST, Ask, Choice, Lead, Page
from bot.briefing.dates import day_in, local_in
from bot.briefing.editions import Edition, Story
from bot.briefing.lines import comparison_line, lead_line, run_line
from bot.briefing.matching import Wish
from bot.briefing.stories import spoken_mute, story_mute
from bot.citing import Sources
from bot.model import ArticleHead
from bot.replies import (
    Action,
    Block,
    Button,
    Buttons,
    Choices,
    Citation,
    Heading,
    Item,
    Line,
    Option,
    Paragraph,
    Reply,
    Style,
    Words,
    line_text,
)

_OUTLETS = 5
"""Outlets that are named; of more, how many."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """For whom and when: ``at`` the time the digest stands for; ``late`` when it could only be made later; ``failing`` are
    sources that can't be read now; ``corrections`` articles that their outlets changed; ``key`` the delivery's."""

    at: datetime
    zone: str
    ask: Ask = field(default_factory=Ask)
    late: bool = False
    next_at: datetime | None = None
    window: str = "read since the digest before"
    failing: tuple[str, ...] = ()
    corrections: tuple[ArticleHead, ...] = ()
    key: str = ""
    cadence: str = ""


@dataclass(slots=True)
class _Sheet:
    """What is being written: blocks, sources, and the number of the last line."""

    locale: str | None
    blocks: list[Block] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    last: int = 0

    def title(self, text: str) -> None:
        self.blocks.append(Paragraph((Words(text, Style.STRONG),)))

    def note(self, text: str) -> None:
        self.blocks.append(Paragraph((Words(text, Style.NOTE),)))

    def item(self, line: Line) -> None:
        self.last += 1
        self.blocks.append(Item(line, self.last))

    def reply(self) -> Reply:
        return self.sources.reply(self.blocks)


def compose(edition: Edition, given: Circumstances, choice: Choice) -> Reply:
    """The digest. Without stories it says that there is nothing new, and out of how much."""
    sheet = _Sheet(given.ask.taste.dates, sources=Sources(_dates(given)))
    _opening(sheet, edition, given, choice)
    _page(sheet, choice.page)
    _corrections(sheet, given.corrections)
    _silence(sheet, edition, given.ask.wishes)
    _background(sheet, choice.page.background)
    _closing(sheet, given, choice)
    sheet.blocks += _buttons(choice.page, given.key)
    return sheet.reply()


def compose_rest(given: Circumstances, choice: Choice) -> Reply:
    """What the first message had no room for, numbered on from it."""
    sheet = _Sheet(given.ask.taste.dates, sources=Sources(_dates(given)))
    sheet.last = _lines(choice.page)
    sheet.title("The rest")
    _page(sheet, choice.rest, choice.page.developments)
    if choice.hidden:
        sheet.note(f"{_many(choice.hidden, 'more line')} not shown; ask, for example: what happened yesterday.")
    return sheet.reply()


def joined(first: Reply, rest: Reply) -> Reply:
    """Both as one, each with its own sources: how a preview shows a message and its thread."""
    kept = [Paragraph((Words(f"[{number}] {source}", Style.NOTE),)) for number, source in enumerate(first.sources, 1)]
    return Reply((*first.blocks, *kept, *rest.blocks), sources=rest.sources, quotations=(*first.quotations, *rest.quotations))


def _dates(given: Circumstances) -> Callable[[date], str]:
    return lambda day: day_in(day, given.ask.taste.dates)


def _opening(sheet: _Sheet, edition: Edition, given: Circumstances, choice: Choice) -> None:
    here = given.at.astimezone(ZoneInfo(given.zone))
    sheet.blocks.append(Heading(f"Digest, {day_in(here.date(), sheet.locale, long=True)}"))
    if given.ask.first:
        most = given.ask.taste.items or FIRST
        sheet.note(f"The first digest here: what was read in the last 24 hours, at most {_many(most, 'item')}.")
    if given.late:
        sheet.note(f"Late: it was due {local_in(given.at, given.zone, sheet.locale)}, and stands for all since the one before.")
    if given.ask.taste.only or given.ask.taste.without:
        sheet.note(filtered(given))
    nothing = "" if not choice.empty else "Nothing new. " if edition.articles else "Nothing new was read. "
    sheet.note(f"{nothing}{_read(edition, given)}")
    if given.failing:
        sheet.note(f"Not all could be read: {', '.join(given.failing)} failed. There may be news that is not told here.")


def filtered(given: Circumstances) -> str:
    """``Only here: Reuters, meetings. Left out: sanctions.``"""
    only, without = given.ask.taste.only, given.ask.taste.without
    parts = [f"Only: {', '.join(one.name for one in only)}." if only else ""]
    parts += [f"Left out: {', '.join(one.name for one in without)}." if without else ""]
    return " ".join(filter(None, parts))


def _page(sheet: _Sheet, page: Page, known: Iterable[Lead] = ()) -> None:
    """The lines of a page. How many outlets tell a story is said once, not again where ``known`` lines were of it."""
    if page.developments:
        sheet.title("Developments")
        told = {lead.story for lead in known}
        for lead in page.developments:
            sheet.item((*lead_line(sheet.sources, lead), *_outlets(lead.story if lead.story not in told else None)))
            told.add(lead.story)
    if page.statements:
        sheet.title("Statements")
        for run in page.statements:
            sheet.item(run_line(sheet.sources, run))
    if page.readouts:
        sheet.title("Readouts compared")
        for comparison in page.readouts:
            sheet.item(comparison_line(sheet.sources, comparison))
    if page.late:
        sheet.title("Read late")
        for lead in page.late:
            sheet.item((*lead_line(sheet.sources, lead), Words(_published(sheet, lead.story))))


def _outlets(story: Story | None) -> Line:
    return (Words(f" (story of {story.outlets} outlets)"),) if story and story.outlets > 1 else ()


def _published(sheet: _Sheet, story: Story) -> str:
    days = sorted({head.published_on for head in story.heads if head.published_on})
    return f" (published {day_in(days[-1], sheet.locale)})" if days else ""


def _corrections(sheet: _Sheet, heads: Sequence[ArticleHead]) -> None:
    if not heads:
        return
    sheet.title("Corrected by their outlets since they were told here")
    for head in heads:
        outlet = Words(f"{head.outlet or 'Outlet not given'}: ", Style.STRONG)
        title = Words(head.title, Style.PARAPHRASE) if head.title else Words("an article without a headline")
        sheet.blocks.append(Item((outlet, title, Words(" "), sheet.sources.cite(head, (1,)))))


def _background(sheet: _Sheet, lead: Lead | None) -> None:
    """One act that the first story only recalls, told as no news."""
    if lead:
        sheet.blocks.append(Paragraph((Words("Background, not new. ", Style.NOTE), *lead_line(sheet.sources, lead))))


def _silence(sheet: _Sheet, edition: Edition, wishes: Sequence[Wish]) -> None:
    """Whom this destination follows and who says nothing in what was read, and in what way they are in it."""
    silent = {wish.actor.id: wish for wish in wishes if not wish.voices & edition.speakers}
    if not silent or not edition.articles:
        return
    acting = {a.id for story in edition.stories for e in story.news for a in (*e.event.actors, *e.event.recipients)}
    told = []
    for id, wish in silent.items():
        how = "others’ accounts only" if id in acting else "mention only" if id in edition.named else "not in what was read"
        told.append(f"{wish.actor.name} ({how})")
    sheet.title("Not heard from")
    sheet.blocks.append(Paragraph((Words(f"Followed here, without a statement: {', '.join(told)}."),)))


def _closing(sheet: _Sheet, given: Circumstances, choice: Choice) -> None:
    more = _lines(choice.rest)
    if more or choice.hidden:
        follows = f"{_many(more, 'more line')} in the thread. " if more else ""
        ask = f"{_many(choice.hidden, 'line')} not shown; ask, for example: what happened yesterday." if choice.hidden else ""
        sheet.note(f"{follows}{ask}".strip())
    if given.next_at:
        sheet.note(f"Next: {local_in(given.next_at, given.zone, sheet.locale)}.")


def _read(edition: Edition, given: Circumstances) -> str:
    """``Out of 3 articles of 2 outlets (A, B), published 12 Feb 2025, read since the digest before. ...``"""
    window = "read in the last 24 hours" if given.ask.first else given.window
    if not edition.articles:
        return f"Out of no article {window}."
    names = ", ".join(edition.outlets[:_OUTLETS]) + (", ..." if len(edition.outlets) > _OUTLETS else "")
    outlets = f" of {_many(len(edition.outlets), 'outlet')} ({names})" if edition.outlets else ""
    ends = dict.fromkeys((edition.days[0], edition.days[-1])) if edition.days else {}
    days = f" of {' to '.join(day_in(day, given.ask.taste.dates) for day in ends)}" if ends else ""
    single = " Single source throughout." if len(edition.outlets) == 1 and edition.stories else ""
    left = f" {edition.left:,} more were too many for one digest." if edition.left else ""
    return f"Out of {_many(edition.articles, 'article')}{outlets}{days}, {window}.{single}{left}"


def _lines(page: Page) -> int:
    return len(page.developments) + len(page.statements) + len(page.readouts) + len(page.late)


def _buttons(page: Page, key: str) -> list[Block]:
    """For the first statement shown, every other one can be asked for; why it came; and to be spared a story."""
    first = next((point.cited for point in _points(page)), None)
    buttons = [Button("Context", Action("context", str(first.number)))] if first else []
    buttons += [Button("Report an error", Action("report", str(first.number)))] if first else []
    buttons += [Button("Why this?", Action("why", key)), Button("Change time", Action("digest"))] if key else []
    stories = {lead.story.development: lead for lead in (*page.developments, *page.late)}
    mutes = [story_mute(development, _label(lead)) for development, lead in stories.items()]
    if len(mutes) == 1:
        buttons.append(Button("Mute this story", Action("mute", mutes[0])))
    blocks: list[Block] = [Buttons(tuple(buttons))] if buttons else []
    return (
        [*blocks, Choices("Mute a story, for yourself", "mute", tuple(Option(spoken_mute(m), m) for m in mutes))]
        if len(mutes) > 1
        else blocks
    )


def _label(lead: Lead) -> str:
    """A story's short name: its headline, or its first line without its place."""
    if lead.head:
        return lead.head.title or ""
    return line_text(tuple(part for part in lead_line(Sources(), lead) if not isinstance(part, Citation)))


def _points(page: Page) -> Iterable[Point]:
    yield from (lead.point for lead in page.developments if lead.point)
    yield from (point for run in page.statements for point in run.points)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
