"""``attache run`` itself, as a process of its own, with everything in the environment: both ways in."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp.test_utils import unused_port
from slack_sdk.signature import SignatureVerifier

from storage.workspaces import new_key
from tests.adapters.slack.server import FakeSlack, fake_slack

HTTP = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "sign"}
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-T1", "SLACK_APP_TOKEN": "xapp-1"}
QUESTION = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "5.5", "text": "<@UBOT> what did Hegseth say"}
EVENT = {"type": "event_callback", "team_id": "T1", "event_id": "E1", "event": QUESTION}


@asynccontextmanager
async def running(slack: FakeSlack, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process; it has to end well when it is told to."""
    own = {
        "ATTACHE_LOG_LEVEL": "INFO",
        "SLACK_API_URL": f"{slack.url}api/",
        "ATTACHE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'a.db'}",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env={**os.environ, **own, **settings}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    try:
        async with asyncio.timeout(60):
            while line := await process.stderr.readline():
                if b"listened to" in line:
                    break
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert (process.returncode, b"Traceback" in errors) == (0, False), errors.decode()


async def test_over_socket_mode(tmp_path: Path) -> None:
    async with fake_slack() as slack, running(slack, tmp_path, {**SOCKET, **HTTP}):
        envelope = await slack.emit("events_api", EVENT)
        await slack.until(lambda: envelope in slack.acks and slack.posted)
        assert "Hegseth" in slack.posted[0]["text"]


async def test_over_http(tmp_path: Path) -> None:
    port = unused_port()
    settings = {**HTTP, "ATTACHE_HTTP_PORT": str(port), "ATTACHE_SECRET_KEY": new_key()}
    url, jar = f"http://127.0.0.1:{port}/slack", aiohttp.DummyCookieJar()
    async with fake_slack() as slack, running(slack, tmp_path, settings), aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(f"{url}/install") as page:
            cookies = {name: cookie.value for name, cookie in page.cookies.items()}
            state = re.findall(r"state=([^&\"]+)", await page.text())[0]
        given = {"code": "T1", "state": state}
        async with browser.get(f"{url}/oauth_redirect", params=given, cookies=cookies) as answer:
            assert answer.status == 200
        body, stamp = json.dumps(EVENT), str(int(time.time()))
        signature = SignatureVerifier("sign").generate_signature(timestamp=stamp, body=body) or ""
        headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp, "Content-Type": "application/json"}
        async with browser.post(f"{url}/events", data=body, headers=headers) as answer:
            assert answer.status == 200
        await slack.until(lambda: slack.posted)
        assert (slack.posted[0]["token"], "Hegseth" in slack.posted[0]["text"]) == ("xoxb-T1", True)
