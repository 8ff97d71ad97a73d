"""Whether somebody said what is claimed: the claim beside the nearest words stored. Pure."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from bot.asking.answers import Change
from bot.asking.weighing import stems_of
from bot.frames import is_contrary
from bot.model import Cited, Kind
from bot.terms import words

_Place = tuple[str, int, int]
_ALTERED = 78
"""Likeness (0-100) from which on quoted words are the claimed ones, altered."""


def covered(terms: Sequence[str], given: Iterable[str]) -> float:
    """The share of ``terms`` that is given."""
    held = set(given)
    return sum(term in held for term in terms) / len(terms) if terms else 0.0


def closeness(claim: str, terms: Sequence[str], cited: Cited) -> float:
    """How near a quotation is to a claim: the share of its terms, then the likeness of its wording."""
    return covered(terms, stems_of(cited)) + fuzz.token_set_ratio(claim.lower(), " ".join(cited.words).lower()) / 1000


def verdict(claim: str, terms: Sequence[str], near: Sequence[Cited]) -> tuple[str, tuple[Change, ...]]:
    """Altered: quoted words nearly as claimed, with what differs; verbatim where only their form does ("U.S." for "US").
    Paraphrase: an outlet's wording has all the claim says. Else, and where the source tells the contrary
    of it, not found."""
    if not near:
        return "not found", ()
    best = near[0]
    if is_contrary(best):
        return "not found", ()
    said = " ".join(words(" ".join(best.words)))
    likeness = fuzz.partial_ratio(" ".join(words(claim)), said)
    if best.quotation.kind is not Kind.INDIRECT and likeness >= _ALTERED and len(words(claim)) > 2:
        changes = differences(claim, best)
        return "altered" if changes else "verbatim", changes
    negated = bool(re.search(r"\b(?:not|never|no|n't)\b", claim)) != bool(re.search(r"\b(?:not|never|no)\b", said))
    if best.quotation.kind is Kind.INDIRECT and covered(terms, stems_of(best)) >= 0.9 and not negated:
        return "paraphrase", ()
    return "not found", ()


def differences(claim: str, cited: Cited) -> tuple[Change, ...]:
    """Where a claim departs from the words of a quotation, word by word, within the passage that the claim is nearest to."""
    said = " ".join(cited.words)
    mine, theirs = _places(claim), _places(said)
    matcher = SequenceMatcher(None, [word for word, _, _ in mine], [word for word, _, _ in theirs], autojunk=False)
    steps = matcher.get_opcodes()
    while steps and steps[0][0] == "insert":
        steps.pop(0)
    while steps and steps[-1][0] == "insert":
        steps.pop()
    changed = [(mine[a:b], _within(theirs[c:d], b - a, c == 0, d == len(theirs))) for tag, a, b, c, d in steps if tag != "equal"]
    return tuple(Change(_piece(claim, ours), _piece(said, source)) for ours, source in changed)


def _within(source: list[_Place], many: int, first: bool, last: bool) -> list[_Place]:
    """Of a quotation's beginning or end only as many words as the claim has in their place."""
    if many and last:
        return source[:many]
    return source[-many:] if many and first else source


def _places(text: str) -> list[_Place]:
    """The words of a text, folded, with where each stands."""
    found = ((words(match[0]), match.start(), match.end()) for match in re.finditer(r"\w+(?:['’ʼ.‐‑–-]\w+)*", text))
    return [("".join(folded), start, end) for folded, start, end in found if folded]


def _piece(text: str, places: Sequence[_Place]) -> str:
    return text[places[0][1] : places[-1][2]] if places else ""
