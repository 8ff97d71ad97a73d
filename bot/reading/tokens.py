"""One line of text -> tokens that know where they stand.

Words keep their inner hyphens ("pre-2014") and lose their clitics ("Trump" + "'s", "do" + "n't"), numbers keep
their marks ("1,200.5"), abbreviations their full stop ("Mr.", "U.S."); every other mark is a token of its own.
Characters without width (soft hyphens, direction marks, joiners) never split a word and never show in one.
"""

import re
from array import array
from functools import cache

from bot.wordlists import sections

INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
POSSESSIVE = frozenset(["'s", "’s", "'", "’"])
"""Tokens that follow an owner."""
_CLITIC = re.compile(r"(.+?)(n['’]t|['’](?:s|re|ve|ll|d|m))", re.IGNORECASE)
_LETTER = "[\\w\u0300-\u036f]"
_PATTERN = rf"""
    (?:{{titles}})\.(?!\w)                               # abbreviations
  | (?:[^\W\d_]\.){{{{2,}}}}(?:-\w+)*                    # U.S., a.m., U.S.-led
  | [A-Z]\.(?=\s[A-Z]|-|,)                               # initials
  | https?://\S*[\w/] | [@#]\w+                          # links, handles, hashtags
  | [$€£¥]?\d+(?:[.,:]\d+)+(?:%|(?!\w))? | [$€£¥]\d+ | \d+%
  | {_LETTER}+(?:['’‐‑-]{_LETTER}+)*
  | ['’](?:s|re|ve|ll|d|m)\b
  | \.\.+ | ``|'' | ([-=_*~·•#+])\1+
  | [^\w\s]
"""


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """Groups of ``data/abbreviations.txt``: titles, other, starters."""
    return {name: frozenset(words) for name, words in sections("bot.reading", "data/abbreviations.txt").items()}


@cache
def _pattern() -> re.Pattern[str]:
    stems = sorted(word_lists()["titles"] | word_lists()["other"], key=len, reverse=True)
    return re.compile(_PATTERN.format(titles="|".join(stems)), re.VERBOSE)


class TokenStore:
    """Growing columns of a document's tokens; one string object a distinct word."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.starts = array("I")
        self.ends = array("I")
        self._seen: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.words)

    def add_line(self, text: str, start: int, end: int) -> None:
        """Tokenise ``text[start:end]``, which holds no line break."""
        if INVISIBLE.search(text, start, end):
            self._add_marked_line(text, start, end)
        else:
            for match in _pattern().finditer(text, start, end):
                self._add(match.group(), match.start(), match.end())

    def _add_marked_line(self, text: str, start: int, end: int) -> None:
        kept = [i for i in range(start, end) if not INVISIBLE.match(text[i])]
        plain = "".join(text[i] for i in kept)
        before = len(self.starts)
        for match in _pattern().finditer(plain):
            self._add(match.group(), match.start(), match.end())
        for i in range(before, len(self.starts)):
            self.starts[i], self.ends[i] = kept[self.starts[i]], kept[self.ends[i] - 1] + 1

    def _add(self, word: str, start: int, end: int) -> None:
        clitic = _CLITIC.fullmatch(word) if "’" in word or "'" in word else None
        if clitic and clitic.start(2) > 0:
            middle = start + clitic.end(1)
            self._append(clitic.group(1), start, middle)
            self._append(clitic.group(2), middle, end)
        else:
            self._append(word, start, end)

    def _append(self, word: str, start: int, end: int) -> None:
        self.words.append(self._seen.setdefault(word, word))
        self.starts.append(start)
        self.ends.append(end)
