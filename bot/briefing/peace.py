"""When a destination may be spoken to: quiet hours and snooze."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.briefing.cadence import instant
from bot.standing import Manner


def quiet_until(manner: Manner, at: datetime) -> datetime | None:
    """The end of the quiet hours or the snooze that ``at`` falls in; ``None`` where it falls in neither."""
    ends = [manner.snoozed_until] if manner.snoozed_until and manner.snoozed_until > at else []
    if manner.quiet and (end := _hours_end(manner, at)):
        ends.append(end)
    return max(ends, default=None)


def _hours_end(manner: Manner, at: datetime) -> datetime | None:
    first, last = manner.quiet or (None, None)
    if first is None or last is None or first == last:
        return None
    zone = ZoneInfo(manner.zone)
    here = at.astimezone(zone)
    wall = here.time().replace(tzinfo=None)
    inside = first <= wall < last if first < last else wall >= first or wall < last
    if not inside:
        return None
    end = instant(here.date(), last, zone)
    return end if end > at else instant(here.date() + timedelta(days=1), last, zone)
