"""The ``attache`` command. Results go to standard output, logs and progress to standard error.

Exit status: 0 done, 1 failed, 2 wrong usage.
"""

import sys

import typer

from bot.errors import AttacheError, SettingsError, UsageError

cli = typer.Typer(
    name="attache",
    help="A briefing bot for diplomatic news: who said what, with article and paragraph.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@cli.callback()
def options() -> None:
    """Options of every command."""


@cli.command()
def chat() -> None:
    """Talk to the bot in the terminal; when input is not a terminal: one message a line."""


def main() -> None:
    """Run the command line; an error is one line on standard error."""
    try:
        cli()
    except (UsageError, SettingsError) as error:
        print(f"attache: {error}", file=sys.stderr)
        sys.exit(2)
    except AttacheError as error:
        print(f"attache: {error}", file=sys.stderr)
        sys.exit(1)
