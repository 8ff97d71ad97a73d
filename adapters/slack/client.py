"""The Slack app: listens over Socket Mode, acknowledges at once, answers from the desk.

https://docs.slack.dev/apis/events-api: an event may come more than once, and a mention twice under two names;
a message is answered once, by its channel and timestamp.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.inbound import action_of, command_request, message_request, press_request, shortcut_request
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.manifest import COMMAND, SHORTCUT
from adapters.slack.people import People
from adapters.slack.posting import Post, patiently
from adapters.slack.render import Rendered, render, view_blocks
from adapters.slack.threads import Threads
from bot.config import Settings
from bot.errors import DeliveryError, SettingsError
from bot.model import Asker, Destination, Platform, Request
from bot.ports import Courier, Desk
from bot.replies import Action, Paragraph, Reply, Words

Clock = Callable[[], datetime]
Purge = Callable[[str], Awaitable[object]]
_REMEMBERED = 5_000
_log = structlog.get_logger()
_SORRY = Reply(
    (Paragraph((Words("I could not answer that; it is written down for the administrators. Please try again."),)),), True
)
_TROUBLES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, DeliveryError)


def build_slack(settings: Settings, desk: Desk, clock: Clock, *, purge: Purge | None = None) -> "SlackApp":
    """The app for one workspace. Raises ``SettingsError`` where a token is missing."""
    if not settings.slack_bot_token or not settings.slack_app_token:
        raise SettingsError("Slack needs SLACK_BOT_TOKEN (xoxb-...) and SLACK_APP_TOKEN (xapp-...); see docs/slack.md")
    return SlackApp(settings, desk, clock, purge)


class SlackApp:
    """Serves one workspace until stopped; ``courier`` sends what nobody asked for just now."""

    def __init__(self, settings: Settings, desk: Desk, clock: Clock, purge: Purge | None) -> None:
        token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
        self._app_token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
        base = settings.slack_api_url.rstrip("/") + "/"
        self._client = AsyncWebClient(token=token, base_url=base, retry_handlers=[], timeout=20)
        self._app = AsyncApp(token=token, client=self._client, raise_error_for_unhandled_request=False)
        self._desk = desk
        self._clock = clock
        self._purge = purge
        self._post = Post(self._client)
        self._people = People(self._client)
        self._threads = Threads(self._client)
        self._own = ""
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._stopping = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()
        self._listen()

    @property
    def courier(self) -> Courier:
        """The way out for digests and alerts."""
        return self._post

    async def serve(self) -> None:
        """Listen until ``stop``. Raises ``SettingsError`` where Slack refuses a token."""
        try:
            self._own = str((await self._client.auth_test())["user_id"])
            handler = AsyncSocketModeHandler(self._app, self._app_token, web_client=self._client)
            await handler.connect_async()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            code = str(error.response.get("error"))
            raise SettingsError(f"Slack refuses a token ({code}); make new ones as docs/slack.md says") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SettingsError(
                f"Slack can't be reached ({error.__class__.__name__}); check the network and SLACK_API_URL"
            ) from error
        try:
            await self._stopping.wait()
            if self._working:
                await asyncio.wait(self._working, timeout=5)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """End ``serve``; answers under way get five seconds."""
        self._stopping.set()

    def _listen(self) -> None:
        app = self._app
        app.event("app_mention")(self._messaged)
        app.event("message")(self._messaged)
        app.event("app_home_opened")(self._home)
        app.event("app_uninstalled")(self._left)
        app.event("tokens_revoked")(self._left)
        app.command(COMMAND)(self._commanded)
        app.shortcut(SHORTCUT)(self._asked_who)
        app.action(re.compile(".*"))(self._pressed)

    async def _messaged(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        request = message_request(event, str(body.get("team_id") or event.get("team") or ""), self._clock())
        if request and await self._is_for_us(event, request) and self._fresh(request):
            self._work(self._answer(request), request)

    async def _is_for_us(self, event: dict[str, Any], request: Request) -> bool:
        """A mention, a direct message, or one who asked before going on in the thread; its mentions come by themselves."""
        place, asker = request.place, request.asker.id
        if event.get("type") == "app_mention" and place.thread:
            self._threads.asked(place.channel, place.thread, asker)
        if event.get("type") == "app_mention" or place.person:
            return True
        thread, text = event.get("thread_ts"), str(event.get("text") or "")
        if not thread or re.search(r"<@[UW]", text):
            return False
        return await self._threads.goes_on(place.channel, str(thread), asker, self._own)

    async def _commanded(self, ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack()
        request = command_request(command, self._clock())
        if self._fresh(request):
            self._work(self._respond(request, respond), request)

    async def _asked_who(self, ack: Any, shortcut: dict[str, Any]) -> None:
        await ack()
        request = shortcut_request(shortcut, self._clock())
        if self._fresh(request):
            self._work(self._checked(request), request)

    async def _pressed(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = action_of((body.get("actions") or [{}])[0])
        request = press_request(body, self._clock())
        if action and self._fresh(request):
            self._work(self._press(request, action), request)

    async def _home(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """App Home: what the person follows, and what can be asked."""
        if event.get("tab") == "home":
            person = str(event["user"])
            place = Destination(Platform.SLACK, str(body.get("team_id") or ""), "", person=person)
            request = Request(place, Asker(person, administrator=True), self._clock())
            self._work(self._show_home(request), request)

    async def _show_home(self, request: Request) -> None:
        request = await self._people.introduced(request)
        parts = [await self._desk.answer(replace(request, words=words)) for words in ("following", "help")]
        whole = Reply(tuple(block for part in parts for block in part.blocks))
        view = {"type": "home", "blocks": view_blocks(whole, VIEW_BLOCKS)}
        await patiently(self._client.views_publish, user_id=request.asker.id, view=view)

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
        """True the first time a message, command or press is seen."""
        key = request.key or ""
        known = bool(key) and key in self._seen
        self._seen[key] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return not known

    def _work(self, work: Awaitable[None], request: Request) -> None:
        """Answer beside the listener, which has acknowledged already."""
        task = asyncio.create_task(self._safely(work, request))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _safely(self, work: Awaitable[None], request: Request) -> None:
        try:
            await work
        except _TROUBLES as error:
            _log.warning("slack answer not sent", problem=str(error))
        except Exception:
            _log.exception("slack question not answered")
            with suppress(*_TROUBLES):
                await self._told(request, _SORRY)

    async def _answer(self, request: Request) -> None:
        await self._told(request, await self._desk.answer(await self._people.introduced(request)))

    async def _press(self, request: Request, action: Action) -> None:
        await self._told(request, await self._desk.press(await self._people.introduced(request), action))

    async def _checked(self, request: Request) -> None:
        """For who used the shortcut alone: the message's author did not ask."""
        await self._told(request, (await self._desk.answer(await self._people.introduced(request))).privately())

    async def _told(self, request: Request, reply: Reply) -> None:
        rendered, place = render(reply), request.place
        if rendered.private and not place.person:
            await self._privately(request, rendered)
            return
        channel = place.channel or await self._post.direct(request.asker.id)
        for part in rendered.messages:
            await patiently(self._post.message, channel, place.thread, part)
        await self._post.files(channel, place.thread, rendered)

    async def _privately(self, request: Request, rendered: Rendered) -> None:
        """For the asker's eyes: ephemeral where they asked, files as a direct message."""
        place = request.place
        for part in rendered.messages:
            await patiently(
                self._client.chat_postEphemeral,
                channel=place.channel, user=request.asker.id, thread_ts=place.thread, text=part.text, blocks=part.blocks,
            )  # fmt: skip
        if rendered.files:
            await self._post.files(await self._post.direct(request.asker.id), None, rendered)

    async def _respond(self, request: Request, respond: Any) -> None:
        """To a slash command: five answers at most; what is longer goes to the person directly."""
        rendered = render(await self._desk.answer(await self._people.introduced(request)))
        kind = "ephemeral" if rendered.private else "in_channel"
        for part in rendered.messages[:5]:
            await respond(text=part.text, blocks=part.blocks, response_type=kind, unfurl_links=False, unfurl_media=False)
        if rendered.messages[5:] or rendered.files:
            channel = await self._post.direct(request.asker.id)
            for part in rendered.messages[5:]:
                await patiently(self._post.message, channel, None, part)
            await self._post.files(channel, None, rendered)
