"""Slack over HTTP: installs by OAuth, signed requests, several workspaces kept apart."""

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from slack_sdk.signature import SignatureVerifier

from adapters.slack import SlackApp, build_slack
from bot.config import load_settings
from bot.errors import Gone, SettingsError, StorageError, Unreachable
from bot.model import Destination, Platform
from bot.ports import Parcel
from storage import Storage, open_storage
from storage.workspaces import new_key
from tests.adapters.slack.scene import ANSWER, NOW, NotingDesk
from tests.adapters.slack.server import FakeSlack, fake_slack

KEY = new_key()


@dataclass
class Site:
    """The app over HTTP, its database, and a browser's session."""

    slack: FakeSlack
    app: SlackApp
    desk: NotingDesk
    storage: Storage
    browser: aiohttp.ClientSession
    url: str
    purged: list[str]

    async def install(self, team: str) -> tuple[int, str]:
        """What an installer does in a browser; Slack sends them back with the code ``team``."""
        async with self.browser.get(f"{self.url}/slack/install") as page:
            state = re.search(r"state=([^&\"]+)", await page.text())
            assert state
            assert f"{self.slack.url}oauth/v2/authorize?" in await page.text()
            cookies = {name: cookie.value for name, cookie in page.cookies.items()}
        async with self.browser.get(
            f"{self.url}/slack/oauth_redirect", params={"code": team, "state": state[1]}, cookies=cookies
        ) as answer:
            return answer.status, state[1]

    async def post(self, body: dict[str, Any], *, secret: str = "sign", age: int = 0, retry: int = 0) -> int:
        """A request signed as Slack signs."""
        text, stamp = json.dumps(body), str(int(time.time()) - age)
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=text)
        headers = {"X-Slack-Retry-Num": str(retry)} if retry else {}
        headers |= {"X-Slack-Signature": str(signature), "X-Slack-Request-Timestamp": stamp, "Content-Type": "application/json"}
        async with self.browser.post(f"{self.url}/slack/events", data=text, headers=headers) as answer:
            return answer.status


def mention(team: str, ts: str = "5.5") -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": ts, "text": "<@UBOT> said Doe"}
    return {"type": "event_callback", "team_id": team, "event_id": f"Ev{ts}", "event": event}


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    port = unused_port()
    storage = await open_storage(f"sqlite+aiosqlite:///{folder / 'attache.db'}")
    async with fake_slack() as slack, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        desk = NotingDesk(told=slack.tell)
        desk.gate.set()
        settings = load_settings(
            slack_signing_secret="sign", slack_client_id="1.2", slack_client_secret="s", slack_api_url=f"{slack.url}api/",
            http_port=port, _env_file=None,
        )  # fmt: skip
        purged: list[str] = []

        async def purge(team: str) -> None:
            await storage.purge(Platform.SLACK, team)
            purged.append(team)
            await slack.tell()

        kept = storage.installations(Platform.SLACK, KEY)
        app = build_slack(settings, desk, lambda: NOW, purge=purge, installations=kept)
        serving = asyncio.create_task(app.serve())
        await asyncio.wait([serving, listening := asyncio.create_task(app.listening.wait())], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        try:
            yield Site(slack, app, desk, storage, browser, f"http://127.0.0.1:{port}", purged)
        finally:
            await app.stop()
            await serving
            await storage.close()


async def test_each_workspace_is_answered_with_its_own_token(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        for team in ("T1", "T2"):
            status, _ = await here.install(team)
            assert status == 200
        assert await here.post(mention("T2", "1.1")) == 200
        assert await here.post(mention("T1", "2.2")) == 200
        await here.slack.until(lambda: len(here.slack.posted) == 2)
        assert {m["thread_ts"]: m["token"] for m in here.slack.posted} == {"1.1": "xoxb-T2", "2.2": "xoxb-T1"}
        assert {request.place.workspace for request in here.desk.requests} == {"T1", "T2"}
        await here.app.courier.send(Parcel("k", Destination(Platform.SLACK, "T2", "C9"), ANSWER))
        assert here.slack.posted[-1]["token"] == "xoxb-T2"


async def test_tokens_are_not_readable_in_the_database(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.install("T1")
        with pytest.raises(StorageError, match="ATTACHE_SECRET_KEY"):
            await here.storage.installations(Platform.SLACK, new_key()).find("T1")
    with sqlite3.connect(tmp_path / "attache.db") as raw:
        (sealed,) = raw.execute("SELECT sealed FROM installations").fetchone()
    raw.close()
    assert b"xoxb" not in sealed


async def test_bad_and_old_signatures_are_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.install("T1")
        assert await here.post(mention("T1"), secret="other") == 401
        assert await here.post(mention("T1"), age=600) == 401
        assert not here.desk.requests


async def test_repeats_of_an_event_give_one_reply(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.install("T1")
        for number in range(3):
            assert await here.post(mention("T1"), retry=number) == 200
        await here.post(mention("T1", "9.9"))
        await here.slack.until(lambda: len(here.slack.posted) == 2)
        assert len(here.desk.requests) == 2


async def test_it_acknowledges_though_slack_itself_hangs(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.slack.expires_in = 3600
        await here.install("T1")
        here.slack.hangs = asyncio.Event()
        assert await here.post(mention("T1")) == 200
        await here.slack.until(lambda: any(given.get("grant_type") for given in here.slack.sent("oauth.v2.access")))
        assert not here.desk.requests
        here.slack.hangs.set()
        await here.slack.until(lambda: here.slack.posted)


async def test_who_has_not_installed_the_app_is_told_so(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        assert await here.post(mention("T9")) == 200
        assert not here.desk.requests
        assert not here.slack.calls


async def test_an_installation_that_can_not_be_kept_ends_with_a_page(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        assert await here.install("EVERYBODY") == (500, ANY)
        assert await here.storage.installations(Platform.SLACK, KEY).find("EVERYBODY") is None


async def test_a_token_that_runs_out_is_renewed_once_however_many_ask(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.slack.expires_in = 3600
        await here.install("T1")
        await asyncio.gather(*(here.post(mention("T1", f"{n}.1")) for n in range(1, 5)))
        await here.slack.until(lambda: len(here.slack.posted) == 4)
        assert {message["token"] for message in here.slack.posted} == {"xoxb-T1-1"}
        assert len([call for call in here.slack.sent("oauth.v2.access") if call.get("grant_type")]) == 1


@pytest.mark.parametrize(("expires_in", "sent"), [(3600, True), (-1, False)])
async def test_a_token_that_can_not_be_renewed_is_used_while_it_is_good(tmp_path: Path, expires_in: int, sent: bool) -> None:
    async with site(tmp_path) as here:
        here.slack.expires_in = int(NOW.timestamp() - time.time()) + expires_in
        await here.install("T1")
        here.slack.revoked.add("xoxe-T1-0")
        parcel = Parcel("k", Destination(Platform.SLACK, "T1", "C1"), ANSWER)
        if sent:
            await here.app.courier.send(parcel)
        else:
            with pytest.raises(Unreachable):
                await here.app.courier.send(parcel)
        assert bool(here.slack.posted) is sent


async def test_forms_with_bad_signatures_are_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.install("T1")
        for headers in ({}, {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": str(int(time.time()))}):
            body = {"command": "/brief", "text": "forget me", "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
            async with here.browser.post(f"{here.url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 401
        assert not here.desk.requests


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[1]", b"payload=%7B", b"payload=[]", b"", b"ssl_check=0", b"x" * 900_000])
async def test_rubbish_is_refused_unread(tmp_path: Path, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with site(tmp_path) as here:
        for headers in ({}, {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "soon"}):
            async with here.browser.post(f"{here.url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 401
        assert not [record for record in caplog.records if record.exc_info]


async def test_slack_s_look_at_the_certificate_is_answered(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.browser.post(f"{here.url}/slack/events", data={"ssl_check": "1"}) as answer:
        assert answer.status == 200


async def test_a_state_is_good_once_and_only_if_issued(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        _, state = await here.install("T1")
        for stale in (state, "made-up"):
            async with here.browser.get(
                f"{here.url}/slack/oauth_redirect",
                params={"code": "T3", "state": stale}, cookies={"slack-app-oauth-state": stale},
            ) as answer:  # fmt: skip
                assert answer.status >= 400
        assert await here.storage.installations(Platform.SLACK, KEY).find("T3") is None


async def test_after_uninstalling_nothing_is_kept_and_nothing_is_sent(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.install("T1")
        await here.install("T2")
        await here.post({"type": "event_callback", "team_id": "T1", "event_id": "E9", "event": {"type": "app_uninstalled"}})
        kept = here.storage.installations(Platform.SLACK, KEY)
        await here.slack.until(lambda: here.purged == ["T1"])
        assert await kept.find("T1") is None
        assert await kept.find("T2")
        with pytest.raises(Gone):
            await here.app.courier.send(Parcel("k", Destination(Platform.SLACK, "T1", "C1"), ANSWER))


def test_http_without_a_key_says_how_to_make_one() -> None:
    settings = load_settings(slack_signing_secret="s", slack_client_id="1", slack_client_secret="s", _env_file=None)
    with pytest.raises(SettingsError, match="--new-key"):
        build_slack(settings, NotingDesk(), lambda: NOW)


async def test_a_key_that_is_none_is_named(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(SettingsError, match="ATTACHE_SECRET_KEY"):
        storage.installations(Platform.SLACK, "secret")
    await storage.close()
