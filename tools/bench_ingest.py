"""``make bench-ingest``: 10,000 articles, an ingest that is stopped again and again, and what storing costs."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bot.config import keep_to_one_core
from tools.ingest_trial import Ingest, generated, share_of_storing, stopped_and_gone_on, written


async def _measure(folder: Path, many: int, stops: int) -> None:
    share = await share_of_storing(folder, many, batches=10)
    print(f"share of storing after {many:,} articles, in the median batch: {share.storing:.1%} of {sum(share.whole):.1f} s")
    for reader in ("rules", "model"):
        started, at = time.perf_counter(), folder / reader
        at.mkdir()
        ingest = Ingest(written(generated(many), at / "news.jsonl"), reader, jobs=2)
        outcome = await stopped_and_gone_on(ingest, at, many, stops if reader == "rules" else max(2, stops // 10), seed=7)
        endings = ", ".join(f"{count} by exit status {status}" for status, count in sorted(outcome.endings.items()))
        print(f"{reader}: {many:,} articles, stopped {sum(outcome.endings.values()) - outcome.endings[0]} times ({endings})")
        print(
            f"  the last run had {outcome.left:,} to read; one more changed {outcome.again}; {time.perf_counter() - started:.0f} s"
        )
        for told in outcome.odd:
            print(f"  ended otherwise than asked: {told}")
        print(f"  otherwise than undisturbed: {', '.join(outcome.differences) or 'nothing'}")


def main() -> None:
    """Print the figures of docs/sources.md; how many articles and stops may be given."""
    keep_to_one_core()
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), many, int(sys.argv[2]) if len(sys.argv) > 2 else max(10, many // 100)))


if __name__ == "__main__":
    main()
