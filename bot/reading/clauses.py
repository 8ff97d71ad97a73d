"""Whether words are a clause: told by its verbs, as far as forms alone tell."""

from bot.reading.document import Document

_CLAUSE_VERBS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "do",
        "does",
        "did",
        "'s",
        "’s",
        "wants",
        "want",
        "needs",
        "need",
    ]
)


_LONGEST = 400


def has_verb(document: Document, first: int, last: int) -> bool:
    """True for four or more tokens ``[first, last)`` with an auxiliary or a past form among them (among the first ``_LONGEST``: a
    hostile text is one endless sentence, and asked about at each of its words)."""
    return last - first > 3 and any(
        document.words[i].lower() in _CLAUSE_VERBS or document.words[i].endswith("ed")
        for i in range(first, min(last, first + _LONGEST))
    )
