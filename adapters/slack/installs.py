"""Installations of the app, as Bolt wants them, over our ``Installations`` port; and the states of installs under way."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.errors import UsageError
from bot.ports import Installations

Clock = Callable[[], datetime]
_PATIENCE = timedelta(minutes=10)


class KeptInstallations(AsyncInstallationStore):
    """One record a workspace: the last installation. Installs for a whole organisation are refused."""

    def __init__(self, kept: Installations, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation; a later one of the same workspace replaces it."""
        if not installation.team_id or installation.is_enterprise_install:
            raise UsageError("Install Attaché into a workspace, not into a whole organisation.")
        record = json.dumps(installation.to_dict_for_copying(), default=str)
        await self._kept.keep(installation.team_id, record, self._clock())

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
        record = await self._kept.find(team_id) if team_id else None
        return Installation(**json.loads(record)) if record is not None else None

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
