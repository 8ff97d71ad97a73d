"""The ``attache`` command. Results go to standard output, logs and progress to standard error.

Exit status: 0 done, 1 failed, 2 wrong usage.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import available_timezones

import structlog
import typer

from bot.cli_sources import source
from bot.config import Settings, keep_to_one_core, load_settings
from bot.errors import AttacheError, SettingsError, SourceError, UsageError
from bot.formats import reading_json, reading_text, visible

cli = typer.Typer(
    name="attache",
    help="A briefing bot for diplomatic news: who said what, with article and paragraph.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

cli.add_typer(source)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to standard output.")]
ZoneOption = Annotated[str | None, typer.Option("--zone", help="IANA time zone, e.g. Europe/Brussels.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that read at the same time.")]


@cli.callback()
def options(
    context: typer.Context,
    database: Annotated[str | None, typer.Option("--database", help="Database URL; default ATTACHE_DATABASE_URL.")] = None,
) -> None:
    """Options of every command."""
    overrides = {"database_url": database} if database else {}
    context.obj = load_settings(**overrides)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, context.obj.log_level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _settings(context: typer.Context) -> Settings:
    settings: Settings = context.obj
    return settings


@cli.command()
def chat(context: typer.Context) -> None:
    """Talk to the bot in the terminal; when input is not a terminal: one message a line."""
    from bot import app

    asyncio.run(app.chat(_settings(context)))


@cli.command()
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What a person would type.")] = None,
    jsonl: Annotated[
        str | None, typer.Option("--jsonl", help='A file (or -) of {"q", "now"?, "since"?, "until"?, "in"?, "thread"?} lines.')
    ] = None,
    as_json: AsJson = False,
    at: Annotated[str | None, typer.Option("--now", help="Answer as at this ISO 8601 time.")] = None,
    zone: ZoneOption = None,
    since: Annotated[str | None, typer.Option("--since", help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day, YYYY-MM-DD.")] = None,
    within: Annotated[list[str] | None, typer.Option("--in", help="Only this article; may be repeated.")] = None,
) -> None:
    """Ask one question, or many with --jsonl."""
    from bot import app
    from bot.asking.forms import Asked

    if (question is None) == (jsonl is None):
        raise UsageError('ask: give one question ("what did Hegseth say") or --jsonl FILE')
    if jsonl is not None:
        with _input(jsonl) as stream:
            asyncio.run(app.ask_lines(_settings(context), (line for line in stream if line.strip()), zone, _print_json))
        return
    asked = Asked(question or "", _time(at), _day(since, "--since"), _day(until, "--until"), tuple(within or ()))
    answer, text = asyncio.run(app.ask_once(_settings(context), asked, zone))
    if as_json:
        _print_json(answer)
    else:
        print(visible(text))


@cli.command()
def read(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(help="A file, or - for standard input.")] = None,
    jsonl: Annotated[str | None, typer.Option("--jsonl", help='A file (or -) of {"id", "text", ...} lines.')] = None,
    as_json: AsJson = False,
    jobs: Jobs = 1,
) -> None:
    """Read one article and show what was understood; stores nothing."""
    from bot import app

    if (file is None) == (jsonl is None):
        raise UsageError("read: give one FILE (- for standard input) or --jsonl FILE")
    if jsonl is not None:
        problems = app.read_lines(_settings(context), jsonl, jobs, _print_json)
        _fail_for(problems)
        return
    article, reading = app.read_one(_settings(context), file or "-")
    if as_json:
        _print_json(reading_json(article, reading))
    else:
        print(visible(reading_text(article, reading)))


@cli.command()
def ingest(
    context: typer.Context,
    places: Annotated[list[str], typer.Argument(help="Files, folders, .jsonl, pages or feeds.", metavar="PATH|URL ...")],
    jobs: Jobs = 1,
) -> None:
    """Read and store articles; again = no change."""
    from bot import app
    from bot.app_sources import left_out
    from bot.ports import Stored

    with _progress() as told:
        tally = asyncio.run(app.ingest_places(_settings(context), places, jobs, lambda tally: told(tally.done, tally.failed)))
    counts = tally.stored
    print(
        f"{counts[Stored.NEW]} new, {counts[Stored.REVISED]} revised, {counts[Stored.UNCHANGED]} unchanged, {tally.failed} could not be read",
        file=sys.stderr,
    )
    if others := left_out(places):
        print(f"attache: {visible(others)}", file=sys.stderr)
    _fail_for(tally.problems, tally.failed)


@cli.command()
def digest(
    context: typer.Context,
    on: Annotated[str | None, typer.Option("--on", help="The day, YYYY-MM-DD; default the last day read.")] = None,
    zone: ZoneOption = None,
    want: Annotated[
        list[str] | None,
        typer.Option("--want", help="As in chat: 'only Reuters, meetings', 'without sanctions', 'length 5', 'dates in French'."),
    ] = None,
    follow: Annotated[list[str] | None, typer.Option("--follow", help="Whom the digest's readers follow.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a digest would say; sends nothing."""
    from bot import app
    from bot.briefing.previews import Preview

    settings = _settings(context)
    asked = Preview(_day(on, "--on"), _known_zone(zone or settings.zone), tuple(want or ()), tuple(follow or ()))
    held, text = asyncio.run(app.digest(settings, asked))
    if as_json:
        _print_json(held)
    else:
        print(visible(text))


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise UsageError(f"--zone: {zone!r} is no IANA zone; write one such as Europe/Brussels")
    return zone


@cli.command()
def run(
    context: typer.Context,
    console: Annotated[bool, typer.Option("--console", help="Serve this terminal too: digests and alerts are printed.")] = False,
) -> None:
    """Serve every configured chat platform until stopped."""
    from bot import app

    asyncio.run(app.run(_settings(context), console=console))


@cli.command()
def check(
    context: typer.Context,
    as_json: AsJson = False,
    new_key: Annotated[bool, typer.Option("--new-key", help="Print a fresh ATTACHE_SECRET_KEY and check nothing.")] = False,
) -> None:
    """Check settings, database and models; say what is wrong and what to do."""
    from bot import app

    if new_key:
        print(app.new_key())
        return
    findings = asyncio.run(app.check(_settings(context)))
    if as_json:
        _print_json([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        sys.exit(1)


@cli.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what was read: articles, outlets, dates."""
    from bot import app

    facts = asyncio.run(app.status(_settings(context)))
    if as_json:
        _print_json(facts)
    else:
        for name, value in facts.items():
            _print_fact(name.replace("_", " "), value)


def _print_fact(name: str, value: object) -> None:
    """Short things of a list in a line, sentences in a line each."""
    many = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    apart = len(many) > 1 and name in ("sources", "given up")
    print(visible(f"{name}:\n  " + "\n  ".join(many) if apart else f"{name}: {', '.join(many) or 'none'}"))


@cli.command()
def export(context: typer.Context) -> None:
    """Print every stored article as a JSON line; `attache ingest` takes them back."""
    from bot import app

    asyncio.run(app.export(_settings(context), _print_json))


@cli.command()
def backup(context: typer.Context, path: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the database, while it is in use, into one file."""
    from bot import app

    asyncio.run(app.backup(_settings(context), path))
    print(f"backup written to {path}", file=sys.stderr)


@cli.command()
def manifest(
    platform: Annotated[str, typer.Argument(help="slack")],
    url: Annotated[str | None, typer.Option(help="The public https address, where many workspaces are served over HTTP.")] = None,
) -> None:
    """Print the manifest that installs the app on a platform."""
    from bot import app

    print(app.manifest(platform, url))


def _input(name: str) -> Any:
    if name == "-":
        return open(0, encoding="utf-8", closefd=False)
    try:
        return open(name, encoding="utf-8")
    except OSError as error:
        raise SourceError(name, f"can't be read ({error.strerror}); check the path") from error


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _day(value: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise UsageError(f"{option}: {value!r} is no date; write YYYY-MM-DD") from error


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value else None
    except ValueError as error:
        raise UsageError(f"--now: {value!r} is no ISO 8601 time; write 2025-02-13T09:00:00+01:00") from error


def _fail_for(problems: list[SourceError], failed: int | None = None) -> None:
    """Print the problems, of all that ``failed``, and leave with a failure if there are any; on a terminal the first alone."""
    many, seen = failed or len(problems), sys.stderr.isatty()
    shown = problems[:_SHOWN] if seen else problems
    for problem in shown:
        print(f"attache: {visible(str(problem))}", file=sys.stderr)
    if many > len(shown):
        print(
            f"attache: ... and {many - len(shown):,} more{'; a file takes them all: 2>problems.txt' if seen else ''}",
            file=sys.stderr,
        )
    if problems:
        sys.exit(1)


_SHOWN = 20


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Progress on standard error, told how many are done and how many failed: a line that is redrawn, or, where it is no
    terminal, one line every thousand articles."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    seen = sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not seen) as progress:
        task = progress.add_task("reading", total=None)

        def told(done: int, failed: int) -> None:
            what = f"reading ({failed} failed)" if failed else "reading"
            if not seen and done and done % 1_000 == 0 and done != progress.tasks[0].completed:
                print(f"attache: {what}, {done:,} so far", file=sys.stderr)
            progress.update(task, completed=done, description=what)

        yield told


def main() -> None:
    """Run the command line; an error is one line on standard error."""
    keep_to_one_core()
    try:
        cli()
    except SystemExit as leaving:
        if leaving.code == 130:  # typer ends a command that is interrupted without a word
            raise KeyboardInterrupt from None
        raise
    except (UsageError, SettingsError) as error:
        _leave(str(error), 2)
    except AttacheError as error:
        _leave(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _leave(message: str, status: int) -> NoReturn:
    print(f"attache: {visible(message)}", file=sys.stderr)
    sys.exit(status)
