"""The agent view: questions to begin with, and a sign that an answer is coming. https://docs.slack.dev/ai/developing-agents

Apps whose manifest has ``agent_view`` are opened by ``app_home_opened`` and must name no thread; ``assistant_thread_started``
comes to those still on the older ``assistant_view``. Answers are not streamed: a stream takes Markdown, in which words from
outside would come alive.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import COMMANDS

_SUGGESTED = ("said", "events", "positions", "follow")
PROMPTS = [{"title": command.help, "message": command.example} for command in COMMANDS if command.name in _SUGGESTED]
"""Slack shows four at most."""
_LOOKING = "is looking through the articles…"
_PATIENCE = 2.0
"""Seconds that an answer waits for the sign of itself."""
_TROUBLES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


async def suggest(client: AsyncWebClient, channel: str, thread: str | None) -> None:
    """Offer questions; where the workspace has no agent view, nothing happens."""
    with suppress(*_TROUBLES):
        await client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts=thread, prompts=PROMPTS)


@asynccontextmanager
async def looking(client: AsyncWebClient, channel: str, stamp: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """While the block runs the message ``stamp`` shows that an answer is coming.

    Gives a function that says whether it does: an agent's conversations are threads, each under the person's message.
    """
    showing = asyncio.create_task(_status(client, channel, stamp, _LOOKING))

    async def shown() -> bool:
        await asyncio.wait([showing], timeout=_PATIENCE)
        return showing.done() and showing.result()

    try:
        yield shown
    finally:
        await showing
        await _status(client, channel, stamp, "")


async def _status(client: AsyncWebClient, channel: str, stamp: str, status: str) -> bool:
    with suppress(*_TROUBLES):
        await client.assistant_threads_setStatus(channel_id=channel, thread_ts=stamp, status=status)
        return True
    return False
