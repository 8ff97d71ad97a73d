"""The learnt reader of quotations: a small convolutional network, run with numpy.

Two stages. The first looks at every token of the document and finds the cues ("said", "according to"), their class
and a hidden state for each token. The second looks from each cue at the tokens around it and labels which are its
source, its content and the rest of the cue. Trained by ``tools/train_quotations.py``; see docs/model-card.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
COORDINATED = 0.2
"""How likely, where it follows a conjunction."""
JOINING = frozenset(["and", "but"])
FINITE = frozenset(["VBD", "VBP", "VBZ", "MD"])
"""The treebank's tags of finite verbs."""
SPEECH = 0
"""The class of cues that say, rather than think or something else."""

Weights = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Network:
    """The members' numbers, whose votes are averaged, and the words that they all know."""

    members: tuple[Weights, ...]
    vectors: Floats
    vocabulary: Vocabulary
    verbs: Floats
    """Which parts of speech are verbs, which finite, and which of these can't be the bare form: a row a part."""
    calibration: Floats


class Scored(NamedTuple):
    """A cue: how likely it is one and whether of speech. Then, from token ``first`` on, a row for each token of its window:
    likelihoods of the seven labels; of being a verb, a finite one, and a finite one that can't be the bare form."""

    token: int
    likelihood: float
    speech: bool
    first: int
    roles: Floats
    verbs: Floats


class _Seen(NamedTuple):
    """What one member makes of the tokens from ``low`` on, a row each."""

    low: int
    hidden: Floats
    known: Floats
    anchors: Floats
    classes: Floats
    parts: Floats


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
    parts = bytes(arrays["parts"]).decode("utf-8").split("\n")
    verbs = np.array([(part[:2] in {"VB", "MD"}, part in FINITE, part in FINITE - {"VBP"}) for part in parts], np.float32)
    vocabulary = Vocabulary(_rows(words), _rows(own))
    return Network(tuple(members), padded, vocabulary, verbs, arrays["calibration"].astype(np.float32))


def _laid_out(name: str, array: Floats) -> Iterator[tuple[str, Floats]]:
    """The kernel of a convolution as three matrices; any other weights as they are."""
    if array.ndim < 3:
        yield name, np.ascontiguousarray(array)
        return
    for k, side in enumerate(("before", "here", "after")):
        yield name.removesuffix("weight") + side, np.ascontiguousarray(array[:, :, k].T)


def _rows(words: Sequence[str]) -> dict[str, int]:
    return {word: row for row, word in enumerate(words, 1)}


def scored_cues(document: Document, model: Network) -> Iterator[Scored]:
    """The cues of a document in text order, each with what its window is made of: the mean of the members."""
    words, facts = look_up(document, model.vocabulary), flags(document)
    tables = [_table(words, model, weights) for weights in model.members]
    for first in range(0, len(document.words), PIECE):
        last = min(first + PIECE, len(document.words))
        low, high = max(0, first - REACH), min(len(document.words), last + REACH)
        seen = [
            _first_stage(document, weights, table, words.rows, facts, low, high)
            for weights, table in zip(model.members, tables, strict=True)
        ]
        cues = [token for token in _cues(document, low, _mean([one.anchors for one in seen])) if first <= token < last]
        for at in range(0, len(cues), GROUP):
            yield from _roles(document, model, seen, cues[at : at + GROUP])


def _cues(document: Document, low: int, anchors: Floats) -> Iterator[int]:
    """Likely cues, and those that are less likely but follow a conjunction: they may end what another says."""
    for k in np.flatnonzero(anchors > COORDINATED).tolist():
        token = low + k
        joined = not JOINING.isdisjoint(word.lower() for word in document.words[max(0, token - 2) : token])
        if document.places[token] != Place.MARK and (joined or anchors[k] > ANCHOR):
            yield token


def _table(words: Words, model: Network, weights: Weights) -> Floats:
    """The distinct words of a document as one member sees them, a row each."""
    own, suffixes, shapes = weights["own.weight"], weights["suf.weight"], weights["shp.weight"]
    return np.concatenate([model.vectors[words.vector], own[words.own], suffixes[words.suffix], shapes[words.shape]], -1)


def _roles(document: Document, model: Network, seen: Sequence[_Seen], cues: Sequence[int]) -> Iterator[Scored]:
    windows = [window(document, cue) for cue in cues]
    scored = [_second_stage(document, w, one, cues, windows) for w, one in zip(model.members, seen, strict=True)]
    roles, at, low = _mean(scored), 0, seen[0].low
    anchors, classes, parts = (_mean([getattr(one, column) for one in seen]) for column in ("anchors", "classes", "parts"))
    for cue, (start, end) in zip(cues, windows, strict=True):
        k = cue - low
        verbs = parts[start - low : end - low] @ model.verbs
        yield Scored(cue, float(anchors[k]), bool(classes[k].argmax() == SPEECH), start, roles[at : at + end - start], verbs)
        at += end - start + APART


def _mean(parts: Sequence[Floats]) -> Floats:
    return np.asarray(sum(parts) / np.float32(len(parts)), np.float32)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)


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
    classes = hidden @ weights["cls.weight"].T + weights["cls.bias"]
    parts = _softmax(hidden @ weights["pos.weight"].T + weights["pos.bias"])
    return _Seen(low, hidden, known, anchors[:, 0], classes, parts)


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
    document: Document, weights: Weights, seen: _Seen, cues: Sequence[int], windows: Sequence[tuple[int, int]]
) -> Floats:
    """Likelihoods of the labels, a row a token of the windows, with ``APART`` empty rows after each window."""
    sizes = [last - first + APART for first, last in windows]
    tokens = np.concatenate([np.r_[first:last, [first] * APART] for first, last in windows])
    real = np.concatenate([np.arange(size) < size - APART for size in sizes]).astype(np.float32)[:, None]
    owner = np.repeat(cues, sizes)
    asked = np.repeat(seen.hidden[[cue - seen.low for cue in cues]] @ weights["v.weight"].T, sizes, 0)
    sentences = np.frombuffer(document.sentence, np.uint32)
    apart = np.clip(sentences[tokens].astype(np.int64) - sentences[owner], -2, 2) + 2
    x = seen.known[tokens - seen.low] + asked + weights["rel.weight"][bucket(tokens - owner)] + weights["sd.weight"][apart]
    x = _layers(np.maximum(x, 0) * real, real, weights, SECOND_DILATIONS, "2")
    return _softmax(x @ weights["out.weight"].T + weights["out.bias"])


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
