"""Measure answers against questions with known ones, if they stand beside the checkout.

    python -m tools.bench_asking

The folder is ``ATTACHE_BENCH`` (default ``../shared/bench``). Goes the way people go: ingest, then ``ask --jsonl``.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.config import load_settings


def main() -> int:
    folder = load_settings().bench
    asking, articles = folder / "asking", folder / "attribution" / "dev.jsonl"
    if not articles.is_file():
        print(f"no benchmarks at {folder}: set ATTACHE_BENCH to their folder", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        chat, diplomacy = Path(scratch) / "chat", folder / "diplomacy"
        with chat.with_suffix(".questions").open("w", encoding="utf-8") as out:
            subprocess.run(
                [sys.executable, asking / "score.py", "questions", asking / "who.dev.jsonl", articles], check=True, stdout=out
            )
        _measure("chat questions", chat, asking / "score.py", asking / "who.dev.jsonl", articles)
        texts, questions = diplomacy / "articles.dev.jsonl", diplomacy / "questions.dev.jsonl"
        embassy = Path(scratch) / "diplomacy"
        asked = (json.dumps({"q": json.loads(line)["q"]}) for line in questions.read_text(encoding="utf-8").splitlines())
        embassy.with_suffix(".questions").write_text("\n".join(asked) + "\n", encoding="utf-8")
        _measure("diplomacy questions, over all articles", embassy, diplomacy / "score.py", questions, texts)
    return 0


def _measure(title: str, database: Path, scorer: Path, gold: Path, articles: Path) -> None:
    _attache(database, "ingest", articles)
    asked, given = database.with_suffix(".questions"), database.with_suffix(".answers")
    start = time.perf_counter()
    with given.open("w", encoding="utf-8") as out:
        _attache(database, "ask", "--jsonl", asked, stdout=out)
    seconds = time.perf_counter() - start
    print(f"-- {title}", flush=True)
    subprocess.run([sys.executable, scorer, "answers", given, gold, articles], check=True)
    count = len(asked.read_text(encoding="utf-8").splitlines())
    print(f"{count} questions in {seconds:.1f} s, start of the program included")


def _attache(database: Path, *arguments: object, stdout: object = None) -> None:
    command = [sys.executable, "-m", "bot", "--database", f"sqlite+aiosqlite:///{database}.db", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=stdout)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
