"""Messages to Slack, and what goes wrong on the way as the errors of deliveries.

Posting is never repeated by the client: a repeat could post twice. A delivery's key travels in the message's
metadata, so that after a lost reply the message can be looked up.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.render import Message, Rendered, render
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled, Unreachable
from bot.model import Destination
from bot.ports import Parcel
from bot.replies import Reply

EVENT = "attache_delivery"
_GONE = frozenset(
    ["channel_not_found", "not_in_channel", "is_archived", "user_not_found", "user_disabled", "cannot_dm_bot", "account_inactive",
     "invalid_auth", "not_authed", "token_revoked", "token_expired", "team_access_not_granted", "missing_scope", "restricted_action",
     "org_login_required", "ekm_access_denied", "messages_tab_disabled"]
)  # fmt: skip
_LOOKED_BACK = 100


def failure(error: Exception) -> DeliveryError:
    """The delivery error for what the client raised."""
    if isinstance(error, SlackApiError):
        data = error.response.data if isinstance(error.response.data, dict) else {}
        code = str(data.get("error") or f"HTTP {error.response.status_code}")
        if error.response.status_code == 429 or code in ("ratelimited", "rate_limited"):
            return Throttled(float(error.response.headers.get("Retry-After", 1)))
        if code in _GONE:
            return Gone(f"Slack: {code}")
        if error.response.status_code >= 500 or code in ("internal_error", "fatal_error", "service_unavailable"):
            return Ambiguous(f"Slack: {code}")
        return DeliveryError(f"Slack refuses this message: {code}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable("Slack can't be reached")
    return Ambiguous(f"Slack did not answer ({error.__class__.__name__})")


class Post:
    """Puts replies into a workspace; implements ``bot.ports.Courier``."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def send(self, parcel: Parcel) -> str:
        """See ``bot.ports.Courier``; the id is the channel and the timestamps of its messages.

        Of a reply of several messages those already there, from an attempt that broke off, are not posted again.
        """
        try:
            channel = await self._channel(parcel.destination)
            rendered = render(parcel.reply)
            posted = await self._posted(channel, parcel) if len(rendered.messages) > 1 else {}
            stamps = [posted.get(n) or await self._message(channel, parcel, m, n) for n, m in enumerate(rendered.messages)]
            await self.files(channel, parcel.destination.thread, rendered)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise failure(error) from error
        return f"{channel}:{'+'.join(stamps)}"

    async def find(self, parcel: Parcel) -> str | None:
        """See ``bot.ports.Courier``; parts that are missing are posted."""
        try:
            channel = await self._channel(parcel.destination)
            posted = await self._posted(channel, parcel)
            if not posted:
                return None
            messages = render(parcel.reply).messages
            stamps = [posted.get(n) or await self._message(channel, parcel, m, n) for n, m in enumerate(messages)]
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise failure(error) from error
        return f"{channel}:{'+'.join(stamps)}"

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """See ``bot.ports.Courier``; a reply that got longer loses nothing, it goes on in new messages."""
        channel, _, stamps = message.partition(":")
        parts = render(reply).messages
        try:
            for stamp, part in zip(stamps.split("+"), parts, strict=False):
                await self._client.chat_update(channel=channel, ts=stamp, text=part.text, blocks=part.blocks)
            for part in parts[len(stamps.split("+")) :]:
                await self.message(channel, destination.thread, part)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise failure(error) from error

    async def message(self, channel: str, thread: str | None, part: Message, **more: Any) -> str:
        """Post one message; its timestamp. Raises what the client raises."""
        answer = await self._client.chat_postMessage(
            channel=channel, thread_ts=thread, text=part.text, blocks=part.blocks, unfurl_links=False, unfurl_media=False, **more
        )
        return str(answer["ts"])

    async def files(self, channel: str, thread: str | None, rendered: Rendered) -> None:
        """Upload the files that go with a reply."""
        for upload in rendered.files:
            await self._client.files_upload_v2(
                channel=channel,
                thread_ts=thread,
                filename=upload.filename,
                title=upload.filename,
                content=upload.data,
                alt_txt=upload.alt,
            )

    async def direct(self, person: str) -> str:
        """The channel of direct messages with a person."""
        return str((await self._client.conversations_open(users=person))["channel"]["id"])

    async def _channel(self, destination: Destination) -> str:
        return await self.direct(destination.person) if destination.person else destination.channel

    async def _message(self, channel: str, parcel: Parcel, part: Message, number: int) -> str:
        metadata = {"event_type": EVENT, "event_payload": {"key": parcel.key, "part": number}}
        return await self.message(channel, parcel.destination.thread, part, metadata=metadata)

    async def _posted(self, channel: str, parcel: Parcel) -> dict[int, str]:
        thread = parcel.destination.thread
        if thread:
            found = await self._client.conversations_replies(
                channel=channel, ts=thread, limit=_LOOKED_BACK, include_all_metadata=True
            )
        else:
            found = await self._client.conversations_history(channel=channel, limit=_LOOKED_BACK, include_all_metadata=True)
        return {number: str(m["ts"]) for m in found["messages"] if (number := _part(m, parcel.key)) is not None}


def _part(message: Mapping[str, Any], key: str) -> int | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return int(payload.get("part", 0)) if metadata.get("event_type") == EVENT and payload.get("key") == key else None


async def patiently(post: Any, *given: Any, **more: Any) -> Any:
    """Call once more after each 429, three times at most: an answer somebody waits for."""
    for _ in range(3):
        try:
            return await post(*given, **more)
        except SlackApiError as error:
            if error.response.status_code != 429:
                raise
            await asyncio.sleep(min(30.0, float(error.response.headers.get("Retry-After", 1))))
    return await post(*given, **more)
