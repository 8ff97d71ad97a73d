"""Standing orders and deliveries: the nouns, and what the core needs kept of them.

An article's *arrival* is a number that grows with every stored article, without a gap in what is visible: all articles
up to an arrival are there once it is seen. "Since the last digest" means arrivals, so nothing is told twice or missed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from bot.model import ActorRef, ActorType, Destination, Platform
from bot.replies import Reply


class Mode(StrEnum):
    """When a follow is heard of: in a message of its own, or in the digest."""

    AT_ONCE = "at once"
    DIGEST = "digest"


ANYBODY = ActorRef("*", "anybody", ActorType.GROUP)
"""Whom a follow of events names that is about no actor."""


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind of event: one of these types, with all of these actors (ids) or those who speak for them as parties."""

    types: tuple[str, ...]
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """An actor that a destination wants to hear of: its statements, with ``topic`` only those on that; with ``happening``
    events instead, ``topic`` then being how they were asked for. ``by`` is who asked for it."""

    actor: ActorRef
    topic: str | None
    mode: Mode
    by: str
    happening: Happening | None = None

    @property
    def name(self) -> str:
        """How it is shown."""
        if self.happening:
            return f"when {self.topic}"
        return f"{self.actor.name}{f' on {self.topic}' if self.topic else ''}"

    @property
    def handle(self) -> str:
        """What a button names it by: "unfollow" and this end it."""
        if self.happening:
            return self.name[:64]
        return f"{self.actor.id}{f' about {self.topic}' if self.topic else ''}"[:64]


class Aspect(StrEnum):
    """By what a filter sorts: who prints it, what kind of act it is, who speaks or acts, what it is about."""

    OUTLET = "outlet"
    TYPE = "type"
    ACTOR = "actor"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Filter:
    """``value`` is an outlet's name, event types joined by blanks (or ``said`` for statements), an actor's id, or a topic;
    ``name`` is how it is shown."""

    aspect: Aspect
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Taste:
    """How a destination wants its digest: ``only`` (of each aspect any) and ``without`` these; at most ``items`` lines;
    ``dates`` "iso", or in the language of a locale such as ``fr``; ``role`` of the platform is notified of it."""

    only: tuple[Filter, ...] = ()
    without: tuple[Filter, ...] = ()
    items: int | None = None
    dates: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class DigestOrder:
    """When a destination's digest comes, ``cadence`` in the text form of ``bot.briefing.schedules``, and how."""

    cadence: str
    next_at: datetime
    by: str
    paused: bool = False
    taste: Taste = Taste()


@dataclass(frozen=True, slots=True)
class Manner:
    """When a destination is left in peace, and what is kept from it. ``quiet`` are local hours in ``zone``."""

    snoozed_until: datetime | None = None
    quiet: tuple[time, time] | None = None
    zone: str = "UTC"
    mutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """All standing orders of one destination."""

    follows: tuple[Follow, ...] = ()
    digest: DigestOrder | None = None
    manner: Manner = Manner()


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A digest whose time has come. ``told`` is the last arrival that digests here have covered; ``spoke_at`` when the
    last one was made, ``None`` before the first."""

    number: int
    destination: Destination
    cadence: str
    due_at: datetime
    told: int
    spoke_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to owe: ``key`` is unique for life; ``content`` says, as JSON, what it is to tell."""

    key: str
    kind: str
    content: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A digest's progress: the message it owes, and when it is due next."""

    digest: DueDigest
    delivery: Delivery
    next_at: datetime
    told: int


@dataclass(frozen=True, slots=True)
class Listener:
    """A destination that wants to hear at once, the follow that says so, its manner, and the last arrival before it was set."""

    number: int
    follow: Follow
    manner: Manner
    since: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """What one destination is to hear at once: numbers of quotations, events by article and number, and the marks by which
    repeats are known."""

    number: int
    quotations: tuple[int, ...]
    marks: tuple[str, ...]
    due_at: datetime
    events: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery in this process's hands until the lease ends. ``uncertain``: an earlier try may have arrived."""

    key: str
    kind: str
    content: str
    destination: Destination
    manner: Manner
    attempts: int
    uncertain: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that will not be tried again, with the reason."""

    key: str
    kind: str
    destination: Destination
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Composed:
    """A message: ``under`` the id of the message that it goes on from; ``rest``, as JSON, what is to follow it."""

    reply: Reply
    under: str | None = None
    rest: str | None = None


class OrderBook(Protocol):
    """Keeps standing orders. All times are aware."""

    async def standing(self, destination: Destination) -> Standing:
        """All orders of a destination; an empty ``Standing`` where there are none."""

    async def change(self, destination: Destination, by: str, at: datetime, change: Callable[[Standing], Standing]) -> Standing:
        """Put ``change(standing)`` in its place, in one transaction, and keep what was for ``undo``."""

    async def undo(self, destination: Destination, by: str) -> Standing | None:
        """Take back the last change of this person here, once; ``None`` if there is none."""

    async def follows_in(self, platform: Platform, workspace: str) -> int:
        """How many follows a workspace has."""

    async def digests_in(self, platform: Platform, workspace: str) -> list[tuple[Destination, DigestOrder]]:
        """All digests of a workspace, direct messages' too, in the order of their channels."""

    async def due(self, now: datetime, limit: int) -> list[DueDigest]:
        """Digests whose time has come, longest due first."""

    async def progress(self, steps: Sequence[Step]) -> int:
        """In one transaction: owe each message and move its digest on; a digest that another process moved is left.

        Returns how many were moved here.
        """

    async def newest(self) -> int:
        """The latest arrival; 0 in an empty library."""

    async def arrivals(self, after: int, upto: int, *, quiet: bool = True) -> list[str]:
        """Ids of the articles with ``after`` < arrival <= ``upto``, in order of arrival; with ``quiet`` false without those that
        came with the first run of a source, of which nobody is told."""

    async def revised(self, after: datetime, upto: datetime, told: int) -> list[str]:
        """Ids of articles up to the arrival ``told`` whose outlet changed them after ``after`` and up to ``upto``, oldest first;
        not those that nobody was told of."""

    async def alerted(self) -> int:
        """The arrival up to which alerts were made."""

    async def followed(self) -> list[str]:
        """Ids of the actors that anybody follows, in order."""

    async def listeners(self, actors: Collection[str]) -> list[Listener]:
        """Who wants to hear of these actors at once."""

    async def heard(self, marks: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """Those (destination number, mark) that were owed before."""

    async def alert(self, alerts: Sequence[Alert], after: int, upto: int, now: datetime) -> bool:
        """In one transaction: owe the alerts, gathered into those still waiting, and move on from ``after`` to ``upto``.

        False, and nothing done, if another process moved on first.
        """


class Outbox(Protocol):
    """Keeps messages that are owed, from intent to outcome."""

    async def claim(self, now: datetime, until: datetime, platforms: Collection[Platform], limit: int) -> list[Claim]:
        """Take due deliveries, longest due first; nobody else gets them before ``until``. A delivery whose lease ran out
        is taken again as ``uncertain``."""

    async def sent(self, key: str, message: str, at: datetime, quotations: Sequence[int] = (), rest: str | None = None) -> None:
        """It arrived, as ``message`` (the platform's id), and shows these quotations. In the same transaction ``rest``, what
        follows it, is owed under it."""

    async def skipped(self, key: str, reason: str, at: datetime) -> None:
        """There was nothing to say."""

    async def later(self, key: str, next_at: datetime, reason: str, *, uncertain: bool, counted: bool) -> None:
        """Try again then; ``counted`` tries add up to giving up."""

    async def dead(self, key: str, reason: str, at: datetime) -> None:
        """Given up; kept with its reason."""

    async def gone(self, key: str, reason: str, at: datetime) -> None:
        """The destination is closed: this and all that it is owed is given up, its digest paused, and whoever
        set that is owed a notice."""

    async def told(self, destination: Destination, key: str | None) -> Claim | None:
        """The message with this key, or else the last that was sent, if it went to this destination."""

    async def given_up(self, limit: int) -> list[GivenUp]:
        """The last deliveries that were given up, latest first."""

    async def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
