"""The learnt reader of quotations: a small convolutional network, run with numpy.

Two stages. The first looks at every token of the document and finds the cues ("said", "according to"), their class
and a hidden state for each token. The second looks from each cue at the tokens around it and labels which are its
source, its content and the rest of the cue. Trained by ``tools/train_quotations.py``; see docs/model-card.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, kind_of
from bot.reading.clauses import has_verb
from bot.reading.document import Document, Place
from bot.reading.features import Floats, Integers, Vocabulary, Words, flags, look_up

REACH = 110
"""Tokens before and after a cue among which its source and content are looked for."""
GAP = 2
"""Empty positions between paragraphs."""
PIECE = 4096
"""Tokens that are convolved at once: memory does not grow with the text."""
GROUP = 24
"""Cues whose windows are convolved at once."""
DILATIONS, SECOND_DILATIONS = (1, 2, 4, 8, 16, 1, 2), (1, 2, 4, 8)
APART = max(SECOND_DILATIONS)
"""Empty rows between the windows of two cues."""
SIGHT = sum(DILATIONS)
"""Tokens that the first stage sees to each side."""
SOURCE, CONTENT, CUE = (1, 2), (3, 4), (5, 6)
"""Labels of the second stage, each beginning and inside; 0 is none of them."""
ANCHOR = 0.4
"""How likely a token must be a cue to be followed up."""
FAINT = 0.25
"""How likely a token must be a source to be taken for one where none is likely."""
_SPEECH = 0
_LENIENCY = 0.0
_PHRASE = 5
"""A phrase of no more words and without a verb says what it was about, not what was said."""
_BREAK = 12
_DENIALS = frozenset(["without", "not", "n't", "never", "declined", "refused", "neither"])
_EDGES = frozenset([",", ".", ";", ":", "—", "–", "-"])
LEAST = 0.15
"""Attributions that are less likely to be right are left out."""

Weights = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Network:
    """The members' numbers, whose votes are averaged, and the words that they all know."""

    members: tuple[Weights, ...]
    vectors: Floats
    vocabulary: Vocabulary
    calibration: Floats


class _Cue(NamedTuple):
    token: int
    likelihood: float
    statement: bool


class _Seen(NamedTuple):
    """What one member makes of the tokens from ``low`` on, a row each."""

    low: int
    hidden: Floats
    known: Floats
    anchors: Floats
    classes: Floats


@cache
def network() -> Network:
    """The model that travels with the package. Raises ``FileNotFoundError`` if it does not."""
    with files("bot.reading").joinpath("data", "quotations.npz").open("rb") as stream, np.load(stream) as held:
        return network_of({name: held[name] for name in held.files})


def network_of(arrays: Mapping[str, NDArray[Any]]) -> Network:
    """The network that a trained file's arrays hold; member 0's are named ``0.conv.1.weight`` and so on."""
    words, own = (bytes(arrays[name]).decode("utf-8").split("\n") for name in ("words", "own"))
    vectors = arrays["vectors"].astype(np.float32) * arrays["scale"].astype(np.float32)
    padded = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    names = [name.partition(".") for name in arrays]
    members: list[Weights] = [{} for _ in {number for number, dot, _ in names if dot}]
    for number, dot, name in names:
        if dot:
            members[int(number)] |= dict(_laid_out(name, arrays[f"{number}.{name}"].astype(np.float32)))
    return Network(tuple(members), padded, Vocabulary(_rows(words), _rows(own)), arrays["calibration"].astype(np.float32))


def _laid_out(name: str, array: Floats) -> Iterator[tuple[str, Floats]]:
    """The kernel of a convolution as three matrices; any other weights as they are."""
    if array.ndim < 3:
        yield name, np.ascontiguousarray(array)
        return
    for k, side in enumerate(("before", "here", "after")):
        yield name.removesuffix("weight") + side, np.ascontiguousarray(array[:, :, k].T)


def _rows(words: Sequence[str]) -> dict[str, int]:
    return {word: row for row, word in enumerate(words, 1)}


def learnt_attributions(document: Document) -> Iterator[RawQuotation]:
    """The attributions the model finds, by cue, overlapping ones settled; confidence is calibrated."""
    if not document.words:
        return
    found = list(_attributions(document, network()))
    found.sort(key=lambda pair: -pair[1].confidence)
    taken: dict[int, list[frozenset[int]]] = {}
    for tokens, quotation in found:
        near = [other for token in tokens for other in taken.get(token, ())]
        if quotation.confidence >= LEAST and not any(2 * len(tokens & other) > min(len(tokens), len(other)) for other in near):
            for token in tokens:
                taken.setdefault(token, []).append(tokens)
            yield quotation


def _attributions(document: Document, model: Network) -> Iterator[tuple[frozenset[int], RawQuotation]]:
    for cue, at, likelihoods in scored_cues(document, model):
        quotation = _decoded(document, cue, at, likelihoods, model.calibration)
        if quotation:
            tokens = frozenset(i for span in quotation.content for i in range(*document.tokens_in(span)))
            yield tokens, quotation


def scored_cues(document: Document, model: Network) -> Iterator[tuple[_Cue, int, Floats]]:
    """Each cue with the first token of its window and the likelihoods of its tokens' labels, a row a token: the members' mean."""
    words, facts = look_up(document, model.vocabulary), flags(document)
    tables = [_table(words, model, weights) for weights in model.members]
    for first in range(0, len(document.words), PIECE):
        last = min(first + PIECE, len(document.words))
        low, high = max(0, first - REACH), min(len(document.words), last + REACH)
        seen = [
            _first_stage(document, weights, table, words.rows, facts, low, high)
            for weights, table in zip(model.members, tables, strict=True)
        ]
        anchors, classes = _mean([one.anchors for one in seen]), _mean([one.classes for one in seen])
        cues = [
            _Cue(low + int(i), float(anchors[i]), _is_statement(classes[i]))
            for i in np.flatnonzero(anchors > ANCHOR)
            if first <= low + i < last and document.places[low + i] != Place.MARK
        ]
        for at in range(0, len(cues), GROUP):
            yield from _roles(document, model, seen, cues[at : at + GROUP])


def _table(words: Words, model: Network, weights: Weights) -> Floats:
    """The distinct words of a document as one member sees them, a row each."""
    own, suffixes, shapes = weights["own.weight"], weights["suf.weight"], weights["shp.weight"]
    return np.concatenate([model.vectors[words.vector], own[words.own], suffixes[words.suffix], shapes[words.shape]], -1)


def _roles(document: Document, model: Network, seen: Sequence[_Seen], cues: Sequence[_Cue]) -> Iterator[tuple[_Cue, int, Floats]]:
    windows = [window(document, cue.token) for cue in cues]
    scored = [_second_stage(document, w, one, cues, windows) for w, one in zip(model.members, seen, strict=True)]
    likelihoods, at = _mean(scored), 0
    for cue, (start, end) in zip(cues, windows, strict=True):
        yield cue, start, likelihoods[at : at + end - start]
        at += end - start + APART


def _mean(parts: Sequence[Floats]) -> Floats:
    return np.asarray(sum(parts) / np.float32(len(parts)), np.float32)


def _is_statement(scores: Floats) -> bool:
    """Speech rather than thought or feeling, or what is neither."""
    return float(scores[_SPEECH]) + _LENIENCY >= float(scores.max())


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _norm(x: Floats, weights: Weights, name: str) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    scaled: Floats = centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _convolved(x: Floats, weights: Weights, name: str, dilation: int) -> Floats:
    """A convolution of width 3 over the rows of ``x``, zeros beyond its ends."""
    out: Floats = x @ weights[f"{name}.here"] + weights[f"{name}.bias"]
    if len(x) > dilation:
        out[dilation:] += x[:-dilation] @ weights[f"{name}.before"]
        out[:-dilation] += x[dilation:] @ weights[f"{name}.after"]
    return out


def _layers(x: Floats, real: Floats, weights: Weights, dilations: Sequence[int], number: str) -> Floats:
    """Convolutions that each add to what they see; rows that are not ``real`` stay zero."""
    for layer, dilation in enumerate(dilations):
        added = np.maximum(_convolved(x, weights, f"conv{number}.{layer}", dilation), 0)
        x = _norm(x + added, weights, f"norm{number}.{layer}") * real
    return x


def _first_stage(
    document: Document, weights: Weights, table: Floats, rows: Integers, facts: Floats, low: int, high: int
) -> _Seen:
    start, end = max(0, low - SIGHT), min(len(rows), high + SIGHT)
    inside = np.concatenate([table[rows[start:end]], facts[start:end]], -1)
    paragraphs = np.frombuffer(document.paragraph, np.uint32)[start:end].astype(np.int64)
    hidden = _hidden(inside, paragraphs, weights)[low - start : high - start]
    anchors = _sigmoid(hidden @ weights["anchor.weight"].T + weights["anchor.bias"])
    known = np.concatenate([hidden, anchors], -1) @ weights["u.weight"].T + weights["u.bias"]
    return _Seen(low, hidden, known, anchors[:, 0], hidden @ weights["cls.weight"].T + weights["cls.bias"])


def _hidden(inside: Floats, paragraphs: Integers, weights: Weights) -> Floats:
    """Hidden states of a stretch of tokens."""
    at = np.arange(len(inside)) + GAP * (paragraphs - paragraphs[0])
    x = np.zeros((int(at[-1]) + 1, len(weights["inp.bias"])), np.float32)
    x[at] = np.maximum(inside @ weights["inp.weight"].T + weights["inp.bias"], 0)
    real = np.zeros((len(x), 1), np.float32)
    real[at] = 1
    found: Floats = _layers(x, real, weights, DILATIONS, "")[at]
    return found


def _second_stage(
    document: Document, weights: Weights, seen: _Seen, cues: Sequence[_Cue], windows: Sequence[tuple[int, int]]
) -> Floats:
    """Likelihoods of the labels, a row a token of the windows, with ``APART`` empty rows after each window."""
    sizes = [last - first + APART for first, last in windows]
    tokens = np.concatenate([np.r_[first:last, [first] * APART] for first, last in windows])
    real = np.concatenate([np.arange(size) < size - APART for size in sizes]).astype(np.float32)[:, None]
    owner = np.repeat([cue.token for cue in cues], sizes)
    asked = np.repeat(seen.hidden[[cue.token - seen.low for cue in cues]] @ weights["v.weight"].T, sizes, 0)
    sentences = np.frombuffer(document.sentence, np.uint32)
    apart = np.clip(sentences[tokens].astype(np.int64) - sentences[owner], -2, 2) + 2
    x = seen.known[tokens - seen.low] + asked + weights["rel.weight"][bucket(tokens - owner)] + weights["sd.weight"][apart]
    x = _layers(np.maximum(x, 0) * real, real, weights, SECOND_DILATIONS, "2")
    scores = x @ weights["out.weight"].T + weights["out.bias"]
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    likelihoods: Floats = scores / scores.sum(-1, keepdims=True)
    return likelihoods


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


def _decoded(document: Document, cue: _Cue, first: int, likelihoods: Floats, calibration: Floats) -> RawQuotation | None:
    labels = _labels(likelihoods)
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


def _labels(likelihoods: Floats) -> Integers:
    """The likeliest role of each token; where no token is likeliest a source, the run around the one that comes closest."""
    roles = np.stack([likelihoods[:, 0], *(likelihoods[:, list(kind)].sum(-1) for kind in (SOURCE, CONTENT, CUE))], -1)
    chosen = roles.argmax(-1)
    begins = likelihoods[:, 1::2] > likelihoods[:, 2::2]
    labels = np.where(chosen == 0, 0, 2 * chosen)
    for role in (1, 2, 3):
        labels[(chosen == role) & begins[:, role - 1]] -= 1
    source = roles[:, 1]
    peak = int(source.argmax())
    if not (chosen == 1).any() and source[peak] >= FAINT:
        first, last = peak, peak + 1
        while first and source[first - 1] >= FAINT / 2:
            first -= 1
        while last < len(source) and source[last] >= FAINT / 2:
            last += 1
        labels[first:last] = SOURCE[1]
    return labels


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
