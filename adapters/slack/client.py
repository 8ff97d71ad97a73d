"""The Slack app: listens over Socket Mode, acknowledges at once, answers from the desk.

https://docs.slack.dev/apis/events-api: an event may come more than once, and a mention twice under two names;
a message is answered once, by its channel and timestamp.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.agent import looking, suggest
from adapters.slack.answering import Answers, Way, way_of
from adapters.slack.doors import Door, HttpDoor, SocketDoor
from adapters.slack.forms import DIGEST, FOLLOW, WHO, ZONE, Origin, filled, given_in, origin_of, suggestions, waiting_view
from adapters.slack.inbound import (
    action_of,
    command_request,
    may_be_asked,
    message_request,
    press_request,
    shortcut_request,
    submission_request,
)
from adapters.slack.installs import KeptInstallations, States
from adapters.slack.manifest import COMMAND, SCOPES, SHORTCUT
from adapters.slack.panels import Books, Panels
from adapters.slack.rooms import Kept, ManyRooms, OneRoom, Room, RoomCourier, Rooms
from bot.asking.overheard import Heard, overheard
from bot.config import Settings
from bot.errors import DeliveryError, SettingsError
from bot.model import Asker, Destination, Platform, Request
from bot.ports import Courier, Desk, Installations
from bot.replies import Action, Paragraph, Reply, Words, saying

Clock = Callable[[], datetime]
Purge = Callable[[str], Awaitable[object]]
_REMEMBERED = 5_000
_FORMS = {"follow": FOLLOW, "digest set": DIGEST, "set digest": DIGEST}
"""Slash commands that open a form."""
_log = structlog.get_logger()
_SORRY = Reply(
    (Paragraph((Words("I could not answer that; it is written down for the administrators. Please try again."),)),), True
)
_WORDLESS = "There are no words in this message that I could look up."
_TROUBLES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, DeliveryError)


def build_slack(
    settings: Settings,
    desk: Desk,
    clock: Clock,
    *,
    purge: Purge | None = None,
    installations: Installations | None = None,
    books: Books | None = None,
) -> "SlackApp":
    """The app: over Socket Mode with a bot and an app token, else over HTTP for every workspace that installs it.

    ``installations`` keeps their tokens; ``books`` is what App Home and the forms show. Raises ``SettingsError`` where a setting is missing.
    """
    if settings.slack_bot_token and settings.slack_app_token:
        return _socket_app(settings, desk, clock, purge, books)
    if settings.slack_signing_secret and settings.slack_client_id and settings.slack_client_secret:
        if installations is None:
            raise SettingsError("Slack over HTTP needs ATTACHE_SECRET_KEY; make one with: attache check --new-key")
        return _http_app(settings, desk, clock, purge, installations, books)
    raise SettingsError("Slack needs SLACK_BOT_TOKEN (xoxb-...) and SLACK_APP_TOKEN (xapp-...); see docs/slack.md")


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def _base_url(settings: Settings) -> str:
    return settings.slack_api_url.rstrip("/") + "/"


def _bolt_s_log() -> logging.Logger:
    """Errors alone: what Bolt warns of is advice to who writes an app, and tokens in the environment that are in use."""
    log = logging.getLogger("slack_bolt.attache")
    log.setLevel(logging.ERROR)
    return log


def _socket_app(settings: Settings, desk: Desk, clock: Clock, purge: Purge | None, books: Books | None) -> "SlackApp":
    token = _secret(settings.slack_bot_token)
    client = AsyncWebClient(token=token, base_url=_base_url(settings), retry_handlers=[], timeout=20)
    rooms = OneRoom(client)
    app = AsyncApp(client=AsyncWebClient(base_url=client.base_url), authorize=Kept(rooms), logger=_bolt_s_log())
    return SlackApp(app, rooms, SocketDoor(app, client, rooms, _secret(settings.slack_app_token)), desk, clock, purge, books)


def _http_app(
    settings: Settings, desk: Desk, clock: Clock, purge: Purge | None, installations: Installations, books: Books | None
) -> "SlackApp":
    client = AsyncWebClient(base_url=_base_url(settings), retry_handlers=[], timeout=20)
    id, secret = str(settings.slack_client_id), _secret(settings.slack_client_secret)
    kept = KeptInstallations(installations, clock, AsyncTokenRotator(client_id=id, client_secret=secret, client=client))
    rooms = ManyRooms(_base_url(settings), kept, left=purge)
    oauth = AsyncOAuthSettings(
        client_id=id, client_secret=secret, scopes=sorted(SCOPES), user_scopes=[], installation_store=kept,
        installation_store_bot_only=True, state_store=States(clock), authorization_url=urljoin(client.base_url, "../oauth/v2/authorize"),
    )  # fmt: skip
    app = AsyncApp(
        client=client,
        signing_secret=_secret(settings.slack_signing_secret),
        oauth_flow=AsyncOAuthFlow(client=client, settings=oauth),
        authorize=Kept(rooms),
        logger=_bolt_s_log(),
    )
    return SlackApp(
        app,
        rooms,
        HttpDoor(app, _secret(settings.slack_signing_secret), settings.http_host, settings.http_port),
        desk,
        clock,
        purge,
        books,
    )


class SlackApp:
    """Serves until stopped; ``courier`` sends what nobody asked for just now."""

    def __init__(
        self, app: AsyncApp, rooms: Rooms, door: Door, desk: Desk, clock: Clock, purge: Purge | None, books: Books | None
    ) -> None:
        self._app = app
        self._rooms = rooms
        self._door = door
        self._answers = Answers(rooms)
        self._panels = Panels(rooms, desk, self._answers, books)
        self._desk = desk
        self._clock = clock
        self._purge = purge
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()
        self._listen()

    @property
    def courier(self) -> Courier:
        """The way out for digests and alerts."""
        return RoomCourier(self._rooms)

    async def serve(self) -> None:
        """Listen until ``stop``. Raises ``SettingsError`` where that can't be as things are set up."""
        await self._door.open()
        self.listening.set()
        _log.info("slack is listened to")
        try:
            await self._stopping.wait()
            if self._working:
                await asyncio.wait(self._working, timeout=5)
        finally:
            await self._door.close()

    async def stop(self) -> None:
        """End ``serve``; answers under way get five seconds."""
        self._stopping.set()

    def _listen(self) -> None:
        app = self._app
        app.event("app_mention")(self._messaged)
        app.event("message")(self._messaged)
        app.event("app_home_opened")(self._home)
        app.event("assistant_thread_started")(self._begun)
        for looked_elsewhere in ("assistant_thread_context_changed", "app_context_changed"):
            app.event(looked_elsewhere)(_noted)
        app.event("app_uninstalled")(self._left)
        app.event("tokens_revoked")(self._left)
        app.command(COMMAND)(self._commanded)
        app.shortcut(SHORTCUT)(self._asked_who)
        app.action(re.compile(".*"))(self._pressed)
        app.options(re.compile(f"{WHO}|{ZONE}"))(self._suggested)
        app.view(re.compile("form-.*"))(self._submitted)

    async def _messaged(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if not may_be_asked(event):
            return
        room = await self._rooms.at(team := str(context.team_id or ""))
        request = message_request(event, team, room.own, self._clock())
        heard = await self._heard(event, request, room)
        if heard is not Heard.NO and self._fresh(request):
            request, way = room.threads.placed(request), way_of(event)
            self._work(self._answer(request, room, str(event["ts"]), way, heard), request, way)

    async def _heard(self, event: dict[str, Any], request: Request, room: Room) -> Heard:
        """A mention, a direct message, or a question of one who asked before in the thread; its mentions come by themselves."""
        place, asker = request.place, request.asker.id
        if event.get("type") == "app_mention" and place.thread:
            room.threads.asked(place.channel, place.thread, asker)
        if event.get("type") == "app_mention" or place.person:
            return Heard.YES
        heard = overheard(request.words, request.at.date())
        if heard is Heard.NO or not await room.threads.goes_on(place.channel, str(place.thread), asker, room.own):
            return Heard.NO
        return heard

    async def _commanded(self, ack: Any, command: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        request, way = command_request(command, str(context.team_id or ""), self._clock()), way_of(command)
        if self._fresh(request):
            form = _FORMS.get(request.words.lower())
            channel = "" if request.place.person else request.place.channel
            opening = self._panels.open(request, str(command.get("trigger_id")), Origin(form, channel), way) if form else None
            self._work(opening or self._respond(request, way), request, way)

    async def _asked_who(self, ack: Any, shortcut: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        request, way = shortcut_request(shortcut, str(context.team_id or ""), self._clock()), way_of(shortcut)
        if self._fresh(request):
            self._work(self._checked(request, way), request, way)

    async def _pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        request, way = press_request(body, str(context.team_id or ""), self._clock()), way_of(body)
        if self._fresh(request):
            if work := self._panels.pressed(request, body, way):
                self._work(work, request, way)
            elif action := action_of((body.get("actions") or [{}])[0]):
                self._work(self._press(request, action, way), request, way)

    async def _suggested(self, ack: Any, body: dict[str, Any]) -> None:
        """Options for a menu in a form, from memory."""
        names = partial(self._desk.complete, FOLLOW, "actor")
        await ack(options=suggestions(str(body.get("action_id")), str(body.get("value") or ""), names))

    async def _submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        """A form was sent: what is wrong stands in it at once; what is right is carried out after the acknowledgement."""
        origin = replace(origin_of(view), given=given_in(view))
        form, request = filled(origin), submission_request(body, str(context.team_id or ""), self._clock())
        if isinstance(form, dict):
            await ack(response_action="errors", errors=form)
            return
        await ack(response_action="update", view=waiting_view(origin))
        if self._fresh(request):
            self._work(self._panels.carry_out(request, origin, form, str(view["id"])), request, Way())

    async def _begun(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """A conversation in the older assistant view."""
        begun = event["assistant_thread"]
        room = await self._rooms.at(str(context.team_id or ""))
        await suggest(room.client, str(begun["channel_id"]), str(begun["thread_ts"]))

    async def _home(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """App Home: what the person follows, and what can be asked; its messages tab: questions to begin with."""
        team = str(context.team_id or "")
        if event.get("tab") == "messages":
            room = await self._rooms.at(team)
            await suggest(room.client, str(event["channel"]), None)
        if event.get("tab") == "home":
            person = str(event["user"])
            place = Destination(Platform.SLACK, team, "", person=person)
            request = Request(place, Asker(person), self._clock())
            self._work(self._panels.show_home(request), request, Way())

    async def _left(self, body: dict[str, Any]) -> None:
        """Uninstalled, or the bot's tokens revoked: nothing of the workspace is kept. Other platforms go on."""
        team = str(body.get("team_id") or "")
        tokens = body["event"].get("tokens")
        if tokens and not tokens.get("bot"):
            return
        if self._purge and team:
            await self._purge(team)
        _log.warning("slack workspace left", team=team)

    def _fresh(self, request: Request) -> bool:
        """True the first time a message, command or press is seen in its workspace."""
        key = (request.place.workspace, request.key or "")
        known = bool(request.key) and key in self._seen
        self._seen[key] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return not known

    def _work(self, work: Awaitable[None], request: Request, way: Way) -> None:
        """Answer beside the listener, which has acknowledged already."""
        task = asyncio.create_task(self._safely(work, request, way))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _safely(self, work: Awaitable[None], request: Request, way: Way) -> None:
        try:
            await work
        except _TROUBLES as error:
            _log.warning("slack answer not sent", problem=str(error))
        except Exception:
            _log.exception("slack question not answered")
            with suppress(*_TROUBLES):
                await self._answers.tell(request, _SORRY, way)

    async def _answer(self, request: Request, room: Room, stamp: str, way: Way, heard: Heard) -> None:
        place = request.place
        async with looking(room.client, place.channel, way.thread or stamp) if place.person else nullcontext() as shown:
            reply = await self._desk.answer(await self._introduced(request))
            if shown and not way.under and await shown():
                room.threads.answered_under(request, stamp)
                way = replace(way, under=stamp)
            if heard is Heard.YES or reply.quotations:
                await self._answers.tell(request, reply, way)

    async def _press(self, request: Request, action: Action, way: Way) -> None:
        threads = (await self._rooms.at(request.place.workspace)).threads
        request = threads.placed(request)
        if way.under and not request.place.thread:
            threads.answered_under(request, way.under)
        await self._answers.tell(request, await self._desk.press(await self._introduced(request), action), way)

    async def _checked(self, request: Request, way: Way) -> None:
        """For who used the shortcut alone: the message's author did not ask."""
        has_words = request.arguments["words"]
        reply = await self._desk.answer(await self._introduced(request)) if has_words else saying(_WORDLESS)
        await self._answers.respond(request, reply.privately(), way)

    async def _respond(self, request: Request, way: Way) -> None:
        reply = await self._desk.answer(await self._introduced(request))
        await self._answers.respond(request, await self._panels.with_invitation(request.place, reply), way)

    async def _introduced(self, request: Request) -> Request:
        return await (await self._rooms.at(request.place.workspace)).people.introduced(request)


async def _noted() -> None:
    """Acknowledged: where somebody looks changes no answer."""
