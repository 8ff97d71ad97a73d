"""What stands around a quotation in its paragraph: the frame that says who spoke, to whom and where.

A frame names places ("at NATO headquarters") that the words said are not about, and tells the occasion.
"""

import re
from typing import NamedTuple

from bot.model import Cited, Span

_VENUE = re.compile(
    r"\b(?:at|inside|outside)\s+(?:the\s+|a\s+|an\s+)?[^,.;:“”\"]*?(?=[,.;:“”\"]|\s(?:about|on|over|that|after|before|when|where|who|which|and|as|to)\s|$)",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"^\s*(?P<words>(?:told|telling|(?:said|says|speaking|asked|added)\s+(?:\w+\s+)?(?:(?:at|during|before)\s+(?:an?|the)"
    r"|in an?\s+(?:[\w-]+\s+)?(?:interview|speech|address|briefing|appearance|hearing|debate|lecture)))\b[^“”\"]*)",
    re.IGNORECASE,
)
_FEWEST = 4


class Frame(NamedTuple):
    """A quotation's paragraph and where in it (code points) each part of what is said stands."""

    text: str
    said: tuple[Span, ...]


def frame_of(cited: Cited) -> Frame | None:
    """The frame of a quotation; ``None`` where its paragraph is not kept."""
    if not cited.words or not cited.quotation.content:
        return None
    first = cited.context.find(cited.words[0])
    if first < 0:
        return None
    moved = first - cited.quotation.content[0].start
    spans = (Span(start + moved, end + moved) for start, end in cited.quotation.content)
    return Frame(cited.context, tuple(span for span in spans if span.end <= len(cited.context)))


def topical(cited: Cited) -> str:
    """The quotation's paragraph without what is said and without the places where it was said."""
    frame = frame_of(cited)
    if frame is None:
        return cited.context
    pieces, at = [], 0
    for start, end in sorted(frame.said):
        pieces.append(frame.text[at:start])
        at = max(at, end)
    pieces.append(frame.text[at:])
    return " ¶ ".join(_VENUE.sub(" ", piece) for piece in pieces)


def occasion(cited: Cited) -> str | None:
    """The article's words for where or to whom something was said, verb first ("told a meeting of ... in Geneva"), if it has any."""
    frame, cue = frame_of(cited), cited.quotation.cue
    if frame is None or not cue or not frame.said:
        return None
    moved = frame.said[0].start - cited.quotation.content[0].start
    start = cue[0].start + moved
    later = [span.start for span in frame.said if span.start > start]
    rest = frame.text[max(start, 0) : min(later, default=len(frame.text))]
    match = _SETTING.match(re.split(r"(?<=[a-z”\"])[.;](?:\s|$)|,\s", rest, maxsplit=1)[0])
    words = match["words"].strip() if match and start >= 0 else ""
    return words if len(words.split()) >= _FEWEST else None
