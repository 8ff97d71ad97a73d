"""The desk's replies on their way to where they were asked for, or else to the asker directly."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.charts import without_charts
from adapters.slack.posting import error_code, patiently
from adapters.slack.render import Message, Rendered, render
from adapters.slack.rooms import Room, Rooms
from bot.model import Request
from bot.replies import Reply

Respond = Callable[..., Awaitable[Any]]
"""Bolt's ``respond``: answers by the payload's own address, also where the bot is no member."""
RESPONSES = 5
"""Answers that Slack takes at one ``response_url``."""
_NOT_THERE = frozenset(["channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "restricted_action"])


class Answers:
    """Tells replies. What can't be said where it was asked goes by ``respond``, and what is left over directly."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def tell(self, request: Request, reply: Reply, respond: Respond | None = None) -> None:
        """In the asker's thread; private replies for their eyes only."""
        rendered, room = render(reply), await self._rooms.at(request.place.workspace)
        try:
            await self._there(room, request, rendered)
        except SlackApiError as error:
            if error_code(error) not in _NOT_THERE or not request.place.channel:
                raise
            await self._otherwise(room, request, rendered, respond, "ephemeral")

    async def respond(self, request: Request, reply: Reply, respond: Respond) -> None:
        """To a slash command."""
        rendered, room = render(reply), await self._rooms.at(request.place.workspace)
        await self._otherwise(room, request, rendered, respond, "ephemeral" if rendered.private else "in_channel")

    async def _there(self, room: Room, request: Request, rendered: Rendered) -> None:
        place = request.place
        if rendered.private and not place.person:
            for part in rendered.messages:
                await patiently(
                    room.client.chat_postEphemeral,
                    channel=place.channel, user=request.asker.id, thread_ts=place.thread, text=part.text,
                    blocks=without_charts(part.blocks),
                )  # fmt: skip
            await self._directly(room, request.asker.id, (), rendered)
            return
        channel = place.channel or await room.post.direct(request.asker.id)
        for part in rendered.messages:
            await patiently(room.post.message, channel, place.thread, part)
        await room.post.files(channel, place.thread, rendered.files)

    async def _otherwise(self, room: Room, request: Request, rendered: Rendered, respond: Respond | None, kind: str) -> None:
        taken = await _responded(respond, request, rendered.messages[:RESPONSES], kind) if respond else 0
        await self._directly(room, request.asker.id, rendered.messages[taken:], rendered)

    async def _directly(self, room: Room, person: str, messages: Sequence[Message], rendered: Rendered) -> None:
        if not messages and not rendered.files:
            return
        channel = await room.post.direct(person)
        for part in messages:
            await patiently(room.post.message, channel, None, part)
        await room.post.files(channel, None, rendered.files)


async def _responded(respond: Respond, request: Request, messages: Sequence[Message], kind: str) -> int:
    """How many of the messages Slack took; an address is good for half an hour."""
    for number, part in enumerate(messages):
        answer = await respond(
            text=part.text, blocks=without_charts(part.blocks), response_type=kind, replace_original=False, thread_ts=request.place.thread,
            unfurl_links=False, unfurl_media=False,
        )  # fmt: skip
        if answer.status_code != 200:
            return number
    return len(messages)
