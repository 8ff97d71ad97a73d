"""Threads: who may go on in one without a mention, and which go on from what was asked outside of threads."""

from collections import OrderedDict
from dataclasses import replace

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.model import Request

_REMEMBERED = 5_000


class Threads:
    """Who asked in which thread. After a restart Slack is asked once a thread."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._askers: OrderedDict[tuple[str, str], set[str]] = OrderedDict()
        self._latest: OrderedDict[tuple[str, str], str] = OrderedDict()

    def answered_under(self, request: Request, stamp: str) -> None:
        """What a person asked outside of threads is answered in a thread: it goes on there as well as outside."""
        self._latest[request.place.channel, request.asker.id] = stamp
        self._latest.move_to_end((request.place.channel, request.asker.id))
        while len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)

    def placed(self, request: Request) -> Request:
        """The request at the place of its conversation."""
        place = request.place
        if place.thread and self._latest.get((place.channel, request.asker.id)) == place.thread:
            return replace(request, place=replace(place, thread=None))
        return request

    def asked(self, channel: str, thread: str, person: str) -> None:
        """Somebody mentioned the bot in a thread, or began one so."""
        self._keep(channel, thread).add(person)

    async def goes_on(self, channel: str, thread: str, person: str, bot: str) -> bool:
        """True if the person has asked the bot in this thread before."""
        if (channel, thread) not in self._askers:
            self._keep(channel, thread).update(await self._looked_up(channel, thread, bot))
        return person in self._askers[channel, thread]

    def _keep(self, channel: str, thread: str) -> set[str]:
        held = self._askers.setdefault((channel, thread), set())
        self._askers.move_to_end((channel, thread))
        while len(self._askers) > _REMEMBERED:
            self._askers.popitem(last=False)
        return held

    async def _looked_up(self, channel: str, thread: str, bot: str) -> set[str]:
        try:
            found = await self._client.conversations_replies(channel=channel, ts=thread, limit=100)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return set()
        messages = found.get("messages") or []
        return {str(m.get("user")) for m in messages if f"<@{bot}>" in str(m.get("text"))}
