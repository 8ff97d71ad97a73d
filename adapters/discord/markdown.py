"""Words -> Discord markdown that shows exactly those words.

Discord shows a backslash before punctuation as the punctuation alone, so escaped text reads as it was
given. Mentions of everyone, people, roles and channels also get a zero-width space, since a server
finds those in the raw text; ``AllowedMentions.none()`` on every message is the other half.
Lengths are UTF-16 units, the longest way Discord may count.
"""

import re
from urllib.parse import quote, urlsplit

from bot.replies import Citation, Inline, Line, Moment, Style, Words, citation_text

HOLD = "\u200b"
"""Zero-width space: keeps neighbours apart without showing."""

LONGEST_ADDRESS = 1_500
"""Longer addresses stay unlinked: one of them would fill a message."""

_MARKS = re.compile(r"[\\*_~|`\[\]<]")
_LINE_START = re.compile(r"^([ \t]*)([#>+\-]|\d+(?=\.))", re.MULTILINE)
_LINK = re.compile(r":(?=//)|(?<=discord\.gg)/|(?<=discord\.com)/|(?<=discordapp\.com)/", re.IGNORECASE)
_PING = re.compile(r"@(?=everyone|here|[&!]?\d)|<(?=[@#:/ait])", re.IGNORECASE)
_FENCE = re.compile(r"`(?=`)")


def length(text: str) -> int:
    """Length as Discord counts at most: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Outside text that stays text: no markup, no mention, no link, no emoji, no time stamp."""
    safe = _MARKS.sub(r"\\\g<0>", text)
    safe = _LINK.sub(r"\\\g<0>", safe)
    safe = _LINE_START.sub(_mark_of_line, safe)
    return _PING.sub(r"\g<0>" + HOLD, safe)


def _mark_of_line(match: re.Match[str]) -> str:
    blank, mark = match.groups()
    return f"{blank}{mark}{HOLD}" if mark.isdigit() else f"{blank}\\{mark}"


def code(text: str) -> str:
    """Outside text inside a code block: it can't end the block, nor ping."""
    return _PING.sub(r"\g<0>" + HOLD, _FENCE.sub("`" + HOLD, text))


def around(mark: str, text: str) -> str:
    """Escaped text in emphasis, line by line: blanks stay outside the marks, or Discord ignores them."""
    return "\n".join(_emphasised(mark, part) for part in text.split("\n"))


def _emphasised(mark: str, text: str) -> str:
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}{mark}{escape(inner)}{mark}{text[start + len(inner) :]}"


def link(label: str, url: str | None) -> str:
    """An escaped label, linked if the address is a plain web address."""
    target = web_address(url)
    return f"[{label}](<{target}>)" if target else label


def web_address(url: str | None) -> str | None:
    """The address made harmless inside ``(<...>)``; ``None`` if it is not http(s) with a host, or too long."""
    try:
        parts = urlsplit((url or "").strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    address = quote(parts.geturl(), safe="!#$%&'*+,-./:;=?@_~") if usable else ""
    return address if 0 < len(address) <= LONGEST_ADDRESS else None


def inline(part: Inline) -> str:
    """One part of a line."""
    match part:
        case Words(text, Style.QUOTED, opened, closed):
            return f"{opened}{escape(text)}{closed}"
        case Words(text, Style.PARAPHRASE):
            return around("*", text)
        case Words(text, Style.STRONG):
            return around("**", text)
        case Words(text):
            return escape(text)
        case Citation(url=url):
            return link(escape(citation_text(part)), url)
        case Moment(at):
            return f"<t:{int(at.timestamp())}:f>"


def line(parts: Line) -> str:
    """A whole line. A line of notes alone is set small."""
    small = bool(parts) and all(isinstance(part, Words) and part.style is Style.NOTE for part in parts)
    text = ""
    for rendered in map(inline, parts):
        text += HOLD + rendered if text.endswith("*") and rendered.startswith("*") else rendered
    return "\n".join(f"-# {row}" if row.strip() else row for row in text.split("\n")) if small else text
