"""Text and addresses made safe for Slack, and Slack's own markup read back as people wrote it."""

import re
from urllib.parse import quote, urlsplit

from adapters.slack.limits import URL, size

_EMPHASIS = re.compile(r"(?<![\w*_~`])([*_~`]|```)(?=\S)(?P<inner>.{0,800}?\S)\1(?![\w*_~`])", re.DOTALL)
_EMOJI = re.compile(r"(?<![\w:]):[a-z+-][a-z0-9_+'-]*:(?::skin-tone-\d:)?(?!\w)[ \t]*")
_QUOTED_LINE = re.compile(r"^(?:&gt;)+[ \t]*", re.MULTILINE)
_MARKUP = re.compile(r"<(?P<kind>[@#!]?)(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")


def escape(text: str) -> str:
    """``& < >`` as Slack wants them where it looks for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The reverse of ``escape``."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str) -> str:
    """What a person typed, from a message's text: links as their label, mentions as ``@name``, nothing escaped, and without
    the marks by which Slack tells bold, italic, struck, code and quoted lines, and emoji."""
    plain = _EMOJI.sub("", _QUOTED_LINE.sub("", text))
    for _ in "*_~`":
        plain = _EMPHASIS.sub(r"\g<inner>", plain)
    return unescape(_MARKUP.sub(_readable, plain)).strip()


def _readable(found: re.Match[str]) -> str:
    kind, target, label = found["kind"], found["target"], found["label"]
    if kind == "!":
        return label or "@" + target.split("^")[0]
    return kind + (label or target) if kind else (label or target.removeprefix("mailto:"))


def web_address(url: str | None) -> str | None:
    """The address if it is a plain http(s) one that Slack takes as a link, made safe; else ``None``."""
    if not url or any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    safe = quote(url, safe="%/:?#[]@!$&'()*+,;=~")
    return safe if parts.scheme in ("http", "https") and parts.hostname and size(safe) <= URL else None
