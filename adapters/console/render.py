"""Reply -> coloured terminal text. Text from outside is stripped of control characters."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from bot.formats import visible
from bot.replies import (
    Action,
    Attachment,
    Block,
    Button,
    Buttons,
    Choices,
    Citation,
    Heading,
    Inline,
    Item,
    Line,
    Moment,
    Paragraph,
    Picture,
    Reply,
    Style,
    Table,
    Words,
    citation_text,
)

LOOK = {Style.PLAIN: "", Style.STRONG: "bold", Style.QUOTED: "green", Style.PARAPHRASE: "italic", Style.NOTE: "dim"}


def render(reply: Reply, first: int = 1) -> RenderableType:
    """The whole reply; its buttons are numbered from ``first`` so that they can be typed."""
    counter = iter(range(first, first + 1000))
    parts = [_block(block, counter) for block in reply.blocks]
    notes = [Text(f"[{n}] {visible(source)}", style="dim") for n, source in enumerate(reply.sources, 1)]
    return Group(*parts, *notes)


def buttons_of(reply: Reply) -> list[Button]:
    """Buttons and choices in the order they are numbered."""
    return [button for block in reply.blocks for button in _buttons(block)]


def _buttons(block: Block) -> Iterator[Button]:
    match block:
        case Buttons(buttons):
            yield from buttons
        case Choices(_, verb, options):
            yield from (Button(option.label, Action(verb, option.value)) for option in options)


def _line(line: Line) -> Text:
    return Text.assemble(*(_inline(part) for part in line))


def _inline(part: Inline) -> Text:
    match part:
        case Words(text, Style.QUOTED, opened, closed):
            return Text(f"{opened}{visible(text)}{closed}", style=LOOK[Style.QUOTED])
        case Words(text, style):
            return Text(visible(text), style=LOOK[style])
        case Citation(url=url):
            return Text(citation_text(part), style=f"cyan link {url}" if url else "cyan")
        case Moment(at, zone):
            return Text(f"{at:%a %d %b %Y %H:%M} {zone}")


def _block(block: Block, counter: Iterator[int]) -> RenderableType:
    match block:
        case Heading(text):
            return Text(visible(text), style="bold")
        case Paragraph(line) | Item(line, None):
            return _line(line)
        case Item(line, number):
            return Text.assemble(f"{number}. ", _line(line))
        case Table():
            return _table(block)
        case Buttons() | Choices():
            return _numbered(block, counter)
        case Picture(_, alt, filename):
            return Text(f"({filename}: {visible(alt)})", style="dim")
        case Attachment(filename, _, data):
            return Text(f"({filename}, {len(data)} bytes)\n{visible(data.decode('utf-8', 'replace'))}")


def _table(table: Table) -> RichTable:
    shown = RichTable(*table.header, box=None, header_style="bold", pad_edge=False)
    for row in table.rows:
        shown.add_row(*(_line(cell) for cell in row))
    return shown


def _numbered(block: Buttons | Choices, counter: Iterator[int]) -> Text:
    labels = [f"[{next(counter)}] {visible(button.label)}" for button in _buttons(block)]
    if isinstance(block, Choices):
        return Text("\n".join([visible(block.prompt), *(f"  {label}" for label in labels)]), style="dim")
    return Text("   ".join(labels), style="dim")
