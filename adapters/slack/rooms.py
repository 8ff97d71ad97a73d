"""Workspaces: each with its own token, look-ups and way out, so that none sees another's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import KeptInstallations
from adapters.slack.people import People
from adapters.slack.posting import Post, Refused, error_code
from adapters.slack.threads import Threads
from bot.errors import Gone
from bot.model import Destination
from bot.ports import Parcel
from bot.replies import Reply

Left = Callable[[str], Awaitable[object]]
_LEFT = frozenset(["account_inactive", "token_revoked"])
"""What ``auth.test`` says of a token whose app was uninstalled."""


@dataclass(frozen=True, slots=True)
class Room:
    """One workspace; ``own`` is the bot's user id there."""

    client: AsyncWebClient
    post: Post
    people: People
    threads: Threads
    own: str


def room(client: AsyncWebClient, own: str) -> Room:
    """A workspace by its client."""
    return Room(client, Post(client), People(client), Threads(client), own)


class Rooms(Protocol):
    """Finds a workspace's room. Raises ``Gone`` where the app is not installed."""

    async def at(self, team: str) -> Room: ...

    async def own(self, team: str) -> str | None:
        """The bot's user id in a workspace that installed the app, from what is kept; ``None`` for any other."""

    async def doubt(self, team: str) -> None:
        """A channel is not there, or the token is not taken: was the workspace left while nobody was told?"""


class OneRoom:
    """The workspace of the bot token in the settings."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._room: Room | None = None

    async def at(self, team: str) -> Room:
        """See ``Rooms``; raises ``SlackApiError`` where the token is refused."""
        if self._room is None:
            self._room = room(self._client, str((await self._client.auth_test())["user_id"]))
        return self._room

    async def own(self, team: str) -> str | None:
        """See ``Rooms``."""
        return (await self.at(team)).own

    async def doubt(self, team: str) -> None:
        """A token of the settings may be wrong for a while: nothing is removed."""


class ManyRooms:
    """The workspaces that installed the app. ``left`` purges one that left."""

    def __init__(self, base_url: str, installs: KeptInstallations, left: Left | None = None) -> None:
        self._left = left
        self._base_url = base_url
        self._installs = installs
        self._rooms: dict[str, tuple[str, Room]] = {}

    async def at(self, team: str) -> Room:
        """See ``Rooms``."""
        bot = await self._installs.async_find_bot(enterprise_id=None, team_id=team)
        if bot is None:
            self._rooms.pop(team, None)
            raise Gone("Slack: the app is not installed in this workspace")
        token, found = self._rooms.get(team, ("", None))
        if found is None or token != bot.bot_token:
            client = AsyncWebClient(token=bot.bot_token, base_url=self._base_url, retry_handlers=[], timeout=20)
            found = room(client, str(bot.bot_user_id))
            self._rooms[team] = (str(bot.bot_token), found)
        return found

    async def own(self, team: str) -> str | None:
        """See ``Rooms``."""
        found = await self._installs.kept(team)
        return str(found.bot_user_id) if found else None

    async def doubt(self, team: str) -> None:
        """See ``Rooms``; a workspace whose token was revoked is purged."""
        try:
            await (await self.at(team)).client.auth_test()
        except SlackApiError as error:
            if self._left and error_code(error) in _LEFT:
                await self._left(team)


class Kept(AsyncAuthorize):
    """Tells Bolt whose a payload is. Slack is not asked, as Bolt would for each: nothing is acknowledged before the answer."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **actor: str | None,
    ) -> Any:
        """An ``AuthorizeResult``; ``None`` for a workspace that has not installed the app."""
        own = await self._rooms.own(team_id or "")
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_user_id=own) if own else None


class RoomCourier:
    """Implements ``bot.ports.Courier`` over all workspaces."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def send(self, parcel: Parcel) -> str:
        """See ``bot.ports.Courier``."""
        room = await self._rooms.at(parcel.destination.workspace)
        try:
            return await room.post.send(parcel)
        except (Gone, Refused):
            await self._rooms.doubt(parcel.destination.workspace)
            raise

    async def find(self, parcel: Parcel) -> str | None:
        """See ``bot.ports.Courier``."""
        return await (await self._rooms.at(parcel.destination.workspace)).post.find(parcel)

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """See ``bot.ports.Courier``."""
        await (await self._rooms.at(destination.workspace)).post.edit(destination, message, reply)
