"""Installations of the app, as Bolt wants them, over our ``Installations`` port; and the states of installs under way."""

import asyncio
import json
import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_bolt.error import BoltError
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bot.errors import StorageError, Unreachable
from bot.ports import Installations

Clock = Callable[[], datetime]
_PATIENCE = timedelta(minutes=10)
_RENEWED_BEFORE = 120
"""Minutes before a token runs out."""
_log = structlog.get_logger()


class KeptInstallations(AsyncInstallationStore):
    """One record a workspace: the last installation. Installs for a whole organisation are refused.

    Whoever looks an installation up, Bolt or we, gets tokens that are good: those that rotate are renewed here, one at
    a time, since Slack takes a refresh token once. Raises ``Unreachable`` where that fails and the old one ran out.
    """

    def __init__(self, kept: Installations, clock: Clock, rotator: AsyncTokenRotator) -> None:
        self._kept = kept
        self._clock = clock
        self._rotator = rotator
        self._renewing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation; a later one of the same workspace replaces it. Raises ``BoltError``, which Bolt shows a page for."""
        if not installation.team_id or installation.is_enterprise_install:
            raise BoltError("Install Attaché into a workspace, not into a whole organisation.")
        record = json.dumps(installation.to_dict_for_copying(), default=str)
        try:
            await self._kept.keep(installation.team_id, record, self._clock())
        except StorageError as error:
            raise BoltError(str(error)) from error

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep renewed tokens."""
        record = await self._kept.find(str(bot.team_id))
        if record is not None:
            held = {key: value for key, value in bot.to_dict_for_copying().items() if key.startswith("bot_")}
            await self._kept.keep(str(bot.team_id), json.dumps({**json.loads(record), **held}, default=str), self._clock())

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace."""
        found = await self.async_find_installation(enterprise_id=enterprise_id, team_id=team_id)
        return found.to_bot() if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The installation of a workspace, whoever made it."""
        found = await self.kept(team_id)
        if found is None or not found.bot_refresh_token:
            return found
        async with self._renewing[str(team_id)]:
            current = await self.kept(team_id)
            return await self._renewed(current) if current else None

    async def kept(self, team: str | None) -> Installation | None:
        """The installation as it is kept: its token may have run out."""
        record = await self._kept.find(team) if team else None
        return Installation(**json.loads(record)) if record is not None else None

    async def _renewed(self, found: Installation) -> Installation:
        """With a token that is good for two hours at least, or for as long as it is where it can't be renewed now."""
        try:
            renewed = await self._rotator.perform_bot_token_rotation(
                bot=found.to_bot(), minutes_before_expiration=_RENEWED_BEFORE
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            _log.warning("slack token not renewed", team=found.team_id, problem=str(error))
            if (found.bot_token_expires_at or 0) > self._clock().timestamp():
                return found
            raise Unreachable("Slack did not renew the token of a workspace") from error
        if renewed is None:
            return found
        await self.async_save_bot(renewed)
        return await self.kept(found.team_id) or found

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace's tokens."""
        await self._kept.remove(str(team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """The same: there is one record a workspace."""
        await self._kept.remove(str(team_id))


class States(AsyncOAuthStateStore):
    """States of installs under way: each is good once, for ten minutes, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, datetime] = {}

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state that nobody can guess."""
        now = self._clock()
        self._issued = {state: at for state, at in self._issued.items() if now - at < _PATIENCE}
        state = secrets.token_urlsafe(32)
        self._issued[state] = now
        return state

    async def async_consume(self, state: str) -> bool:
        """True once, for a state that was issued within ten minutes."""
        issued = self._issued.pop(state, None)
        return issued is not None and self._clock() - issued < _PATIENCE
