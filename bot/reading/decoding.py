"""From the network's likelihoods to attributions: what each cue's source, cue and content are, decided together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from bot.model import Kind, Span
from bot.reading.attributions import RawQuotation, kind_of
from bot.reading.document import Document, Place
from bot.reading.features import Floats, Integers
from bot.reading.network import ANCHOR, CONTENT, CUE, JOINING, SOURCE, Network, Scored, network, scored_cues

FAINT = 0.25
"""How likely a token must be a source, or a verb, to be taken for one where none is likely."""
LEAST = 0.15
"""Attributions that are less likely to be right are left out."""
VERB = 0.5
"""How likely a word must be a verb to be taken for one."""
_BREAK = 12
_DENIALS = frozenset(["without", "not", "n't", "never", "declined", "refused", "neither"])
_DEMONSTRATIVES = frozenset(["that", "this"])
_EDGES = frozenset([",", ".", ";", ":", "—", "–", "-"])


@dataclass(slots=True)
class _Draft:
    """A cue and the labels of its window, which other cues may still shorten."""

    cue: Scored
    labels: Integers
    aside: bool = False

    def tokens(self, kind: tuple[int, int]) -> list[int]:
        return (self.cue.first + np.flatnonzero(np.isin(self.labels, kind))).tolist()


def learnt_attributions(document: Document) -> Iterator[RawQuotation]:
    """The attributions the model finds, by cue, overlapping ones settled; confidence is calibrated."""
    if not document.words:
        return
    model = network()
    found = [(frozenset(tokens), raw) for tokens, raw in decoded(document, model, scored_cues(document, model))]
    found.sort(key=lambda pair: -pair[1].confidence)
    taken: dict[int, list[frozenset[int]]] = {}
    for tokens, quotation in found:
        near = [other for token in tokens for other in taken.get(token, ())]
        if quotation.confidence >= LEAST and not any(2 * len(tokens & other) > min(len(tokens), len(other)) for other in near):
            for token in tokens:
                taken.setdefault(token, []).append(tokens)
            yield quotation


def decoded(document: Document, model: Network, cues: Iterable[Scored]) -> Iterator[tuple[list[int], RawQuotation]]:
    """Each cue's attribution with the tokens of its content, likely or not."""
    for _, together in groupby(cues, key=lambda cue: document.sentence[cue.token]):
        for draft in _settled(document, [_Draft(cue, _labels(cue.roles)) for cue in together]):
            quotation = _quotation(document, draft, model.calibration)
            if quotation:
                yield [i for span in quotation.content for i in range(*document.tokens_in(span))], quotation


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
    verb, finite = cue.verbs[:, 0], cue.verbs[:, 2]
    for token in tokens:
        k = token - cue.first
        if token < cue.token or document.places[token] != Place.OUTSIDE or finite[k] > 0.5:
            return None
        later = k + 1 < len(finite) and finite[k + 1] > 0.5 and token + 1 in tokens
        if later and document.words[token].lower() in JOINING and verb[tokens[0] - cue.first : k].max(initial=0) > FAINT:
            return token
    return None


def _shorten(draft: _Draft, end: int) -> None:
    """No content from token ``end`` on."""
    at = max(0, end - draft.cue.first)
    draft.labels[at:][np.isin(draft.labels[at:], CONTENT)] = 0


def _quotation(document: Document, draft: _Draft, calibration: Floats) -> RawQuotation | None:
    cue, labels = draft.cue, draft.labels
    content = _runs(document, cue.first, _joined(document, cue.first, labels), CONTENT)
    if not content:
        return None
    source, cues = _runs(document, cue.first, labels, SOURCE), _runs(document, cue.first, labels, CUE)
    kind = kind_of(document, content)
    confidence = 1 / (1 + np.exp(-facts_of(draft.cue, labels, kind) @ calibration))
    statement = cue.speech and _says(draft, kind) and not _unsaid(document, cue.token)
    spans = cues or (document.span(cue.token, cue.token + 1),)
    return RawQuotation(content, spans, source, kind, statement=statement, confidence=float(confidence))


def _says(draft: _Draft, kind: Kind) -> bool:
    """A phrase without a verb, or of less than four words, tells what it was about, not what was said, unless it is quoted."""
    clause = len(draft.tokens(CONTENT)) > 3 and _has_verb(draft)
    return not draft.aside and (kind is not Kind.INDIRECT or clause)


def _has_verb(draft: _Draft) -> bool:
    rows = np.array(draft.tokens(CONTENT), np.int64) - draft.cue.first
    return bool((draft.cue.verbs[rows, 0] > VERB).any())


def facts_of(cue: Scored, labels: Integers, kind: Kind) -> Floats:
    """What the confidence depends on: how certain the labels and the cue are, the content's length and kind, 1."""
    sourced = bool(np.isin(labels, SOURCE).any())
    certain = _certainty(labels, cue.roles, CONTENT) + float(np.log(cue.likelihood)) + 0.5
    certain += _certainty(labels, cue.roles, SOURCE) if sourced else -1.0
    size = int(np.isin(labels, CONTENT).sum())
    return np.array((certain, np.log(1 + min(size, 12)), kind is Kind.DIRECT, kind is Kind.MIXED, sourced, 1.0), np.float32)


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
