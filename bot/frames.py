"""What stands around a quotation in its paragraph: the frame that says who spoke, to whom and where.

A frame names places ("at NATO headquarters") that the words said are not about, and tells the occasion.
"""

import re
from functools import cache
from typing import NamedTuple

from bot.model import Cited, Kind, Span
from bot.terms import stems
from bot.wordlists import sections

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
_NEGATED = re.compile(
    r"(?:(?:\b(?:has|have|had|do|does|did|would|will|can|could|should|may|might|is|are|was|were)\s+)?\b(?:not|never)|\b\w+n[’']t"
    r"|\bwithout|\bstopped short of)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"(?:\b(?:will|would|may|might|could|should|must|can)|\b(?:is|are|was|were|be)\s+(?:\w+\s+)?(?:expected|likely|set|due|about|going"
    r"|scheduled|supposed|understood|believed|reported|thought|said|ready|prepared|poised)\s+to|\b(?:plan|plan(?:s|ned)|hope[sd]?"
    r"|intend(?:s|ed)?|want(?:s|ed)?|expect(?:s|ed)?)\s+to|[’']ll)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
"""Before a cue: it is not said yet, or only may be."""
_AUXILIARIES = re.compile(
    r"(?:(?:will|would|may|might|could|should|must|can|to|be|is|are|was|were|has|have|had|do|does|did|not|never|expected|likely|set"
    r"|\w+n[’']t)\s+)+",
    re.IGNORECASE,
)
"""What a cue may begin with before its verb."""
_BETWEEN = re.compile(r"[^.;!?\n]{0,60}")
_INFINITIVE = re.compile(r"\s*to\s", re.IGNORECASE)


class Frame(NamedTuple):
    """A quotation's paragraph and where in it (code points) each part of what is said stands."""

    text: str
    said: tuple[Span, ...]


class Manner(NamedTuple):
    """Where in a frame the words stand that tell how something was said, whether they lead into what is said, whether they
    tell that it was not said or its contrary was, and whether that it is only expected or wished to be said."""

    frame: Frame
    span: Span
    leads: bool
    contrary: bool
    ahead: bool


def frame_of(cited: Cited) -> Frame | None:
    """The frame of a quotation; ``None`` where its paragraph is not kept."""
    if not cited.words or not cited.quotation.content:
        return None
    first = cited.context.find(cited.words[0])
    if first < 0:
        return None
    moved = first - cited.quotation.content[0].start if cited.begins is None else -cited.begins
    spans = (Span(start + moved, end + moved) for start, end in cited.quotation.content)
    return Frame(cited.context, tuple(span for span in spans if span.end <= len(cited.context)))


@cache
def _cues() -> dict[str, frozenset[str]]:
    """The stems of plain and of contrary cues."""
    found = sections("bot", "cues.txt")
    return {name.partition(":")[0]: frozenset(stem for line in lines for stem in line.split()) for name, lines in found.items()}


def manner(cited: Cited) -> Manner | None:
    """The article's words for how it was said, where they say more than that it was: "denied", "rejected claims", "did not say",
    "is expected to say". Of words in quotation marks, which stand for themselves, only that they were not said, or not yet."""
    frame, cue = frame_of(cited), cited.quotation.cue
    if not frame or not cue or not frame.said:
        return None
    moved = frame.said[0].start - cited.quotation.content[0].start
    start, end = min(cue).start + moved, max(span.end for span in cue) + moved
    if start < 0 or end > len(frame.text):
        return None
    auxiliaries = _AUXILIARIES.match(frame.text, start, end)
    verb = auxiliaries.end() if auxiliaries else start
    negated = _NEGATED.search(frame.text[max(start - 40, 0) : verb])
    first = min(frame.said).start
    told = stems(frame.text[start:end])
    rest = set(told) - _cues()["beside"]
    plain = bool(rest) and rest <= _cues()["plain"] and not _INFINITIVE.match(frame.text[first:])
    unsaid = negated or _AHEAD.search(frame.text[max(start - 40, 0) : verb])
    if not unsaid and (plain or cited.quotation.kind is Kind.DIRECT):
        return None
    contrary = bool(negated) != (not _cues()["contrary"].isdisjoint(told))
    start = min(start, verb - len(unsaid.group())) if unsaid else start
    leads = start < first and end <= first and bool(_BETWEEN.fullmatch(frame.text[end:first]))
    return Manner(frame, Span(start, first if leads else end), leads, contrary, bool(unsaid) and not negated)


def is_contrary(cited: Cited) -> bool:
    """Whether the article reports that somebody did not say it, or denied it."""
    how = manner(cited)
    return bool(how and how.contrary)


def is_ahead(cited: Cited) -> bool:
    """Whether the article tells only that somebody will, may or should say it."""
    how = manner(cited)
    return bool(how and how.ahead)


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
    words = words.rstrip(": ")
    return words if len(words.split()) >= _FEWEST else None
