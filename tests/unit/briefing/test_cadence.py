"""Wall-clock times: every local date once, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.briefing.cadence import EVERY_DAY, WEEKDAYS, Cadence, due_on, every_hours, instant, last_due, next_due, runs_after

ZONES = sorted(available_timezones())
TIMES = (time(0, 30), time(1, 30), time(2, 30), time(8))


def offset_changes(zone: ZoneInfo, first: int, last: int) -> list[date]:
    """The days on which the zone's offset changes, by noon-to-noon comparison."""
    day, end, changes = date(first, 1, 1), date(last, 12, 31), []
    before = datetime.combine(day, time(12), zone).utcoffset()
    while day < end:
        ahead = min(day + timedelta(days=16), end)
        now = datetime.combine(ahead, time(12), zone).utcoffset()
        if now != before:
            changes += [day + timedelta(days=n) for n in range(18)]
        day, before = ahead, now
    return changes


@pytest.mark.parametrize("chunk", range(8))
def test_around_every_change_of_every_zone_each_local_date_runs_exactly_once(chunk: int) -> None:
    for name in ZONES[chunk::8]:
        zone = ZoneInfo(name)
        for wall in TIMES:
            cadence = Cadence(EVERY_DAY, (wall,), name)
            for on in offset_changes(zone, 2020, 2030):
                (run,) = due_on(cadence, on)
                local = run.at.astimezone(zone).replace(tzinfo=None)
                skipped_by = local - datetime.combine(on, wall)
                assert timedelta() <= skipped_by <= timedelta(hours=24), (name, on, wall)
                assert local.date() == on, (name, on, wall)


@pytest.mark.parametrize(
    ("name", "on", "wall", "utc"),
    [
        (
            "Europe/Brussels",
            date(2025, 3, 30),
            time(2, 30),
            datetime(2025, 3, 30, 1, 0, tzinfo=UTC),
        ),  # skipped: 03:00 summer time
        ("Europe/Brussels", date(2025, 10, 26), time(2, 30), datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),  # twice: the first
        ("America/Santiago", date(2024, 9, 8), time(0, 30), datetime(2024, 9, 8, 4, 0, tzinfo=UTC)),  # midnight is skipped
        ("Africa/Cairo", date(2025, 4, 25), time(0, 30), datetime(2025, 4, 24, 22, 0, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2025, 10, 5), time(2, 15), datetime(2025, 10, 4, 15, 30, tzinfo=UTC)),  # a gap of 30 minutes
        ("Asia/Kathmandu", date(2025, 1, 1), time(8), datetime(2025, 1, 1, 2, 15, tzinfo=UTC)),
    ],
)
def test_known_changes(name: str, on: date, wall: time, utc: datetime) -> None:
    assert instant(on, wall, ZoneInfo(name)) == utc


def test_two_times_in_one_gap_are_one_run() -> None:
    (run,) = due_on(Cadence(EVERY_DAY, (time(2, 30), time(3)), "Europe/Brussels"), date(2025, 3, 30))
    assert run.wall == time(2, 30)


def test_weekdays_leave_out_the_weekend() -> None:
    runs = runs_after(Cadence(WEEKDAYS, (time(8),), "Europe/Brussels"), datetime(2025, 2, 13, 12, tzinfo=UTC))
    assert [next(runs).on for _ in range(3)] == [date(2025, 2, 14), date(2025, 2, 17), date(2025, 2, 18)]


def test_every_six_hours() -> None:
    assert every_hours(6, time(8)) == (time(2), time(8), time(14), time(20))


@given(
    st.sampled_from(ZONES),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4),
    st.integers(1_577_836_800, 1_922_313_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_next_and_last_meet(name: str, days: frozenset[int], times: list[time], moment: datetime) -> None:
    cadence = Cadence(days, tuple(times), name)
    coming = next_due(cadence, moment)
    assert coming.at > moment
    assert last_due(cadence, coming.at) == coming
    assert next_due(cadence, last_due(cadence, moment).at) == coming
