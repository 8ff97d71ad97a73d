"""Lines of a reply as ``rich_text`` elements, and blocks back as plain text."""

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.slack.limits import pieces, size
from adapters.slack.marks import web_address
from bot.replies import Citation, Inline, Line, Moment, Style, Words, citation_text

Json = dict[str, Any]
_STYLES = {Style.STRONG: {"bold": True}, Style.PARAPHRASE: {"italic": True}}


def runs(line: Line) -> list[Json]:
    """The elements of a line, none of them empty."""
    return [element for part in line for element in _elements(part)]


def _elements(part: Inline) -> Iterator[Json]:
    match part:
        case Words(text, Style.QUOTED, opened, closed):
            yield text_run(f"{opened}{text}{closed}")
        case Words("", _):
            return
        case Words(text, style):
            yield text_run(text, _STYLES.get(style))
        case Citation(url=url):
            label, address = citation_text(part), web_address(url)
            yield {"type": "link", "url": address, "text": label} if address else text_run(label)
        case Moment(at, zone):
            fallback = f"{at:%a %d %b %Y %H:%M} {zone}"
            shown = "{date_short_pretty} {time}"
            yield {"type": "date", "timestamp": int(at.timestamp()), "format": shown, "fallback": fallback}


def text_run(text: str, style: dict[str, bool] | None = None) -> Json:
    """One ``text`` element."""
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def rich(elements: Iterable[Json], limit: int) -> Iterator[Json]:
    """``rich_text`` blocks of at most ``limit`` units of text each; nothing for elements that show nothing."""
    section: list[Json] = []
    room = limit
    for element in elements:
        for part in _parts(element, limit, room):
            if part is None:
                yield from _section(section)
                section, room = [], limit
            else:
                section.append(part)
                room -= size(shown(part))
    yield from _section(section)


def _parts(element: Json, limit: int, room: int) -> Iterator[Json | None]:
    """The element in parts; ``None`` where a new block begins."""
    if element["type"] != "text":
        if size(shown(element)) > room:
            yield None
        yield element
        return
    for number, piece in enumerate(pieces(element["text"], limit, max(room, 0))):
        if number:
            yield None
        if piece:
            yield {**element, "text": piece}


def _section(elements: list[Json]) -> Iterator[Json]:
    if any(shown(element).strip() for element in elements):
        yield rich_block(elements)


def rich_block(elements: list[Json]) -> Json:
    """One ``rich_text`` block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def heading(text: str, limit: int) -> Iterator[Json]:
    """A ``header`` block, or bold text where the words don't fit one."""
    if not text.strip():
        return
    if size(text) <= limit and "\n" not in text:
        yield {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}
    else:
        yield from rich([text_run(text, {"bold": True})], 2500)


def shown(element: Json) -> str:
    """What of a ``rich_text`` element can be read."""
    return str(element.get("text") or element.get("fallback") or "")


def block_text(block: Json) -> str:
    """What can be read of a block, as plain text; nothing for buttons and menus."""
    match block["type"]:
        case "header":
            return str(block["text"]["text"])
        case "context":
            return "\n".join(element["text"] for element in block["elements"])
        case "rich_text":
            return "".join(shown(e) for section in block["elements"] for e in section["elements"])
        case "table":
            return "\n".join(" | ".join(_cell_text(cell) for cell in row) for row in block["rows"])
    return ""


def _cell_text(cell: Json) -> str:
    return str(cell["text"]) if cell["type"] == "raw_text" else block_text(cell)
