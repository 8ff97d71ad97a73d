"""Read 20,000 generated texts with the quotation model and by rule: nothing may be raised, every offset must be true.

    python -m tools.fuzz_reading [texts]

A text is made of words of news, names, marks of many languages, layout, invisible and broken characters, cut and joined at
random (hypothesis); a text that fails is made smaller before it is shown. Seeded: a run can be repeated.
"""

import json
import sys
import time
from datetime import date

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bot.actors import Registry, load_registry
from bot.formats import reading_json
from bot.model import Article, Reading, Span, paragraph_spans
from bot.reading import read

READERS = ("model", "rules")
_MARKS = [
    "“",
    "”",
    "„",
    "‟",
    "«",
    "»",
    "‹",
    "›",
    "‘",
    "’",
    "‚",
    "'",
    '"',
    "``",
    "''",
    "「",
    "」",
    "(",
    ")",
    "—",
    "–",
    "-",
    "…",
    "...",
    ",",
    ".",
    ":",
    ";",
    "?",
    "!",
    "•",
    "|",
    "*",
    "#",
    "@",
    "¶",
]
_NAMES = "Putin|Pete Hegseth|Mara Quill|Zelensky|Ms. Quill|the Kremlin|NATO|Washington|the president|his spokesman, Dmitry Rell,|he|she|they|it"
_CUES = " said |said that|told| told reporters |according to |, wrote|asked|denied|thinks|wants|LAVROV: |Q: |’s office|'s"
_WORDS = "grain|harbour|the talks|a ceasefire|will not sign|met|in Riga|on Monday|1 May 2030|last week|of|and|who|not|is|weapons|200,000"
_LAYOUT = "\n|\n\n|\r\n|\r|\t|  |\f|\u2028|\u00a0|TALLINN, March 3 (Agency) - |By Mara Quill\n|Photo: |https://x.test/a?b=1 "
_ODD = "\u200b|\u200f|\u202e|\u00ad|\ufeff|\ud800|gr\udc80in|\x00|\x1b[31m|😀|👩‍👩‍👧|e\u0301|ﬁ|İ|ß|Ωμέγα|Київ|中国|العربية"
_NEWS = st.sampled_from([*_NAMES.split("|"), *_CUES.split("|"), *_WORDS.split("|"), *_MARKS])
_PIECE = st.one_of(
    _NEWS, _NEWS, _NEWS, st.sampled_from(_LAYOUT.split("|")), st.sampled_from(_ODD.split("|")), st.text(max_size=8)
)
WILD = st.one_of(
    st.lists(_PIECE, max_size=60).map("".join),
    st.lists(_PIECE, max_size=120).map(" ".join),
    st.lists(st.lists(_PIECE, min_size=1, max_size=25).map(" ".join), max_size=8).map("\n\n".join),
)


def understood(text: str, catalogue: Registry, reader: str) -> tuple[Article, Reading]:
    """Any text as the whole body of an article, with its reading."""
    article = Article("wild", text, Span(0, len(text)), published_on=date(2025, 3, 5))
    return article, read(article, catalogue, reader)


def untrue(article: Article, reading: Reading) -> list[str]:
    """What a reading says that its article does not hold: spans outside the text, empty or of nothing but blanks, wrong paragraphs."""
    said = [
        (span, q.paragraph, part)
        for q in reading.quotations
        for part, spans in (("content", q.content), ("cue", q.cue), ("source", q.source))
        for span in spans
    ]
    told = [(event.evidence, event.paragraph, "evidence") for event in reading.events]
    named = [(mention.span, mention.paragraph, "mention") for mention in reading.mentions]
    paragraphs = paragraph_spans(article.text)
    faults = [f"{part} {span}" for span, _, part in (*said, *told, *named) if not _words(article, span)]
    faults += [
        f"{part} {span} in paragraph {number}" for span, number, part in (*told, *named) if not _within(span, number, paragraphs)
    ]
    faults += [
        f"quotation at {q.content} in paragraph {q.paragraph}"
        for q in reading.quotations
        if not _begins(q.content[0], q.paragraph, paragraphs)
    ]
    sure = [*(q.confidence for q in reading.quotations), *(event.confidence for event in reading.events)]
    return faults + [f"confidence {one}" for one in sure if not 0 <= one <= 1]


def _words(article: Article, span: Span) -> bool:
    return article.body.start <= span.start < span.end <= article.body.end and bool(article.text[slice(*span)].strip())


def _within(span: Span, number: int, paragraphs: tuple[Span, ...]) -> bool:
    return _begins(span, number, paragraphs) and span.end <= paragraphs[number - 1].end


def _begins(span: Span, number: int, paragraphs: tuple[Span, ...]) -> bool:
    return 1 <= number <= len(paragraphs) and paragraphs[number - 1].start <= span.start < paragraphs[number - 1].end


def main(texts: int) -> int:
    catalogue, done, start = load_registry(), 0, time.monotonic()

    @seed(20250212)
    @settings(max_examples=texts, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(WILD)
    def every_text_is_read(text: str) -> None:
        nonlocal done
        for reader in READERS:
            article, reading = understood(text, catalogue, reader)
            assert untrue(article, reading) == []
            json.dumps(reading_json(article, reading))
        done += 1
        if done % 1000 == 0:
            print(f"{done:,} texts, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)

    every_text_is_read()
    print(f"{done:,} texts read by {' and '.join(READERS)}: nothing raised, every offset true")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
