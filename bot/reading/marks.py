"""Quotation marks of a text: which tokens stand inside them, and from where to where each quotation runs.

Straight, curly, German („“), French (« ») and typewriter (`` '') marks count; single marks (‘ ’ ') only in a text
that has no double ones. A quotation ends with its paragraph at the latest; one left open goes on when the next
paragraph opens with a mark again, or closes one that it never opened.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.reading.tokens import TokenStore

OPENERS = frozenset("“„‟«‹「『")
CLOSERS = frozenset("”»›」』")
_EITHER = frozenset(['"', "''", "``"])
_DOUBLE = OPENERS | CLOSERS | _EITHER
_SINGLE = frozenset("‘’‚‛'")
_PARTNERS = {"„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", "``": "''", "‘": "’", "‚": "‘’", "「": "」", "『": "』"}
_SINGLE_QUOTED = re.compile(r"(?:^|(?<=[\s(—–-]))['‘‚]\w[^\n'’]*(?:['’]\w[^\n'’]*)*['’](?!\w)", re.MULTILINE)
_DOUBLE_MARK = re.compile("[“„‟«‹「『”»›」』\"]|``|''")


class Place(IntEnum):
    """Where a token stands: outside quotation marks, inside, or it is a mark."""

    OUTSIDE = 0
    INSIDE = 1
    MARK = 2


@dataclass(frozen=True, slots=True)
class Quote:
    """Tokens ``[first, last)`` between marks, marks included. ``closed``: its closing mark stands in the same
    paragraph. ``continues``: the quotation was left open by the paragraph before."""

    first: int
    last: int
    closed: bool
    continues: bool


def has_marks(text: str) -> bool:
    """Whether anything in a text can stand inside quotation marks."""
    return bool(_DOUBLE_MARK.search(text) or _SINGLE_QUOTED.search(text))


def uses_single_marks(text: str) -> bool:
    """True where single marks do the work of double ones, as in part of the British press."""
    return not _DOUBLE_MARK.search(text) and bool(_SINGLE_QUOTED.search(text))


class Marker:
    """Walks a document paragraph by paragraph, filling ``places`` (one a token) and ``quotes``."""

    def __init__(self, tokens: TokenStore, single: bool) -> None:
        self.places = bytearray(len(tokens))
        self.quotes: list[Quote] = []
        self._tokens = tokens
        self._marks = _DOUBLE | _SINGLE if single else _DOUBLE
        self._open = False

    def paragraph(self, first: int, last: int) -> None:
        """Mark tokens ``[first, last)``; call in text order."""
        marks = [i for i in range(first, last) if self._tokens.words[i] in self._marks]
        start, opener, continues = -1, "", False
        if self._open and marks:
            continues = True
            if marks[0] != first and self._side(marks[0], first, last, "“") < 0:
                start, opener = first, "“"
        for i in marks:
            side = self._side(i, first, last, opener if start >= 0 else "")
            if side == 0:
                continue
            if side > 0:
                start, opener, continues = self._opened(i, start, opener, continues)
            elif start >= 0:
                self._close(start, i + 1, True, continues)
                start, opener, continues = -1, "", False
        self._open = start >= 0
        if start >= 0:
            self._close(start, last, False, continues)

    def _opened(self, i: int, start: int, opener: str, continues: bool) -> tuple[int, str, bool]:
        if start >= 0:
            self._close(start, i, False, continues)
            continues = False
        return i, self._tokens.words[i], continues

    def _side(self, i: int, first: int, last: int, opener: str) -> int:
        """1: the mark at ``i`` opens, -1: it closes, 0: it is no quotation mark here. ``opener``: what is open."""
        word = self._tokens.words[i]
        left = i > first and self._tokens.ends[i - 1] == self._tokens.starts[i]
        right = i + 1 < last and self._tokens.ends[i] == self._tokens.starts[i + 1]
        if opener in _PARTNERS and word in _PARTNERS[opener]:
            return -1
        if word in _SINGLE:
            return self._single_side(word, left, right, bool(opener))
        if word in OPENERS or word == "``":
            return -1 if opener and left and not right else 1
        if word in CLOSERS:
            return 1 if not opener and right and not left else -1 if opener else 0
        return -1 if opener else 1

    @staticmethod
    def _single_side(word: str, left: bool, right: bool, inside: bool) -> int:
        if word in "‘‚‛":
            return 1
        if inside:
            return -1 if not right or left else 0
        return 1 if word == "'" and right and not left else 0

    def _close(self, start: int, end: int, closed: bool, continues: bool) -> None:
        words = self._tokens.words
        self.quotes.append(Quote(start, end, closed, continues))
        self.places[start:end] = bytes([Place.INSIDE]) * (end - start)
        if words[start] in self._marks:
            self.places[start] = Place.MARK
        if closed:
            self.places[end - 1] = Place.MARK


def find_quotes(text: str, tokens: TokenStore, paragraphs: Sequence[tuple[int, int]]) -> tuple[bytes, tuple[Quote, ...]]:
    """(places, quotes): a ``Place`` for every token, and the quotations in text order."""
    marker = Marker(tokens, uses_single_marks(text))
    for first, last in paragraphs:
        marker.paragraph(first, last)
    return bytes(marker.places), tuple(marker.quotes)
