"""A digest's order as it is changed and told: when it comes, and what is wanted of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.asking.orders import Order
from bot.briefing.cadence import Cadence, next_due
from bot.briefing.dates import dates_spoken
from bot.briefing.schedules import from_text, local, spoken, to_text
from bot.errors import UsageError
from bot.model import Platform, Request
from bot.standing import DigestOrder, Filter, Standing, Taste

_NAMED = 5
"""Actors that are named; of more, how many."""
SHORTEST = timedelta(hours=1)
"""Runs of a digest are at least so far apart."""
_NONE_YET = "There is no digest here yet. Write for example: daily digest at 8am Brussels."


def with_digest(standing: Standing, order: Order, request: Request) -> Standing:
    """The standing with its digest set, paused, resumed, ended or wanted otherwise. Raises ``UsageError``."""
    digest = standing.digest
    if order.change == "set" and order.cadence:
        cadence = order.cadence
        if digest and not order.zoned:
            cadence = replace(cadence, zone=from_text(digest.cadence).zone)
        if _crowded(cadence):
            raise UsageError("A digest comes at most once an hour; choose times further apart.")
        first = next_due(cadence, request.at)
        made = DigestOrder(to_text(cadence), first.at, request.asker.id, taste=digest.taste if digest else Taste())
        return replace(standing, digest=made, manner=replace(standing.manner, zone=cadence.zone))
    if digest is None:
        raise UsageError(_NONE_YET)
    if order.role and not (request.place.platform is Platform.DISCORD and request.place.workspace):
        raise UsageError("Only channels of a Discord server can notify a role of their digest.")
    match order.change:
        case "off":
            return replace(standing, digest=None)
        case "pause" | "resume":
            paused, at = order.change == "pause", next_due(from_text(digest.cadence), request.at).at
            return replace(standing, digest=replace(digest, paused=paused, next_at=at))
        case _:
            return replace(standing, digest=replace(digest, taste=changed(digest.taste, order)))


def changed(taste: Taste, order: Order) -> Taste:
    """The taste after an order to filter, cut or date the digest otherwise."""
    match order.change:
        case "only":
            return replace(taste, only=order.filters, without=_less(taste.without, order.filters))
        case "without":
            kept = dict.fromkeys((*taste.without, *order.filters))
            return replace(taste, without=tuple(kept), only=_less(taste.only, order.filters))
        case "everything":
            return replace(taste, only=(), without=())
        case "items":
            return replace(taste, items=order.items)
        case "role":
            return replace(taste, role=order.role)
        case _:
            return replace(taste, dates=None if order.dates == "en" else order.dates)


def _less(filters: tuple[Filter, ...], removed: tuple[Filter, ...]) -> tuple[Filter, ...]:
    return tuple(one for one in filters if one not in removed)


def _crowded(cadence: Cadence) -> bool:
    """Two runs of a day lie closer together than ``SHORTEST``."""
    minutes = sorted(60 * wall.hour + wall.minute for wall in cadence.times)
    return any(timedelta(minutes=later - earlier) < SHORTEST for earlier, later in pairwise(minutes))


def digest_line(standing: Standing, at: datetime) -> str:
    """When the digest comes next and what is wanted of it, or how to set one."""
    digest = standing.digest
    if digest is None:
        return "No digest is set here. To have one: daily digest at 8am Brussels."
    cadence, wanted = from_text(digest.cadence), taste_line(digest.taste)
    if digest.paused:
        return f"Digest {spoken(cadence)}: paused.{wanted} To go on: digest resume."
    names = list(dict.fromkeys(follow.actor.name for follow in standing.follows if not follow.happening))
    first = (
        f" Told first: {', '.join(names[:_NAMED])}{f' and {len(names) - _NAMED} more' if len(names) > _NAMED else ''}."
        if names
        else ""
    )
    return f"Digest here {spoken(cadence)}.{first}{wanted} Next: {local(next_due(cadence, at).at, cadence.zone)}."


def taste_line(taste: Taste) -> str:
    """`` Only: Reuters. Left out: sanctions. At most 5 lines. Dates in French.``; nothing for a usual one."""
    parts = [f"Only: {', '.join(one.name for one in taste.only)}." if taste.only else ""]
    parts += [f"Left out: {', '.join(one.name for one in taste.without)}." if taste.without else ""]
    parts += [f"At most {taste.items} line{'s' * (taste.items != 1)}." if taste.items else ""]
    parts += [f"Dates {dates_spoken(taste.dates)}." if taste.dates else ""]
    parts += ["Notifies a role." if taste.role else ""]
    told = " ".join(filter(None, parts))
    return f" {told}" if told else ""
