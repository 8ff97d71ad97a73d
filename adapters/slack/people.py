"""Who asks: time zone, language, and whether they may order things for a channel; looked up in Slack and kept for a while."""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.posting import error_code, patiently
from bot.model import Request

_KEPT = 600.0
"""Seconds that a look-up is believed."""
_REMEMBERED = 5_000
_log = structlog.get_logger()


class People:
    """Looks people and channels up; where Slack does not tell, the request stays as it came, without rights."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._held: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()

    async def introduced(self, request: Request) -> Request:
        """The request with the asker's zone and language; administrators are the workspace's and a channel's creator.

        Who administers another workspace, and writes in a channel shared with it, is no administrator here.
        """
        user = await self._look("user", request.asker.id)
        workspaces = (user.get("team_id") or request.place.workspace, *((user.get("enterprise_user") or {}).get("teams") or ()))
        at_home = request.place.workspace in workspaces
        administrator = at_home and any(user.get(right) for right in ("is_admin", "is_owner"))
        if not administrator and not request.place.person and request.place.channel:
            channel = await self._look("channel", request.place.channel)
            administrator = channel.get("creator") == request.asker.id
        asker = replace(
            request.asker, administrator=administrator, zone=user.get("tz") or None, locale=user.get("locale") or None
        )
        return replace(request, asker=asker)

    async def sees(self, person: str, channel: str) -> bool:
        """A public channel, for who is no guest: anybody in the workspace may know of it."""
        user, found = await self._look("user", person), await self._look("channel", channel)
        guest = any(user.get(kind) for kind in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        return bool(user) and not guest and bool(found.get("is_channel")) and not found.get("is_private")

    async def away(self, channel: str) -> bool:
        """The bot is no member of a channel, as it is just now."""
        try:
            return (await self._asked("channel", channel)).get("is_member") is False
        except SlackApiError as error:
            return error_code(error) == "channel_not_found"
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _look(self, kind: str, id: str) -> dict[str, Any]:
        now = asyncio.get_running_loop().time()
        until, known = self._held.get(id, (0.0, {}))
        if until > now:
            return known
        try:
            found = await self._asked(kind, id)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            _log.warning("slack did not say who asks", kind=kind, problem=str(error))
            return known
        self._held[id] = (now + _KEPT, found)
        while len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)
        return found

    async def _asked(self, kind: str, id: str) -> dict[str, Any]:
        if kind == "user":
            answer = await patiently(self._client.users_info, user=id, include_locale=True)
        else:
            answer = await patiently(self._client.conversations_info, channel=id)
        return dict(answer.get(kind) or {})
