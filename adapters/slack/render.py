"""Reply -> Slack messages.

Text goes into ``rich_text``, ``plain_text`` and ``raw_text`` only: Slack looks for no markup in them, so that words
from outside arrive to the letter and can't ping, link or format. Links, dates and styles are elements of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.slack.charts import CHART, chart_of
from adapters.slack.limits import (
    BLOCKS,
    CONTEXT,
    ELEMENTS,
    HEADER,
    LABEL,
    MENU,
    MESSAGE,
    OPTIONS,
    PIECE,
    PLACEHOLDER,
    TEXT,
    VALUE,
    cut,
    pieces,
    size,
    weight,
)
from adapters.slack.marks import escape
from adapters.slack.tables import table_blocks
from adapters.slack.text import block_text, heading, rich, runs
from bot.replies import (
    Attachment,
    Block,
    Button,
    Buttons,
    Choices,
    Heading,
    Item,
    Line,
    Option,
    Paragraph,
    Picture,
    Reply,
    Style,
    Table,
    Words,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its blocks, and the text that notifications and screen readers use (markup escaped)."""

    blocks: list[Json]
    text: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes with the messages."""

    filename: str
    data: bytes
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A reply as Slack takes it: messages in order, then files. Every message is within all limits."""

    messages: tuple[Message, ...]
    files: tuple[Upload, ...]
    private: bool


def render(reply: Reply) -> Rendered:
    """The reply in as many messages as it needs, split between points where it can be."""
    files = tuple(upload for block in reply.blocks for upload in _uploads(block))
    blocks = list(_blocks(reply)) or list(_context("\n".join(upload.filename for upload in files)))
    messages = tuple(_message(packed) for packed in _packed(blocks))
    return Rendered(messages, files, reply.private)


def view_blocks(reply: Reply, limit: int) -> list[Json]:
    """The reply's first blocks, for a view that can't go on in another message."""
    shown: list[Json] = []
    for block in _blocks(reply):
        if block["type"] not in ("table", CHART) and len(shown) < limit:
            shown.append(_numbered(block, len(shown)))
    return shown


def _message(blocks: list[Json]) -> Message:
    text = "\n".join(filter(None, map(block_text, blocks))) or " ".join(map(_prompts, blocks)).strip() or "Attaché"
    escaped = escape(text)
    return Message(blocks, escaped if size(escaped) <= TEXT else escape(cut(text, TEXT // 5)))


def _prompts(block: Json) -> str:
    """What the menus of a block ask."""
    return " ".join(e["placeholder"]["text"] for e in block.get("elements") or () if "placeholder" in e)


def _packed(blocks: Iterable[Json]) -> Iterator[list[Json]]:
    """Blocks in messages: by number, by weight, and one table each, which Slack puts last."""
    message: list[Json] = []
    used = 0
    for block in blocks:
        ready = _numbered(block, len(message))
        full = len(message) == BLOCKS or used + weight([ready]) > MESSAGE
        if message and (full or message[-1]["type"] == "table"):
            yield message
            message, used = [], 0
            ready = _numbered(block, 0)
        message.append(ready)
        used += weight([ready])
    if message:
        yield message


def _numbered(block: Json, place: int) -> Json:
    """The block with action ids that occur once in a message: ``verb:block:element``."""
    if block["type"] != "actions":
        return block
    elements = [{**e, "action_id": f"{e['action_id']}:{place}:{n}"} for n, e in enumerate(block["elements"])]
    return {**block, "elements": elements}


def _blocks(reply: Reply) -> Iterator[Json]:
    for block in reply.blocks:
        yield from _block(block)
    yield from _context("\n".join(f"[{n}] {source}" for n, source in enumerate(reply.sources, 1)))


def _block(block: Block) -> Iterator[Json]:
    match block:
        case Heading(text):
            yield from heading(text, HEADER)
        case Paragraph(line) if _is_note(line):
            yield from _context("".join(part.text for part in line if isinstance(part, Words)))
        case Paragraph(line) | Item(line, None):
            yield from rich(runs(line), PIECE)
        case Item(line, number):
            if any(runs(line)):
                yield from rich(runs((Words(f"{number}. "), *line)), PIECE)
        case Table():
            yield from chart_of(block)
            yield from table_blocks(block)
        case Buttons(buttons):
            yield from _actions([_button(button) for button in buttons])
        case Choices():
            yield from _menus(block)


def _is_note(line: Line) -> bool:
    return bool(line) and all(isinstance(part, Words) and part.style is Style.NOTE for part in line)


def _context(text: str) -> Iterator[Json]:
    for piece in pieces(text, CONTEXT):
        if piece.strip():
            yield {"type": "context", "elements": [{"type": "plain_text", "text": piece, "emoji": False}]}


def _actions(elements: list[Json]) -> Iterator[Json]:
    for start in range(0, len(elements), ELEMENTS):
        yield {"type": "actions", "elements": elements[start : start + ELEMENTS]}


def _button(button: Button) -> Json:
    label = cut(button.label, LABEL) or button.action.verb.capitalize()
    element = {"type": "button", "text": _plain(label), "action_id": button.action.verb}
    return element | ({"value": button.action.argument} if button.action.argument else {})


def _menus(choices: Choices) -> Iterator[Json]:
    options = [_option(option) for option in choices.options if option.value]
    if options and size(" ".join(choices.prompt.split())) > PLACEHOLDER:
        yield from rich(runs((Words(choices.prompt),)), PIECE)
    for part in _menu_parts(options):
        menu = {"type": "static_select", "action_id": choices.verb, "options": part}
        placeholder = cut(choices.prompt, PLACEHOLDER) or "Choose"
        yield {"type": "actions", "elements": [menu | {"placeholder": _plain(placeholder)}]}


def _menu_parts(options: list[Json]) -> Iterator[list[Json]]:
    """Options in menus that fit a message by number and by weight."""
    part: list[Json] = []
    for option in options:
        if part and (len(part) == OPTIONS or weight([*part, option]) > MENU):
            yield part
            part = []
        part.append(option)
    if part:
        yield part


def _option(option: Option) -> Json:
    found = {"text": _plain(cut(option.label, LABEL) or cut(option.value, LABEL)), "value": option.value[:VALUE]}
    hint = cut(option.hint or "", LABEL)
    return found | ({"description": _plain(hint)} if hint else {})


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _uploads(block: Block) -> Iterator[Upload]:
    match block:
        case Picture(png, alt, filename):
            yield Upload(filename, png, alt)
        case Attachment(filename, _, data):
            yield Upload(filename, data)
