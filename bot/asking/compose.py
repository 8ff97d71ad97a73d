"""Answer -> Reply: what is known, said so that nobody can mistake whose words they read."""

from collections.abc import Sequence
from datetime import date

from bot.asking.answers import Answer, Point
from bot.asking.naming import unmarked
from bot.briefing.readouts import Comparison, Verdict, compare_readouts
from bot.briefing.timelines import timeline
from bot.citing import Sources, day_text, paragraph_of, parted, said
from bot.commands import COMMANDS
from bot.model import ActorRef, Cited, CitedEvent, Coverage, Kind
from bot.replies import (
    Action,
    Block,
    Button,
    Buttons,
    Choices,
    Heading,
    Inline,
    Item,
    Line,
    Option,
    Paragraph,
    Reply,
    Style,
    Table,
    Words,
)

SHOWN = 6
"""Points of one reply; the rest come with "more"."""


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


def reply_of(answer: Answer) -> Reply:
    """The reply to an answer."""
    if answer.reply:
        return answer.reply
    sources = Sources()
    return sources.reply(_blocks(answer, sources))


def _blocks(answer: Answer, sources: Sources) -> list[Block]:
    inquiry = answer.inquiry
    if inquiry.choices:
        options = tuple(Option(actor.name, actor.id[:64], str(actor.type)) for actor in inquiry.choices[:8])
        return [Choices("Whom do you mean?", "choose", options)]
    if inquiry.unknown:
        return [_text(f"I don't know {unmarked(inquiry.unknown)}. Searched {searched(answer.coverage)}.")]
    match inquiry.intent:
        case "verify":
            return _verdict(answer, sources)
        case "events" | "timeline":
            return _events(answer, sources)
        case "readouts":
            return _readouts(answer, sources)
        case "source":
            return _source(answer, sources)
        case _:
            return _statements(answer, sources)


def _text(words: str, style: Style = Style.PLAIN) -> Paragraph:
    return Paragraph((Words(words, style),))


def _statements(answer: Answer, sources: Sources) -> list[Block]:
    if not answer.points:
        return _nothing(answer, sources)
    start = min(answer.shown, max(0, len(answer.points) - 1))
    page = answer.points[start : start + SHOWN]
    blocks: list[Block] = [Heading(_headline(answer))]
    blocks += [_text(answer.inquiry.note)] if answer.inquiry.note else []
    blocks += _grouped(page, answer, sources, start)
    left = len(answer.points) - start - len(page)
    if left > 0:
        blocks.append(_text(f"{left} more."))
    return [*blocks, _buttons(answer, left)]


def _headline(answer: Answer) -> str:
    inquiry = answer.inquiry
    who = " and ".join(_titled(actor, answer.title if len(inquiry.actors) == 1 else None) for actor in inquiry.actors)
    topic = f" on {inquiry.topic}" if inquiry.topic else ""
    heads = {c.article.id: c.article for point in answer.points for c in (point.cited, *point.also)}
    outlets = list(dict.fromkeys(head.outlet for head in heads.values() if head.outlet))
    origin = f"{len(outlets)} source{'s' * (len(outlets) != 1)}: {', '.join(outlets[:4])}" if outlets else "outlet not given"
    match inquiry.intent:
        case "who-said":
            return f"Who said it. {origin}."
        case "positions" if inquiry.argument == "changes":
            dated = {point.cited.quotation.said_on for point in answer.points} - {None}
            return f"{who}{topic}: {_change(len(dated))} {origin}."
        case "positions":
            return f"{who}{topic}: as reported. {origin}."
        case _:
            return f"{who or 'Said'}{topic}. {origin}."


def _change(days: int) -> str:
    return (
        "statements of one day only, so a change can't be told."
        if days < 2
        else f"statements of {days} days, newest first; compare them."
    )


def _titled(actor: ActorRef, title: str | None) -> str:
    return f"{actor.name}, {title}" if title else actor.name


def _grouped(page: Sequence[Point], answer: Answer, sources: Sources, start: int) -> list[Block]:
    """The source's own quoted words first, then what is only paraphrased, under a heading that says so."""
    blocks: list[Block] = []
    paraphrasing = False
    single = len(answer.inquiry.actors) == 1
    for number, point in enumerate(page, start + 1):
        indirect = point.cited.quotation.kind is Kind.INDIRECT
        if indirect != paraphrasing or number == start + 1:
            outlet = point.cited.article.outlet
            blocks.append(
                _text(f"Paraphrased{' by ' + outlet if outlet else ''}, not quoted" if indirect else "Quoted", Style.NOTE)
            )
            paraphrasing = indirect
        blocks.append(Item(_point_line(point, answer, sources, single), number))
    return blocks


def _point_line(point: Point, answer: Answer, sources: Sources, single: bool) -> Line:
    cited = point.cited
    quotation = cited.quotation
    who: list[Inline] = []
    asked = answer.inquiry.actors[0].id if single else None
    if quotation.speaker is None or quotation.speaker.id != asked:
        who = [Words((quotation.speaker.name if quotation.speaker else "Speaker not known") + ": ", Style.STRONG)]
    day = quotation.said_on
    when = f" {day_text(day)}" if day and day != cited.article.published_on else ""
    also = [Words(" also "), *_also(point.also, sources)] if point.also else []
    return (*who, *said(cited), Words(f"{when} "), sources.quote(cited), *also)


def _also(cited: Sequence[Cited], sources: Sources) -> list[Inline]:
    return [sources.quote(c) for c in cited[:3]]


def _buttons(answer: Answer, left: int) -> Buttons:
    first = answer.points[0].cited if answer.points else None
    buttons = [Button("Context", Action("context", str(first.number)))] if first else []
    buttons += [Button("More", Action("more"))] if left > 0 else []
    if answer.inquiry.actors:
        actor = answer.inquiry.actors[0]
        buttons.append(Button(f"Follow {actor.name}"[:60], Action("follow", actor.id[:64])))
    buttons += [Button("Report an error", Action("report", str(first.number)))] if first else []
    return Buttons(tuple(buttons))


def _nothing(answer: Answer, sources: Sources) -> list[Block]:
    """Nothing found, said with what was searched, and what there is instead."""
    inquiry, nearby = answer.inquiry, answer.nearby
    who = " or ".join(actor.name for actor in inquiry.actors)
    topic = f" on {inquiry.topic}" if inquiry.topic else ""
    days = _days(inquiry.since, inquiry.until)
    asked = unmarked(inquiry.phrase) if inquiry.phrase else f"statement{' by ' + who if who else ''}{topic}"
    blocks: list[Block] = [_text(inquiry.note)] if inquiry.note else []
    blocks.append(
        _text(
            f"No {asked}{days} in {searched(answer.coverage)}."
            if not inquiry.phrase
            else f"Nobody is reported to have said: {asked}. Searched {searched(answer.coverage)}."
        )
    )
    for title, points in (
        ("Accounts by others:", nearby.accounts),
        ("On other topics:" if inquiry.topic and not days else "Outside these days:", nearby.elsewhere),
    ):
        if points:
            blocks.append(_text(title))
            blocks += [Item(_point_line(point, answer, sources, single=False)) for point in points]
    for head, paragraph, text in nearby.mentions:
        line = (Words("Mentioned, not as a speaker: "), *parted(text), Words(" "), sources.cite(head, (paragraph,)))
        blocks.append(Item(line))
    if inquiry.actors:
        blocks.append(Buttons((Button(f"Follow {inquiry.actors[0].name}"[:60], Action("follow", inquiry.actors[0].id[:64])),)))
    return blocks


def _days(since: date | None, until: date | None) -> str:
    if since and until:
        return f" on {day_text(since)}" if since == until else f" from {day_text(since)} to {day_text(until)}"
    return f" since {day_text(since)}" if since else f" until {day_text(until)}" if until else ""


_VERDICTS = {
    "verbatim": "Yes, in these words:",
    "altered": "Not in these words. The source has:",
    "paraphrase": "Only as a paraphrase; no quotation in these words:",
}


def _verdict(answer: Answer, sources: Sources) -> list[Block]:
    inquiry = answer.inquiry
    blocks: list[Block] = [_text(inquiry.note)] if inquiry.note else []
    known = _VERDICTS.get(answer.verdict or "")
    if known:
        blocks.append(_text(known))
    else:
        who = inquiry.actors[0].name if inquiry.actors else "anybody"
        blocks.append(_text(f"Not found in {searched(answer.coverage)}. That does not show that {who} never said it."))
        blocks += [_text("Closest:")] if answer.points else []
    blocks += [Item(_point_line(point, answer, sources, single=False)) for point in answer.points[:SHOWN]]
    return [*blocks, _buttons(answer, 0)]


def _events(answer: Answer, sources: Sources) -> list[Block]:
    inquiry = answer.inquiry
    days = _days(inquiry.since, inquiry.until)
    about = "".join(
        f" {joint} {what}"
        for joint, what in (("with", " and ".join(a.name for a in inquiry.actors)), ("on", inquiry.topic))
        if what
    )
    if not answer.events:
        latest = f" Last read: {answer.coverage.last_read_at:%d %b %Y %H:%M} UTC." if answer.coverage.last_read_at else ""
        return [_text(f"No event{about}{days} in {searched(answer.coverage)}.{latest}")]
    entries = timeline(answer.events).entries
    blocks: list[Block] = [Heading(f"Events{about}{days}. {searched(answer.coverage)}.")]
    day: str | None = ""
    for entry in entries[answer.shown : answer.shown + 3 * SHOWN]:
        if entry.day != day:
            day = entry.day
            blocks.append(_text(day or "Day not given in the source", Style.NOTE))
        places = [sources.cite(c.article, (paragraph_of(c),)) for c in entry.citations[:4]]
        status = f" ({entry.event.status})" if entry.event and entry.event.status != "happened" else ""
        quoted = any(isinstance(c, CitedEvent) and c.number in answer.in_marks for c in entry.citations)
        blocks.append(Item((*_entry_words(entry.text, quoted=quoted), Words(f"{status} "), *places)))
    blocks.append(_text("Order within a day is not given unless a time is shown.", Style.NOTE))
    left = len(entries) - answer.shown - 3 * SHOWN
    return [*blocks, Buttons((Button("More", Action("more")),))] if left > 0 else blocks


def _entry_words(text: str, *, quoted: bool = False) -> list[Inline]:
    """``Actor: the article's words``: quoted if they stand between its marks, else a paraphrase; what comes before is ours."""
    who, colon, words = text.partition(": ")
    if not colon:
        return [Words(text)]
    return [Words(who + colon), *([Words(words, Style.QUOTED)] if quoted else parted(words))]


def _readouts(answer: Answer, sources: Sources) -> list[Block]:
    actors = answer.inquiry.actors
    if len(actors) < 2 or answer.sides is None:
        return [_text("Readouts need two sides: name both, for example: readouts Trump Putin.")]
    left, right = answer.sides
    statements = [point.cited for point in answer.points]
    comparison = compare_readouts(answer.events, statements, left, right)
    if not comparison.points:
        return [_text(f"No account by {actors[0].name} or {actors[1].name} in {searched(answer.coverage)}.")]
    return [*_comparison(comparison, actors, sources, answer.in_marks), _text(_agreement(comparison), Style.NOTE)]


def _comparison(comparison: Comparison, actors: Sequence[ActorRef], sources: Sources, in_marks: frozenset[int]) -> list[Block]:
    rows: list[tuple[Line, ...]] = []
    for point in comparison.points[: 2 * SHOWN]:
        held = point.left or point.right
        cited = point.event or (held.cited if held else None)
        if cited is None:
            continue
        what: list[Inline] = (
            _entry_words(timeline([cited]).entries[0].text, quoted=cited.number in in_marks)
            if isinstance(cited, CitedEvent)
            else said(cited)
        )
        sides: list[Line] = []
        for account in (point.left, point.right):
            if account is None:
                sides.append((Words("not in this account"),))
                continue
            citation = sources.cite(account.cited.article, (paragraph_of(account.cited),))
            sides.append((Words("yes (quoted) " if account.direct else "yes (paraphrased) "), citation))
        rows.append((tuple(what), *sides))
    return [Table(("", actors[0].name, actors[1].name), tuple(rows))]


def _agreement(comparison: Comparison) -> str:
    against = sum(point.verdict is Verdict.CONTRADICTED for point in comparison.points)
    both = sum(point.verdict is Verdict.AGREED for point in comparison.points)
    if against:
        return f"{against} point{'s' * (against != 1)} contradicted."
    return f"No contradiction; {both} point{'s' * (both != 1)} in both accounts, the rest in one."


def _source(answer: Answer, sources: Sources) -> list[Block]:
    if not answer.paragraphs:
        return [_text("Nothing to show the source of yet: ask something first.")]
    blocks: list[Block] = []
    for head, number, text in answer.paragraphs:
        blocks.append(Paragraph((*parted(text), Words(" "), sources.cite(head, (number,)))))
    for point in answer.points[:1]:
        spans = ", ".join(f"{start}-{end}" for start, end in point.cited.quotation.content)
        blocks.append(
            _text(
                f"Article {point.cited.article.id}, paragraph {point.cited.quotation.paragraph}, characters {spans}.", Style.NOTE
            )
        )
    return blocks


def help_reply(name: str = "") -> Reply:
    """What can be asked; with a command's name, that command."""
    chosen = [c for c in COMMANDS if c.name == name.strip().lower()] or list(COMMANDS)
    lines = [
        Item((Words(command.name, Style.STRONG), Words(f": {command.help}. For example: {command.example}")))
        for command in chosen
    ]
    heading = "Ask in your own words, or use a command. I quote only what the sources quote."
    return Reply((Heading("Attaché"), _text(heading), *lines))
