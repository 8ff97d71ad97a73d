"""Lines too long for a message -> several lines, no word lost, quotation marks only at the outer ends."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from adapters.discord import markdown
from bot.replies import Inline, Line, Words


def split_line(line: Line, limit: int) -> Iterator[Line]:
    """Lines whose markdown has at most ``limit`` UTF-16 units each; the parts stay in order."""
    current: list[Inline] = []
    for part in (piece for whole in line for piece in _pieces(whole, limit)):
        if current and markdown.length(markdown.line((*current, part))) > limit:
            yield tuple(current)
            current = []
        current.append(part)
    if current:
        yield tuple(current)


def _pieces(part: Inline, limit: int) -> Iterator[Inline]:
    if not isinstance(part, Words) or markdown.length(markdown.line((part,))) <= limit or len(part.text) < 2:
        yield part
        return
    cut = _middle(part.text)
    yield from _pieces(replace(part, text=part.text[:cut], closed=""), limit)
    yield from _pieces(replace(part, text=part.text[cut:], opened=""), limit)


def _middle(text: str) -> int:
    """Where to cut: after the blank nearest to the middle, else between two whole characters."""
    half = len(text) // 2
    before, after = text.rfind(" ", 0, half), text.find(" ", half)
    blanks = [at + 1 for at in (before, after) if 0 <= at < len(text) - 1]
    if blanks:
        return min(blanks, key=lambda at: abs(at - half))
    return next((at for at in range(half, len(text)) if _starts(text, at)), half) or 1


def _starts(text: str, at: int) -> bool:
    """True if a reader sees a new character here: no combining mark, no joiner on either side."""
    joined = text[at - 1] == "\u200d" or text[at] in "\u200d\ufe0f"
    return not joined and not unicodedata.combining(text[at])
