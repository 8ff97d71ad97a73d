"""Every local date once, in every zone: ``make bench-cadence``.

Walks the runs of a daily digest through all zones of the tz database, 2020 to 2030, at four wall times, two of which
some zones skip or repeat, and counts local dates that have no run or more than one.
"""

import time as clock
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

from bot.briefing.cadence import EVERY_DAY, Cadence, runs_after

FIRST, LAST = date(2020, 1, 1), date(2030, 12, 31)
TIMES = (time(0, 30), time(1, 30), time(2, 30), time(8))


def faults(name: str, wall: time) -> int:
    """Local dates of a zone without a run, with two, or whose run falls on another date."""
    zone, days = ZoneInfo(name), (LAST - FIRST).days + 1
    start = datetime.combine(FIRST, time(), zone).astimezone(UTC) - timedelta(seconds=1)
    runs = takewhile(lambda run: run.on <= LAST, runs_after(Cadence(EVERY_DAY, (wall,), name), start))
    found = Counter(run.at.astimezone(zone).date() for run in runs)
    return days - len(found) + sum(many - 1 for many in found.values())


def main() -> None:
    """Run all and print the figures."""
    start, zones = clock.perf_counter(), sorted(available_timezones())
    wrong = {(name, wall): found for name in zones for wall in TIMES if (found := faults(name, wall))}
    dates = len(zones) * len(TIMES) * ((LAST - FIRST).days + 1)
    print(f"{len(zones)} zones, {len(TIMES)} times, {dates:,} local dates: {sum(wrong.values())} not exactly once", end="")
    print(f" ({clock.perf_counter() - start:.0f} s){''.join(f'; {name} {wall}: {n}' for (name, wall), n in wrong.items())}")


if __name__ == "__main__":
    main()
