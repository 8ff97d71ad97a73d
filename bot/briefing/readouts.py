"""Two sides' accounts of a call, meeting or visit, set beside each other: what both say, what only one says.

An account is a side's only if somebody of that side is reported to say so; what an outlet tells in its own voice is
nobody's readout.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.briefing.telling import deed
from bot.model import ActorRef, Cited, CitedEvent, Event, Kind, Status
from bot.terms import stems

_ALIKE = 0.6
"""The share of a shorter statement's stems from which on two statements say the same."""
_FEWEST = 4
_DENIED = frozenset([Status.NEGATED, Status.CANCELLED])


class Verdict(StrEnum):
    """Who says it: both, one only, or each the opposite of the other."""

    AGREED = "agreed"
    LEFT = "left"
    RIGHT = "right"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Account:
    """Where a side tells it. ``direct``: in the side's own words, inside quotation marks."""

    cited: CitedEvent | Cited
    direct: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One thing told; at least one side's account. ``event`` is ``None`` for a mere statement."""

    event: CitedEvent | None
    left: Account | None
    right: Account | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """All points: events first, then statements, each in the order given."""

    left: tuple[ActorRef, ...]
    right: tuple[ActorRef, ...]
    points: tuple[Point, ...]

    @property
    def two_sided(self) -> bool:
        """Both sides tell something of it."""
        return any(point.left for point in self.points) and any(point.right for point in self.points)


def compare_readouts(
    events: Sequence[CitedEvent], statements: Sequence[Cited], left: Collection[ActorRef], right: Collection[ActorRef]
) -> Comparison:
    """``left`` and ``right`` are the sides: an actor with all that speak for it. Somebody of both is neither's."""
    ours, theirs = {a.id for a in left}, {a.id for a in right}
    both = ours & theirs
    ours, theirs = ours - both, theirs - both
    points = (*_event_points(events, statements, ours, theirs), *_statement_points(events, statements, ours, theirs))
    return Comparison(tuple(left), tuple(right), points)


def _event_points(events: Sequence[CitedEvent], statements: Sequence[Cited], ours: set[str], theirs: set[str]) -> list[Point]:
    groups: dict[tuple[object, ...], list[CitedEvent]] = {}
    for cited in events:
        groups.setdefault(_key(cited.event), []).append(cited)
    points = []
    for group in groups.values():
        left, right = (_account(group, statements, side) for side in (ours, theirs))
        if left or right:
            points.append(Point(group[0], left, right, _verdict(group, ours, theirs)))
    return points


def _key(event: Event) -> tuple[object, ...]:
    return deed(event), frozenset(a.id for a in (*event.actors, *event.recipients))


def _account(group: Sequence[CitedEvent], statements: Sequence[Cited], side: set[str]) -> Account | None:
    mine = next(
        (c for c in group if any(a.id in side for a in c.event.reported_by) and not _told_around(c, statements, side)), None
    )
    if mine is None:
        return None
    return Account(mine, any(_tells(s, mine, side) and s.quotation.kind is not Kind.INDIRECT for s in statements))


def _tells(statement: Cited, cited: CitedEvent, side: set[str]) -> bool:
    """The event's evidence stands inside what somebody of the side says there."""
    speaker = statement.quotation.speaker
    if statement.article.id != cited.article.id or speaker is None or speaker.id not in side:
        return False
    evidence = cited.event.evidence
    return any(span.start < evidence.end and evidence.start < span.end for span in statement.quotation.content)


def _told_around(cited: CitedEvent, statements: Sequence[Cited], side: set[str]) -> bool:
    """The evidence begins before what the side says there: the outlet tells that they talked ("A discussed it with B")."""
    starts = [s.quotation.content[0].start for s in statements if _tells(s, cited, side) and s.quotation.content]
    return bool(starts) and cited.event.evidence.start < min(starts)


def _verdict(group: Sequence[CitedEvent], ours: set[str], theirs: set[str]) -> Verdict:
    said = [
        {c.event.status in _DENIED for c in group if any(a.id in side for a in c.event.reported_by)} for side in (ours, theirs)
    ]
    if not said[0] or not said[1]:
        return Verdict.LEFT if said[0] else Verdict.RIGHT
    return Verdict.AGREED if said[0] & said[1] else Verdict.CONTRADICTED


def _statement_points(events: Sequence[CitedEvent], statements: Sequence[Cited], ours: set[str], theirs: set[str]) -> list[Point]:
    """Statements that tell none of the events; two sides' statements that say the same are one point."""
    left, right = (
        [s for s in statements if _speaks(s, side) and not any(_tells(s, e, side) for e in events)] for side in (ours, theirs)
    )
    points = []
    for mine in left:
        same = next((other for other in right if _alike(mine, other)), None)
        if same:
            right.remove(same)
        verdict = Verdict.AGREED if same else Verdict.LEFT
        points.append(Point(None, _stated(mine), _stated(same) if same else None, verdict))
    return points + [Point(None, None, _stated(other), Verdict.RIGHT) for other in right]


def _speaks(statement: Cited, side: set[str]) -> bool:
    return statement.quotation.speaker is not None and statement.quotation.speaker.id in side


def _stated(statement: Cited) -> Account:
    return Account(statement, statement.quotation.kind is Kind.DIRECT)


def _alike(one: Cited, other: Cited) -> bool:
    left, right = (set(stems(" ".join(s.words))) for s in (one, other))
    fewest = min(len(left), len(right))
    return fewest >= _FEWEST and len(left & right) >= _ALIKE * fewest
