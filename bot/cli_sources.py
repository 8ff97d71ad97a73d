"""``attache source``: what is read by itself."""

import asyncio
import sys
from datetime import timedelta
from os.path import abspath
from typing import Annotated

import typer

from bot.config import Settings
from bot.formats import visible
from bot.registering import Register
from bot.sources import is_web
from bot.tending import listed, source_json

source = typer.Typer(
    name="source",
    help="Sources that `attache run` reads by itself: feeds and folders.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Which = Annotated[str, typer.Argument(help="The source's number, address, or part of its name.", metavar="URL|NUMBER")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to standard output.")]


def _settings(context: typer.Context) -> Settings:
    settings: Settings = context.obj
    return settings


def _print(lines: list[str]) -> None:
    for line in lines:
        print(visible(line))


@source.command()
def add(
    context: typer.Context,
    places: Annotated[
        list[str], typer.Argument(help="Feeds, lists of feeds (OPML), pages that name a feed, folders.", metavar="URL|FOLDER ...")
    ],
    at_most: Annotated[int, typer.Option("--at-most-every", min=1, help="Minutes between two visits at least.")] = 15,
    at_least: Annotated[int, typer.Option("--at-least-every", min=1, help="Minutes between two visits at most.")] = 360,
) -> None:
    """Read a source from now on. What is there now is stored; only what comes later is told."""
    from bot import app

    floor, ceiling = timedelta(minutes=at_most), timedelta(minutes=at_least)

    named = [place if is_web(place) else abspath(place) for place in places]

    async def each(register: Register) -> None:
        for place in named:
            _print(await register.add(place, app.now(), floor=floor, ceiling=ceiling))

    asyncio.run(app.with_register(_settings(context), each))


@source.command("list")
def list_(
    context: typer.Context,
    as_json: AsJson = False,
    opml: Annotated[bool, typer.Option("--opml", help="Print the feeds as an OPML list, for other readers.")] = False,
) -> None:
    """Show every source and its health."""
    import json

    from bot import app
    from bot.app_sources import opml_of

    at = app.now()
    sources = asyncio.run(app.with_register(_settings(context), lambda register: register.book.all()))
    if opml:
        print(opml_of(sources))
    elif as_json:
        print(json.dumps([source_json(found, at) for found in sources], ensure_ascii=False))
    else:
        _print(listed(sources, at))


@source.command()
def pause(context: typer.Context, which: Which) -> None:
    """Stop reading a source for now."""
    from bot import app

    _print([asyncio.run(app.with_register(_settings(context), lambda register: register.pause(which, app.now())))])


@source.command()
def resume(context: typer.Context, which: Which) -> None:
    """Go on reading a paused source."""
    from bot import app

    _print([asyncio.run(app.with_register(_settings(context), lambda register: register.resume(which, app.now())))])


@source.command()
def remove(context: typer.Context, which: Which) -> None:
    """Forget a source; its articles stay."""
    from bot import app

    _print([asyncio.run(app.with_register(_settings(context), lambda register: register.remove(which)))])


@source.command()
def test(
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="A feed, list of feeds, page or folder.", metavar="URL|FOLDER")],
) -> None:
    """Show what is at an address, and its first articles; stores nothing."""
    from bot import app

    lines = asyncio.run(app.with_register(_settings(context), lambda register: register.test(place)))
    _print(lines)
    tried = [line for line in lines[1:] if not line.startswith("  names the feed")]
    if tried and all(line.startswith("  not to be had") for line in tried):
        sys.exit(1)
