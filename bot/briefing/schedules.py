"""A cadence as it is stored and as it is said."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.briefing.cadence import EVERY_DAY, WEEKDAYS, Cadence, every_hours

_LISTED = 4
"""Times of a day that are listed; more that are evenly spaced are said as such."""
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def to_text(cadence: Cadence) -> str:
    """``01234 08:00,18:00 Europe/Paris``: days (Monday 0), local times, zone."""
    days = "".join(map(str, sorted(cadence.days)))
    return f"{days} {','.join(f'{wall:%H:%M}' for wall in cadence.times)} {cadence.zone}"


def from_text(text: str) -> Cadence:
    """The cadence that ``to_text`` wrote."""
    days, times, zone = text.split(" ")
    return Cadence(frozenset(map(int, days)), tuple(time.fromisoformat(wall) for wall in times.split(",")), zone)


def spoken(cadence: Cadence) -> str:
    """``every day at 08:00 and 18:00, Europe/Paris time``."""
    gap = 24 // len(cadence.times)
    if len(cadence.times) > _LISTED and cadence.times == every_hours(gap, cadence.times[0]):
        return f"{_days(cadence.days)}, every {'hour' if gap == 1 else f'{gap} hours'} from {cadence.times[0]:%H:%M}, {cadence.zone} time"
    times = [f"{wall:%H:%M}" for wall in cadence.times]
    return f"{_days(cadence.days)} at {_listed(times)}, {cadence.zone} time"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def local(at: datetime, zone: str) -> str:
    """``Thursday 13 February 2025, 08:00 (Europe/Paris)``."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{here:%A} {here.day} {here:%B %Y, %H:%M} ({zone})"


def _days(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return "every day"
    return "Monday to Friday" if days == WEEKDAYS else "every " + _listed([_NAMES[day] for day in sorted(days)])
