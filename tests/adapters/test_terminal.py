"""The terminal as a platform: what is sent by itself is printed once, beside the answers to what is typed."""

import asyncio
import io
import os
from datetime import UTC, datetime

import pytest

from adapters.console import Terminal
from bot.model import Destination, Platform, Request
from bot.ports import Parcel
from bot.replies import Action, Reply, saying

HERE = Destination(Platform.CONSOLE, "", "terminal")


class Echo:
    """A desk that says what it was asked."""

    async def answer(self, request: Request) -> Reply:
        return saying(f"asked: {request.words}")

    async def press(self, request: Request, action: Action) -> Reply:
        return saying(action.verb)

    def complete(self, command: str, argument: str, prefix: str, limit: int = 25) -> list[str]:
        return []


async def test_lines_are_answered_and_messages_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hello\n Exit \nis anybody there\n"))
    terminal = Terminal(Echo(), lambda: datetime(2025, 3, 4, tzinfo=UTC), "UTC")
    serving = asyncio.create_task(terminal.serve())
    parcel = Parcel("digest-1", HERE, saying("Good morning."))
    assert await terminal.courier.find(parcel) is None
    message = await terminal.courier.send(parcel)
    assert await terminal.courier.find(parcel) == message
    await terminal.edit(HERE, message, saying("Good evening."))
    await asyncio.sleep(0)
    await terminal.stop()
    await serving
    assert capsys.readouterr().out == "Good morning.\n\nGood evening.\n\nasked: hello\n\n"


async def test_a_pipe_that_says_nothing_holds_up_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = os.pipe()
    monkeypatch.setattr("sys.stdin", os.fdopen(ours))
    terminal = Terminal(Echo(), lambda: datetime(2025, 3, 4, tzinfo=UTC), "UTC")
    serving = asyncio.create_task(terminal.serve())
    await asyncio.wait_for(asyncio.sleep(0.01), 5)
    os.write(theirs, b"hel")
    await asyncio.sleep(0.01)
    os.write(theirs, b"lo\n")
    while "asked: hello" not in (said := capsys.readouterr().out):
        await asyncio.wait_for(asyncio.sleep(0.01), 5)
    assert said == "asked: hello\n\n"
    await terminal.stop()
    await asyncio.wait_for(serving, 5)
    os.close(theirs)
