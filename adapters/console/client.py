"""The conversation itself: reads lines, prints replies, presses buttons by number."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from rich.console import Console

from adapters.console.inbound import Clock, button_request, request_of
from adapters.console.render import buttons_of, render
from bot.commands import COMMANDS
from bot.ports import Desk
from bot.replies import Button, Reply, plain

GOODBYES = frozenset({"exit", "quit", "bye", ":q"})


class _Names(Completer):
    """Completes command names first, then names of actors; from memory only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        word = before.split(" ")[-1]
        if " " not in before:
            yield from (Completion(c.name, -len(word), display_meta=c.help) for c in COMMANDS if c.name.startswith(word.lower()))
        if len(word) > 1:
            yield from (Completion(name, -len(word)) for name in self._desk.complete("said", "actor", word, 8))


async def converse(desk: Desk, clock: Clock, zone: str, history: Path | None, opening: str) -> None:
    """Talk at a terminal until the person leaves (``exit`` or end of input)."""
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)) if history else InMemoryHistory(),
        auto_suggest=AutoSuggestFromHistory(),
        completer=_Names(desk),
        complete_while_typing=False,
    )
    console = Console(highlight=False)
    console.print(opening, style="dim")
    shown: list[Button] = []
    while True:
        try:
            line = await session.prompt_async("» ")
        except (EOFError, KeyboardInterrupt):
            return
        if _takes_leave(line):
            return
        if line.strip():
            reply = await _react(desk, line, clock, zone, shown)
            console.print(render(reply))
            shown = buttons_of(reply)


def _takes_leave(line: str) -> bool:
    return line.strip().lower() in GOODBYES


async def _react(desk: Desk, line: str, clock: Clock, zone: str, shown: list[Button]) -> Reply:
    if line.strip().isdigit() and 1 <= int(line) <= len(shown):
        return await desk.press(button_request(clock(), zone), shown[int(line) - 1].action)
    return await desk.answer(request_of(line, clock(), zone))


async def _lines(stream: TextIO) -> AsyncIterator[str]:
    """The lines as they come; of a pipe without holding up anything else meanwhile."""
    if not _may_wait(stream):
        for line in stream:
            yield line
        return
    reader = asyncio.StreamReader(limit=_WIDEST)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stream)
    try:
        while raw := await reader.readline():
            yield raw.decode("utf-8", "replace")
    finally:
        transport.close()


_WIDEST = 16_000_000


def _may_wait(stream: TextIO) -> bool:
    """Whether it is a pipe or a socket, whose next line may be long in coming."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except OSError:  # no file at all, as in tests
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


async def pipe(desk: Desk, clock: Clock, zone: str, lines: TextIO, out: TextIO) -> None:
    """One message a line, each answered in order as plain text, an empty line between replies."""
    shown: list[Button] = []
    async for line in _lines(lines):
        if _takes_leave(line):
            return
        if line.strip():
            reply = await _react(desk, line, clock, zone, shown)
            print(plain(reply), end="\n\n", file=out, flush=True)
            shown = buttons_of(reply)
