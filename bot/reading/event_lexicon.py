"""The event lexicon: which words announce which kind of event (``data/event_lexicon.txt``).

Entries are matched on lower-case words. A verb entry matches in all forms of its first word;
a noun entry in both numbers. See the data file's header for the notation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from bot.wordlists import entries

_GAP = {" ": 1, "~": 5, "+": 0}
VOWELS = "aeiou"


class Roles(StrEnum):
    """How grammar maps onto parties: see the data file's header."""

    ACT = "act"
    MUTUAL = "mutual"
    HOST = "host"
    REVERSED = "rev"
    SENDER = "send"
    NONE = "none"


class Form(StrEnum):
    """The grammatical form a trigger's head word stands in."""

    BASE = "base"
    THIRD = "third"
    PAST = "past"
    PARTICIPLE = "participle"
    GERUND = "gerund"
    NOUN = "noun"
    STANCE = "stance"


@dataclass(frozen=True, slots=True)
class Sense:
    """What an entry announces: a PLOVER type and mode, how its parties are found, and its kind (v, n or s)."""

    type: str
    mode: str | None
    roles: Roles
    kind: str

    @property
    def noun(self) -> bool:
        return self.kind == "n"

    @property
    def stance(self) -> bool:
        return self.kind == "s"


class Piece(NamedTuple):
    """Words that may stand next, and how many others may stand before them."""

    words: frozenset[str]
    gap: int


class Entry(NamedTuple):
    """The words after the first one, and the sense."""

    rest: tuple[Piece, ...]
    sense: Sense


class Trigger(NamedTuple):
    """An entry found: word positions ``[start, end)``, the head at ``start``; its form and sense.

    ``weight`` counts the matched words: a longer match is more certain.
    """

    start: int
    end: int
    sense: Sense
    form: Form
    weight: int


Index = dict[str, list[tuple[Form, Entry]]]


class Lexicon:
    """All entries, by the forms of their first word; stance words apart."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._entries: Index = {}
        self._stances: Index = {}
        sense: Sense | None = None
        for line in lines:
            if line.startswith("["):
                sense = _sense(line)
            elif sense is not None:
                for entry in filter(None, (part.strip() for part in line.split(","))):
                    self._add(entry, sense)
        for found in (*self._entries.values(), *self._stances.values()):
            found.sort(key=lambda item: -len(item[1].rest))

    def _add(self, text: str, sense: Sense) -> None:
        head, rest = _pieces(text)
        if sense.noun and rest:
            rest = (*rest[:-1], _in_both_numbers(rest[-1]))
        index = self._stances if sense.stance else self._entries
        for word in head.split("/"):
            for form, spelled in _forms(word, sense, bool(rest)):
                index.setdefault(spelled, []).append((form, Entry(rest, sense)))

    def find(self, words: Sequence[str]) -> list[Trigger]:
        """The verbs and nouns among lower-case ``words``, in order; per head word the longest entry of each type."""
        return _uncovered(_search(self._entries, words))

    def stances(self, words: Sequence[str]) -> list[Trigger]:
        """The stance words among lower-case ``words``, in order."""
        return _search(self._stances, words)


def _search(index: Index, words: Sequence[str]) -> list[Trigger]:
    found: list[Trigger] = []
    for position, word in enumerate(words):
        entries = index.get(word)
        if entries:
            found.extend(_matches(entries, words, position))
    return found


def _uncovered(found: list[Trigger]) -> list[Trigger]:
    """Without the triggers that stand inside a longer one ("visit" in "cancelled a visit")."""
    kept: list[Trigger] = []
    cover = (-1, -1, 0)
    for trigger in found:
        head, end, weight = cover
        if head < trigger.start < end and trigger.weight <= weight:
            continue
        kept.append(trigger)
        if trigger.end > end or trigger.start >= end:
            cover = (trigger.start, trigger.end, trigger.weight)
    return kept


def _matches(entries: list[tuple[Form, Entry]], words: Sequence[str], position: int) -> Iterator[Trigger]:
    seen: dict[str, int] = {}
    longest = 0
    for form, entry in entries:
        length = len(entry.rest)
        if length < longest or seen.get(entry.sense.type, -1) >= length:
            continue
        end = _rest_end(entry.rest, words, position + 1)
        if end is not None:
            longest = max(longest, length)
            seen[entry.sense.type] = length
            yield Trigger(position, end, entry.sense, form, 1 + length)


def _rest_end(rest: tuple[Piece, ...], words: Sequence[str], position: int) -> int | None:
    for piece in rest:
        for at in range(position, min(position + piece.gap + 1, len(words))):
            if words[at] in piece.words:
                position = at + 1
                break
        else:
            return None
    return position


def _sense(line: str) -> Sense:
    type_, mode, kind, roles = line.strip("[]\n ").split()
    return Sense(type_, None if mode == "-" else mode, Roles(roles), kind)


def _pieces(text: str) -> tuple[str, tuple[Piece, ...]]:
    """ "hold ~ talks" -> ("hold", (Piece({"talks"}, 5),))."""
    text = text.replace(" ~ ", "~")
    parts: list[tuple[str, str]] = [("", "")]
    for char in text:
        if char in _GAP:
            parts.append((char, ""))
        else:
            parts[-1] = (parts[-1][0], parts[-1][1] + char)
    return parts[0][1], tuple(Piece(frozenset(words.split("/")), _GAP[sign]) for sign, words in parts[1:])


def _forms(word: str, sense: Sense, phrase: bool) -> list[tuple[Form, str]]:
    if sense.stance:
        return [(Form.STANCE, word)]
    return _noun_forms(word, phrase) if sense.noun else verb_forms(word)


def _noun_forms(word: str, phrase: bool) -> list[tuple[Form, str]]:
    forms = [(Form.NOUN, word)]
    if not phrase and not word.endswith("s"):
        forms.append((Form.NOUN, _plural(word)))
    return forms


def _in_both_numbers(piece: Piece) -> Piece:
    return Piece(piece.words | {_plural(word) for word in piece.words if not word.endswith("s")}, piece.gap)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


@cache
def _irregular() -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    forms: dict[str, tuple[str, ...]] = {}
    doubled: set[str] = set()
    for line in entries("bot.reading", "data/verb_forms.txt"):
        if line.startswith("="):
            doubled.add(line[1:].strip())
        else:
            lemma, *rest = (part.strip() for part in line.split(","))
            forms[lemma] = tuple(rest)
    return forms, frozenset(doubled)


def verb_forms(lemma: str) -> list[tuple[Form, str]]:
    """All forms of a verb lemma, past before participle where both are spelled alike."""
    irregular, doubled = _irregular()
    past, third, gerund = _regular(lemma, lemma in doubled)
    given = irregular.get(lemma, ())
    if given:
        past, participle = given[0], given[1]
    else:
        participle = past
    if len(given) == 4:
        third, gerund = given[2], given[3]
    spelled = [(Form.BASE, lemma), (Form.THIRD, third), (Form.PAST, past), (Form.PARTICIPLE, participle), (Form.GERUND, gerund)]
    forms: dict[str, Form] = {}
    for form, words in spelled:
        for word in words.split("/"):
            forms.setdefault(word, form)
    return [(form, word) for word, form in forms.items()]


def _regular(lemma: str, doubles: bool) -> tuple[str, str, str]:
    stem = lemma + lemma[-1] if doubles else lemma
    third = _plural(lemma)
    if lemma.endswith("ie"):
        return lemma + "d", third, lemma[:-2] + "ying"
    if lemma.endswith("e"):
        return lemma + "d", third, (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    if lemma.endswith("y") and lemma[-2:-1] not in VOWELS:
        return lemma[:-1] + "ied", third, lemma + "ing"
    return stem + "ed", third, stem + "ing"


@cache
def lexicon() -> Lexicon:
    """The lexicon of the data file, read once."""
    return Lexicon(entries("bot.reading", "data/event_lexicon.txt"))
