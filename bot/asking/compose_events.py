"""Answers about what happened -> blocks: events, readouts beside each other, positions compared."""

from collections.abc import Sequence

from bot.asking.answers import Answer, Column
from bot.asking.lines import ENTRIES, SHOWN, between, point_line, searched, text
from bot.briefing.readouts import Account, Comparison, Verdict, compare_readouts
from bot.briefing.timelines import Entry, timeline
from bot.citing import Sources, day_text, paragraph_of, parted, said
from bot.model import ActorRef, CitedEvent
from bot.reading.document import Document, Place
from bot.reading.marks import has_marks
from bot.replies import Action, Block, Button, Buttons, Heading, Inline, Item, Line, Style, Table, Words


def events_blocks(answer: Answer, sources: Sources) -> list[Block]:
    """Events by day, occasions among them; with a topic, what was said on it after them."""
    entries = timeline(answer.events, answer.occasions).entries
    if not entries and not answer.points:
        return _no_events(answer)
    blocks: list[Block] = [Heading(f"Events{_about(answer)}. {searched(answer.coverage)}.")] if entries else []
    day: str | None = ""
    for entry in entries[answer.shown : answer.shown + ENTRIES]:
        if entry.day != day:
            day = entry.day
            blocks.append(text(day or "Day not given in the source", Style.NOTE))
        blocks.append(Item(_entry_line(entry, sources)))
    if entries:
        blocks.append(text("Order within a day is not given unless a time is shown.", Style.NOTE))
    if answer.points and not answer.shown:
        blocks.append(Heading(f"Said{_about(answer)}" + ("" if entries else f". {searched(answer.coverage)}") + "."))
        blocks += [Item(point_line(point, sources), number) for number, point in enumerate(answer.points[:SHOWN], 1)]
    left = len(entries) - answer.shown - ENTRIES
    return [*blocks, Buttons((Button("More", Action("more")),))] if left > 0 else blocks


def _about(answer: Answer) -> str:
    inquiry = answer.inquiry
    parts = (("with", " and ".join(a.name for a in inquiry.actors)), ("on", inquiry.topic))
    return "".join(f" {joint} {what}" for joint, what in parts if what) + between(inquiry.since, inquiry.until)


def _no_events(answer: Answer) -> list[Block]:
    """Nothing happened that was read: what was searched, until when, and the nearest days that have something."""
    read = answer.coverage.last_read_at
    latest = f" Last read: {read:%d %b %Y %H:%M} UTC." if read else ""
    blocks: list[Block] = [text(f"No event{_about(answer)} in {searched(answer.coverage)}.{latest}")]
    if days := answer.nearby.days:
        week = days[0] != days[1]
        named = f"This week{between(*days)}" if week else day_text(days[0])
        blocks.append(text(f"{named} has events."))
        label = "This week" if week else day_text(days[0])
        blocks.append(Buttons((Button(label, Action("widen", f"{days[0]}/{days[1]}")),)))
    return blocks


def _entry_line(entry: Entry, sources: Sources) -> Line:
    places = [sources.cite(c.article, (paragraph_of(c),)) for c in entry.citations[:4]]
    plain = not entry.event or entry.event.status == "happened" or (entry.event.type, entry.event.status) == ("INVITE", "planned")
    status = f" ({entry.event.status})" if entry.event and not plain else ""
    return (*_entry_words(entry), Words(f"{status} "), *places)


def _entry_words(entry: Entry) -> list[Inline]:
    """Our line, then the article's words: quoted if they stand between its marks, else a paraphrase."""
    if not entry.words:
        return [Words(entry.line)]
    quoted = any(isinstance(c, CitedEvent) and _stands_quoted(c.words, c.context) for c in entry.citations)
    return [Words(f"{entry.line}: "), *([Words(entry.words, Style.QUOTED)] if quoted else parted(entry.words))]


def _stands_quoted(words: str, paragraph: str) -> bool:
    """Whether all the words stand inside quotation marks in their paragraph."""
    at = paragraph.find(words)
    if at < 0 or not words or not has_marks(paragraph):
        return False
    document = Document.of(paragraph)
    inside = [document.places[i] for i in range(*document.tokens_in((at, at + len(words))))]
    return bool(inside) and Place.OUTSIDE not in inside


def readouts_blocks(answer: Answer, sources: Sources) -> list[Block]:
    """A table: what was told, and in which side's account."""
    actors = answer.inquiry.actors
    if len(actors) < 2 or answer.sides is None:
        return [text("Readouts need two sides: name both, for example: readouts Trump Putin.")]
    left, right = answer.sides
    comparison = compare_readouts(answer.events, [point.cited for point in answer.points], left, right)
    if not comparison.points:
        return [text(f"No account by {actors[0].name} or {actors[1].name} in {searched(answer.coverage)}.")]
    return [*_comparison(comparison, actors, sources), text(_agreement(comparison), Style.NOTE)]


def _comparison(comparison: Comparison, actors: Sequence[ActorRef], sources: Sources) -> list[Block]:
    rows: list[tuple[Line, ...]] = []
    for point in comparison.points[: 2 * SHOWN]:
        held = point.left or point.right
        cited = point.event or (held.cited if held else None)
        if cited is None:
            continue
        told = _entry_words(timeline([cited]).entries[0]) if isinstance(cited, CitedEvent) else said(cited)
        rows.append((tuple(told), _account(point.left, sources), _account(point.right, sources)))
    return [Table(("", actors[0].name, actors[1].name), tuple(rows))]


def _account(account: Account | None, sources: Sources) -> Line:
    if account is None:
        return (Words("not in this account"),)
    citation = sources.cite(account.cited.article, (paragraph_of(account.cited),))
    return (Words("yes (quoted) " if account.direct else "yes (paraphrased) "), citation)


def _agreement(comparison: Comparison) -> str:
    against = sum(point.verdict is Verdict.CONTRADICTED for point in comparison.points)
    both = sum(point.verdict is Verdict.AGREED for point in comparison.points)
    if against:
        return f"{against} point{'s' * (against != 1)} contradicted."
    return f"No contradiction; {both} point{'s' * (both != 1)} in both accounts, the rest in one."


def compared_blocks(answer: Answer, sources: Sources) -> list[Block]:
    """What each said, under its name; who said nothing is told to have said nothing."""
    inquiry = answer.inquiry
    topic = f" on {inquiry.topic}" if inquiry.topic else ""
    blocks: list[Block] = [
        Heading(f"{' and '.join(actor.name for actor in inquiry.actors)}{topic}. {searched(answer.coverage)}.")
    ]
    blocks += [text(inquiry.note)] if inquiry.note else []
    page = dict(enumerate(answer.points[answer.shown : answer.shown + SHOWN], answer.shown + 1))
    for column in answer.columns:
        mine = {number: point for number, point in page.items() if point in column.points}
        if mine:
            blocks.append(text(column.actor.name, Style.STRONG))
            blocks += [Item(point_line(point, sources, of=column.actor.id), number) for number, point in mine.items()]
        elif not column.points:
            blocks += _silent(column, topic + between(inquiry.since, inquiry.until), answer, sources)
    left = len(answer.points) - answer.shown - len(page)
    return [*blocks, text(f"{left} more."), Buttons((Button("More", Action("more")),))] if left > 0 else blocks


def _silent(column: Column, asked: str, answer: Answer, sources: Sources) -> list[Block]:
    blocks: list[Block] = [text(f"No statement by {column.actor.name}{asked} in {searched(answer.coverage)}.")]
    if column.others:
        blocks.append(text(f"Others who speak for the same state as {column.actor.name}:"))
    return [*blocks, *(Item(point_line(point, sources)) for point in column.others)]
