"""The whole product on Slack over HTTP: real storage, desk, deliveries and app, many workspaces, and a clock that is told."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.test_utils import unused_port
from slack_sdk.signature import SignatureVerifier

from adapters.slack import Books, SlackApp, build_slack
from bot.app import House, open_house, plant_seeds, sources_health
from bot.briefing.deliveries import Deliveries
from bot.briefing.service import Service
from bot.config import load_settings
from bot.model import Platform
from storage.workspaces import new_key
from tests.adapters.slack.server import FakeSlack, Json, fake_slack

KEY = new_key()
MORNING = datetime(2025, 2, 13, 6, 30, tzinfo=UTC)


@dataclass
class Town:
    """The server, the app, the house behind it, and ways to do what people and Slack do."""

    slack: FakeSlack
    app: SlackApp
    house: House
    browser: aiohttp.ClientSession
    url: str
    now: datetime = MORNING
    _number: int = 0

    async def install(self, team: str) -> None:
        """An installer allows the app in a browser."""
        async with self.browser.get(f"{self.url}/slack/install") as page:
            found = re.search(r"state=([^&\"]+)", await page.text())
            assert found
            cookies = {name: cookie.value for name, cookie in page.cookies.items()}
        given = {"code": team, "state": found[1]}
        async with self.browser.get(f"{self.url}/slack/oauth_redirect", params=given, cookies=cookies) as answer:
            assert answer.status == 200

    async def event(self, team: str, event: Json) -> None:
        """An event of the Events API."""
        self._number += 1
        body = {"type": "event_callback", "team_id": team, "event_id": f"Ev{self._number}", "event": event}
        await self._signed(json.dumps(body), "application/json")

    async def mention(self, team: str, words: str, *, user: str = "U1", channel: str = "C1", thread: str | None = None) -> str:
        """Ask by a mention; the text of what was posted in answer."""
        stamp = self._stamp()
        event = {"type": "app_mention", "user": user, "channel": channel, "ts": stamp, "text": f"<@UBOT> {words}"}
        return await self._posted(self.event(team, event | ({"thread_ts": thread} if thread else {})))

    async def direct(self, team: str, words: str, *, user: str = "U1") -> str:
        """Ask in a direct message."""
        event = {"type": "message", "channel_type": "im", "user": user, "channel": f"D{user}", "ts": self._stamp(), "text": words}
        return await self._posted(self.event(team, event))

    async def command(self, team: str, words: str, *, user: str = "U1", channel: str = "C1", trigger: str = "") -> None:
        """``/brief``."""
        given = {"command": "/brief", "text": words, "team_id": team, "channel_id": channel, "user_id": user,
                 "trigger_id": trigger or self.slack.trigger(), "response_url": f"{self.slack.url}respond"}  # fmt: skip
        await self._signed(urlencode(given), "application/x-www-form-urlencoded")

    async def interact(self, team: str, payload: Json, *, user: str = "U1") -> Json:
        """A press, a form or a menu; what the acknowledgement carried."""
        whole = {"team": {"id": team}, "user": {"id": user, "team_id": team}, "trigger_id": self.slack.trigger(), **payload}
        return await self._signed(urlencode({"payload": json.dumps(whole)}), "application/x-www-form-urlencoded")

    async def home(self, team: str, *, user: str = "U1") -> str:
        """Open App Home; what it shows."""
        before = len(self.slack.sent("views.publish"))
        await self.event(team, {"type": "app_home_opened", "user": user, "tab": "home", "channel": f"D{user}"})
        await self.slack.until(lambda: len(self.slack.sent("views.publish")) > before)
        return shown(self.slack.views[user])

    async def press_home(self, team: str, element: Json, *, user: str = "U1") -> str:
        """Press something in App Home; what it shows then."""
        before = len(self.slack.sent("views.publish"))
        await self.interact(team, pressed(self.slack.views[user], element), user=user)
        await self.slack.until(lambda: len(self.slack.sent("views.publish")) > before)
        return shown(self.slack.views[user])

    async def opening(self, doing: Any) -> Json:
        """The modal that something opens."""
        before = set(self.slack.views)
        await doing
        await self.slack.until(lambda: set(self.slack.views) - before)
        (view,) = (self.slack.views[id] for id in set(self.slack.views) - before)
        return view

    async def send(self, team: str, view: Json, values: Json, *, user: str = "U1") -> Json:
        """Send a form with what is filled in; what the acknowledgement carried, once it was carried out."""
        payload = {"type": "view_submission", "view": {**view, "hash": str(self._number), "state": {"values": values}}}
        before = len(self.slack.sent("views.update"))
        answer = await self.interact(team, payload, user=user)
        if answer["response_action"] != "errors":
            await self.slack.until(lambda: len(self.slack.sent("views.update")) > before)
        return answer

    async def tick(self, later: timedelta = timedelta()) -> None:
        """Time goes by; what is due is sent."""
        self.now += later
        storage = self.house.storage
        service = Service(storage.orders, storage.library, storage.reports, self.house.registry, refresh=self.house.desk.refresh)
        couriers = {Platform.SLACK: self.app.courier}
        await service.tick(self.now)
        await Deliveries(storage.outbox, service.compose, couriers, lambda: self.now).deliver()

    async def _posted(self, doing: Any) -> str:
        before = len(self.slack.posted)
        await doing
        await self.slack.until(lambda: len(self.slack.posted) > before)
        return "\n".join(str(message["text"]) for message in self.slack.posted[before:])

    async def _signed(self, text: str, kind: str) -> Json:
        stamp = str(int(time.time()))
        signature = SignatureVerifier("sign").generate_signature(timestamp=stamp, body=text)
        headers = {"X-Slack-Signature": str(signature), "X-Slack-Request-Timestamp": stamp, "Content-Type": kind}
        async with self.browser.post(f"{self.url}/slack/events", data=text, headers=headers) as answer:
            assert answer.status == 200
            body = await answer.text()
            return json.loads(body) if body else {}

    def _stamp(self) -> str:
        self._number += 1
        return f"1700000001.{self._number:06}"


def shown(view: Json) -> str:
    """All words of a view."""
    return "\n".join(_words(view["blocks"]))


def _words(thing: Any) -> list[str]:
    if isinstance(thing, dict):
        own = [thing["text"]] if isinstance(thing.get("text"), str) else []
        return own + [text for value in thing.values() for text in _words(value)]
    return [text for item in thing for text in _words(item)] if isinstance(thing, list) else []


def element(view: Json, label: str) -> Json:
    """The first button of a view with this label, or a menu with this option, as pressed."""
    for block in view["blocks"]:
        for found in [*(block.get("elements") or ()), block.get("accessory") or {}]:
            if found.get("type") == "button" and found["text"]["text"] == label:
                return {"type": "button", "action_id": found["action_id"], "value": found.get("value")}
            for option in found.get("options") or ():
                if option["text"]["text"] == label:
                    return {"type": found["type"], "action_id": found["action_id"], "selected_option": option}
    raise AssertionError(f"no {label} in {shown(view)}")


def pressed(view: Json, what: Json) -> Json:
    """The payload of a press in a view."""
    return {"type": "block_actions", "container": {"type": "view", "view_id": view["id"]}, "view": view, "actions": [what]}


_SEEDED: list[bytes] = []
"""A database with the seed read, made once."""


async def _seeded(folder: Path) -> bytes:
    if not _SEEDED:
        made = load_settings(database_url=f"sqlite+aiosqlite:///{folder / 'seeded.db'}", reader="rules", _env_file=None)
        async with open_house(made) as house:
            await plant_seeds(house)
            await house.storage.backup(folder / "copy.db")
        _SEEDED.append((folder / "copy.db").read_bytes())
    return _SEEDED[0]


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """All of it, with the seed read."""
    settings = load_settings(database_url=f"sqlite+aiosqlite:///{folder / 'attache.db'}", reader="rules", _env_file=None)
    (folder / "attache.db").write_bytes(await _seeded(folder))
    port = unused_port()
    async with (
        fake_slack() as slack,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser,
        open_house(settings) as house,
    ):
        await house.desk.refresh()
        served = load_settings(
            slack_signing_secret="sign", slack_client_id="1.2", slack_client_secret="s", slack_api_url=f"{slack.url}api/",
            http_port=port, _env_file=None,
        )  # fmt: skip
        here: Town

        async def purge(team: str) -> None:
            await house.storage.purge(Platform.SLACK, team)
            await slack.tell()

        app = build_slack(
            served, house.desk, lambda: here.now, purge=purge, installations=house.storage.installations(Platform.SLACK, KEY),
            books=Books(house.storage.orders, partial(sources_health, house.storage)),
        )  # fmt: skip
        here = Town(slack, app, house, browser, f"http://127.0.0.1:{port}")
        serving = asyncio.create_task(app.serve())
        await asyncio.wait([serving, listening := asyncio.create_task(app.listening.wait())], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        try:
            yield here
        finally:
            await app.stop()
            await serving
