"""Days and times as a digest writes them: in English, by ISO 8601, or in the language of a locale (CLDR, by Babel)."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.briefing.schedules import local
from bot.citing import day_text

ISO = "iso"


def day_in(day: date, dates: str | None, *, long: bool = False) -> str:
    """``12 Feb 2025``, ``long`` with its weekday and month in full; ``dates`` as in ``bot.standing.Taste``."""
    if dates == ISO:
        return day.isoformat()
    if dates is None:
        return f"{day:%A} {day.day} {day:%B %Y}" if long else day_text(day)
    return format_date(day, "full" if long else "medium", locale=dates)


def local_in(at: datetime, zone: str, dates: str | None) -> str:
    """``Thursday 13 February 2025, 08:00 (Europe/Paris)``."""
    if dates is None:
        return local(at, zone)
    here = at.astimezone(ZoneInfo(zone))
    return f"{day_in(here.date(), dates, long=True)}, {here:%H:%M} ({zone})"


@cache
def _languages() -> dict[str, str]:
    """Locales by the English and own names of their languages."""
    found: dict[str, str] = {}
    for code in ("en", "en_US"):
        for tag, name in Locale.parse(code).languages.items():
            found.setdefault(name.casefold(), tag)
    return found


def dates_named(words: str) -> str | None:
    """The dates that "French", "fr", "de-AT" or "ISO" ask for; ``None`` for what is no language known here."""
    asked = words.strip().casefold()
    if asked.startswith(ISO):
        return ISO
    try:
        return str(Locale.parse(_languages().get(asked, words.strip()).replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return None


def dates_spoken(dates: str | None) -> str:
    """How dates are written, for a person: ``in French``."""
    if dates == ISO:
        return "as 2025-02-12"
    return f"in {Locale.parse(dates).english_name}" if dates else "in English"
