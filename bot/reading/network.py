"""The learnt reader of quotations: a small convolutional network, run with numpy.

Two stages. The first looks at every token of the document and finds the cues ("said", "according to"), their class
and a hidden state for each token. The second looks from each cue at the tokens around it and labels which are its
source, its content and the rest of the cue. Trained by ``tools/train_quotations.py``; see docs/model-card.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, kind_of
from bot.reading.clauses import has_verb
from bot.reading.document import Document, Place
from bot.reading.features import Floats, Integers, Vocabulary, flags, look_up

REACH = 110
"""Tokens before and after a cue among which its source and content are looked for."""
GAP = 2
"""Empty positions between paragraphs."""
PIECE = 4096
"""Tokens that are convolved at once: memory does not grow with the text."""
DILATIONS, SECOND_DILATIONS = (1, 2, 4, 8, 16, 1, 2), (1, 2, 4, 8)
SIGHT = sum(DILATIONS)
"""Tokens that the first stage sees to each side."""
SOURCE, CONTENT, CUE = (1, 2), (3, 4), (5, 6)
"""Labels of the second stage, each beginning and inside; 0 is none of them."""
ANCHOR = 0.4
"""How likely a token must be a cue to be followed up."""
_SPEECH = 0
_LENIENCY = 0.0
_PHRASE = 5
"""A phrase of no more words and without a verb says what it was about, not what was said."""
_BREAK = 12
_DENIALS = frozenset(["without", "not", "n't", "never", "declined", "refused", "neither"])
_EDGES = frozenset([",", ".", ";", ":", "—", "–", "-"])
LEAST = 0.15
"""Attributions that are less likely to be right are left out."""


@dataclass(frozen=True, slots=True)
class Network:
    """The model's numbers and the words they are for."""

    weights: dict[str, Floats]
    vectors: Floats
    vocabulary: Vocabulary
    calibration: Floats


class _Cue(NamedTuple):
    token: int
    likelihood: float
    statement: bool


@cache
def network() -> Network:
    """The model that travels with the package. Raises ``FileNotFoundError`` if it does not."""
    with files("bot.reading").joinpath("data", "quotations.npz").open("rb") as stream, np.load(stream) as held:
        arrays = {name: held[name] for name in held.files}
    words = bytes(arrays.pop("words")).decode("utf-8").split("\n")
    own = bytes(arrays.pop("own")).decode("utf-8").split("\n")
    vectors = arrays.pop("vectors").astype(np.float32) * arrays.pop("scale").astype(np.float32)
    calibration = arrays.pop("calibration").astype(np.float32)
    padded = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    numbers = {name: np.ascontiguousarray(array.astype(np.float32)) for name, array in arrays.items()}
    return Network(numbers, padded, Vocabulary(_rows(words), _rows(own)), calibration)


def _rows(words: Sequence[str]) -> dict[str, int]:
    return {word: row for row, word in enumerate(words, 1)}


def learnt_attributions(document: Document) -> Iterator[RawQuotation]:
    """The attributions the model finds, by cue, overlapping ones settled; confidence is calibrated."""
    if not document.words:
        return
    model = network()
    found = list(_attributions(document, model))
    found.sort(key=lambda pair: -pair[1].confidence)
    taken: dict[int, list[frozenset[int]]] = {}
    for tokens, quotation in found:
        near = [other for token in tokens for other in taken.get(token, ())]
        if quotation.confidence >= LEAST and not any(2 * len(tokens & other) > min(len(tokens), len(other)) for other in near):
            for token in tokens:
                taken.setdefault(token, []).append(tokens)
            yield quotation


def _attributions(document: Document, model: Network) -> Iterator[tuple[frozenset[int], RawQuotation]]:
    hidden, anchors, classes = _first_stage(document, model)
    cues = [
        _Cue(int(i), float(anchors[i]), _is_statement(classes[i]))
        for i in np.flatnonzero(anchors > ANCHOR)
        if document.places[i] != Place.MARK
    ]
    for cue, first, labels, likelihoods in _second_stage(document, model, hidden, anchors, cues):
        quotation = _decoded(document, cue, first, labels, likelihoods, model.calibration)
        if quotation:
            tokens = frozenset(i for span in quotation.content for i in range(*document.tokens_in(span)))
            yield tokens, quotation


def _is_statement(scores: Floats) -> bool:
    """Speech rather than thought or feeling, or what is neither."""
    return float(scores[_SPEECH]) + _LENIENCY >= float(scores.max())


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _norm(x: Floats, weights: dict[str, Floats], name: str) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    scaled: Floats = centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _convolved(x: Floats, weights: dict[str, Floats], name: str, dilation: int) -> Floats:
    """A convolution of width 3 over the rows of ``x``, zeros beyond its ends."""
    kernel = weights[f"{name}.weight"]
    out: Floats = x @ kernel[:, :, 1].T + weights[f"{name}.bias"]
    if len(x) > dilation:
        out[dilation:] += x[:-dilation] @ kernel[:, :, 0].T
        out[:-dilation] += x[dilation:] @ kernel[:, :, 2].T
    return out


def _first_stage(document: Document, model: Network) -> tuple[Floats, Floats, Floats]:
    """(hidden states, likelihoods of being a cue, class scores), a row a token."""
    weights = model.weights
    words = look_up(document, model.vocabulary)
    columns = [
        model.vectors[words.vector],
        weights["own.weight"][words.own],
        weights["suf.weight"][words.suffix],
        weights["shp.weight"][words.shape],
    ]
    known = np.concatenate(columns, -1)[words.rows]
    inside = np.concatenate([known, flags(document)], -1)
    paragraphs = np.frombuffer(document.paragraph, np.uint32).astype(np.int64)
    parts = []
    for first in range(0, len(inside), PIECE):
        low, last = max(0, first - SIGHT), min(first + PIECE, len(inside))
        parts.append(_hidden(inside[low : last + SIGHT], paragraphs[low : last + SIGHT], weights)[first - low : last - low])
    hidden = np.concatenate(parts)
    anchors = _sigmoid(hidden @ weights["anchor.weight"].T + weights["anchor.bias"])[:, 0]
    return hidden, anchors, hidden @ weights["cls.weight"].T + weights["cls.bias"]


def _hidden(inside: Floats, paragraphs: Integers, weights: dict[str, Floats]) -> Floats:
    """Hidden states of a stretch of tokens."""
    at = np.arange(len(inside)) + GAP * (paragraphs - paragraphs[0])
    x = np.zeros((int(at[-1]) + 1, len(weights["inp.bias"])), np.float32)
    x[at] = np.maximum(inside @ weights["inp.weight"].T + weights["inp.bias"], 0)
    real = np.zeros((len(x), 1), np.float32)
    real[at] = 1
    for layer, dilation in enumerate(DILATIONS):
        x = _norm(x + np.maximum(_convolved(x, weights, f"conv.{layer}", dilation), 0), weights, f"norm.{layer}") * real
    found: Floats = x[at]
    return found


def _second_stage(
    document: Document, model: Network, hidden: Floats, anchors: Floats, cues: Sequence[_Cue]
) -> Iterator[tuple[_Cue, int, Integers, Floats]]:
    """For each cue: (cue, first token of its window, labels, their likelihoods)."""
    if not cues:
        return
    weights = model.weights
    known = np.concatenate([hidden, anchors[:, None]], -1) @ weights["u.weight"].T + weights["u.bias"]
    sentences = np.frombuffer(document.sentence, np.uint32).astype(np.int64)
    for cue in cues:
        first, last = window(document, cue.token)
        seen = hidden[cue.token] @ weights["v.weight"].T
        distance = bucket(np.arange(first, last) - cue.token)
        apart = np.clip(sentences[first:last] - sentences[cue.token], -2, 2) + 2
        x = np.maximum(known[first:last] + seen + weights["rel.weight"][distance] + weights["sd.weight"][apart], 0)
        for layer, dilation in enumerate(SECOND_DILATIONS):
            x = _norm(x + np.maximum(_convolved(x, weights, f"conv2.{layer}", dilation), 0), weights, f"norm2.{layer}")
        scores = x @ weights["out.weight"].T + weights["out.bias"]
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        likelihoods = scores / scores.sum(-1, keepdims=True)
        yield cue, first, likelihoods.argmax(-1), likelihoods


def window(document: Document, token: int) -> tuple[int, int]:
    """The tokens ``[first, last)`` among which a cue's source and content are looked for: its paragraph, the next after a colon."""
    index = document.paragraph[token]
    paragraph = document.paragraphs[index]
    first, last = max(paragraph.first, token - REACH), min(paragraph.last, token + REACH)
    announces = last == paragraph.last and document.words[last - 1] == ":" and index + 1 < len(document.paragraphs)
    return first, min(document.paragraphs[index + 1].last, token + REACH) if announces else last


def bucket(distance: Integers) -> Integers:
    """Distances up to 7 apart are told exactly, longer ones by quarters of an octave; behind and ahead apart."""
    size = np.abs(distance)
    coarse = np.minimum(23, 8 + np.floor(4 * np.log2(np.maximum(size, 8) / 8)).astype(np.int64))
    return np.where(distance < 0, 24, 0) + np.where(size < 8, size, coarse)


def _decoded(
    document: Document, cue: _Cue, first: int, labels: Integers, likelihoods: Floats, calibration: Floats
) -> RawQuotation | None:
    content = _runs(document, first, _joined(document, first, labels), CONTENT)
    if not content:
        return None
    source, cues = _runs(document, first, labels, SOURCE), _runs(document, first, labels, CUE)
    certain = _certainty(labels, likelihoods, CONTENT) + float(np.log(cue.likelihood))
    certain += _certainty(labels, likelihoods, SOURCE) if source else -1.0
    kind = kind_of(document, content)
    size = int(np.isin(labels, CONTENT).sum())
    facts = (certain + 0.5, np.log(1 + min(size, 12)), kind is Kind.DIRECT, kind is Kind.MIXED, bool(source), 1.0)
    confidence = _sigmoid(np.asarray(facts, np.float32) @ calibration)
    spans = cues or (document.span(cue.token, cue.token + 1),)
    said = kind is not Kind.INDIRECT or size > _PHRASE or any(has_verb(document, *document.tokens_in(span)) for span in content)
    statement = cue.statement and said and not _unsaid(document, cue.token)
    return RawQuotation(content, spans, source, kind, statement=statement, confidence=float(confidence))


def _joined(document: Document, first: int, labels: Integers) -> Integers:
    """Content that breaks off within a sentence and goes on in it, with no other role between, is one content."""
    inside = np.flatnonzero(np.isin(labels, CONTENT))
    whole = labels.copy()
    for before, after in pairwise(inside.tolist()):
        same = document.sentence[first + before] == document.sentence[first + after]
        if 1 < after - before <= _BREAK and same and not labels[before + 1 : after].any():
            whole[before + 1 : after + 1] = CONTENT[1]
    return whole


def _unsaid(document: Document, token: int) -> bool:
    """What is told not to have been said."""
    return any(document.words[i].lower() in _DENIALS for i in range(max(0, token - 2), token))


def _certainty(labels: Integers, likelihoods: Floats, kind: tuple[int, int]) -> float:
    """The mean log likelihood of the tokens that are labelled so."""
    return float(np.log(likelihoods[np.isin(labels, kind)][:, list(kind)].sum(-1)).mean())


def _runs(document: Document, first: int, labels: Integers, kind: tuple[int, int]) -> tuple[Span, ...]:
    """The spans of one kind; a run begins anew where the label says so, unless only a mark or a comma lies between."""
    spans: list[list[int]] = []
    for k in np.flatnonzero(np.isin(labels, kind)):
        at = first + int(k)
        if spans and at == spans[-1][1] and labels[k] == kind[1]:
            spans[-1][1] = at + 1
        else:
            spans.append([at, at + 1])
    trimmed = [_trimmed(document, start, end) for start, end in spans]
    return tuple(document.span(start, end) for start, end in trimmed if start < end)


def _trimmed(document: Document, first: int, last: int) -> tuple[int, int]:
    """Without commas and stops around it, and without the marks of a quotation that it is the whole of."""
    words, places = document.words, document.places
    while first < last and words[first] in _EDGES and places[first] == Place.OUTSIDE:
        first += 1
    while first < last and words[last - 1] in _EDGES and places[last - 1] == Place.OUTSIDE:
        last -= 1
    if all(places[i] != Place.OUTSIDE for i in range(first, last)):
        while first < last and places[first] == Place.MARK:
            first += 1
        while first < last and places[last - 1] == Place.MARK:
            last -= 1
    return (first, last) if any(words[i][0].isalnum() for i in range(first, last)) else (first, first)
