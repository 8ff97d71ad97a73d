"""When a standing order is due: wall-clock times in an IANA zone, once per local date.

A time that the clocks skip (spring) is due at the next minute that exists; a time that comes twice (autumn)
is due the first time. Instants are UTC; arithmetic follows PEP 495 (``fold`` tells the two sides of a change).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Local ``times`` (to the minute) on ``days`` (Monday 0) in the IANA zone ``zone``."""

    days: frozenset[int]
    times: tuple[time, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Due:
    """One run: the wall time it stands for, and the instant (UTC) it is due at."""

    on: date
    wall: time
    at: datetime


def every_hours(hours: int, start: time = time(0)) -> tuple[time, ...]:
    """The local times of "every N hours" from ``start``, sorted; ``hours`` from 1 to 24."""
    minutes = (start.hour * 60 + start.minute + 60 * hours * n for n in range(24 // hours))
    return tuple(sorted(time(m // 60 % 24, m % 60) for m in minutes))


def due_on(cadence: Cadence, on: date) -> tuple[Due, ...]:
    """The runs of one local date in time order; two wall times that fall on one instant are one run."""
    if on.weekday() not in cadence.days:
        return ()
    zone = ZoneInfo(cadence.zone)
    runs = {instant(on, wall, zone): wall for wall in sorted(cadence.times, reverse=True)}
    return tuple(Due(on, wall, at) for at, wall in sorted(runs.items()))


def next_due(cadence: Cadence, after: datetime) -> Due:
    """The first run due later than ``after`` (aware)."""
    return next(runs_after(cadence, after))


def runs_after(cadence: Cadence, after: datetime) -> Iterator[Due]:
    """All runs due later than ``after`` (aware), in order, without end."""
    if not cadence.days or not cadence.times:
        raise ValueError("a cadence needs a day and a time")
    day = after.astimezone(ZoneInfo(cadence.zone)).date() - timedelta(days=1)
    while True:
        yield from (run for run in due_on(cadence, day) if run.at > after)
        day += timedelta(days=1)


def last_due(cadence: Cadence, by: datetime) -> Due:
    """The latest run due at or before ``by`` (aware): what an outage owes once."""
    day = by.astimezone(ZoneInfo(cadence.zone)).date() + timedelta(days=1)
    while True:
        for run in reversed(due_on(cadence, day)):
            if run.at <= by:
                return run
        day -= timedelta(days=1)


def instant(on: date, wall: time, zone: tzinfo) -> datetime:
    """The UTC instant of a wall time; the end of the gap for a skipped one, the first of a repeated one."""
    local = datetime.combine(on, wall, zone)
    before, after = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if after <= before:
        return local.astimezone(UTC)
    naive = local.replace(tzinfo=UTC)
    return _change_between(naive - after, naive - before, zone, before)


def _change_between(low: datetime, high: datetime, zone: tzinfo, before: timedelta) -> datetime:
    """The first minute in (low, high] at which the zone's offset is no longer ``before``."""
    while high - low > _MINUTE:
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle <= low:
            middle = low + _MINUTE
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
