"""How likely attributions are to be right: the fit of the quotation model's confidence, and how well it keeps its word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from bot.model import Span
from bot.reading.attributions import RawQuotation, is_word
from bot.reading.decoding import FACTS, decoded
from bot.reading.document import Document
from bot.reading.features import Floats
from bot.reading.network import Network, scored_cues

_ROUNDS = 50


class Judged(NamedTuple):
    """An attribution, and whether an annotated one has half of its words, and the source too."""

    quotation: RawQuotation
    words: bool
    right: bool


def calibration(model: Network, records: Sequence[Mapping[str, Any]]) -> Floats:
    """Weights of the facts that the confidence depends on, by logistic regression over articles that the model has not seen."""
    facts, right = [], []
    for record in records:
        document = Document.of(record["text"])
        found = list(decoded(document, model, scored_cues(document, model)))
        facts += [draft.facts for draft in found]
        right += [judged.right for judged in judge(document, record, [draft.quotation for draft in found])]
    x, y = np.array(facts, np.float64).reshape(-1, FACTS), np.array(right, np.float64)
    weights = np.zeros(FACTS)
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (likely - y) + weights
        bend = (x * (likely * (1 - likely))[:, None]).T @ x + np.eye(FACTS)
        weights -= np.linalg.solve(bend, slope)
    return weights.astype(np.float32)


def judge(document: Document, record: Mapping[str, Any], found: Iterable[RawQuotation]) -> Iterator[Judged]:
    """Each attribution against the annotated ones."""
    gold = [(_words(document, a["content"]), _words(document, a["source"])) for a in record["attributions"]]
    for quotation in found:
        content, source = _words(document, quotation.content), _words(document, quotation.source)
        near = [who for what, who in gold if 2 * len(what & content) >= len(what | content) > 0]
        yield Judged(quotation, bool(near), any(who & source or (not who and not source) for who in near))


def _words(document: Document, spans: Iterable[Span | Sequence[int]]) -> set[int]:
    return {i for start, end in spans for i in range(*document.tokens_in((start, end))) if is_word(document, i)}


def reliability(judged: Sequence[Judged]) -> Iterator[str]:
    """A line for each tenth of confidence: how many, what they promise, how many are right."""
    for tenth in range(10):
        here = [one for one in judged if tenth <= 10 * one.quotation.confidence < tenth + 1]
        if here:
            promised = sum(one.quotation.confidence for one in here) / len(here)
            right = sum(one.right for one in here) / len(here)
            yield f"confidence {tenth / 10:.1f}-{tenth / 10 + 0.1:.1f}: {len(here):5d} of {promised:.2f}, right {right:.2f}"
