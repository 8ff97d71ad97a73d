"""Answer -> Reply: what is known, said so that nobody can mistake whose words they read."""

from collections.abc import Sequence

from bot.asking.answers import Answer, Change, Nearby, Point
from bot.asking.compose_events import compared_blocks, events_blocks, readouts_blocks
from bot.asking.lines import SHOWN, between, point_line, searched, text
from bot.asking.naming import unmarked
from bot.asking.spelling import suggestion
from bot.citing import Sources, day_text, parted
from bot.commands import COMMANDS
from bot.model import ActorRef, Kind
from bot.replies import Action, Block, Button, Buttons, Choices, Heading, Item, Line, Option, Paragraph, Reply, Style, Words


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
        return [text(f"I don't know {unmarked(inquiry.unknown)}. Searched {searched(answer.coverage)}.")]
    match inquiry.intent:
        case "verify":
            return _verdict(answer, sources)
        case "events" | "timeline":
            return events_blocks(answer, sources)
        case "readouts":
            return readouts_blocks(answer, sources)
        case "compare" if answer.columns:
            return compared_blocks(answer, sources)
        case "source":
            return _source(answer, sources)
        case _:
            return _statements(answer, sources)


def _statements(answer: Answer, sources: Sources) -> list[Block]:
    if not answer.points:
        return _nothing(answer, sources)
    start = min(answer.shown, max(0, len(answer.points) - 1))
    page = answer.points[start : start + SHOWN]
    blocks: list[Block] = [Heading(_headline(answer))]
    blocks += [text(answer.inquiry.note)] if answer.inquiry.note else []
    blocks += (
        [] if answer.named else [text(f"None has the words {answer.inquiry.topic}; nearest by what they mean or follow on:")]
    )
    blocks += _grouped(page, answer, sources, start)
    for head, paragraph, held in answer.nearby.mentions:
        blocks.append(Item((Words("The words stand beside it: "), *parted(held), Words(" "), sources.cite(head, (paragraph,)))))
    blocks += _looked_back(answer)
    left = len(answer.points) - start - len(page)
    if left > 0:
        blocks.append(text(f"{left} more."))
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
    of = answer.inquiry.actors[0].id if len(answer.inquiry.actors) == 1 else None
    for number, point in enumerate(page, start + 1):
        indirect = point.cited.quotation.kind is Kind.INDIRECT
        if indirect != paraphrasing or number == start + 1:
            outlet = point.cited.article.outlet
            blocks.append(
                text(f"Paraphrased{' by ' + outlet if outlet else ''}, not quoted" if indirect else "Quoted", Style.NOTE)
            )
            paraphrasing = indirect
        blocks.append(Item(point_line(point, sources, of=of), number))
    return blocks


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
    days = between(inquiry.since, inquiry.until)
    asked = unmarked(inquiry.phrase) if inquiry.phrase else f"statement{' by ' + who if who else ''}{topic}"
    blocks: list[Block] = [text(inquiry.note)] if inquiry.note else []
    blocks.append(
        text(
            f"No {asked}{days} in {searched(answer.coverage)}."
            if not inquiry.phrase
            else f"Nobody is reported to have said: {asked}. Searched {searched(answer.coverage)}."
        )
    )
    blocks += _looked_back(answer)
    if inquiry.intent == "about" and (command := suggestion(inquiry.topic or "")):
        blocks.append(text(f"Is it a command? The nearest is: {command}. All of them: help."))
    for title, points in (
        ("Accounts by others:", nearby.accounts),
        ("On other topics:" if inquiry.topic and not days else "Outside these days:", nearby.elsewhere),
    ):
        if points:
            blocks.append(text(title))
            blocks += [Item(point_line(point, sources)) for point in points]
    for head, paragraph, held in nearby.mentions:
        line = (Words("Mentioned, not as a speaker: "), *parted(held), Words(" "), sources.cite(head, (paragraph,)))
        blocks.append(Item(line))
    if inquiry.actors:
        if nearby == Nearby():
            blocks.append(text("No mention found either."))
        blocks.append(Buttons((Button(f"Follow {inquiry.actors[0].name}"[:60], Action("follow", inquiry.actors[0].id[:64])),)))
    return blocks


_VERDICTS = {
    "verbatim": "Yes, in these words:",
    "altered": "Not in these words. The source has:",
    "paraphrase": "Only as a paraphrase; no quotation in these words:",
}


def _verdict(answer: Answer, sources: Sources) -> list[Block]:
    inquiry = answer.inquiry
    blocks: list[Block] = [text(inquiry.note)] if inquiry.note else []
    known = _VERDICTS.get(answer.verdict or "")
    if answer.verdict == "somebody else":
        known = f"Not found as said by {' or '.join(actor.name for actor in inquiry.actors)}. These are somebody else's words:"
    if known:
        blocks.append(text(known))
    else:
        who = inquiry.actors[0].name if inquiry.actors else "anybody"
        blocks.append(text(f"Not found in {searched(answer.coverage)}. That does not show that {who} never said it."))
        blocks += [text("Closest:")] if answer.points else []
    blocks += [Item(point_line(point, sources)) for point in answer.points[:SHOWN]]
    blocks += [Item(_change_line(change, answer)) for change in answer.changes]
    blocks += _looked_back(answer)
    return [*blocks, _buttons(answer, 0)]


def _looked_back(answer: Answer) -> list[Block]:
    """How far back words were looked for that were not found in their order."""
    if answer.back_to is None:
        return []
    day = day_text(answer.back_to)
    return [
        text(f"Words as common as these were looked for back to {day} alone. For what is older, add: before {day}.", Style.NOTE)
    ]


def _change_line(change: Change, answer: Answer) -> Line:
    """What a claim has instead of the source's words."""
    quoted = answer.points[0].cited.quotation.kind is Kind.DIRECT
    source = Words(change.source, Style.QUOTED if quoted else Style.PARAPHRASE)
    claimed = unmarked(change.claimed.replace('"', ""))
    if not change.source:
        return (Words(f"Added in the claim: {claimed}"),)
    return (Words("Source: "), source, Words(f"; claim: {claimed}" if claimed else "; left out of the claim"))


def _source(answer: Answer, sources: Sources) -> list[Block]:
    if not answer.paragraphs:
        return [text(answer.inquiry.note or "Nothing to show the source of yet: ask something first.")]
    blocks: list[Block] = []
    for head, number, held in answer.paragraphs:
        blocks.append(Paragraph((*parted(held), Words(" "), sources.cite(head, (number,)))))
    for point in answer.points[:1]:
        spans = ", ".join(f"{start}-{end}" for start, end in point.cited.quotation.content)
        blocks.append(
            text(
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
    return Reply((Heading("Attaché"), text(heading), *lines))
