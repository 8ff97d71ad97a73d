"""Words and stems: the one way in which stored text and questions become search terms.

What is indexed and what is asked pass through the same functions, so a term found is a term meant.
A term holds only lower-case letters and digits (any script), at most 64 of them.
"""

import re
import threading
import unicodedata
from functools import cache, lru_cache
from itertools import chain

import snowballstemmer

from bot.wordlists import entries

LONGEST = 64
"""Longer runs of letters are cut here: no word is that long, and databases limit a term's size."""

_SHORT, _TEXTS = 1_000, 8_000
"""Texts of so many characters at most are remembered with their terms, so many of them: an answer weighs the same few often."""

_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_EDGES = re.compile(r"'(?!\w)|(?<!\w)'")
_PRINTED = str.maketrans(dict.fromkeys("—–…“”„«»‹›‚\xa0", " ") | {"‘": " ", "’": "'"})
"""What is printed in nearly every text beyond ASCII: marks that part words, and apostrophes."""
_PARTING = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}
)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'"})
_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()


def words(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order, folded: lower case, without accents and apostrophes.

    >>> words("Zelensky’s façade: pre-2014 borders")
    ('zelenskys', 'facade', 'pre', '2014', 'borders')
    """
    return _known_words(text) if len(text) <= _SHORT else _all_words(text)


def stems(text: str) -> tuple[str, ...]:
    """The stems (Snowball English) of the words of ``text`` in order; possessives end in nothing.

    >>> stems("Ukraine’s allies were negotiating")
    ('ukrain', 'alli', 'were', 'negoti')
    """
    return _known_stems(text) if len(text) <= _SHORT else _all_stems(text)


def commonness(stem: str) -> float:
    """The share of news articles in which a stem occurs; the same small one for all that are not among the commoner ones."""
    total, counts = _background()
    return counts.get(stem, 1) / total


@cache
def _background() -> tuple[int, dict[str, int]]:
    total, *lines = entries("bot.briefing", "data/document_frequencies.txt")
    return int(total), {word: min(int(n), int(total) - 1) for word, n in (line.rsplit(" ", 1) for line in lines)}


def _all_words(text: str) -> tuple[str, ...]:
    plain = _plain(text)
    if plain is None:
        return tuple(chain.from_iterable(map(_words_of, _WORD.findall(text))))
    found = plain.replace("'", "").split()
    return tuple(found) if len(max(found, key=len, default="")) <= LONGEST else tuple(word[:LONGEST] for word in found)


def _all_stems(text: str) -> tuple[str, ...]:
    plain = _plain(text)
    return tuple(chain.from_iterable(map(_stems_of, _WORD.findall(text) if plain is None else plain.split())))


def _plain(text: str) -> str | None:
    """The words that ``_WORD`` finds, folded but for their apostrophes, with blanks between; ``None`` where a text has other
    letters than ASCII's."""
    printed = text if text.isascii() else text.translate(_PRINTED)
    if not printed.isascii():
        return None
    parted = printed.translate(_PARTING)
    return _EDGES.sub(" ", parted) if "'" in parted else parted


_known_words = lru_cache(maxsize=_TEXTS)(_all_words)
_known_stems = lru_cache(maxsize=_TEXTS)(_all_stems)


@lru_cache(maxsize=1 << 16)
def _words_of(word: str) -> tuple[str, ...]:
    return _pieces(_fold(word).replace("'", ""))


@lru_cache(maxsize=1 << 17)
def _stems_of(word: str) -> tuple[str, ...]:
    with _stemming:  # the stemmer object keeps state while it works
        return _pieces(_stemmer.stemWord(_fold(word)[: 2 * LONGEST]).replace("'", ""))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold().translate(_APOSTROPHES))
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold().translate(_LETTERS)


def _pieces(folded: str) -> tuple[str, ...]:
    """Folding may leave other than letters and digits (NFKD of ½ is 1⁄2): those part words."""
    if folded.isalnum():
        return (folded[:LONGEST],)
    return tuple(piece[:LONGEST] for piece in re.findall(r"[^\W_]+", folded))
