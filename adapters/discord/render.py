"""Reply -> pages: what each Discord message holds, within the limits of Components V2.

Limits: 40 components and 4,000 characters a message, 5 buttons a row, 25 options a menu, 80 characters
a label, 100 an option, 150 a placeholder, 10 files of 10 MiB. A reply that needs more becomes several
messages, cut between its points; no word is lost. Pure: ``layout`` makes discord.py's objects of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from typing import TypeVar

from adapters.discord import markdown
from adapters.discord.ids import button_id, menu_id
from adapters.discord.split import split_line
from adapters.discord.tables import table_texts
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

CHARACTERS = 3_900
COMPONENTS = 40
ROW = 5
OPTIONS = 25
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
LABEL, OPTION, PLACEHOLDER, ALT = 80, 100, 150, 1024
HEADING = "### "
NOTHING = "There is nothing to show."
"""What an empty reply says: Discord takes no empty message."""


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown of a text display."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Press:
    label: str
    custom_id: str


@dataclass(frozen=True, slots=True)
class Row:
    """Up to five buttons side by side."""

    buttons: tuple[Press, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """One choice of up to 25."""

    placeholder: str
    custom_id: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, or a picture with its alternative text; ``filename`` as it is sent."""

    filename: str
    data: bytes
    alt: str | None = None


Piece = Text | Row | Menu | Upload
Page = tuple[Piece, ...]
T = TypeVar("T")


def render(reply: Reply) -> tuple[Page, ...]:
    """The messages, in order; at least one, none empty. Sources are the last text, above closing buttons."""
    places = count()
    pieces = [piece for block in reply.blocks for piece in _block(block, places)]
    controls = list(takewhile(lambda piece: isinstance(piece, Row | Menu), reversed(pieces)))[::-1]
    body = pieces[: len(pieces) - len(controls)]
    body += [Text(f"<@&{reply.role}>")] if reply.role and reply.role.isdecimal() else []
    for number, source in enumerate(reply.sources, 1):
        body += _texts((Words(f"[{number}] {source}", Style.NOTE),))
    return tuple(_pages(list(_glued([*body, *controls])))) or ((Text(NOTHING),),)


def _glued(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """A heading and the text under it as one: it never ends a message alone."""
    held: Text | None = None
    for piece in pieces:
        if held is not None and isinstance(piece, Text) and markdown.length(held.markdown + piece.markdown) < CHARACTERS:
            piece, held = Text(f"{held.markdown}\n{piece.markdown}"), None
        if held is not None:
            yield held
        held = piece if isinstance(piece, Text) and piece.markdown.rpartition("\n")[2].startswith(HEADING) else None
        if held is None:
            yield piece
    if held is not None:
        yield held


def _pages(pieces: Sequence[Piece]) -> Iterator[Page]:
    page: list[Piece] = []
    for piece in pieces:
        if page and not _fits(page, piece):
            yield tuple(page)
            page = []
        _add(page, piece)
    if page:
        yield tuple(page)


def _add(page: list[Piece], piece: Piece) -> None:
    """Texts that follow each other share one display; file names in one message differ."""
    if isinstance(piece, Text) and page and isinstance(page[-1], Text):
        page[-1] = Text(f"{page[-1].markdown}\n{piece.markdown}")
    elif isinstance(piece, Upload):
        taken = {other.filename for other in page if isinstance(other, Upload)}
        page.append(Upload(_free(piece.filename, taken), piece.data, piece.alt))
    else:
        page.append(piece)


def _fits(page: Sequence[Piece], piece: Piece) -> bool:
    pieces = (*page, piece)
    characters = sum(markdown.length(p.markdown) + 1 for p in pieces if isinstance(p, Text))
    files = sum(isinstance(p, Upload) for p in pieces)
    size = sum(len(p.data) for p in pieces if isinstance(p, Upload))
    within = files <= FILES and size <= FILE_BYTES
    return within and characters <= CHARACTERS and sum(map(_components, pieces)) <= COMPONENTS


def _components(piece: Piece) -> int:
    match piece:
        case Row(buttons):
            return 1 + len(buttons)
        case Menu():
            return 2
        case _:
            return 1


def _block(block: Block, places: Iterator[int]) -> Iterator[Piece]:
    match block:
        case Heading(text):
            yield from _texts((Words(" ".join(text.split())),), HEADING)
        case Paragraph(line) | Item(line, None):
            yield from _texts(line, "" if isinstance(block, Paragraph) else "- ")
        case Item(line, number):
            yield from _texts(line, f"**{number}.** ")
        case Table():
            yield from map(Text, table_texts(block, CHARACTERS - 100))
        case Buttons(buttons):
            yield from _rows(buttons, places)
        case Choices():
            yield from _menus(block, places)
        case Picture(png, alt, filename):
            yield _upload(filename, png, alt)
        case Attachment(filename, _, data):
            yield _upload(filename, data, None)


def _texts(line: Line, lead: str = "") -> Iterator[Text]:
    """A line as texts, its lead before the first; nothing for a blank line."""
    for number, part in enumerate(split_line(line, CHARACTERS - 100)):
        shown = markdown.line(part)
        if shown.replace(markdown.HOLD, "").strip():
            yield Text((lead if number == 0 else "") + shown)


def _rows(buttons: Sequence[Button], places: Iterator[int]) -> Iterator[Row]:
    presses = [
        Press(_cut(button.label, LABEL), custom_id)
        for button in buttons
        if (custom_id := button_id(button.action, next(places))) is not None
    ]
    yield from (Row(tuple(row)) for row in _groups(presses, ROW))


def _menus(choices: Choices, places: Iterator[int]) -> Iterator[Menu]:
    values = {option.value: option for option in reversed(choices.options) if 0 < len(option.value) <= OPTION}
    options = [
        Option(_cut(option.label, OPTION), option.value, _cut(option.hint, OPTION) if option.hint else None)
        for option in reversed(values.values())
    ]
    for group in _groups(options, OPTIONS):
        custom_id = menu_id(choices.verb, next(places))
        if custom_id is not None:
            yield Menu(_cut(choices.prompt, PLACEHOLDER), custom_id, tuple(group))


def _groups(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def _cut(text: str, limit: int) -> str:
    """Text of at most ``limit`` UTF-16 units, on one line, never blank."""
    words = " ".join(text.split()) or "…"
    if markdown.length(words) <= limit:
        return words
    while markdown.length(words) > limit - 1:
        words = words[:-1]
    return words.rstrip() + "…"


def _upload(filename: str, data: bytes, alt: str | None) -> Piece:
    if len(data) > FILE_BYTES:
        return Text(markdown.escape(f"({filename} is larger than Discord takes, ask for less: {alt or ''})"))
    return Upload(_plain_name(filename), data, None if alt is None else _cut(alt, ALT))


def _plain_name(filename: str) -> str:
    """A name that Discord keeps as it is, so that ``attachment://name`` finds the file."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", filename).strip("._-")[-80:] or "file"


def _free(filename: str, taken: set[str]) -> str:
    names = (filename if n == 0 else f"{n}-{filename}" for n in count())
    return next(name for name in names if name not in taken)
