"""Discord markdown as its client shows it: enough of a reader to tell text from what comes alive.

Knows escapes, code blocks, bold and italics, masked links, bare links, time stamps, headings, small
text, lists and quotations. Bold, italics, headings, small text, lists and code blocks are ours to
use; everything else that comes alive is reported.
"""

import re
from dataclasses import dataclass, field

_TOKENS = re.compile(
    r"```\n(?P<code>.*?)\n```"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<target><[^<>\s]*>|[^()\s]*)\)"
    r"|<t:(?P<time>-?\d+)(?::[tTdDfFR])?>"
    r"|(?P<tag><(?:[@#:/]|a:|id:)[^>]*>)"
    r"|(?P<bare>https?://\S+|discord\.gg/\S+)"
    r"|(?P<ours>\*\*|\*)"
    r"|(?P<live>__|_|~~|\|\||`)",
    re.DOTALL,
)
_LEAD = re.compile(r"^(?:### |-# |- )", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*(?:#{1,3} |>{1,3} |[*+-] |\d+\. )", re.MULTILINE)
_PING = re.compile(r"@everyone|@here|<@[!&]?\d+>|<#\d+>|<id:\w+>|</[^>]+:\d+>", re.IGNORECASE)


@dataclass
class Shown:
    text: str = ""
    links: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)


def read(markdown: str) -> Shown:
    """One text display. Pings are looked for in the raw text, as a server does."""
    shown = Shown(mentions=_PING.findall(markdown))
    body = _LEAD.sub("", markdown)
    shown.markup += _BLOCK.findall(body)
    shown.text = _inline(body, shown)
    if sum(token == "**" for token in re.findall(r"\*\*|\\.", body)) % 2:
        shown.markup.append("bold that does not end")
    return shown


def _inline(text: str, shown: Shown) -> str:
    return _TOKENS.sub(lambda match: _token(match, shown), text)


def _token(match: re.Match[str], shown: Shown) -> str:
    kind, value = str(match.lastgroup), match[0]
    match kind:
        case "code":
            return match["code"]
        case "escaped":
            return match["escaped"]
        case "target":
            shown.links.append(match["target"].strip("<>"))
            return _inline(match["label"], shown)
        case "tag":
            shown.mentions.append(value)
        case "bare":
            shown.links.append(value)
        case "live":
            shown.markup.append(value)
        case "ours":
            return ""
    return value
