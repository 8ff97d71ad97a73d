"""Measure quotations and speakers against annotated articles beside the checkout, if they are there.

    python -m tools.bench_reading [model|rules]

The folder is ``ATTACHE_BENCH`` (default ``../shared/bench``); it holds ``attribution`` and ``asking`` with their scorers.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from adapters.sources.documents import json_article
from bot.actors import load_registry
from bot.config import load_settings
from bot.formats import reading_json
from bot.model import Article, Kind
from bot.reading import read
from bot.reading.document import Document
from bot.reading.quotations import find_quotations
from tools.quotation_confidence import judge, reliability


def articles(path: Path) -> Iterator[Article]:
    """The articles of a JSON Lines file."""
    with path.open(encoding="utf-8") as stream:
        yield from (json_article(line, f"{path.name}:{number}") for number, line in enumerate(stream, 1))


def main(reader: str) -> int:
    folder = load_settings().bench
    gold = folder / "attribution" / "dev.jsonl"
    if not gold.is_file():
        print(f"no benchmarks at {folder}: set ATTACHE_BENCH to their folder", file=sys.stderr)
        return 1
    catalogue = load_registry()
    texts = list(articles(gold))
    read(texts[0], catalogue, reader)
    start = time.perf_counter()
    readings = [(article, read(article, catalogue, reader)) for article in texts]
    seconds = time.perf_counter() - start
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
        for article, reading in readings:
            file.write(json.dumps(reading_json(article, reading)) + "\n")
        file.flush()
        _run(folder / "attribution" / "score.py", file.name, gold)
        _run(folder / "attribution" / "score.py", file.name, gold, "--speech")
        _run(folder / "asking" / "score.py", "speakers", file.name, folder / "asking" / "who.dev.jsonl", gold)
    _confidence(gold, reader)
    print(f"{sum(len(article.text.split()) for article in texts) / seconds:,.0f} words a second in one process, reader {reader}")
    return 0


def _confidence(gold: Path, reader: str) -> None:
    """How often what is given so likely is right, and how often direct quotations are that are given at least so likely."""
    records = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    documents = [Document.of(record["text"]) for record in records]
    judged = [
        one
        for record, document in zip(records, documents, strict=True)
        for one in judge(document, record, find_quotations(document, reader))
    ]
    print(*reliability(judged), sep="\n")
    for least in (0.35, 0.8):
        direct = [j for j in judged if j.quotation.kind is Kind.DIRECT and j.quotation.confidence >= least] or [judged[0]]
        words, right = (100 * sum(flags) / len(direct) for flags in zip(*((j.words, j.right) for j in direct), strict=True))
        print(f"direct from {least}: {len(direct)}, the words right {words:.1f}, the source too {right:.1f}")


def _run(*command: object) -> None:
    print(f"-- {' '.join(Path(str(part)).name for part in command)}", flush=True)
    subprocess.run([sys.executable, *map(str, command)], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "model"))
