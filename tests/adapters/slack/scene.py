"""The real app on the server that plays Slack, with a desk that notes what it is asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.slack import SlackApp, build_slack
from bot.config import load_settings
from bot.model import Request
from bot.replies import Action, Paragraph, Reply, Words
from tests.adapters.slack.server import FakeSlack, fake_slack

NOW = datetime(2025, 2, 13, 8, 0, tzinfo=UTC)
ANSWER = Reply((Paragraph((Words("An answer."),)),))


@dataclass
class NotingDesk:
    """Implements ``bot.ports.Desk``: notes requests, answers ``reply`` once ``gate`` is open."""

    reply: Reply = ANSWER
    requests: list[Request] = field(default_factory=list)
    presses: list[Action] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    told: Callable[[], Awaitable[None]] | None = None
    fails: bool = False

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.told:
            await self.told()
        if self.fails:
            raise ZeroDivisionError("a fault of ours")
        await self.gate.wait()
        return self.reply

    async def press(self, request: Request, action: Action) -> Reply:
        self.presses.append(action)
        return await self.answer(request)

    def complete(self, command: str, argument: str, prefix: str, limit: int = 25) -> list[str]:
        return []


@dataclass
class Scene:
    """What a test needs: the server, the app, the desk, what was purged."""

    slack: FakeSlack
    app: SlackApp
    desk: NotingDesk
    purged: list[str]
    _number: int = 0

    async def ask(self, way: str, words: str, *, ts: str | None = None, thread: str | None = None, again: bool = False) -> str:
        """Send words in as a person would; waits for the acknowledgement and, unless it came before, the desk."""
        self._number += 1
        before = len(self.desk.requests)
        envelope = await self._sent(way, words, ts or f"1700000001.{self._number:06}", thread)
        await self.slack.until(lambda: envelope in self.slack.acks)
        if not again:
            await self.slack.until(lambda: len(self.desk.requests) > before)
        return envelope

    async def _sent(self, way: str, words: str, ts: str, thread: str | None) -> str:
        if way == "command":
            return await self.slack.emit(
                "slash_commands",
                {"command": "/brief", "text": _escaped(words), "team_id": "T1", "channel_id": "C1", "user_id": "U1",
                 "trigger_id": f"t{self._number}", "response_url": f"{self.slack.url}respond"},
            )  # fmt: skip
        event: dict[str, Any] = {"user": "U1", "ts": ts, "channel": "C1", "team": "T1"} | (
            {"thread_ts": thread} if thread else {}
        )
        if way == "mention":
            event |= {"type": "app_mention", "text": f"<@UBOT> {_escaped(words)}"}
        else:
            event |= {"type": "message", "channel": "DU1", "channel_type": "im", "text": _escaped(words)}
        return await self.event(event)

    async def event(self, event: dict[str, Any]) -> str:
        """Any event of the Events API."""
        return await self.slack.emit(
            "events_api", {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{self._number}", "event": event}
        )

    async def press(self, action: dict[str, Any], *, answers: bool = False, unseen: bool = False) -> str:
        """A button or menu of a message in a thread of C1; ``answers``: it has an address of its own to answer at; ``unseen``:
        the message is for one person's eyes, so that Slack sends no ``message``."""
        self._number += 1
        payload = {
            "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "channel": {"id": "C1"},
            "trigger_id": self.slack.trigger(), "container": {"type": "message", "is_ephemeral": unseen},
            "actions": [{"type": "button", "block_id": "b", **action}],
        } | ({} if unseen else {"message": {"ts": "1.2", "thread_ts": "1.1"}}) | ({"response_url": f"{self.slack.url}respond"} if answers else {})  # fmt: skip
        return await self.slack.emit("interactive", payload)

    async def shortcut(self, message: dict[str, Any]) -> str:
        """ "Who said this?" on a message of C1."""
        return await self.slack.emit("interactive", {
            "type": "message_action", "callback_id": "who_said_this", "trigger_id": self.slack.trigger(), "team": {"id": "T1"},
            "user": {"id": "U1"}, "channel": {"id": "C1"}, "message": {"ts": "1.1", **message}, "response_url": f"{self.slack.url}respond",
        })  # fmt: skip


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@asynccontextmanager
async def opened(reply: Reply = ANSWER, *, waits: bool = False) -> AsyncIterator[Scene]:
    """The app, connected; with ``waits`` the desk answers only when its gate is opened."""
    async with fake_slack() as slack:
        desk = NotingDesk(reply, told=slack.tell)
        if not waits:
            desk.gate.set()
        purged: list[str] = []

        async def purge(team: str) -> None:
            purged.append(team)
            await slack.tell()

        settings = load_settings(
            slack_bot_token="xoxb-1", slack_app_token="xapp-1", slack_api_url=f"{slack.url}api/", _env_file=None
        )
        app = build_slack(settings, desk, lambda: NOW, purge=purge)
        serving = asyncio.create_task(app.serve())
        try:
            yield Scene(slack, app, desk, purged)
        finally:
            await app.stop()
            await serving
