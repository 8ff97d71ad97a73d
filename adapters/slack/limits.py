"""Slack's limits on messages and views, from its Block Kit reference; sizes are UTF-16 units, as its clients count."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

BLOCKS = 50
"""Blocks of one message."""
VIEW_BLOCKS = 100
"""Blocks of a modal or App Home."""
HEADER = 150
CONTEXT = 2000
"""Text of one context element; Slack names no limit, its text objects end at 3,000."""
ELEMENTS = 25
"""Buttons and menus of one actions block."""
OPTIONS = 100
LABEL = 75
"""Text of a button or an option, and an option's description."""
VALUE = 150
"""Value of an option."""
PLACEHOLDER = 150
URL = 3000
ROWS = 100
COLUMNS = 20
MESSAGE = 13_000
"""JSON of all blocks of a message together; Slack refuses about 13,200 as ``msg_blocks_too_long``."""
MENU = 10_000
"""JSON of one menu's options: it must fit a message."""
TEXT = 4000
"""Top-level text of a message: Slack's recommendation, it cuts at 40,000."""
PIECE = 2500
"""Text of one block of ours; what is longer goes on in the next."""

_JOINERS = "\u200d\ufe0f\ufe0e\u20e3"


def size(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(c > "\uffff" for c in text)


def weight(blocks: list[dict[str, Any]]) -> int:
    """Size of blocks as they travel."""
    return size(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def cut(text: str, limit: int) -> str:
    """The text on one line, ending in … if it had to be cut."""
    line = " ".join(text.split())
    if size(line) <= limit:
        return line
    kept = next(pieces(line, limit - 1)).rstrip()
    return (kept if size(kept) < limit else "") + "…"


def pieces(text: str, limit: int, first: int | None = None) -> Iterator[str]:
    """The text in parts of at most ``limit`` (the first: ``first``) units, broken at white space where there is any.

    The parts put together are the text. Parts are empty only if nothing of the text fits ``first``.
    """
    room = limit if first is None else first
    while size(text) > room:
        end = _break(text, room, limit)
        yield text[:end]
        text, room = text[end:], limit
    if text:
        yield text


def _break(text: str, room: int, limit: int) -> int:
    """Where to break: after the last white space that fits, else at the end of the last whole character."""
    end, used = 0, 0
    while end < len(text) and used + 1 + (text[end] > "\uffff") <= room:
        used += 1 + (text[end] > "\uffff")
        end += 1
    for at in range(end, 0, -1):
        if text[at - 1].isspace():
            return at
    return 0 if room < limit else _whole(text, end)


def _whole(text: str, end: int) -> int:
    at = end
    while at > 1 and (text[at] in _JOINERS or text[at - 1] == "\u200d" or unicodedata.combining(text[at])):
        at -= 1
    return at if at > 1 else max(end, 1)
