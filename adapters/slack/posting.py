"""Messages to Slack, and what goes wrong on the way as the errors of deliveries.

Posting is never repeated by the client: a repeat could post twice. A delivery's key travels in the message's
metadata, so that after a lost reply the message can be looked up.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.charts import without_charts
from adapters.slack.render import Message, Rendered, Upload, render
from adapters.slack.tables import without_tables
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled, Unreachable
from bot.model import Destination
from bot.ports import Parcel
from bot.replies import Reply

EVENT = "attache_delivery"
_GONE = frozenset(
    ["channel_not_found", "not_in_channel", "is_archived", "user_not_found", "user_disabled", "cannot_dm_bot", "restricted_action",
     "messages_tab_disabled"]
)  # fmt: skip
_TOKEN = frozenset(
    ["account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "team_access_not_granted", "missing_scope",
     "org_login_required", "ekm_access_denied", "two_factor_setup_required"]
)  # fmt: skip
"""What is wrong with the token, and so with everything sent: no reason to end a channel's digest."""
_UNCERTAIN = frozenset(["internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"])
_BLIND = frozenset(["missing_scope", "not_allowed_token_type", "method_not_supported_for_channel_type", "thread_not_found"])
"""The app may not look where it may post, as in direct messages of several."""
_LOOKED_BACK = 200
_PAGES = 5
_LONGEST = 3600.0
_SHORT = 5.0
"""Seconds that the parts of a delivery wait for each other: a channel takes about one message a second."""


class Refused(Unreachable):
    """Slack does not take the workspace's token, which may pass."""


def error_code(error: SlackApiError) -> str:
    """Slack's word for what went wrong, or the HTTP status where it gives none."""
    data = getattr(error.response, "data", None)
    return str((data.get("error") if isinstance(data, dict) else None) or f"HTTP {_status(error)}")


def retry_after(error: SlackApiError) -> float | None:
    """Seconds to wait, where Slack asks for patience."""
    if _status(error) != 429 and error_code(error) not in ("ratelimited", "rate_limited"):
        return None
    told = str(error.response.headers.get("Retry-After") or "")
    return min(_LONGEST, float(told)) if told.isdecimal() else 30.0


def _status(error: SlackApiError) -> int:
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def failure(error: Exception) -> DeliveryError:
    """The delivery error for what the client raised."""
    if isinstance(error, SlackApiError):
        return _refusal(error_code(error), retry_after(error), _status(error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable("Slack can't be reached")
    return Ambiguous(f"Slack did not answer ({error.__class__.__name__})")


def _refusal(code: str, wait: float | None, status: int) -> DeliveryError:
    if wait is not None:
        return Throttled(wait)
    if code in _GONE:
        return Gone(f"Slack: {code}")
    if code in _TOKEN:
        return Refused(f"Slack does not take the token: {code}")
    if status >= 500 or code in _UNCERTAIN or code.startswith("HTTP"):
        return Ambiguous(f"Slack: {code}")
    return DeliveryError(f"Slack refuses this message: {code}")


@contextmanager
def _failures() -> Iterator[None]:
    """What the client raises, as a delivery error."""
    try:
        yield
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise failure(error) from error


class Post:
    """Puts replies into a workspace; implements ``bot.ports.Courier``."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def send(self, parcel: Parcel) -> str:
        """See ``bot.ports.Courier``; the id is the channel and the timestamps of its messages.

        Of a reply of several messages or with files, those already there, from an attempt that broke off, are not posted again.
        """
        with _failures():
            channel, rendered = await self._channel(parcel.destination), render(parcel.reply)
            several = len(rendered.messages) + len(rendered.files) > 1
            posted = await self._posted(channel, parcel) if several else {}
            return await self._completed(channel, parcel, rendered, posted)

    async def find(self, parcel: Parcel) -> str | None:
        """See ``bot.ports.Courier``; parts that are missing are posted."""
        with _failures():
            channel = await self._channel(parcel.destination)
            posted = await self._posted(channel, parcel)
            return await self._completed(channel, parcel, render(parcel.reply), posted) if posted else None

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """See ``bot.ports.Courier``; what got longer goes on in the thread, what got shorter leaves nothing behind."""
        channel, _, listed = message.partition(":")
        stamps, parts = listed.split("+"), render(reply).messages
        with _failures():
            for stamp, part in zip(stamps, parts, strict=False):
                await _taken(self._client.chat_update, _versions(part.blocks), channel=channel, ts=stamp, text=part.text)
            for part in parts[len(stamps) :]:
                await self.message(channel, destination.thread or stamps[0], part)
            for stamp in stamps[len(parts) :]:
                await self._client.chat_delete(channel=channel, ts=stamp)

    async def message(self, channel: str, thread: str | None, part: Message, **more: Any) -> str:
        """Post one message; its timestamp. Raises what the client raises."""
        answer = await _taken(
            self._client.chat_postMessage, _versions(part.blocks),
            channel=channel, thread_ts=thread, text=part.text, unfurl_links=False, unfurl_media=False, **more,
        )  # fmt: skip
        return str(answer["ts"])

    async def privately(self, channel: str, person: str, thread: str | None, part: Message) -> None:
        """Show one message to one person alone. Raises what the client raises."""
        given = {"channel": channel, "user": person, "thread_ts": thread, "text": part.text}
        await _taken(self._client.chat_postEphemeral, _versions(without_charts(part.blocks)), **given)

    async def files(self, channel: str, thread: str | None, uploads: Iterable[Upload]) -> None:
        """Upload files that go with a reply."""
        for upload in uploads:
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

    async def _completed(self, channel: str, parcel: Parcel, rendered: Rendered, posted: Mapping[int, str]) -> str:
        """Post what is missing of a delivery; its id. Files lie in the thread of its first message, where a repeat finds them."""
        messages = rendered.messages
        stamps = [posted.get(n) or await self._message(channel, parcel, m, n) for n, m in enumerate(messages)]
        thread = _thread(parcel) or stamps[0]
        shared = await self._shared(channel, thread, stamps[0]) if posted and rendered.files else frozenset()
        await self.files(channel, thread, [upload for upload in rendered.files if upload.filename not in shared])
        return f"{channel}:{'+'.join(stamps)}"

    async def _message(self, channel: str, parcel: Parcel, part: Message, number: int) -> str:
        metadata = {"event_type": EVENT, "event_payload": {"key": parcel.key, "part": number}}
        longest = _SHORT if number else 0.0
        return str(await _waiting(longest, self.message, channel, _thread(parcel), part, metadata=metadata))

    async def _posted(self, channel: str, parcel: Parcel) -> dict[int, str]:
        """The timestamps of a delivery's messages that are there, by part; none where the app may not look."""
        try:
            found = await self._latest(channel, _thread(parcel), None)
        except SlackApiError as error:
            if error_code(error) not in _BLIND:
                raise
            return {}
        return {number: str(m["ts"]) for m in found if (number := _part(m, parcel.key)) is not None}

    async def _shared(self, channel: str, thread: str, since: str) -> frozenset[str]:
        """Names of the files put into a thread since a message."""
        found = await self._latest(channel, thread, since)
        return frozenset(str(file.get("name")) for message in found for file in message.get("files") or ())

    async def _latest(self, channel: str, thread: str | None, since: str | None) -> Sequence[Mapping[str, Any]]:
        """The latest thousand messages of a channel; all of a thread, which Slack tells oldest first."""
        given: dict[str, Any] = {"channel": channel, "limit": _LOOKED_BACK, "include_all_metadata": True, "oldest": since}
        found: list[Mapping[str, Any]] = []
        asked = self._client.conversations_replies(ts=thread, **given) if thread else self._client.conversations_history(**given)
        number = 0
        async for page in await asked:
            found += page.get("messages") or ()
            number += 1
            if not thread and number == _PAGES:
                break
        return found


def _versions(blocks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The blocks, and plainer ones for where Slack does not take these: without charts, then with tables as text."""
    uncharted = without_charts(blocks)
    versions = [blocks, uncharted, without_tables(uncharted)]
    return [version for number, version in enumerate(versions) if version not in versions[:number]]


async def _taken(post: Any, versions: Sequence[list[dict[str, Any]]], **given: Any) -> Any:
    """Post the first version that Slack takes; what it does not take it says before it posts anything."""
    first, *plainer = versions
    try:
        return await post(blocks=first, **given)
    except SlackApiError as error:
        if not plainer or not error_code(error).startswith("invalid_blocks"):
            raise
    return await _taken(post, plainer, **given)


def _thread(parcel: Parcel) -> str | None:
    """The thread a delivery belongs in: its destination's, or that of the message it continues."""
    return parcel.destination.thread or (parcel.under.partition(":")[2].split("+")[0] if parcel.under else None)


def _part(message: Mapping[str, Any], key: str) -> int | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return int(payload.get("part", 0)) if metadata.get("event_type") == EVENT and payload.get("key") == key else None


async def patiently(post: Any, *given: Any, **more: Any) -> Any:
    """Call once more after each 429, three times at most: an answer somebody waits for."""
    return await _waiting(30.0, post, *given, **more)


async def _waiting(longest: float, post: Any, *given: Any, **more: Any) -> Any:
    """Wait where Slack asks to, which has taken nothing then; not longer than ``longest`` seconds at a time."""
    for _ in range(3):
        try:
            return await post(*given, **more)
        except SlackApiError as error:
            wait = retry_after(error)
            if wait is None or wait > longest:
                raise
            await asyncio.sleep(wait)
    return await post(*given, **more)
