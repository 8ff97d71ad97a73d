"""Text that was broken into lines for paper or for mail -> one line a paragraph, as everything here counts paragraphs."""

import re

_BLANK = re.compile(r"\n[ \t]*\n+")
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad]$")
_ENDED = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_SHORT = 0.75
"""A line so much shorter than the block's longest, at the end of a sentence, ends its paragraph."""


def reflowed(text: str) -> str:
    """Lines of one paragraph joined; a word that was divided at a line's end is whole again."""
    blocks = _BLANK.split(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"))
    return "\n".join(paragraph for block in blocks for paragraph in _paragraphs(block))


def _paragraphs(block: str) -> list[str]:
    lines = [" ".join(line.split()) for line in block.split("\n") if line.strip()]
    longest = max(map(len, lines), default=0)
    found, current = [], ""
    for line in lines:
        current = _joined(current, line)
        if len(line) < _SHORT * longest and _ENDED.search(line):
            found.append(current)
            current = ""
    return [*found, current] if current else found


def _joined(before: str, line: str) -> str:
    if not before:
        return line
    if _HYPHEN.search(before) and line[:1].islower():
        return before[:-1] + line
    return f"{before} {line}"
