"""Attributions by rule alone: quotation marks, reporting verbs and the order of the clause. Needs no model.

Frames: CONTENT, X said / said X; X said (that) CONTENT; according to X, CONTENT; and a verb without a clause whose
sentence holds a quotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.model import Span
from bot.reading.attributions import RawQuotation, inner_span
from bot.reading.clauses import has_verb
from bot.reading.document import Document, Place, Sentence
from bot.wordlists import entries

_BEFORE_CUE = frozenset(
    [
        "has",
        "have",
        "had",
        "also",
        "long",
        "later",
        "then",
        "again",
        "repeatedly",
        "once",
        "reportedly",
        "recently",
        "still",
        "already",
        "earlier",
        "previously",
        "publicly",
        "privately",
        "simply",
        "often",
        "never",
        "not",
        "'s",
        "’s",
    ]
)
_PRONOUNS = frozenset(["he", "she", "they", "it", "i", "we", "you", "who"])
_PREPOSITIONS = frozenset(["in", "on", "at", "during", "after", "before", "to", "of", "with", "by", "for", "from", "as", "about"])
_CLAUSE_STARTS = frozenset(
    [
        "and",
        "but",
        "while",
        "as",
        "when",
        "because",
        "although",
        "though",
        "if",
        "which",
        "who",
        "that",
        "whether",
        "so",
        "yet",
        "where",
        "what",
        "how",
    ]
)
_NO_SOURCE = frozenset(
    ["to", "be", "been", "being", "was", "were", "is", "are", "not", "it", "there", ",", ".", ";", ":", "—", "–", "-", "(", ")"]
)
_ADDRESSED = frozenset(["told", "tells", "tell", "telling", "assured", "warned", "reminded", "urged"])


@cache
def verbs() -> dict[str, bool]:
    """Every form of the reporting verbs -> whether it makes a statement (thought and feeling do not)."""
    found: dict[str, bool] = {}
    for line in entries("bot.reading", "data/reporting_verbs.txt"):
        lemma, *irregular = line.lstrip("-").split()
        found |= dict.fromkeys(_forms(lemma, irregular), not line.startswith("-"))
    return found


def _forms(lemma: str, irregular: list[str]) -> list[str]:
    stem = lemma.removesuffix("e")
    third = lemma[:-1] + "ies" if lemma.endswith("y") and lemma[-2] not in "aeiou" else lemma + "s"
    return [lemma, third, *(irregular or [stem + "ed"]), stem + "ing"]


@dataclass(frozen=True, slots=True)
class _Cue:
    first: int
    last: int
    statement: bool


def attributions(document: Document) -> Iterator[RawQuotation]:
    """The attributions that a rule finds, sentence by sentence."""
    taken: set[int] = set()
    for sentence in document.sentences:
        for cue in _cues(document, sentence):
            found = _according(document, sentence, cue) or _framed(document, sentence, cue)
            if found and not taken & set(range(*document.tokens_in(found.content[0]))):
                taken |= {i for span in found.content for i in range(*document.tokens_in(span))}
                yield found


def _cues(document: Document, sentence: Sentence) -> Iterator[_Cue]:
    words, known = document.words, verbs()
    for i in range(sentence.first, sentence.last):
        if document.places[i] != Place.OUTSIDE:
            continue
        word = words[i].lower()
        if word == "according" and i + 1 < sentence.last and words[i + 1] == "to":
            yield _Cue(i, i + 2, True)
        elif word in known and not _is_noun(document, sentence, i):
            yield _Cue(i, i + 1, known[word])


def _is_noun(document: Document, sentence: Sentence, i: int) -> bool:
    before = document.words[i - 1].lower() if i > sentence.first else ""
    return before in {"the", "a", "an", "this", "that", "its", "his", "her", "their", "to", "of", "in", "no", "any", "'s", "’s"}


def _according(document: Document, sentence: Sentence, cue: _Cue) -> RawQuotation | None:
    words = document.words
    if words[cue.first].lower() != "according":
        return None
    end = cue.last
    while end < sentence.last and words[end] not in {",", ".", ";"}:
        end += 1
    if end == cue.last:
        return None
    source, cued = document.span(cue.last, end), document.span(cue.first, cue.last)
    if cue.first == sentence.first:
        content = _trimmed(document, end + 1, sentence.last)
    else:
        content = _trimmed(document, sentence.first, cue.first)
    return RawQuotation((content,), (cued,), (source,), confidence=0.7) if content else None


def _framed(document: Document, sentence: Sentence, cue: _Cue) -> RawQuotation | None:
    after = _source_after(document, sentence, cue)
    before = None if after else _source_before(document, sentence, cue)
    source = after or before
    if source is None:
        return None
    start, end = (cue.first, source[1]) if after else (source[0], cue.last)
    content = _content(document, sentence, cue, start, end)
    if not content:
        return None
    cued = document.span(_cue_start(document, cue, source), cue.last)
    return RawQuotation(content, (cued,), (document.span(*source),), statement=cue.statement, confidence=0.75)


def _cue_start(document: Document, cue: _Cue, source: tuple[int, int]) -> int:
    first = cue.first
    while first > source[1] and document.words[first - 1].lower() in _BEFORE_CUE:
        first -= 1
    return first


def _source_after(document: Document, sentence: Sentence, cue: _Cue) -> tuple[int, int] | None:
    """The subject of ``..., said X``: right after the cue, which stands after a comma or a quotation."""
    first = cue.last
    behind = cue.first - 1
    inverted = behind >= sentence.first and (document.words[behind] == "," or document.places[behind] == Place.MARK)
    if (
        not inverted
        or first >= sentence.last
        or not document.words[first][0].isalpha()
        or document.places[first] != Place.OUTSIDE
    ):
        return None
    if not (
        document.words[first][0].isupper() or document.words[first].lower() in {"the", "a", "an", "one", "his", "her", "their"}
    ):
        return None
    last = first
    while last < sentence.last and document.words[last] not in {",", ".", ";", ":"} and document.places[last] == Place.OUTSIDE:
        if last > first and document.words[last].lower() in {
            "in",
            "on",
            "during",
            "after",
            "at",
            "as",
            "when",
            "while",
            "who",
            "before",
        }:
            break
        last += 1
    quoted = document.places[behind] == Place.MARK
    return (first, last) if quoted or not has_verb(document, first, sentence.last) else None


def _source_before(document: Document, sentence: Sentence, cue: _Cue) -> tuple[int, int] | None:
    """The subject of ``X said``: back from the cue over adverbs, and over an apposition between commas."""
    words = document.words
    last = cue.first
    while last > sentence.first and words[last - 1].lower() in _BEFORE_CUE:
        last -= 1
    if last > sentence.first and words[last - 1] == "," and document.places[last - 1] == Place.OUTSIDE:
        return _before_apposition(document, sentence, last - 1)
    return _phrase_ending(document, sentence, last)


def _before_apposition(document: Document, sentence: Sentence, comma: int) -> tuple[int, int] | None:
    opening = next((i for i in range(comma - 1, sentence.first, -1) if document.words[i] == ","), None)
    if opening is None or comma - opening > 16:
        return None
    head = _phrase_ending(document, sentence, opening)
    return head and (head[0], comma if document.words[opening + 1][0].isupper() else opening)


def _phrase_ending(document: Document, sentence: Sentence, last: int) -> tuple[int, int] | None:
    words = document.words
    first = last
    if last > sentence.first and words[last - 1].lower() in _PRONOUNS:
        return (last - 1, last) if words[last - 1].lower() != "it" else None
    while first > sentence.first:
        word = words[first - 1].lower()
        if (
            document.places[first - 1] != Place.OUTSIDE
            or word in _CLAUSE_STARTS
            or words[first - 1] in {",", ";", ":", "—", "–", "(", ")"}
        ):
            break
        if word in verbs() and not _is_noun(document, sentence, first - 1):
            break
        first -= 1
    if first == last or words[last - 1].lower() in _NO_SOURCE or last - first > 14:
        return None
    return first, last


def _content(document: Document, sentence: Sentence, cue: _Cue, start: int, end: int) -> tuple[Span, ...]:
    """What stands beside the tag ``[start, end)``: quotations of the paragraph first, else a clause."""
    quoted = _quoted_around(document, sentence, start, end)
    clause = _clause_after(document, sentence, cue, end)
    if quoted and (clause is None or not has_verb(document, end, _first_quoted(document, sentence, end))):
        return quoted
    if clause:
        return (clause,)
    if quoted:
        return quoted
    ahead = _trimmed(document, sentence.first, start)
    parted = start > sentence.first and document.words[start - 1] == ","
    alone = end + 2 >= sentence.last or document.words[end] in {",", "."}
    return (ahead,) if ahead and parted and alone and has_verb(document, sentence.first, start) else ()


def _quoted_around(document: Document, sentence: Sentence, start: int, end: int) -> tuple[Span, ...]:
    """Quotations that end right before the tag, and those after it that have no tag of their own."""
    paragraph = document.paragraphs[sentence.paragraph]
    spans: list[Span] = []
    for quote in document.quotes:
        if quote.last <= paragraph.first or quote.first >= paragraph.last:
            continue
        before = quote.last <= start and start - quote.last <= 1
        after = end <= quote.first and (quote.first < sentence.last or (spans and quote.first <= sentence.last + 1))
        inner = inner_span(document, quote) if before or after else None
        if inner and quote.last - quote.first > (5 if spans else 3):
            spans.append(inner)
    return tuple(spans)


def _first_quoted(document: Document, sentence: Sentence, start: int) -> int:
    return next((i for i in range(start, sentence.last) if document.places[i] == Place.MARK), sentence.last)


def _clause_after(document: Document, sentence: Sentence, cue: _Cue, end: int) -> Span | None:
    """The clause that the cue governs: after "that", or right after it (after the person addressed, for "told")."""
    words = document.words
    first = end
    if words[cue.first].lower() in _ADDRESSED or (first < sentence.last and words[first].lower() == "that"):
        first = next((i + 1 for i in range(end, min(end + 9, sentence.last)) if words[i].lower() == "that"), first)
    if first >= sentence.last or words[first] in {",", ".", ";", ":"} or words[first].lower() in _PREPOSITIONS or end > cue.last:
        return None
    return _trimmed(document, first, sentence.last) if has_verb(document, first, sentence.last) else None


def _trimmed(document: Document, first: int, last: int) -> Span | None:
    """The tokens without the comma or stop around them; a mark whose partner is inside stays."""
    while first < last and document.words[first] in {",", "that"}:
        first += 1
    while first < last and document.words[last - 1] in {",", ".", ";", "—"} and document.places[last - 1] == Place.OUTSIDE:
        last -= 1
    return document.span(first, last) if first < last else None
