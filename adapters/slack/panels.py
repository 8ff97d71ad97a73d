"""App Home and the modals at work: opened within Slack's three seconds, carried out by the desk, redrawn in place."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.answering import Answers, Way
from adapters.slack.forms import DIGEST, REPORT, Filled, Origin, form_view, given_by, origin_of, outcome_view
from adapters.slack.home import Shown, home_view
from adapters.slack.inbound import action_of
from adapters.slack.posting import error_code, patiently
from adapters.slack.rooms import Rooms
from bot.briefing.orders import own
from bot.errors import StorageError
from bot.model import Asker, Destination, Request
from bot.ports import Desk
from bot.replies import Action, Paragraph, Reply, Words, saying
from bot.standing import DigestOrder, OrderBook, Standing

Health = Callable[[], Awaitable[Sequence[str]]]
"""The sources, one plain line each, with how they are."""
_LATE = frozenset(["expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "invalid_trigger_id", "trigger_exchanged"])
_CLOSED = frozenset(["not_found", "view_not_found", "hash_conflict"])
_INVITE = "I am not in this channel, so nothing that is ordered for it can come: write /invite @attache in it."
_PATIENCE = 1.0
"""Seconds that a form waits for what it is to show: its trigger is good for three."""


@dataclass(frozen=True, slots=True)
class Books:
    """What is shown beyond the desk's replies."""

    orders: OrderBook
    health: Health


class Panels:
    """Views of one app, for all its workspaces."""

    def __init__(self, rooms: Rooms, desk: Desk, answers: Answers, books: Books | None) -> None:
        self._rooms = rooms
        self._desk = desk
        self._answers = answers
        self._books = books

    def pressed(self, request: Request, body: Mapping[str, Any], way: Way) -> Awaitable[None] | None:
        """What a press in a view, or one that opens a form, does; ``None`` for one on a message."""
        element = (body.get("actions") or [{}])[0]
        kind, view = view_of(body)
        verb, _, rest = str(element.get("action_id") or "").partition(":")
        value = str((element.get("selected_option") or {}).get("value") or element.get("value") or "")
        action = action_of(element)
        match kind, verb:
            case "modal", "form":
                return self.show_form(request, origin_of(body["view"]), view)
            case "modal", _:
                return self._press_outcome(request, origin_of(body["view"]), action, view) if action else None
            case "home", "order":
                return self._order_home(request, str(body.get("trigger_id")), value, way)
            case "home", "form":
                return self.open(request, str(body.get("trigger_id")), Origin(rest), way)
            case "home", _:
                return self._press_home(request, action) if action else None
            case _, "digest":
                place = request.place
                return self.open(request, str(body.get("trigger_id")), Origin(DIGEST, "" if place.person else place.channel), way)
            case _, "report":
                place = request.place
                origin = Origin(REPORT, "" if place.person else place.channel, place.thread, value)
                return self.open(request, str(body.get("trigger_id")), origin, way)
        return None

    async def show_home(self, request: Request, note: Reply | None = None) -> None:
        """Draw a person's App Home, with what a press did."""
        room = await self._rooms.at(request.place.workspace)
        mine = await self._standing(own(request))
        digests = await self._digests(request)
        sources = await self._books.health() if self._books else ()
        view = home_view(Shown(mine, digests, sources, request.at, note))
        await patiently(room.client.views_publish, user_id=request.asker.id, view=view)

    async def _press_home(self, request: Request, action: Action) -> None:
        """A button of a reply, pressed in App Home: what it did is told there."""
        reply = await self._desk.press(await self._introduced(request), action)
        await self.show_home(request, reply)

    async def _order_home(self, request: Request, trigger: str, value: str, way: Way) -> None:
        """A change of a digest, one's own or a channel's, ordered in App Home."""
        change, _, channel = value.partition(" ")
        if change == "set":
            await self.open(request, trigger, Origin(DIGEST, channel), way)
            return
        asked = _at(request, _place_of(request, Origin(DIGEST, channel)))
        asked = replace(await self._introduced(asked), command="digest", arguments={"order": change})
        await self.show_home(request, await self._desk.answer(asked))

    async def open(self, request: Request, trigger: str, origin: Origin, way: Way) -> None:
        """Open a form. Where the trigger ran out the person is asked to press again."""
        room = await self._rooms.at(request.place.workspace)
        if origin.form == DIGEST:
            origin = replace(origin, given=given_by((await self._soon(_place_of(request, origin))).digest))
        try:
            await room.client.views_open(trigger_id=trigger, view=form_view(origin))
        except SlackApiError as error:
            if error_code(error) not in _LATE:
                raise
            sorry = saying("That took too long for Slack to open the form. Please try once more.").privately()
            await self._answers.tell(request, sorry, way)

    async def carry_out(self, request: Request, origin: Origin, form: Filled, view: str) -> None:
        """Do what a form says and tell it in the modal, or directly to who has closed it."""
        asked = await self._introduced(_at(request, _place_of(request, origin, in_private=form.in_private)))
        if form.action:
            reply = await self._desk.press(replace(asked, words=form.words), form.action)
        else:
            reply = await self._desk.answer(replace(asked, command=form.command, arguments=form.arguments))
        await self.show_outcome(request, origin, await self.with_invitation(asked.place, reply), view)
        if not origin.channel:
            await self.show_home(request)

    async def _press_outcome(self, request: Request, origin: Origin, action: Action, view: str) -> None:
        """A button of a reply shown in a modal."""
        asked = await self._introduced(_at(request, _place_of(request, origin)))
        await self.show_outcome(request, origin, await self._desk.press(asked, action), view)

    async def show_outcome(self, request: Request, origin: Origin, reply: Reply, view: str) -> None:
        """Put a reply into an open modal."""
        room = await self._rooms.at(request.place.workspace)
        try:
            await patiently(room.client.views_update, view_id=view, view=outcome_view(origin, reply))
        except SlackApiError as error:
            if error_code(error) not in _CLOSED:
                raise
            await self._answers.tell(request, reply, Way())

    async def show_form(self, request: Request, origin: Origin, view: str) -> None:
        """Back to the form, as it was filled in."""
        room = await self._rooms.at(request.place.workspace)
        await patiently(room.client.views_update, view_id=view, view=form_view(origin))

    async def with_invitation(self, place: Destination, reply: Reply) -> Reply:
        """The reply, and what to do where something is ordered for a channel that the bot can't post in."""
        standing = Standing() if place.person else await self._standing(place)
        if not (standing.follows or standing.digest) or not await (await self._rooms.at(place.workspace)).people.away(
            place.channel
        ):
            return reply
        return replace(reply, blocks=(*reply.blocks, Paragraph((Words(_INVITE),))))

    async def _digests(self, request: Request) -> list[tuple[Destination, DigestOrder]]:
        """Of channels that anybody may know of, and those whose digest the person set."""
        if self._books is None:
            return []
        room, place = await self._rooms.at(request.place.workspace), request.place
        held = [(d, order) for d, order in await self._books.orders.digests_in(place.platform, place.workspace) if not d.person]
        return [(d, o) for d, o in held if o.by == request.asker.id or await room.people.sees(request.asker.id, d.channel)]

    async def _standing(self, place: Destination) -> Standing:
        return await self._books.orders.standing(place) if self._books else Standing()

    async def _soon(self, place: Destination) -> Standing:
        """The orders of a place if they are to be had in time."""
        try:
            return await asyncio.wait_for(self._standing(place), _PATIENCE)
        except (TimeoutError, StorageError):
            return Standing()

    async def _introduced(self, request: Request) -> Request:
        return await (await self._rooms.at(request.place.workspace)).people.introduced(request)


def _place_of(request: Request, origin: Origin, *, in_private: bool = False) -> Destination:
    """What a form is about: the channel it was opened in, or the person."""
    if in_private or not origin.channel:
        return replace(request.place, channel="", thread=None, person=request.asker.id)
    return replace(request.place, channel=origin.channel, thread=origin.thread, person=None)


def _at(request: Request, place: Destination) -> Request:
    """The request about another place; rights there are looked up anew."""
    return replace(request, place=place, asker=Asker(request.asker.id))


def view_of(body: Mapping[str, Any]) -> tuple[str, str]:
    """The kind and id of the view that something was pressed in: ``home``, ``modal``, or "" for a message."""
    view = body.get("view") or {}
    return str(view.get("type") or ""), str(view.get("id") or "")
