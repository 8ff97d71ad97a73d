"""A server that answers as Slack does: the web API's methods that we use, and Socket Mode over a websocket.

It has a clock of its own, ``now`` in seconds, that goes on only by ``pass_time``: triggers are good for three seconds and
once, and what is not acknowledged in time is sent again. Messages and views that break Slack's rules are refused.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.adapters.slack.rules import problems, view_problems

Json = dict[str, Any]
PATIENCE = 3.0
"""Seconds: acknowledgements and triggers."""


@dataclass
class FakeSlack:
    """``calls`` are (method, arguments) as they came; ``acks`` the envelope ids acknowledged, in order.

    ``errors[method]`` are answered instead, one a call: an error code, or a number of seconds for a 429, or "lost" for a
    message that is posted and whose answer never arrives, "page" for a gateway's page, "broken" for what is no JSON,
    "patience" for a 429 that does not say how long.
    """

    calls: list[tuple[str, Json]] = field(default_factory=list)
    acks: list[str] = field(default_factory=list)
    errors: dict[str, list[str | int | None]] = field(default_factory=lambda: defaultdict(list))
    posted: list[Json] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    """What ``conversations.info`` says beyond a public channel's usual."""
    revoked: set[str] = field(default_factory=set)
    """Tokens that are none any more."""
    views: dict[str, Json] = field(default_factory=dict)
    """Open modals by id, and App Homes by person, as they look now."""
    replies: dict[str, Json] = field(default_factory=dict)
    """What acknowledgements carried."""
    now: float = 0.0
    late: list[str] = field(default_factory=list)
    """Envelopes that were not acknowledged within three seconds."""
    expires_in: int = 0
    """Seconds that tokens of an installation are good for; 0: they do not rotate."""
    hangs: asyncio.Event | None = None
    """While it is set to an event that has not come, no method of the web API answers."""
    refuses: frozenset[str] = frozenset()
    """Blocks that this Slack does not know."""
    deaf: bool = False
    """Acknowledgements get lost on the way; ``acks`` has them all the same."""
    url: str = ""
    _waiting: dict[str, tuple[float, Json]] = field(default_factory=dict)
    _triggers: dict[str, float] = field(default_factory=dict)
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _number: int = 0
    _files: dict[str, str] = field(default_factory=dict)

    async def emit(self, kind: str, payload: Json, envelope: str | None = None) -> str:
        """Send an envelope to the app; its id."""
        await self.until(lambda: bool(self._sockets))
        self._number += 1
        envelope = envelope or f"e{self._number}"
        sent = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": kind != "events_api"}
        self._waiting[envelope] = (self.now, sent)
        await self._sockets[-1].send_json(sent)
        return envelope

    async def answered(self, kind: str, payload: Json) -> Json:
        """Send an envelope; what its acknowledgement carried."""
        envelope = await self.emit(kind, payload)
        await self.until(lambda: envelope in self.acks)
        return self.replies[envelope]

    def trigger(self) -> str:
        """A fresh trigger id."""
        self._number += 1
        self._triggers[f"t{self._number}"] = self.now
        return f"t{self._number}"

    async def pass_time(self, seconds: float) -> None:
        """Let time go by; envelopes unacknowledged for three seconds are noted and sent again."""
        self.now += seconds
        for envelope, (since, sent) in list(self._waiting.items()):
            if self.now - since >= PATIENCE:
                self.late.append(envelope)
                self._waiting[envelope] = (self.now, sent)
                await self._sockets[-1].send_json({**sent, "retry_attempt": 1, "retry_reason": "timeout"})

    async def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours; what is not acknowledged comes again on the new socket."""
        old, count = self._sockets[-1], len(self._sockets)
        await old.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
        await self.until(lambda: len(self._sockets) > count)
        await old.close()
        for _, sent in list(self._waiting.values()):
            await self._sockets[-1].send_json({**sent, "retry_attempt": 1})

    async def until(self, true: Any) -> None:
        """Wait until something holds; at most ten seconds."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(true)

    def sent(self, method: str) -> list[Json]:
        """The arguments of all calls of a method."""
        return [given for name, given in self.calls if name == method]

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = await _arguments(request)
        given["token"] = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append((method, given))
        if self.hangs:
            await self.tell()
            await self.hangs.wait()
        error = self.errors[method].pop(0) if self.errors[method] else None
        if given["token"] in self.revoked:
            error = "account_inactive"
        answer = self._answer(method, given) if error in (None, "lost") else {}
        await self.tell()
        if isinstance(error, int):
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(error)})
        if error == "lost":
            if request.transport:
                request.transport.close()
            return web.Response()
        if error in ("page", "broken", "patience"):
            status, kind = {"page": (200, "text/html"), "broken": (200, "application/json"), "patience": (429, "text/plain")}[
                error
            ]
            return web.Response(status=status, content_type=kind, text="<html>", headers={"Retry-After": "soon"})
        error = error or answer.get("error")
        return web.json_response({"ok": False, "error": error} if error else {"ok": True, **answer})

    def _answer(self, method: str, given: Json) -> Json:
        return self._refusal(method, given) or self._identity(method, given) or self._outcome(method, given)

    def _refusal(self, method: str, given: Json) -> Json:
        match method:
            case "chat.postMessage" | "chat.postEphemeral" | "chat.update" if wrong := list(
                problems(given["blocks"], given["text"])
            ):
                return {"error": f"invalid_blocks: {wrong}"}
            case "chat.postMessage" | "chat.postEphemeral" if self.refuses & {block["type"] for block in given["blocks"]}:
                return {"error": "invalid_blocks"}
            case "views.open" | "views.update" | "views.publish" if wrong := list(view_problems(given["view"])):
                return {"error": f"invalid_arguments: {wrong}"}
        return {}

    def _identity(self, method: str, given: Json) -> Json:
        match method:
            case "auth.test":
                return {
                    "url": "https://x.slack.com/",
                    "team": "T",
                    "user": "attache",
                    "team_id": given["token"].removeprefix("xoxb-"),
                    "user_id": "UBOT",
                    "bot_id": "B1",
                }
            case "oauth.v2.access" if given.get("grant_type") == "refresh_token":
                return self._renewed(str(given["refresh_token"]))
            case "oauth.v2.access":
                rotating = {"refresh_token": f"xoxe-{given['code']}-0", "expires_in": self.expires_in} if self.expires_in else {}
                return rotating | {
                    "access_token": f"xoxb-{given['code']}", "team": {"id": given["code"], "name": "A team"}, "bot_user_id": "UBOT",
                    "is_enterprise_install": given["code"] == "EVERYBODY", "scope": "commands", "authed_user": {"id": "U1"}, "app_id": "A1", "token_type": "bot",
                }  # fmt: skip
        return {}

    def _outcome(self, method: str, given: Json) -> Json:
        match method:
            case "apps.connections.open":
                return {"url": self.url.replace("http", "ws") + "socket"}
            case "views.open":
                return self._opened(given)
            case "views.update":
                return (
                    self._drawn(str(given["view_id"]), given["view"])
                    if given["view_id"] in self.views
                    else {"error": "not_found"}
                )
            case "views.publish":
                return self._drawn(str(given["user_id"]), given["view"])
            case "chat.postMessage":
                self._number += 1
                message = {**given, "ts": f"1700000000.{self._number:06}"}
                self.posted.append(message)
                return {"channel": given["channel"], "ts": message["ts"], "message": message}
            case "conversations.open":
                return {"channel": {"id": f"D{given['users']}"}}
            case "conversations.history":
                held = [m for m in reversed(self.posted) if m["channel"] == given["channel"]]
                return _page(held, given)
            case "conversations.replies":
                return self._thread(given)
            case "chat.delete":
                self.posted = [m for m in self.posted if (m["channel"], m["ts"]) != (given["channel"], given["ts"])]
            case "files.getUploadURLExternal":
                self._number += 1
                self._files[f"F{self._number}"] = str(given["filename"])
                return {"upload_url": f"{self.url}upload", "file_id": f"F{self._number}"}
            case "files.completeUploadExternal":
                return self._shared(given)
            case "users.info":
                return {
                    "user": {"id": given["user"], **self.users.get(given["user"], {"tz": "Europe/Brussels", "is_admin": False})}
                }
            case "conversations.info":
                usual = {"creator": "UCREATOR", "is_channel": True, "is_private": False}
                return {"channel": {"id": given["channel"], **usual, **self.channels.get(given["channel"], {})}}
        return {"ts": str(given.get("ts", "1"))}

    def _renewed(self, refresh: str) -> Json:
        """New tokens for a refresh token, which is good once."""
        if refresh in self.revoked:
            return {"error": "invalid_refresh_token"}
        self.revoked.add(refresh)
        _, team, number = refresh.split("-")
        fresh = f"{team}-{int(number) + 1}"
        return {
            "access_token": f"xoxb-{fresh}", "refresh_token": f"xoxe-{fresh}", "expires_in": 43_200, "token_type": "bot",
            "team": {"id": team}, "bot_user_id": "UBOT", "app_id": "A1", "scope": "commands",
        }  # fmt: skip

    def _opened(self, given: Json) -> Json:
        issued = self._triggers.pop(str(given["trigger_id"]), None)
        if issued is None:
            return {"error": "invalid_trigger_id"}
        if self.now - issued > PATIENCE:
            return {"error": "expired_trigger_id"}
        self._number += 1
        return self._drawn(f"V{self._number}", given["view"])

    def _drawn(self, id: str, view: Json) -> Json:
        self.views[id] = {**view, "id": id}
        return {"view": self.views[id]}

    def _thread(self, given: Json) -> Json:
        """Oldest first, in pages of at most ``limit``, as Slack tells a thread."""
        thread = str(given["ts"])
        held = [m for m in self.posted if m["channel"] == given["channel"] and thread in (m["ts"], m.get("thread_ts"))]
        return _page(held, given)

    def _shared(self, given: Json) -> Json:
        """An upload becomes a message of the bot that holds the files."""
        files = [{"id": file["id"], "name": self._files[file["id"]]} for file in given["files"]]
        self._number += 1
        stamp = f"1700000000.{self._number:06}"
        self.posted.append(
            {"channel": given["channel_id"], "thread_ts": given.get("thread_ts"), "ts": stamp, "text": "", "files": files}
        )
        return {"files": files}

    async def _upload(self, request: web.Request) -> web.Response:
        self.calls.append(("upload", {"size": len(await request.read())}))
        return web.Response(text="OK")

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(("response_url", await request.json()))
        await self.tell()
        error = self.errors["response_url"].pop(0) if self.errors["response_url"] else None
        if error == "lost" and request.transport:
            request.transport.close()
        return web.Response(text="ok", status=404 if error else 200)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        self._sockets.append(socket)
        await self.tell()
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                ack = json.loads(message.data)
                self.acks.append(ack["envelope_id"])
                self.replies[ack["envelope_id"]] = ack.get("payload") or {}
                if not self.deaf:
                    self._waiting.pop(ack["envelope_id"], None)
                await self.tell()
        return socket

    async def tell(self) -> None:
        """Something changed: whoever waits looks again."""
        async with self._changed:
            self._changed.notify_all()


def _page(held: list[Json], given: Json) -> Json:
    """At most ``limit`` messages, and where to go on."""
    start, limit = int(given.get("cursor") or 0), int(given.get("limit") or 1000)
    more = str(start + limit) if start + limit < len(held) else ""
    return {"messages": held[start : start + limit], "response_metadata": {"next_cursor": more}}


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        given: Json = await request.json()
        return given
    held = {key: value for key, value in [*request.query.items(), *(await request.post()).items()] if isinstance(value, str)}
    return {key: json.loads(value) if value[:1] in "[{" else value for key, value in held.items()}


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """The server, listening on this machine."""
    slack = FakeSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack._api)
    app.router.add_post("/upload", slack._upload)
    app.router.add_post("/respond", slack._respond)
    app.router.add_get("/socket", slack._socket)
    server = TestServer(app)
    await server.start_server()
    slack.url = str(server.make_url("/"))
    try:
        yield slack
    finally:
        for socket in slack._sockets:
            await socket.close()
        await server.close()
