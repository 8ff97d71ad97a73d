"""A reply, free of any platform: what is shown, in which order, and which words are whose.

``Style.QUOTED`` words are the source's own from inside its quotation marks: a renderer puts
quotation marks around exactly them. ``Style.PARAPHRASE`` words are the outlet's wording:
a renderer sets them in italics and never in quotation marks. All other text is ours.
Every string is plain text; escaping for a platform is the renderer's work.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Style(StrEnum):
    PLAIN = "plain"
    STRONG = "strong"
    QUOTED = "quoted"
    PARAPHRASE = "paraphrase"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one style. ``opened``/``closed`` are the source's own marks around quoted words."""

    text: str
    style: Style = Style.PLAIN
    opened: str = "“"
    closed: str = "”"


@dataclass(frozen=True, slots=True)
class Citation:
    """``[1¶8]``: the reply's article number and paragraphs; ``url`` only if the source gave one."""

    number: int
    paragraphs: tuple[int, ...]
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware time, shown in the reader's zone where the platform can."""

    at: datetime
    zone: str = "UTC"


Inline = Words | Citation | Moment
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: a verb of ``commands.ACTIONS`` and its argument (64 characters at most)."""

    verb: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list: a platform splits long replies between items, never inside one if it can."""

    line: Line
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """One of several: picking one performs ``Action(verb, option.value)``."""

    prompt: str
    verb: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    png: bytes
    alt: str
    filename: str


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    media_type: str
    data: bytes


Block = Heading | Paragraph | Item | Table | Buttons | Choices | Picture | Attachment


@dataclass(frozen=True, slots=True)
class Reply:
    """Blocks in reading order. ``private`` replies are for the asker's eyes only.

    ``sources`` lists, by citation number from 1, the heads of the articles cited: outlet,
    date and link as the source gave them. Renderers show them last, as ``[1] ...``. ``quotations`` are the numbers of
    the quotations shown. ``role``, by the platform's id, is notified when the reply is posted, where the platform has roles.
    """

    blocks: tuple[Block, ...]
    private: bool = False
    sources: tuple[str, ...] = ()
    quotations: tuple[int, ...] = ()
    role: str | None = None

    def privately(self) -> "Reply":
        return replace(self, private=True)


def saying(text: str) -> Reply:
    """A reply of one plain sentence or two."""
    return Reply((Paragraph((Words(text),)),))


def plain(reply: Reply) -> str:
    """The reply as plain text: one block a line, quotation marks only around quoted words, sources last."""
    sources = (f"[{number}] {source}" for number, source in enumerate(reply.sources, 1))
    return "\n".join(text for text in (*(_block_text(block) for block in reply.blocks), *sources) if text)


def line_text(line: Line) -> str:
    """A line as plain text; a paraphrase stands between underscores."""
    return "".join(_inline_text(part) for part in line)


def citation_text(citation: Citation) -> str:
    """``[1¶8]``, ``[1¶15-16]``, ``[1¶1,3; note]``."""
    note = f"; {citation.note}" if citation.note else ""
    return f"[{citation.number}¶{_ranges(citation.paragraphs)}{note}]"


def _ranges(numbers: tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def _inline_text(part: Inline) -> str:
    match part:
        case Words(text, Style.QUOTED, opened, closed):
            return f"{opened}{text}{closed}"
        case Words(text, Style.PARAPHRASE):
            return f"_{text}_"
        case Words(text):
            return text
        case Citation():
            return citation_text(part)
        case Moment(at, zone):
            return f"{at:%a %d %b %Y %H:%M} {zone}"


def _block_text(block: Block) -> str:
    match block:
        case Heading(text):
            return text
        case Paragraph(line) | Item(line, None):
            return line_text(line)
        case Item(line, number):
            return f"{number}. {line_text(line)}"
        case Table(header, rows):
            return "\n".join([" | ".join(header), *(" | ".join(line_text(c) for c in row) for row in rows)])
        case Buttons(buttons):
            return " ".join(f"[{button.label}]" for button in buttons)
        case Choices(prompt, _, options):
            return "\n".join([prompt, *(f"  {n}. {o.label}" for n, o in enumerate(options, 1))])
        case Picture(_, alt):
            return alt
        case Attachment(filename):
            return f"({filename})"
