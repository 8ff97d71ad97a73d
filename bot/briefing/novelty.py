"""What is new in a development: a new event, a changed status, a new party, a correction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.briefing.telling import is_meeting
from bot.model import Event, TimeClass

SPOKEN = frozenset(["REQUEST", "REJECT", "SUPPORT", "ACCUSE", "THREATEN", "STATEMENT"])
"""Acts of speech: what was said tells them best."""
_KEPT = 400
"""So many events of one development are remembered; a development that tells more has no news beyond."""


class Kind(StrEnum):
    """Why an event is news."""

    EVENT = "event"
    STATUS = "status"
    PARTY = "party"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Novelty:
    """An event that a development did not have so, and in what it is new."""

    kind: Kind
    event: Event


@dataclass(slots=True)
class News:
    """The events a development has told so far."""

    _told: list[Event] = field(default_factory=list)

    def add(self, events: Iterable[Event]) -> tuple[Novelty, ...]:
        """What of an article's events is new here; background is not."""
        found = (self._compared(e) for e in events if e.time_class is not TimeClass.BACKGROUND)
        return tuple(novelty for novelty in found if novelty)

    def correct(self, events: Iterable[Event]) -> tuple[Novelty, ...]:
        """What a revised article tells otherwise than before: each is a correction."""
        return tuple(Novelty(Kind.CORRECTION, novelty.event) for novelty in self.add(events))

    def _compared(self, event: Event) -> Novelty | None:
        same = [other for other in self._told if family(other) == family(event) and _near(other, event)]
        known = [other for other in same if _parties(event) <= _parties(other)]
        if any(other.status is event.status for other in known):
            return None
        if len(self._told) >= _KEPT:
            return None
        self._told.append(event)
        if known:
            return Novelty(Kind.STATUS, event)
        grown = any(_parties(other) < _parties(event) for other in same)
        return Novelty(Kind.PARTY if grown else Kind.EVENT, event)


def family(event: Event) -> str:
    """The type; calls, meetings and plans to meet are one family."""
    return "meeting" if is_meeting(event) else event.type


def _parties(event: Event) -> frozenset[str]:
    return frozenset(a.id for a in (*event.actors, *event.recipients))


def _near(one: Event, other: Event) -> bool:
    """The same day, a day apart, or not dated to the day."""
    first, second = _day(one), _day(other)
    return first is None or second is None or abs(first - second) <= timedelta(days=1)


def _day(event: Event) -> date | None:
    return date.fromisoformat(event.date) if event.date and len(event.date) == len("2025-02-12") else None
