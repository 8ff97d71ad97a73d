"""``python -m bot`` and the console script ``attache``."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it in one line, also while it is being imported."""
    try:
        from bot.cli import main as run

        run()
    except KeyboardInterrupt:
        print("attache: interrupted; what was stored stays stored, the same command goes on from there", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
