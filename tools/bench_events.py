"""Measure event reading and developments against annotated texts beside the checkout, if they are there.

    python -m tools.bench_events

The folder is ``ATTACHE_BENCH`` (default ``../shared/bench``); it holds ``events``, ``diplomacy`` and ``developments`` with their scorers.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.actors import load_registry
from bot.briefing.developments import Grouping
from bot.config import load_settings
from bot.model import ActorRef, Article, Event, Reading, Span
from bot.reading import read
from bot.reading.coreference import cast_of
from bot.reading.document import Document
from bot.reading.events import find_events
from tools.train_events import accuracy, example, folds

SETS = ("ecbplus", "basil")


def articles(path: Path) -> Iterator[Article]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        day = row.get("published_on") or row.get("date")
        yield Article(
            row["id"],
            row["text"],
            Span(0, len(row["text"])),
            outlet=row.get("outlet") or row.get("source"),
            title=row.get("title"),
            published_on=date.fromisoformat(day) if day else None,
        )


def types(folder: Path) -> None:
    """Accuracy of the type model, each sentence judged by a model that has not seen it."""
    judged = folds([example(line) for line in (folder / "events" / "plv.train.jsonl").read_text("utf-8").splitlines()])
    print(
        f"types   5-fold accuracy {100 * accuracy(judged):.1f}, of the surest 60% {100 * accuracy(judged, 0.6):.1f} ({len(judged)} sentences)"
    )


def events(folder: Path, scratch: Path) -> None:
    catalogue = load_registry()
    texts = list(articles(folder / "diplomacy" / "articles.dev.jsonl"))
    readings = scratch / "readings.jsonl"
    with readings.open("w", encoding="utf-8") as file:
        for article in texts:
            file.write(json.dumps({"id": article.id, "events": [_row(e) for e in read(article, catalogue).events]}) + "\n")
    gold = folder / "diplomacy"
    _score(gold / "score.py", "events", readings, gold / "events.dev.jsonl", gold / "articles.dev.jsonl")
    documents = [(Document.of(a.text), a.published_on) for a in texts]
    prepared = [(d, cast_of(d, catalogue, on), on) for d, on in documents]
    start = time.perf_counter()
    for document, cast, on in prepared:
        find_events(document, cast, (), on)
    count = sum(len(d.words) for d, _ in documents)
    print(f"speed   {1e6 * (time.perf_counter() - start) / count:.1f} microseconds a word for the event part ({count} words)")


def _row(event: Event) -> dict[str, object]:
    """What the scorer looks at."""
    return {
        "type": event.type,
        "actors": _named(event.actors),
        "recipients": _named(event.recipients),
        "status": event.status,
        "time_class": event.time_class,
        "evidence": list(event.evidence),
    }


def _named(actors: tuple[ActorRef, ...]) -> list[dict[str, str]]:
    return [{"id": actor.id, "name": actor.name} for actor in actors]


def developments(folder: Path, scratch: Path) -> None:
    for name in SETS:
        grouping, system = Grouping(), scratch / f"{name}.jsonl"
        texts = list(articles(folder / "developments" / f"{name}.jsonl"))
        start = time.perf_counter()
        placed = [(a.id, grouping.assign(a, Reading()).development) for a in texts]
        speed = len(texts) / (time.perf_counter() - start)
        system.write_text("".join(json.dumps({"id": i, "cluster": c}) + "\n" for i, c in placed), "utf-8")
        print(f"{name:8}{speed:.0f} articles a second")
        _score(folder / "developments" / "score.py", system, folder / "developments" / f"{name}.jsonl")


def _score(script: Path, *arguments: object) -> None:
    sys.stdout.flush()
    subprocess.run([sys.executable, str(script), *map(str, arguments)], check=True)


def main() -> int:
    folder = load_settings().bench
    if not (folder / "diplomacy").is_dir():
        print(f"no benchmarks at {folder}: set ATTACHE_BENCH to their folder", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        types(folder)
        events(folder, Path(scratch))
        developments(folder, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
