"""A small Discord of our own: REST and gateway on one local port, strict about what it takes.

Messages are measured with ``rules``; nonces are enforced; faults can be queued. ``wait`` lets a
test go on as soon as a condition holds, without sleeping.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.adapters.discord.rules import Json, message_problems

BOT = {"id": "77", "username": "attache", "discriminator": "0", "avatar": None, "bot": True}
ALICE = {"id": "500", "username": "alice", "discriminator": "0", "avatar": None}
GUILD, TEXT, NEWS, FORUM, DM = "1000", "2000", "2001", "2002", "2003"
TOKEN = "right"


@dataclass
class Fault:
    """What happens to the next request that fits: an answer, or (``lose``) done but never answered."""

    method: str
    path: str
    status: int = 503
    code: int = 0
    extra: Json = field(default_factory=dict)
    lose: bool = False


@dataclass
class Server:
    messages: dict[str, Json] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    requests: list[tuple[str, str, Json]] = field(default_factory=list)
    nonces: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    threads: dict[str, Json] = field(default_factory=dict)
    hellos: list[str] = field(default_factory=list)
    guilds: list[Json] = field(default_factory=lambda: [guild()])
    refuse: int | None = None
    beats: int = 0
    port: int = 0
    _sequence: int = 0
    _last: int = 9_000
    _socket: web.WebSocketResponse | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    async def start(self) -> "Server":
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/api/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def wait(self, condition: Callable[[], object]) -> None:
        """Until the condition holds; fails after ten seconds."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(condition)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # the gateway

    async def push(self, event: str, data: Json) -> None:
        self._sequence += 1
        await self._frame({"op": 0, "t": event, "s": self._sequence, "d": data})

    async def processed(self) -> None:
        """Until the client has worked through all that was pushed: it answers a heartbeat in turn."""
        before = self.beats
        await self._frame({"op": 1, "d": None})
        await self.wait(lambda: self.beats > before)

    async def reconnect(self) -> None:
        await self._frame({"op": 7, "d": None})

    async def invalidate(self) -> None:
        await self._frame({"op": 9, "d": False})

    async def _frame(self, frame: Json) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps(frame))

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._frame({"op": 10, "d": {"heartbeat_interval": 30_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._heard(socket, json.loads(message.data))
        return socket

    async def _heard(self, socket: web.WebSocketResponse, frame: Json) -> None:
        if frame["op"] == 1:
            self.beats += 1
            await socket.send_str('{"op": 11}')
        elif frame["op"] == 2 and self.refuse is not None:
            await socket.close(code=self.refuse)
        elif frame["op"] == 2:
            await self._ready(frame["d"].get("shard", [0, 1]))
        elif frame["op"] == 6:
            self.hellos.append("resume")
            await self.push("RESUMED", {})
        await self._notify()

    async def _ready(self, shard: list[int]) -> None:
        self.hellos.append("identify")
        url = f"ws://127.0.0.1:{self.port}/gateway"
        away = [{"id": g["id"], "unavailable": True} for g in self.guilds]
        ready = {
            "v": 10,
            "user": BOT,
            "guilds": away,
            "session_id": "s",
            "resume_gateway_url": url,
            "shard": shard,
            "application": {"id": "77", "flags": 0},
        }
        await self.push("READY", ready)
        for there in self.guilds:
            await self.push("GUILD_CREATE", there)

    # REST

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        payload, files = await _read(request)
        self.requests.append((request.method, path, payload))
        fault = next((f for f in self.faults if f.method == request.method and re.fullmatch(f.path, path)), None)
        if fault is not None:
            self.faults.remove(fault)
        if fault is not None and not fault.lose:
            await self._notify()
            return _json({"code": fault.code, "message": "fault", **fault.extra}, fault.status)
        if request.headers.get("Authorization") not in (f"Bot {TOKEN}", None):
            return _json({"code": 0, "message": "401: Unauthorized"}, 401)
        answer = self._answer(request.method, path, payload, files)
        await self._notify()
        if fault is not None and request.transport is not None:
            request.transport.close()
        return answer

    def _answer(self, method: str, path: str, payload: Json, files: list[str]) -> web.Response:
        for verb, pattern, handle in self._routes():
            if verb == method and (match := re.fullmatch(pattern, path)):
                return handle(payload, files, *match.groups())
        return _json({"code": 0, "message": f"no route {method} {path}"}, 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., web.Response]]]:
        one = r"/channels/(\d+)/messages/(\d+)"
        return [
            ("GET", "/users/@me", lambda p, f: _json(BOT)),
            ("GET", "/oauth2/applications/@me", lambda p, f: _json(application())),
            ("GET", r"/applications/77/commands", lambda p, f: _json(self.commands)),
            ("PUT", r"/applications/77/commands", lambda p, f: self._register(p)),
            ("POST", "/users/@me/channels", lambda p, f: _json(channel(DM, 1))),
            ("GET", r"/channels/(\d+)", lambda p, f, c: self._channel(c)),
            ("GET", r"/channels/(\d+)/messages", lambda p, f, c: _json(self.history(c)[::-1])),
            ("POST", r"/channels/(\d+)/messages", self._post),
            ("POST", r"/channels/(\d+)/threads", self._thread),
            ("POST", r"/channels/(\d+)/typing", lambda p, f, c: web.Response(status=204)),
            ("GET", one, lambda p, f, c, m: _json(self.messages[m])),
            ("PATCH", one, lambda p, f, c, m: self._edit(p, f, m)),
            ("DELETE", one, lambda p, f, c, m: self._delete(m)),
            ("POST", one + "/threads", lambda p, f, c, m: self._thread_on(p, c, m)),
            ("POST", one + "/crosspost", lambda p, f, c, m: _json(self.messages[m])),
            ("POST", r"/interactions/(\d+)/(\w+)/callback", self._callback),
            ("POST", r"/webhooks/77/(\w+)", lambda p, f, t: self._post(p, f, TEXT)),
            ("PATCH", r"/webhooks/77/(\w+)/messages/@original", lambda p, f, t: self._edit(p, f, next(iter(self.messages)))),
            ("DELETE", r"/webhooks/77/(\w+)/messages/@original", lambda p, f, t: web.Response(status=204)),
        ]

    def history(self, channel: str) -> list[Json]:
        return [m for m in self.messages.values() if m["channel_id"] == channel]

    def sent(self, method: str, path: str) -> list[Json]:
        return [payload for verb, at, payload in self.requests if verb == method and re.fullmatch(path, at)]

    def _register(self, payload: Any) -> web.Response:
        self.commands = [
            {**command, "id": str(n), "application_id": "77", "version": "1"} for n, command in enumerate(payload, 1)
        ]
        return _json(self.commands)

    def _channel(self, number: str) -> web.Response:
        known = {c["id"]: c for g in self.guilds for c in g["channels"]} | {DM: channel(DM, 1)} | self.threads
        return _json(known[number]) if number in known else _json({"code": 10003, "message": "Unknown Channel"}, 404)

    def _post(self, payload: Json, files: list[str], channel: str) -> web.Response:
        if problems := message_problems(payload, files):
            return _json({"code": 50035, "message": "; ".join(problems)}, 400)
        nonce = (channel, str(payload.get("nonce")))
        if payload.get("enforce_nonce") and nonce in self.nonces:
            return _json(self.messages[self.nonces[nonce]])
        stored = self._store(channel, payload)
        self.nonces[nonce] = stored["id"]
        return _json(stored)

    def _store(self, channel: str, payload: Json, number: str | None = None) -> Json:
        self._last += 1
        stored = _message(number or str(self._last), channel, BOT, "", payload.get("components", []))
        self.messages[stored["id"]] = stored
        return stored

    def _thread_on(self, payload: Json, channel: str, message: str) -> web.Response:
        if message in self.threads:
            return _json({"code": 160004, "message": "A thread has already been created for this message"}, 400)
        self.threads[message] = thread(message, channel, payload["name"])
        return _json(self.threads[message])

    def _thread(self, payload: Json, files: list[str], forum: str) -> web.Response:
        if problems := message_problems({**payload["message"], "allowed_mentions": {"parse": []}}, files):
            return _json({"code": 50035, "message": "; ".join(problems)}, 400)
        self._last += 1
        number = str(self._last)
        stored = self._store(number, payload["message"], number)
        return _json({**thread(number, forum, payload["name"]), "message": stored})

    def _edit(self, payload: Json, files: list[str], number: str) -> web.Response:
        if problems := message_problems({"flags": 1 << 15, **payload}, files):
            return _json({"code": 50035, "message": "; ".join(problems)}, 400)
        self.messages[number]["components"] = payload["components"]
        return _json(self.messages[number])

    def _delete(self, number: str) -> web.Response:
        del self.messages[number]
        return web.Response(status=204)

    def _callback(self, payload: Json, files: list[str], number: str, token: str) -> web.Response:
        data = payload.get("data") or {}
        if payload["type"] == 4 and (problems := message_problems(data, files)):
            return _json({"code": 50035, "message": "; ".join(problems)}, 400)
        stored = self._store(TEXT, data)
        response = {"id": number, "type": 2, "response_message_id": stored["id"], "response_message_ephemeral": False}
        return _json({"interaction": response, "resource": {"type": payload["type"], "message": stored}})


async def _read(request: web.Request) -> tuple[Any, list[str]]:
    if not request.content_type.startswith("multipart/"):
        return (json.loads(await request.text()) if request.can_read_body else {}), []
    form = await request.post()
    files = [value.filename for value in form.values() if isinstance(value, web.FileField)]
    return json.loads(str(form["payload_json"])), files


def _json(data: Any, status: int = 200) -> web.Response:
    headers = {"Via": "1.1 google"} if status == 429 else {}
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json", headers=headers)


def _message(number: str, channel: str, author: Json, content: str, components: list[Json]) -> Json:
    return {
        "id": number, "channel_id": channel, "author": author, "content": content, "timestamp": "2025-02-12T12:00:00+00:00",
        "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": [], "pinned": False, "type": 0, "flags": 1 << 15 if components else 0, "components": components,
    }  # fmt: skip


def from_alice(number: str, content: str) -> Json:
    """A message of Alice's in the text channel that mentions the bot."""
    member = {"roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    return {**_message(number, TEXT, ALICE, content, []), "guild_id": GUILD, "member": member, "mentions": [BOT]}


def command_of_alice(number: str, name: str, options: list[Json], **more: Any) -> Json:
    """An interaction: ``/brief NAME`` in the text channel."""
    member = {
        "user": ALICE,
        "roles": [],
        "joined_at": "2025-01-01T00:00:00+00:00",
        "permissions": "32",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    sub = {"name": name, "type": 1, "options": options}
    return {
        "id": number, "application_id": "77", "type": 2, "token": f"tok{number}", "version": 1, "channel_id": TEXT, "guild_id": GUILD,
        "channel": channel(TEXT, 0), "locale": "uk", "app_permissions": "0", "entitlements": [], "member": member, "attachment_size_limit": 10485760,
        "authorizing_integration_owners": {"0": GUILD}, "context": 0, "data": {"id": "1", "name": "brief", "type": 1, "options": [sub]}, **more,
    }  # fmt: skip


def choice_of_alice(number: str, pressed: Json, custom_id: str, value: str) -> Json:
    """An interaction: Alice picks from a menu of a message that answered a command of hers."""
    by = {"id": "9", "type": 2, "user": ALICE, "authorizing_integration_owners": {}}
    data = {"component_type": 3, "custom_id": custom_id, "values": [value]}
    return {**command_of_alice(number, "", []), "type": 3, "data": data, "message": {**pressed, "interaction_metadata": by}}


def guild() -> Json:
    """A guild with a text, an announcement and a forum channel."""
    me = {"user": BOT, "roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    everyone = {"id": GUILD, "name": "@everyone", "permissions": str(1 << 11 | 1 << 10), "position": 0, "color": 0, "colors": {"primary_color": 0},
                "hoist": False, "managed": False, "mentionable": False, "flags": 0}  # fmt: skip
    channels = [channel(TEXT, 0), channel(NEWS, 5), {**channel(FORUM, 15), "flags": 1 << 4, "available_tags": [tag()]}]
    return {
        "id": GUILD, "name": "G", "owner_id": "1", "roles": [everyone], "channels": channels, "members": [me], "threads": [], "emojis": [],
        "stickers": [], "features": [], "member_count": 2, "large": False, "unavailable": False, "voice_states": [], "presences": [],
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "premium_tier": 0,
        "system_channel_flags": 0, "nsfw_level": 0, "preferred_locale": "en-US", "joined_at": "2025-01-01T00:00:00+00:00",
    }  # fmt: skip


def tag() -> Json:
    return {"id": "31", "name": "news", "moderated": False, "emoji_id": None, "emoji_name": None}


def channel(number: str, kind: int) -> Json:
    if kind == 1:
        return {"id": number, "type": 1, "recipients": [ALICE], "last_message_id": None, "flags": 0}
    return {
        "id": number,
        "type": kind,
        "guild_id": GUILD,
        "name": f"c{number}",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "flags": 0,
    }


def thread(number: str, parent: str, name: str) -> Json:
    metadata = {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2025-02-12T12:00:00+00:00",
        "locked": False,
    }
    return {
        "id": number, "type": 11, "guild_id": GUILD, "parent_id": parent, "owner_id": "77", "name": name, "message_count": 0,
        "member_count": 1, "rate_limit_per_user": 0, "thread_metadata": metadata, "flags": 0,
    }  # fmt: skip


def application() -> Json:
    return {"id": "77", "name": "attache", "icon": None, "description": "", "bot_public": True, "bot_require_code_grant": False,
            "verify_key": "k", "flags": 0, "owner": ALICE, "rpc_origins": [], "summary": "", "team": None}  # fmt: skip
