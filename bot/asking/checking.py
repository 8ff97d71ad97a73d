"""Whether somebody said what is claimed: the claim beside the nearest words stored. Pure."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from bot.asking.weighing import stems_of
from bot.model import Cited, Kind
from bot.terms import words

_ALTERED = 78
"""Likeness (0-100) from which on quoted words are the claimed ones, altered."""


def covered(terms: Sequence[str], given: Iterable[str]) -> float:
    """The share of ``terms`` that is given."""
    held = set(given)
    return sum(term in held for term in terms) / len(terms) if terms else 0.0


def closeness(claim: str, terms: Sequence[str], cited: Cited) -> float:
    """How near a quotation is to a claim: the share of its terms, then the likeness of its wording."""
    return covered(terms, stems_of(cited)) + fuzz.token_set_ratio(claim.lower(), " ".join(cited.words).lower()) / 1000


def verdict(claim: str, terms: Sequence[str], near: Sequence[Cited]) -> str:
    """Altered: quoted words nearly as claimed. Paraphrase: an outlet's wording has all the claim says. Else not found."""
    if not near:
        return "not found"
    best = near[0]
    said = " ".join(words(" ".join(best.words)))
    likeness = fuzz.partial_ratio(" ".join(words(claim)), said)
    if best.quotation.kind is not Kind.INDIRECT and likeness >= _ALTERED and len(words(claim)) > 2:
        return "altered"
    negated = bool(re.search(r"\b(?:not|never|no|n't)\b", claim)) != bool(re.search(r"\b(?:not|never|no)\b", said))
    if best.quotation.kind is Kind.INDIRECT and covered(terms, stems_of(best)) >= 0.9 and not negated:
        return "paraphrase"
    return "not found"
