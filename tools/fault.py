"""The fault trial on the command line: ``make fault``.

python -m tools.fault [--kills 1000] [--each 10] [--seed 1] [--log fault.jsonl]
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tools.fault_trial import trial


def main() -> None:
    """Run a trial and print what it showed; fails if anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=Path("fault.jsonl"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(trial(Path(folder), given.kills, given.each, given.seed))
    given.log.write_text(outcome.log)
    for name, answers in outcome.answers.items():
        print(f"{name}: " + ", ".join(f"{many:,} {what}" for what, many in sorted(answers.items())))
    print(
        f"{outcome.kills:,} kills, {outcome.owed:,} owed: {outcome.lost} lost, {outcome.doubled} doubled, {outcome.given_up} given up"
    )
    sys.exit(1 if outcome.lost or outcome.doubled else 0)


if __name__ == "__main__":
    main()
