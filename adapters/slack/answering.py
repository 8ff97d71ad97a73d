"""The desk's replies on their way to where they were asked for, or else to the asker directly."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.charts import without_charts
from adapters.slack.posting import error_code, patiently
from adapters.slack.render import Message, Rendered, render
from adapters.slack.rooms import Room, Rooms
from bot.model import Request
from bot.replies import Attachment, Paragraph, Picture, Reply, Style, Words

Respond = Callable[[dict[str, Any]], Awaitable[Any]]
"""Answers by the payload's own address, also where the bot is no member. Never by itself again: Slack could show it twice."""
RESPONSES = 5
"""Answers that Slack takes at one ``response_url``."""
_ELSEWHERE = "The file is in your direct messages with me."
_NOT_THERE = frozenset(["channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "restricted_action"])


@dataclass(frozen=True, slots=True)
class Way:
    """The way back to who asked.

    ``thread`` is the one that what was asked or pressed stands in, if it has begun: Slack shows nothing private in a thread
    that nobody has answered in. ``under`` is the one that answers for all go into, begun or not; ``None`` for none.
    ``unseen``: it was pressed in a message that nobody else sees.
    """

    respond: Respond | None = None
    thread: str | None = None
    under: str | None = None
    unseen: bool = False


def way_of(payload: Mapping[str, Any]) -> Way:
    """The way back from an event, a command, a press or a shortcut."""
    container, url = payload.get("container") or {}, payload.get("response_url")
    message, channel = payload.get("message") or payload, payload.get("channel")
    thread = message.get("thread_ts") or container.get("thread_ts")
    direct = str(channel.get("id") if isinstance(channel, Mapping) else channel).startswith("D")
    under = thread or (None if direct else message.get("ts"))
    respond = AsyncWebhookClient(str(url), retry_handlers=[], timeout=20).send_dict if url else None
    return Way(respond, thread, under, bool(container.get("is_ephemeral")))


class Answers:
    """Tells replies. What can't be said where it was asked goes by ``respond``, and what is left over directly."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def tell(self, request: Request, reply: Reply, way: Way) -> None:
        """In the asker's thread; private replies, and all to what nobody else sees, for their eyes only."""
        reply = reply.privately() if way.unseen else reply
        rendered = render(_pointing(reply) if reply.private and not request.place.person else reply)
        room = await self._rooms.at(request.place.workspace)
        try:
            await self._there(room, request, rendered, way)
        except SlackApiError as error:
            if error_code(error) not in _NOT_THERE or not request.place.channel:
                raise
            await self._otherwise(room, request, rendered, way, "ephemeral")

    async def respond(self, request: Request, reply: Reply, way: Way) -> None:
        """To a slash command or shortcut."""
        rendered = render(reply if request.place.person else _pointing(reply))
        room = await self._rooms.at(request.place.workspace)
        await self._otherwise(room, request, rendered, way, "ephemeral" if rendered.private else "in_channel")

    async def _there(self, room: Room, request: Request, rendered: Rendered, way: Way) -> None:
        place = request.place
        if rendered.private and not place.person:
            for part in rendered.messages:
                await patiently(room.post.privately, place.channel, request.asker.id, way.thread, part)
            await self._directly(room, request.asker.id, (), rendered)
            return
        channel = place.channel or await patiently(room.post.direct, request.asker.id)
        for part in rendered.messages:
            await patiently(room.post.message, channel, way.under, part)
        for upload in rendered.files:
            await patiently(room.post.files, channel, way.under, [upload])

    async def _otherwise(self, room: Room, request: Request, rendered: Rendered, way: Way, kind: str) -> None:
        taken = await _responded(way.respond, way.thread, rendered.messages[:RESPONSES], kind) if way.respond else 0
        await self._directly(room, request.asker.id, rendered.messages[taken:], rendered)

    async def _directly(self, room: Room, person: str, messages: Sequence[Message], rendered: Rendered) -> None:
        if not messages and not rendered.files:
            return
        channel = await patiently(room.post.direct, person)
        for part in messages:
            await patiently(room.post.message, channel, None, part)
        for upload in rendered.files:
            await patiently(room.post.files, channel, None, [upload])


def _pointing(reply: Reply) -> Reply:
    """The reply, saying where its files are: they can't stand beside it."""
    if not any(isinstance(block, Attachment | Picture) for block in reply.blocks):
        return reply
    return replace(reply, blocks=(*reply.blocks, Paragraph((Words(_ELSEWHERE, Style.NOTE),))))


async def _responded(respond: Respond, thread: str | None, messages: Sequence[Message], kind: str) -> int:
    """How many of the messages Slack took; an address is good for half an hour."""
    place = {"thread_ts": thread} if thread else {}
    for number, part in enumerate(messages):
        told = {"text": part.text, "blocks": without_charts(part.blocks), "response_type": kind, "replace_original": False}
        answer = await respond(told | place | {"unfurl_links": False, "unfurl_media": False})
        if answer.status_code != 200:
            return number
    return len(messages)
