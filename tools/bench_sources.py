"""``make bench-sources``: 200 sites, good and hostile, read for three days of a set clock."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tools.sources_trial import trial


def main() -> None:
    """Print the figures of docs/sources.md."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(trial(Path(folder), many, days=3, seconds=5))
    print(f"{outcome.sites} sites, {outcome.articles} articles, {outcome.seconds:.0f} s")
    print(f"sites read or named otherwise than they should be: {len(outcome.wrong)}")
    for line in outcome.wrong:
        print(f"  {line}")
    print(f"connections refused before they were made: {outcome.refused}; connections to a private address: {outcome.touched}")
    print(f"longest work between two turns of the event loop: {', '.join(f'{ms:.0f}' for ms in outcome.blocked)} ms")
    print(f"memory grown by {outcome.grown / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
