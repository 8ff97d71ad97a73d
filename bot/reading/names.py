"""Names of persons, organisations and places, recognised by their looks and company, without a catalogue.

Capitalised stretches of a sentence ("windows") are labelled by a linear-chain CRF (python-crfsuite) that
``tools/train_names.py`` trains; words outside such stretches cost nothing. One surface then keeps one type
through a document.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import as_file, files

import pycrfsuite

from bot.reading.document import Document
from bot.reading.event_words import word_set
from bot.reading.roles import is_role
from bot.reading.tokens import word_lists
from bot.wordlists import entries


class NameType(StrEnum):
    """What a name names. ``OTHER``: peoples, adjectives, events, works."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    OTHER = "other"


LABELS = {"PER": NameType.PERSON, "ORG": NameType.ORGANISATION, "LOC": NameType.PLACE, "MIS": NameType.OTHER}


@dataclass(frozen=True, slots=True)
class Name:
    """Tokens ``[first, last)`` of a document that are a name; titles ("Mr.", "President") stay outside."""

    first: int
    last: int
    type: NameType


_INNER = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "de",
        "la",
        "le",
        "al",
        "el",
        "ul",
        "bin",
        "ibn",
        "bint",
        "von",
        "van",
        "der",
        "den",
        "du",
        "di",
        "da",
        "dos",
        "del",
        "af",
        "av",
        "ter",
        "ten",
        "&",
    ]
)
_JOINTS = frozenset(["'s", "’s", "-", "/"])
_ARTICLED = re.compile(r"(?:al|el|ul|ad|as|ash|at|an|ar|az|d|l)[-’'‑][^\W\d_a-z]")


@cache
def function_words() -> frozenset[str]:
    """The words of ``data/function_words.txt``, in lower case."""
    return frozenset(word for line in entries("bot.reading", "data/function_words.txt") for word in line.split())


def is_capital(word: str) -> bool:
    """True for a word that can belong to a name: a capital, also after an article ("al-Assad")."""
    return word[0].isupper() or (len(word) > 3 and _ARTICLED.match(word) is not None)


def fold(word: str) -> str:
    """Lower case without accents and apostrophes, for comparing names."""
    word = word.casefold()
    if word.isascii():
        return word.replace("'", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return plain.replace("’", "").replace("'", "").replace("ł", "l").replace("ø", "o").replace("ı", "i").replace("‑", "-")


@cache
def lexicon() -> dict[str, str]:
    """Folded word -> flags: "m"/"f"/"x" first, if a given name; "s" a surname; "p" part of a place's name."""
    rows = (line.split("\t") for line in entries("bot.reading", "data/names.lexicon.tsv"))
    return {row[0]: row[1] for row in rows}


def is_given(word: str) -> bool:
    """True for a given name of the lexicon."""
    return lexicon().get(fold(word), "")[:1] in ("m", "f", "x")


def is_surname(word: str) -> bool:
    """True for a surname of the lexicon."""
    return "s" in lexicon().get(fold(word), "")


def is_courtesy(word: str) -> bool:
    """True for an abbreviated title ("Mr.", "Sen.")."""
    return word.removesuffix(".") in word_lists()["titles"]


def windows(document: Document) -> Iterator[tuple[int, int, bool]]:
    """(first, last, begins a sentence) of every capitalised stretch, connecting words inside included."""
    words = document.words
    for sentence in document.sentences:
        i = sentence.first
        while i < sentence.last:
            if not is_capital(words[i]):
                i += 1
                continue
            end = _window_end(words, i, sentence.last)
            if end > i + 1 or words[i].lower() not in function_words():
                yield i, end, i == sentence.first
            i = end


def _window_end(words: Sequence[str], first: int, last: int) -> int:
    end = i = first + 1
    while i < last and i - end <= 2:
        word = words[i]
        if is_capital(word):
            end = i + 1
        elif word not in _INNER and not (i == end and word in _JOINTS):
            break
        i += 1
    return end


@lru_cache(maxsize=65536)
def _looks(word: str) -> tuple[str, str, str, str]:
    """(lower, shape, shape with lexicon flags, features that need only the word)."""
    lower, shape = word.lower(), _shape(word)
    flags = lexicon().get(fold(word), "")
    known = ("G" if flags[:1] in ("m", "f", "x") else "") + ("S" if "s" in flags else "") + ("P" if "p" in flags else "")
    return lower, shape, known + shape, shape + known


def _shape(word: str) -> str:
    if word.isdigit():
        return "9"
    if not word[0].isalnum():
        return "p"
    if word.isupper():
        short = "X" if len(word) <= 2 else "XX"
        return short + "." if "." in word else short
    if word[0].isupper():
        return "Xx" if word[1:].islower() else "X-x" if "-" in word else "XxX"
    return "x"


@dataclass(frozen=True, slots=True)
class _Usage:
    """How the document writes its words: seen in lower case; seen with a capital inside a sentence."""

    lower: frozenset[str]
    inner: frozenset[str]

    @classmethod
    def of(cls, document: Document) -> "_Usage":
        words = document.words
        lower = frozenset(words)
        begins = {s.first for s in document.sentences}
        inner = frozenset(w for i, w in enumerate(words) if w[0].isupper() and i not in begins)
        return cls(lower, inner)


def features(document: Document, usage: _Usage, first: int, last: int, begins: bool) -> list[list[str]]:
    """CRF features of a window, one list of strings a token."""
    sentence = document.sentences[document.sentence[first]]
    words, size = document.words, last - first
    before = ["<s>", "<s>"] + [w.lower() for w in words[max(sentence.first, first - 2) : first]]
    after = [w.lower() for w in words[last : min(sentence.last, last + 2)]] + ["</s>", "</s>"]
    looks = [_looks(words[i]) for i in range(first, last)]
    line = [*before[-2:], *(x[0] for x in looks), *after[:2]]
    return [_token_features(looks, line, k, size, begins, words[first + k], usage) for k in range(size)]


def _token_features(
    looks: list[tuple[str, str, str, str]], line: list[str], k: int, size: int, begins: bool, word: str, usage: _Usage
) -> list[str]:
    lower, shape, known, tag = looks[k]
    seen_lower = lower in usage.lower
    out = [
        "b", "w=" + lower, "s=" + shape, "x=" + known, "e2=" + lower[-2:], "e3=" + lower[-3:], "p3=" + lower[:3],
        f"u={seen_lower:d}{word in usage.inner:d}", f"i={k == 0 and begins:d}{seen_lower:d}",
        "-w=" + line[k + 1], "--w=" + line[k], "+w=" + line[k + 3], "++w=" + line[k + 4],
        f"L={min(size, 5)}{'f' if k == 0 else 'l' if k == size - 1 else 'm'}",
    ]  # fmt: skip
    if k:
        out += ["-s=" + looks[k - 1][3], "-ss=" + looks[k - 1][3] + "|" + tag]
    else:
        out += ["-W=" + line[k + 1], "BOS" if begins else "B0"]
    if k < size - 1:
        out += ["+s=" + looks[k + 1][3], "+ss=" + tag + "|" + looks[k + 1][3]]
    else:
        out += ["+W=" + line[k + 3], "E0"]
    return out


def training_windows(document: Document) -> Iterator[tuple[int, int, list[list[str]]]]:
    """(first, last, features) of every window: what the trainer labels."""
    usage = _Usage.of(document)
    for first, last, begins in windows(document):
        yield first, last, features(document, usage, first, last, begins)


@cache
def _tagger() -> pycrfsuite.Tagger:
    tagger = pycrfsuite.Tagger()
    with as_file(files("bot.reading").joinpath("data", "names.crf")) as path:
        tagger.open(str(path))
    return tagger


def find_names(document: Document, reader: str = "model") -> tuple[Name, ...]:
    """All names of a document in text order, not overlapping; ``reader`` "rules" goes by the lexicon alone."""
    found: list[Name] = []
    loose: list[tuple[int, int]] = []
    labelled = _by_model(document) if reader == "model" else _by_lexicon(document)
    for first, last, labels in labelled:
        names = [_without_conjunction(document, name) for name in _spans(first, labels)]
        found += names
        taken = {i for name in names for i in range(name.first, name.last)}
        loose += [(i, i + 1) for i in range(first, last) if i not in taken]
    return _consistent(document, found, loose)


def _without_conjunction(document: Document, name: Name) -> Name:
    """ "Because Rell" at the head of a sentence is Rell; a surname alone is a person's."""
    begins = name.first == document.sentences[document.sentence[name.first]].first
    joins = document.words[name.first].lower() in word_set("subordinators")
    if not (begins and joins and name.last - name.first > 1):
        return name
    person = name.last - name.first == 2 and is_surname(document.words[name.last - 1])
    return Name(name.first + 1, name.last, NameType.PERSON if person else name.type)


def _by_model(document: Document) -> Iterator[tuple[int, int, Sequence[str]]]:
    tagger = _tagger()
    for first, last, rows in training_windows(document):
        yield first, last, tagger.tag(rows)


def _by_lexicon(document: Document) -> Iterator[tuple[int, int, Sequence[str]]]:
    """From a given name on a stretch is a person; any other names something that the catalogue may know."""
    for first, last, _ in windows(document):
        begin = first
        for i in range(first, last + 1):
            if i == last or document.words[i] == "and":
                yield begin, i, _lexicon_labels(document.words[begin:i])
                begin = i + 1


def _lexicon_labels(words: Sequence[str]) -> list[str]:
    titled = max((k + 1 for k, word in enumerate(words) if is_role(word) or is_courtesy(word)), default=0)
    if 0 < titled < len(words):
        return [*["O"] * titled, "B-PER", *["I-PER"] * (len(words) - titled - 1)]
    given = next((k for k in range(len(words) - 1) if is_given(words[k])), None)
    skipped = (
        given if given is not None else next((k for k, w in enumerate(words) if w.lower() not in function_words()), len(words))
    )
    kind = "PER" if given is not None else "ORG" if len(words) - skipped > 1 else "LOC"
    return [*["O"] * skipped, *[f"B-{kind}"] * (skipped < len(words)), *[f"I-{kind}"] * (len(words) - skipped - 1)]


def _spans(first: int, labels: Sequence[str]) -> Iterator[Name]:
    begin = 0
    for k, label in enumerate([*labels, "O"]):
        if begin < k and labels[begin] != "O" and label != "I-" + labels[begin][2:]:
            yield Name(first + begin, first + k, LABELS[labels[begin][2:]])
        if k == 0 or label[0] != "I" or label[2:] != labels[begin][2:]:
            begin = k


def _consistent(document: Document, names: Iterable[Name], loose: Iterable[tuple[int, int]]) -> tuple[Name, ...]:
    """One surface, one type: the majority in the document, a person's surname a person, gaps filled."""
    votes: dict[str, Counter[NameType]] = defaultdict(Counter)
    surnames: set[str] = set()
    names = list(names)
    for name in names:
        votes[_surface(document, name.first, name.last)][name.type] += 1
        if name.type is NameType.PERSON and name.last - name.first > 1:
            surnames.add(document.words[name.last - 1])
    best = {surface: counts.most_common(1)[0][0] for surface, counts in votes.items()}
    best |= dict.fromkeys(surnames, NameType.PERSON)
    out = [replace(n, type=best[_surface(document, n.first, n.last)]) for n in names]
    out += [
        Name(first, last, best[word])
        for first, last in loose
        if (word := document.words[first]) in best and (word in surnames or votes[word].total() >= 2)
    ]
    return tuple(sorted(out, key=lambda n: n.first))


def _surface(document: Document, first: int, last: int) -> str:
    return " ".join(document.words[first:last])
