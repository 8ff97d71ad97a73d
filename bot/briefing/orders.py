"""Standing orders from chat: implements ``bot.asking.orders.Orders``. Says what was set, for whom, and when it next shows."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from bot.asking.orders import Order
from bot.briefing.lines import line_of
from bot.briefing.peace import quiet_until
from bot.briefing.preferences import digest_line, with_digest
from bot.briefing.reasons import reason
from bot.briefing.schedules import local
from bot.briefing.stories import spoken_mute
from bot.citing import Sources
from bot.errors import UsageError
from bot.model import ActorRef, Destination, Platform, Request
from bot.ports import Library, Scope
from bot.replies import Action, Block, Button, Buttons, Item, Paragraph, Reply, Style, Words
from bot.standing import Follow, Manner, Mode, OrderBook, Outbox, Standing

MOST_HERE, MOST_IN_WORKSPACE = 100, 2_000
"""How many follows a destination and a workspace may have."""
MOST_MUTES = 100
BUTTONS = 5
"""Follows that can be ended by a button; the others by words."""


class StandingOrders:
    """Carries out standing orders over an order book."""

    def __init__(self, book: OrderBook, outbox: Outbox, library: Library, *, zone: str = "UTC") -> None:
        self._book = book
        self._outbox = outbox
        self._library = library
        self._zone = zone

    async def carry_out(self, request: Request, order: Order) -> Reply:
        """See ``bot.asking.orders.Orders``."""
        try:
            return await self._carried_out(request, order)
        except UsageError as refusal:
            return _says(str(refusal)).privately()

    async def _carried_out(self, request: Request, order: Order) -> Reply:
        match order.verb:
            case "follow" | "alert":
                return await self._follow(request, order)
            case "unfollow":
                return await self._unfollow(request, order)
            case "following":
                return await self._following(request)
            case "digest":
                return await self._digest(request, order)
            case "mute" | "unmute" | "snooze" | "quiet":
                return await self._peace(request, order)
            case "why":
                return await self._why(request, order)
            case "undo":
                return await self._undo(request)
            case "status":
                return await self._status(request)
            case _:
                raise UsageError("Sources are set by whoever runs this bot (ATTACHE_FEEDS, attache ingest).")

    async def _follow(self, request: Request, order: Order) -> Reply:
        private = order.verb == "alert"
        place = own(request) if private else here(request)
        mode = Mode.AT_ONCE if private else Mode(order.mode or Mode.AT_ONCE)
        wanted = [Follow(actor, order.topic, mode, request.asker.id, order.happening) for actor in order.actors]
        if await self._book.follows_in(place.platform, place.workspace) + len(wanted) > MOST_IN_WORKSPACE:
            raise UsageError(f"This workspace has {MOST_IN_WORKSPACE:,} follows, which is the most; unfollow some first.")

        def change(standing: Standing) -> Standing:
            kept = {(f.actor.id, f.topic): f for f in (*standing.follows, *wanted)}
            if len(kept) > MOST_HERE:
                raise UsageError(f"There are {MOST_HERE} follows here, which is the most; unfollow some first (see: following).")
            zone = request.asker.zone or self._zone
            manner = replace(standing.manner, zone=zone) if private or standing == Standing() else standing.manner
            return replace(standing, follows=tuple(kept.values()), manner=manner)

        standing = await self._change(place, request, change)
        names = ", ".join(follow.name for follow in wanted)
        where = "you, in private" if place.person else "here"
        head = _says(
            f"{'Alert' if order.happening else 'Following'} {names}: {_when(mode, standing)}. Who hears it: {where}.", undo=True
        )
        return await self._last_said(head, order, standing, request.at)

    async def _last_said(self, reply: Reply, order: Order, standing: Standing, at: datetime) -> Reply:
        """The reply with what an alert would have shown last, so that a person sees what is coming."""
        blocks: list[Block] = list(reply.blocks[:1])
        sources = Sources()
        if order.last:
            told = Item(line_of(sources, order.last))
            blocks += [_line("The last it would have told:"), told]
        elif order.verb == "alert":
            blocks.append(_line("Nothing that it would have told has been read so far."))
        if end := quiet_until(standing.manner, at):
            blocks.append(_line(f"Messages are held back until {local(end, standing.manner.zone)}."))
        return sources.reply((*blocks, *reply.blocks[1:]), private=order.verb == "alert")

    async def _unfollow(self, request: Request, order: Order) -> Reply:
        ids = {actor.id for actor in order.actors}
        removed: list[Follow] = []
        for place in dict.fromkeys((here(request), own(request))):

            def change(standing: Standing, place: Destination = place) -> Standing:
                mine = [f for f in standing.follows if _is_meant(f, order, ids)]
                if order.change == "all":
                    mine = [f for f in mine if f.by == request.asker.id or _may(request, place)]
                kept = tuple(f for f in standing.follows if f not in mine)
                if any(f.by != request.asker.id for f in mine) and not _may(request, place):
                    raise UsageError("Somebody else follows that here; they or an administrator can end it.")
                removed.extend(mine)
                return replace(standing, follows=kept)

            await self._change(place, request, change)
        if not removed:
            what = order.topic if order.happening else _names(order.actors)
            if order.change == "all":
                raise UsageError("Nobody is followed here or by you.")
            raise UsageError(f"{what} is not followed here or by you; see: following.")
        return _says(f"No longer following {', '.join(dict.fromkeys(f.name for f in removed))}.", undo=True)

    async def _following(self, request: Request) -> Reply:
        blocks: list[Block] = []
        for place, title in ((here(request), "Here"), (own(request), "You, in private")):
            if not (blocks and place == here(request)):
                blocks += _standing_blocks(title, await self._book.standing(place), request.at)
        if not blocks:
            return _says("Nobody is followed here or by you. Write for example: follow Zelensky.").privately()
        change = "To change: follow NAME in the digest, follow NAME at once, unfollow NAME, unmute NAME."
        return Reply((*blocks, Paragraph((Words(change, Style.NOTE),))), True)

    async def _why(self, request: Request, order: Order) -> Reply:
        """For the message that a button belongs to, or the last one here, or else to the person."""
        for place in dict.fromkeys((here(request), own(request))):
            if claim := await self._outbox.told(place, order.topic):
                return _says(reason(claim, await self._book.standing(place), request.asker.id)).privately()
        return _says(reason(None, Standing(), request.asker.id)).privately()

    async def _digest(self, request: Request, order: Order) -> Reply:
        place = here(request)
        if order.change == "show":
            standing = await self._book.standing(place)
            change = " To change it, for example: digest weekdays at 9am Brussels." if standing.digest else ""
            return _says(f"{digest_line(standing, request.at)}{change}")
        if not _may(request, place):
            raise UsageError("A channel's digest is set by its administrators; write to me directly for a digest of your own.")
        standing = await self._change(place, request, lambda standing: with_digest(standing, order, request))
        ended = "No more digests here. " if order.change == "off" else ""
        return _says(f"{ended}{digest_line(standing, request.at)}", undo=True)

    async def _peace(self, request: Request, order: Order) -> Reply:
        zone = request.asker.zone or self._zone

        def change(standing: Standing) -> Standing:
            manner = replace(standing.manner, zone=zone)
            if order.verb == "mute":
                mutes = tuple(dict.fromkeys((*manner.mutes, order.topic or "")))
                if len(mutes) > MOST_MUTES:
                    raise UsageError(f"You have muted {MOST_MUTES} topics, which is the most; undo some first.")
                return replace(standing, manner=replace(manner, mutes=mutes))
            if order.verb == "unmute":
                return replace(standing, manner=replace(manner, mutes=_unmuted(manner.mutes, order.topic or "")))
            if order.verb == "snooze":
                return replace(standing, manner=replace(manner, snoozed_until=order.until))
            return replace(standing, manner=replace(manner, quiet=order.hours))

        standing = await self._change(own(request), request, change)
        return _says(_peace_line(order, standing.manner, zone), undo=True).privately()

    async def _undo(self, request: Request) -> Reply:
        for place in dict.fromkeys((here(request), own(request))):
            if (standing := await self._book.undo(place, request.asker.id)) is not None:
                follows = len(standing.follows)
                return _says(
                    f"Undone. {follows} follow{'s' * (follows != 1)} now. {digest_line(standing, request.at)}"
                ).privately()
        raise UsageError("There is nothing of yours to undo here.")

    async def _status(self, request: Request) -> Reply:
        standing = await self._book.standing(here(request))
        coverage = await self._library.coverage(Scope())
        states = await self._outbox.states()
        read = f", last at {coverage.last_read_at:%d %b %Y %H:%M} UTC" if coverage.last_read_at else ""
        owed = states.get("owed", 0) + states.get("sending", 0)
        return _says(
            f"Read: {coverage.articles:,} article{'s' * (coverage.articles != 1)}{read}. Messages: {states.get('sent', 0):,} sent, {owed:,} waiting, "
            f"{states.get('dead', 0):,} given up. Followed here: {len(standing.follows)}. {digest_line(standing, request.at)}"
        )

    async def _change(self, place: Destination, request: Request, change: Callable[[Standing], Standing]) -> Standing:
        return await self._book.change(place, request.asker.id, request.at, change)


def here(request: Request) -> Destination:
    """The place of a request: the channel rather than a thread in it; a direct conversation is its person's own."""
    return own(request) if request.place.person else replace(request.place, thread=None)


def own(request: Request) -> Destination:
    """Where only the asker reads it: named by the person alone, so that it is the same wherever they write from."""
    place = request.place
    if place.platform is Platform.CONSOLE:
        return replace(place, thread=None)
    workspace = place.workspace if place.platform is Platform.SLACK else ""
    return Destination(place.platform, workspace, "", person=request.asker.id)


def _may(request: Request, place: Destination) -> bool:
    """One's own place, or a shared one for its administrators."""
    return bool(place.person) or place.platform is Platform.CONSOLE or request.asker.administrator


def _is_meant(follow: Follow, order: Order, ids: Collection[str]) -> bool:
    """An order names an actor, perhaps with a topic, or a happening as it was put (a button cuts it off)."""
    if order.change == "all":
        return True
    if order.happening:
        return follow.happening is not None and (follow.topic or "").casefold().startswith((order.topic or "").casefold())
    return follow.actor.id in ids and order.topic in (None, follow.topic)


def _unmuted(mutes: tuple[str, ...], words: str) -> tuple[str, ...]:
    """Without the mute that is named as it is shown, in part or whole; "all" are all. Raises ``UsageError`` where none is."""
    asked = words.casefold()
    kept = tuple(
        mute for mute in mutes if asked not in ("all", "everything") and asked not in f"{mute} {spoken_mute(mute)}".casefold()
    )
    if not words or kept == mutes:
        muted = "; ".join(spoken_mute(mute) for mute in mutes)
        raise UsageError(f"Unmute what? Muted for you: {muted}." if muted else "Nothing is muted for you.")
    return kept


def _peace_line(order: Order, manner: Manner, zone: str) -> str:
    if order.verb == "mute":
        what = spoken_mute(order.topic or "")
        return f"Muted for you: {what}. Nobody else is affected. To hear of it again: unmute {what if what == order.topic else 'story'}."
    if order.verb == "unmute":
        left = "; ".join(spoken_mute(mute) for mute in manner.mutes)
        return f"Unmuted. Still muted for you: {left}." if left else "Unmuted. Nothing is muted for you now."
    if order.verb == "snooze" and manner.snoozed_until:
        return f"No messages to you until {local(manner.snoozed_until, zone)}. They wait; nothing is lost."
    if order.verb == "snooze":
        return "Not snoozed. What waited comes now."
    if manner.quiet:
        first, last = manner.quiet
        return f"Quiet from {first:%H:%M} to {last:%H:%M} ({zone}). What comes in between waits until {last:%H:%M}."
    return "No quiet hours."


def _standing_blocks(title: str, standing: Standing, at: datetime) -> list[Block]:
    """All that is set in one place, and buttons that end it."""
    manner = standing.manner
    lines = [f"{follow.name} ({follow.mode})" for follow in standing.follows]
    lines += [digest_line(standing, at)] if standing.digest else []
    lines += [f"Muted: {'; '.join(map(spoken_mute, manner.mutes))}."] if manner.mutes else []
    lines += [f"Quiet from {manner.quiet[0]:%H:%M} to {manner.quiet[1]:%H:%M} ({manner.zone})."] if manner.quiet else []
    if end := quiet_until(manner, at):
        lines.append(f"No messages until {local(end, manner.zone)}.")
    if not lines:
        return []
    ends = [Button(f"Unfollow {follow.name}"[:60], Action("unfollow", follow.handle)) for follow in standing.follows[:BUTTONS]]
    ends += [Button(f"Unmute {spoken_mute(mute)}"[:60], Action("unmute", mute[:64])) for mute in manner.mutes[:BUTTONS]]
    return [_line(f"{title}:"), *(Item((Words(line),)) for line in lines), *([Buttons(tuple(ends))] if ends else [])]


def _when(mode: Mode, standing: Standing) -> str:
    if mode is Mode.AT_ONCE:
        return "a message as soon as something new is read"
    if standing.digest is None:
        return "in the digest, which is not set here yet (write: daily digest at 8am Brussels)"
    return "in the digest"


def _names(actors: tuple[ActorRef, ...]) -> str:
    return ", ".join(actor.name for actor in actors)


def _line(text: str) -> Paragraph:
    return Paragraph((Words(text),))


def _says(text: str, *, undo: bool = False) -> Reply:
    line = _line(text)
    return Reply((line, Buttons((Button("Undo", Action("undo")),)))) if undo else Reply((line,))
