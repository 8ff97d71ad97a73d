"""The text layer: an article's text cut once into paragraphs, sentences, tokens and quotations.

Everything points into the text as given, in code points; nothing is changed or copied. Built in linear time.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.model import Span, paragraph_spans
from bot.reading.marks import CLOSERS, OPENERS, Place, Quote, find_quotes
from bot.reading.tokens import TokenStore, word_lists

__all__ = ["Document", "Paragraph", "Place", "Quote", "Sentence"]

_HALVES = re.compile("[\ud800-\udfff]")
_STOPS = frozenset([".", "!", "?", "…", "..", "..."])
_CLOSING = CLOSERS | frozenset("\"'’)]“") | {"''"}
_OPENING = OPENERS | frozenset("\"'‘([—–-•*") | {"``"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A non-empty line. ``number`` counts those of the whole text from 1; ``start``/``end`` are the line's first and
    last visible character inside the body; its tokens are ``[first, last)``."""

    number: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``[first, last)`` of paragraph ``paragraph`` (an index into ``Document.paragraphs``)."""

    paragraph: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article's text, cut up. Token ``i`` is ``words[i]``, at ``text[starts[i]:ends[i]]`` (the word without
    invisible characters); ``places[i]`` says whether it stands inside quotation marks; ``sentence[i]`` and
    ``paragraph[i]`` index ``sentences`` and ``paragraphs``. All in text order."""

    text: str
    body: Span
    words: Sequence[str]
    starts: "array[int]"
    ends: "array[int]"
    places: bytes
    sentence: "array[int]"
    paragraph: "array[int]"
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    quotes: tuple[Quote, ...]

    @classmethod
    def of(cls, text: str, body: Span | None = None) -> "Document":
        """Cut ``text[body]``, by default all of it. Never raises for any string; a body outside the text is clipped.

        Halves of surrogate pairs, which no encoding takes, become U+FFFD; every offset stays.
        """
        text = _HALVES.sub("\ufffd", text)
        start, end = body or Span(0, len(text))
        start = min(max(start, 0), len(text))
        body = Span(start, max(start, min(end, len(text))))
        tokens = TokenStore()
        paragraphs = tuple(_paragraphs(text, body, tokens))
        places, quotes = find_quotes(text, tokens, [(p.first, p.last) for p in paragraphs])
        sentences = tuple(s for k, p in enumerate(paragraphs) for s in _sentences(k, p, tokens, places))
        sentence, paragraph = _index((s.first, s.last) for s in sentences), _index((p.first, p.last) for p in paragraphs)
        columns = tokens.words, tokens.starts, tokens.ends, places, sentence, paragraph
        return cls(text, body, *columns, paragraphs, sentences, quotes)

    def span(self, first: int, last: int) -> Span:
        """Code points of the tokens ``[first, last)``, which must not be empty."""
        return Span(self.starts[first], self.ends[last - 1])

    def tokens_in(self, span: tuple[int, int]) -> tuple[int, int]:
        """Tokens ``[first, last)`` that overlap the code points ``span``."""
        first = bisect_right(self.ends, span[0])
        return first, max(first, bisect_left(self.starts, span[1]))

    def paragraph_at(self, offset: int) -> Paragraph | None:
        """The paragraph that holds the code point ``offset``, or the one before it; ``None`` before the first."""
        at = bisect_right(self.paragraphs, offset, key=lambda p: p.start)
        return self.paragraphs[at - 1] if at else None

    def in_quotes(self, offset: int) -> bool:
        """True for a code point between quotation marks; false for the marks themselves."""
        first, last = self.tokens_in((offset, offset + 1))
        if first < last:
            return self.places[first] == Place.INSIDE
        return 0 < first < len(self.places) and Place.INSIDE in (self.places[first - 1], self.places[first])


def _index(ranges: Iterable[tuple[int, int]]) -> "array[int]":
    numbers = array("I")
    for k, (first, last) in enumerate(ranges):
        numbers.extend([k] * (last - first))
    return numbers


def _paragraphs(text: str, body: Span, tokens: TokenStore) -> Iterator[Paragraph]:
    for number, line in enumerate(paragraph_spans(text), 1):
        if line.end <= body.start or line.start >= body.end:
            continue
        words = text[slice(*line)]
        start = max(line.end - len(words.lstrip()), body.start)
        end = min(line.start + len(words.rstrip()), body.end)
        first = len(tokens)
        if start < end:
            tokens.add_line(text, start, end)
        if len(tokens) > first:
            yield Paragraph(number, tokens.starts[first], tokens.ends[-1], first, len(tokens))


def _sentences(index: int, paragraph: Paragraph, tokens: TokenStore, places: bytes) -> Iterator[Sentence]:
    words, first, i = tokens.words, paragraph.first, paragraph.first
    while i < paragraph.last:
        word = words[i]
        i += 1
        if word not in _STOPS and not (word[-1] == "." and len(word) > 1):
            continue
        end = i
        while end < paragraph.last and _closes(tokens, end, places):
            end += 1
        if end < paragraph.last and _begins(word, words[end]):
            yield Sentence(index, first, end)
            first = i = end
    if first < paragraph.last:
        yield Sentence(index, first, paragraph.last)


def _closes(tokens: TokenStore, i: int, places: bytes) -> bool:
    """The mark at ``i`` belongs to the sentence before it."""
    if tokens.words[i] not in _CLOSING or tokens.starts[i] != tokens.ends[i - 1]:
        return tokens.words[i] == '"' and places[i] == Place.MARK and places[i - 1] == Place.INSIDE
    return True


def _begins(stop: str, word: str) -> bool:
    """A sentence can begin with ``word`` after one that ends in ``stop``."""
    if stop in _STOPS:
        return word[0].isupper() or word[0].isdigit() or word[0] in _OPENING or word[0] in "@#$€£"
    lists = word_lists()
    return stop[:-1] not in lists["titles"] and (word in lists["starters"] or word in OPENERS)
