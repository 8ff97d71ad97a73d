"""The terminal as a platform that is served: what is sent by itself is printed, between the lines of a conversation."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console

from adapters.console.client import converse, pipe
from adapters.console.inbound import Clock
from adapters.console.render import render
from bot.model import Destination
from bot.ports import Desk, Parcel
from bot.replies import Reply, plain


class Terminal:
    """Serves the one person at the terminal, and implements ``bot.ports.Courier`` for them."""

    def __init__(self, desk: Desk, clock: Clock, zone: str, history: Path | None = None, opening: str = "") -> None:
        self._desk = desk
        self._clock = clock
        self._zone = zone
        self._history = history
        self._opening = opening
        self._stopped = asyncio.Event()
        self._printed: set[str] = set()

    @property
    def courier(self) -> "Terminal":
        """The way out is the same terminal."""
        return self

    async def serve(self) -> None:
        """Talk and print until ``stop``, or until the person leaves; lines that are piped in are answered, then it stays."""
        if sys.stdin.isatty():
            with patch_stdout(raw=True):
                await self._until_stopped(converse(self._desk, self._clock, self._zone, self._history, self._opening))
            return
        await self._until_stopped(pipe(self._desk, self._clock, self._zone, sys.stdin, sys.stdout))
        await self._stopped.wait()

    async def _until_stopped(self, talk: Coroutine[Any, Any, None]) -> None:
        talking, leaving = asyncio.create_task(talk), asyncio.create_task(self._stopped.wait())
        await asyncio.wait([talking, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in (talking, leaving):
            task.cancel()
        if talking.done():
            talking.result()

    async def stop(self) -> None:
        """Leave the conversation."""
        self._stopped.set()

    async def send(self, parcel: Parcel) -> str:
        """Print it. See ``bot.ports.Courier``."""
        self._print(parcel.reply)
        self._printed.add(parcel.key)
        return parcel.key

    async def find(self, parcel: Parcel) -> str | None:
        """What this process printed; what an earlier one printed is not known, and is printed again."""
        return parcel.key if parcel.key in self._printed else None

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """What is printed stays; the new words are printed below."""
        self._print(reply)

    def _print(self, reply: Reply) -> None:
        if sys.stdout.isatty():
            Console(highlight=False).print(render(reply), "")
        else:
            print(plain(reply), end="\n\n", flush=True)
