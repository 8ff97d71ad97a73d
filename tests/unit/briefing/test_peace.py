"""Quiet hours: inside they end, and their end is not inside."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.briefing.peace import quiet_until
from bot.briefing.schedules import from_text, spoken, to_text
from bot.standing import Manner

ZONES = st.sampled_from(["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
MINUTES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(ZONES, MINUTES, MINUTES, INSTANTS)
def test_quiet_hours_end_within_a_day_and_a_bit(zone: str, first: time, last: time, at: datetime) -> None:
    manner = Manner(quiet=(first, last), zone=zone)
    end = quiet_until(manner, at)
    if end is not None:
        assert at < end <= at + timedelta(hours=25)
        assert first == last or quiet_until(manner, end) is None


def test_nights_are_quiet_on_both_sides_of_midnight() -> None:
    manner = Manner(quiet=(time(22), time(7)), zone="Europe/Brussels")
    assert quiet_until(manner, datetime(2025, 1, 1, 22, tzinfo=UTC)) == datetime(2025, 1, 2, 6, tzinfo=UTC)
    assert quiet_until(manner, datetime(2025, 1, 2, 5, tzinfo=UTC)) == datetime(2025, 1, 2, 6, tzinfo=UTC)
    assert quiet_until(manner, datetime(2025, 1, 2, 6, tzinfo=UTC)) is None


def test_a_cadence_is_stored_and_said() -> None:
    text = "01234 08:00,18:30 Europe/Brussels"
    assert to_text(from_text(text)) == text
    assert spoken(from_text(text)) == "Monday to Friday at 08:00 and 18:30, Europe/Brussels time"
    assert spoken(from_text("0 08:00 UTC")) == "every Monday at 08:00, UTC time"
