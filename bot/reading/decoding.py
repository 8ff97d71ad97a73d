"""From the network's likelihoods to attributions: what each cue's source, cue and content are, decided together."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, kind_of
from bot.reading.document import Document, Place, Quote
from bot.reading.features import Floats, Integers
from bot.reading.network import ANCHOR, CONTENT, CUE, JOINING, SOURCE, Network, Scored, network, scored_cues

FAINT = 0.25
"""How likely a token must be a source, or a verb, to be taken for one where none is likely."""
LEAST = 0.25
"""Attributions that are less likely to be right are left out."""
VERB = 0.5
"""How likely a word must be a verb to be taken for one."""
FACTS = 13
_NIL = 1e-4
_BREAK = 12
_DENIALS = frozenset(["without", "not", "n't", "never", "declined", "refused", "neither"])
_SEEMING = frozenset(["appear", "appears", "appeared", "seem", "seems", "seemed"])
_NAMELESS = re.compile(r"(?:on )?(?:the )?condition (?:of anonymity|that)|(?:not )?to be (?:named|identified|quoted)\b")
"""What an outlet says of a source who gives no name, not what the source says."""
_INFLECTED = ("s", "ed")
_DEMONSTRATIVES = frozenset(["that", "this"])
_EDGES = frozenset([",", ".", ";", ":", "—", "–", "-"])


def _among(labels: Integers, kind: tuple[int, int]) -> NDArray[np.bool_]:
    """Where the labels are of this kind; for two values far quicker than ``numpy.isin``."""
    found: NDArray[np.bool_] = (labels == kind[0]) | (labels == kind[1])
    return found


@dataclass(slots=True)
class _Draft:
    """A cue and the labels of its window, which other cues may still shorten."""

    cue: Scored
    labels: Integers
    aside: bool = False

    def tokens(self, kind: tuple[int, int]) -> list[int]:
        return (self.cue.first + np.flatnonzero(_among(self.labels, kind))).tolist()


class Decoded(NamedTuple):
    """An attribution, the tokens of its content, and the facts that its confidence comes from."""

    quotation: RawQuotation
    tokens: frozenset[int]
    facts: Floats


def learnt_attributions(document: Document) -> Iterator[RawQuotation]:
    """The attributions the model finds, by cue, overlapping ones settled; confidence is calibrated."""
    if not document.words:
        return
    model = network()
    found = sorted(decoded(document, model, scored_cues(document, model)), key=lambda one: -one.quotation.confidence)
    taken: dict[int, list[frozenset[int]]] = {}
    for quotation, tokens, _ in found:
        near = [other for token in tokens for other in taken.get(token, ())]
        if quotation.confidence >= LEAST and not any(2 * len(tokens & other) > min(len(tokens), len(other)) for other in near):
            for token in tokens:
                taken.setdefault(token, []).append(tokens)
            yield quotation


def decoded(document: Document, model: Network, cues: Iterable[Scored]) -> Iterator[Decoded]:
    """Each cue's attribution, likely or not."""
    for _, together in groupby(cues, key=lambda cue: document.sentence[cue.token]):
        for draft in _settled(document, [_Draft(cue, _labels(cue.roles)) for cue in together]):
            found = _decoded(document, draft, model.calibration)
            if found:
                yield found


def _settled(document: Document, drafts: Sequence[_Draft]) -> list[_Draft]:
    """The drafts of one sentence: a cue joined to another by a conjunction, with the same source, ends its content."""
    for draft in drafts:
        end = _end_of_clause(document, draft)
        if end is not None:
            _shorten(draft, end)
    joined = [(draft, outer) for draft in drafts for outer in drafts if draft is not outer and _joins(document, draft, outer)]
    for draft, outer in joined:
        _shorten(outer, _conjunction(document, draft.cue.token) or draft.cue.token)
    for draft in drafts:
        draft.aside = any(_remarks(document, draft, other) for other in drafts)
    return [draft for draft in drafts if draft.cue.likelihood > ANCHOR or any(draft is inner for inner, _ in joined)]


def _joins(document: Document, draft: _Draft, outer: _Draft) -> bool:
    """The draft's cue stands in the other's content, as a finite verb after a conjunction, and has its source."""
    at = _conjunction(document, draft.cue.token)
    if at is None or outer.cue.likelihood <= ANCHOR or draft.cue.token not in outer.tokens(CONTENT):
        return False
    finite = draft.cue.verbs[max(0, at + 1 - draft.cue.first), 1] > 0.5
    return bool(finite) and not set(draft.tokens(SOURCE)).isdisjoint(outer.tokens(SOURCE))


def _remarks(document: Document, draft: _Draft, other: _Draft) -> bool:
    """``..., describing that as his "last word"``: a remark of the same source on what it says in the sentence."""
    content = draft.tokens(CONTENT)
    points_back = bool(content) and document.words[content[0]].lower() in _DEMONSTRATIVES and not _has_verb(draft)
    participle = document.words[draft.cue.token].lower().endswith("ing")
    if not (points_back and participle) or set(draft.tokens(SOURCE)).isdisjoint(other.tokens(SOURCE)):
        return False
    return any(token < draft.cue.token for token in other.tokens(CONTENT))


def _conjunction(document: Document, token: int) -> int | None:
    """The conjunction that a verb follows at once, or after an auxiliary or adverb."""
    near = range(token - 1, max(token - 3, -1), -1)
    return next((i for i in near if document.words[i].lower() in JOINING and document.places[i] == Place.OUTSIDE), None)


def _end_of_clause(document: Document, draft: _Draft) -> int | None:
    """Where content has had bare verbs alone ("to withdraw", "Russia withdraw"), "and wants" is no part of it."""
    cue, tokens = draft.cue, draft.tokens(CONTENT)
    verb = cue.verbs[:, 0]
    for token in tokens:
        k = token - cue.first
        if token < cue.token or document.places[token] != Place.OUTSIDE or _is_finite(document, cue, token):
            return None
        if document.words[token].lower() in JOINING and token + 1 in tokens and _is_finite(document, cue, token + 1):
            return token if verb[tokens[0] - cue.first : k].max(initial=0) > FAINT else None
    return None


def _is_finite(document: Document, cue: Scored, token: int) -> bool:
    """A finite verb by its likelihood and, where that is in doubt, its form: "wants", not "want"."""
    verb, _, finite = cue.verbs[token - cue.first]
    return bool(finite > 0.8 or (verb > 0.5 and document.words[token].lower().endswith(_INFLECTED) and finite > 0.4))


def _shorten(draft: _Draft, end: int) -> None:
    """No content from token ``end`` on."""
    at = max(0, end - draft.cue.first)
    draft.labels[at:][_among(draft.labels[at:], CONTENT)] = 0


def _decoded(document: Document, draft: _Draft, calibration: Floats) -> Decoded | None:
    cue, labels = draft.cue, draft.labels
    content = _spans(document, _whole_quotes(document, draft, _runs(cue.first, _joined(document, cue.first, labels), CONTENT)))
    if not content:
        return None
    source, cues = (_spans(document, _runs(cue.first, labels, kind)) for kind in (SOURCE, CUE))
    kind = kind_of(document, content)
    facts = _facts(document, cue, labels, kind)
    confidence = 1 / (1 + np.exp(-facts @ calibration))
    formula = kind is Kind.INDIRECT and _NAMELESS.match(document.text, content[0].start) is not None
    statement = cue.speech and _says(draft, kind) and not formula and not _unsaid(document, cue.token)
    spans = cues or (document.span(cue.token, cue.token + 1),)
    quotation = RawQuotation(content, spans, source, kind, statement=statement, confidence=float(confidence))
    return Decoded(quotation, frozenset(i for span in content for i in range(*document.tokens_in(span))), facts)


def _says(draft: _Draft, kind: Kind) -> bool:
    """A phrase without a verb, or of less than four words, tells what it was about, not what was said, unless it is quoted."""
    clause = len(draft.tokens(CONTENT)) > 3 and _has_verb(draft)
    return not draft.aside and (kind is not Kind.INDIRECT or clause)


def _has_verb(draft: _Draft) -> bool:
    rows = np.array(draft.tokens(CONTENT), np.int64) - draft.cue.first
    return bool((draft.cue.verbs[rows, 0] > VERB).any())


def _facts(document: Document, cue: Scored, labels: Integers, kind: Kind) -> Floats:
    """What the confidence depends on, ``FACTS`` numbers: how certain the cue, the content (on average, at its weakest) and the
    source are; whether there is a source and a clear one; the content's length and kind; how much else may be content; whether
    the cue is quoted itself and of speech; 1."""
    content, source = (cue.roles[:, list(kind)].sum(-1) for kind in (CONTENT, SOURCE))
    inside, named = _among(labels, CONTENT), _among(labels, SOURCE)
    certain, sourced = np.log(np.maximum(content[inside], _NIL)), named.any()
    left = content[~inside]
    facts = (
        np.log(cue.likelihood),
        certain.mean(),
        certain.min(),
        np.log(np.maximum(source[named], _NIL)).mean() if sourced else -1.0,
        sourced,
        sourced and source[named].max() < 0.5,
        np.log(1 + min(len(certain), 12)),
        kind is Kind.DIRECT,
        kind is Kind.MIXED,
        np.log(1 + left[left > 0.2].sum()),
        document.places[cue.token] == Place.INSIDE,
        cue.speech,
        1.0,
    )
    return np.array(facts, np.float32)


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
    inside = np.flatnonzero(_among(labels, CONTENT))
    whole = labels.copy()
    for before, after in pairwise(inside.tolist()):
        same = document.sentence[first + before] == document.sentence[first + after]
        if 1 < after - before <= _BREAK and same and not labels[before + 1 : after].any():
            whole[before + 1 : after + 1] = CONTENT[1]
    return whole


def _unsaid(document: Document, token: int) -> bool:
    """What is told not to have been said, or only seems so."""
    seems = document.words[token].lower() in _SEEMING
    return seems or any(document.words[i].lower() in _DENIALS for i in range(max(0, token - 2), token))


def _runs(first: int, labels: Integers, kind: tuple[int, int]) -> list[tuple[int, int]]:
    """The tokens of one kind in stretches ``[first, last)``, in order; one begins anew where the label says so."""
    runs: list[tuple[int, int]] = []
    for k in np.flatnonzero(_among(labels, kind)).tolist():
        at = first + k
        if runs and at == runs[-1][1] and labels[k] == kind[1]:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _whole_quotes(document: Document, draft: _Draft, runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs of content, those that are most of what stands between two marks made all of it."""
    roles = {*draft.tokens(SOURCE), *draft.tokens(CUE), draft.cue.token}
    whole: list[tuple[int, int]] = []
    for run in runs:
        quote = _quote_around(document, *run)
        inside = [i for i in range(quote.first, quote.last) if document.places[i] == Place.INSIDE] if quote else []
        covered = sum(first <= i < last for i in inside for first, last in runs)
        if inside and roles.isdisjoint(inside) and (2 * covered >= len(inside) or run[1] == draft.cue.first + len(draft.labels)):
            run = inside[0], inside[-1] + 1
        if not whole or run[0] >= whole[-1][1]:
            whole.append(run)
    return whole


def _quote_around(document: Document, first: int, last: int) -> Quote | None:
    """The quotation between whose marks, or from mark to mark, the tokens lie."""
    at = bisect_right(document.quotes, first, key=lambda quote: quote.first) - 1
    quote = document.quotes[at] if at >= 0 else None
    return quote if quote and quote.first <= first and last <= quote.last else None


def _spans(document: Document, runs: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    trimmed = [_trimmed(document, first, last) for first, last in runs]
    return tuple(document.span(first, last) for first, last in trimmed if first < last)


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
