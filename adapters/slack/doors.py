"""The two ways in: Socket Mode for a workspace of one's own, HTTP with OAuth for many."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.rooms import OneRoom
from bot.errors import SettingsError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door(Protocol):
    """Opens raising ``SettingsError`` where that is impossible as things are set up."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class SocketDoor:
    """A websocket that Slack is asked for."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, rooms: OneRoom, token: str) -> None:
        self._app = app
        self._client = client
        self._rooms = rooms
        self._token = token
        self._handler: AsyncSocketModeHandler | None = None

    async def open(self) -> None:
        """Connect."""
        try:
            await self._rooms.at("")
            await self._client.apps_connections_open(app_token=self._token)
            self._handler = AsyncSocketModeHandler(self._app, self._token, web_client=self._client)
            await self._handler.connect_async()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            code = str(error.response.get("error"))
            raise SettingsError(f"Slack refuses a token ({code}); make new ones as docs/slack.md says") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SettingsError(
                f"Slack can't be reached ({error.__class__.__name__}); check the network and SLACK_API_URL"
            ) from error

    async def close(self) -> None:
        """Leave."""
        if self._handler:
            await self._handler.close_async()  # type: ignore[no-untyped-call]


class HttpDoor:
    """A web server: ``/slack/events`` (what Slack signed with ``secret``), ``/slack/install``, ``/slack/oauth_redirect``."""

    def __init__(self, app: AsyncApp, secret: str, host: str, port: int) -> None:
        self._app = app
        self._verifier = SignatureVerifier(secret)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen."""
        served = self._app.server(port=self._port, path=EVENTS_PATH, host=self._host).web_app
        served.middlewares.append(self._signed)
        self._runner = web.AppRunner(served)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(
                f"Slack over HTTP can't listen on {self._host}:{self._port} ({error.strerror}); "
                "change ATTACHE_HTTP_HOST or ATTACHE_HTTP_PORT"
            ) from error

    @web.middleware
    async def _signed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing that others send is read any further; Bolt reads a body before it looks at the signature."""
        if request.method == "POST":
            body = await request.read()
            if b"ssl_check=1" in body.split(b"&"):
                return web.Response()
            if not self._is_signed(body, dict(request.headers)):
                return web.json_response({"error": "not signed by Slack, or too old"}, status=401)
        return await handler(request)

    def _is_signed(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(body, headers)
        except ValueError:
            return False

    async def close(self) -> None:
        """Finish what was begun, and leave."""
        if self._runner:
            await self._runner.cleanup()
