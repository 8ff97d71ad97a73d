"""Standing orders as they are understood from chat, and the ports of those who carry them out."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from bot.briefing.cadence import Cadence
from bot.model import ActorRef, Asker, Cited, CitedEvent, Platform, Request
from bot.replies import Reply
from bot.standing import Filter, Happening


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants from now on.

    ``verb``: follow, unfollow, following, alert, digest, mute, unmute, snooze, quiet, why, sources, status or undo. ``mode``:
    "at once" or "digest". ``change`` of a digest: set, show, pause, resume, off; only or without ``filters``, or everything;
    at most so many ``items`` (``None``: as usual); ``dates`` and ``role`` as in ``bot.standing.Taste``. "all" of an unfollow. ``zoned``: the cadence's zone was named, not taken for granted. ``until`` is aware. ``last`` is
    what an alert would have fired on; ``happening`` the events it is for, ``topic`` then how they were put. ``words`` is the order as typed.
    """

    verb: str
    actors: tuple[ActorRef, ...] = ()
    topic: str | None = None
    mode: str | None = None
    cadence: Cadence | None = None
    change: str | None = None
    until: datetime | None = None
    hours: tuple[time, time] | None = None
    words: str = ""
    last: Cited | CitedEvent | None = None
    filters: tuple[Filter, ...] = ()
    items: int | None = None
    dates: str | None = None
    role: str | None = None
    happening: Happening | None = None
    zoned: bool = False


class Orders(Protocol):
    """Carries out standing orders."""

    async def carry_out(self, request: Request, order: Order) -> Reply:
        """Do it and say what was done and when it next shows; a polite refusal where it can't be."""


class Keeper(Protocol):
    """Knows all that is kept about a person."""

    async def forget(self, platform: Platform, asker: Asker, workspace: str | None = None) -> str:
        """Remove it, everywhere on the platform or in one workspace alone; one line that says what was removed."""
