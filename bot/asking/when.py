"""When, as people type it: "yesterday", "since Monday", "12 Feb", "last week" -> days in the asker's zone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.relativedelta import relativedelta

from bot.model import Asker
from bot.reading.event_dates import date_expressions

_SINCE = re.compile(r"\b(?:since|after|from)\s+", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|before|up to)\s+", re.IGNORECASE)
_NEAR = re.compile(
    r"\b(?:(?P<today>today|this morning|tonight|so far today)|(?P<yesterday>yesterday|last night)|(?P<tomorrow>tomorrow)"
    r"|(?P<side>this|last|past|previous) (?P<unit>week|month|year)"
    r"|(?:in )?(?:the )?(?:last|past) (?P<count>\d{1,3}) (?P<units>days?|weeks?|months?)"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})|(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<number>\d{4}))\b",
    re.IGNORECASE,
)
_NTH = ("first", "second", "third", "fourth")
_WEEK_OF = re.compile(
    rf"\b(?:in |during |on )?(?:the )?(?P<nth>{'|'.join(_NTH)}|last) week (?:of|in) (?P<month>[a-z]{{3,9}}(?:,? \d{{4}})?)\b",
    re.IGNORECASE,
)
_BARE_MONTH = re.compile(r"(?:\bon |\bin |\bof )?$", re.IGNORECASE)


def zone_of(asker: Asker, default: str) -> ZoneInfo:
    """The asker's zone, or the default where none is given or it is no zone known here."""
    for name in (asker.zone, default):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of the zones
            continue
    return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Days:
    """From ``since`` to ``until``, both included; ``None`` is open. ``rest`` is the text without the words for it."""

    rest: str
    since: date | None = None
    until: date | None = None

    @property
    def given(self) -> bool:
        return self.since is not None or self.until is not None


def days_in(text: str, today: date, *, ahead: bool = False) -> Days:
    """The first expression of time in a text. A day without its year is the last such one, ``ahead`` the nearest. Never raises."""
    found = _week_of(text, today) or _near(text, today) or _calendar(text, today, ahead)
    if found is None:
        return Days(text)
    start, end, first, last = found
    before = text[:start]
    since, until = _SINCE.search(before), _UNTIL.search(before)
    if since and since.end() == len(before):
        return Days(_joined(before[: since.start()], text[end:]), first, None)
    if until and until.end() == len(before):
        return Days(_joined(before[: until.start()], text[end:]), None, last)
    return Days(_joined(_BARE_MONTH.sub("", before), text[end:]), first, last)


def _joined(before: str, after: str) -> str:
    return f"{before.rstrip()} {after.lstrip()}".strip()


def _week_of(text: str, today: date) -> tuple[int, int, date, date] | None:
    """A week of a month: the first is its first seven days, the last its last seven."""
    match = _WEEK_OF.search(text)
    if match is None:
        return None
    months = date_expressions(f"in {match['month'].capitalize()}", today)
    if not months or months[0].on.day != 1:
        return None
    first, last = months[0].on, months[0].until
    if match["nth"].lower() == "last":
        return match.start(), match.end(), last - timedelta(6), last
    start = first + timedelta(7 * _NTH.index(match["nth"].lower()))
    return match.start(), match.end(), start, min(start + timedelta(6), last)


def _near(text: str, today: date) -> tuple[int, int, date, date] | None:
    match = _NEAR.search(text)
    if match is None:
        return None
    try:
        first, last = _range(match, today)
    except (ValueError, OverflowError):
        return None
    return match.start(), match.end(), first, last


def _range(match: re.Match[str], today: date) -> tuple[date, date]:
    if match["iso"]:
        return date.fromisoformat(match["iso"]), date.fromisoformat(match["iso"])
    if match["number"]:
        day = date(int(match["number"]), int(match["month"]), int(match["day"]))
        return day, day
    if match["today"]:
        return today, today
    if match["yesterday"]:
        return today - timedelta(1), today - timedelta(1)
    if match["tomorrow"]:
        return today + timedelta(1), today + timedelta(1)
    if match["count"]:
        count = int(match["count"])
        units = {"d": relativedelta(days=count), "w": relativedelta(weeks=count), "m": relativedelta(months=count)}
        return today - units[match["units"][0].lower()], today
    return _period(match["side"].lower() == "this", match["unit"].lower(), today)


def _period(this: bool, unit: str, today: date) -> tuple[date, date]:
    if unit == "week":
        first = today - timedelta(today.weekday() + (0 if this else 7))
        return first, first + timedelta(6)
    if unit == "month":
        first = today.replace(day=1) - relativedelta(months=0 if this else 1)
        return first, first + relativedelta(months=1) - timedelta(1)
    year = today.year - (0 if this else 1)
    return date(year, 1, 1), date(year, 12, 31)


def _calendar(text: str, today: date, ahead: bool) -> tuple[int, int, date, date] | None:
    """Weekdays and calendar dates, in any case as chat has it."""
    for found in date_expressions(_capitals(text), today):
        words = text[found.start : found.end].lower()
        first, last = found.on, found.until
        if found.weekday and first == today and not words.startswith("this"):
            first = last = today
        if first > today and not ahead and not re.search(r"\d{4}|next|tomorrow", words):
            first, last = first - relativedelta(years=1), last - relativedelta(years=1)
        start = found.start
        lead = re.match(r"(?:in|of|since|during|until|by|from|before|after|early|late|mid)[ -]", words)
        return (
            start + (lead.end() if lead and lead[0].strip() in ("since", "until", "from", "before", "after") else 0),
            found.end,
            first,
            last,
        )
    return None


def _capitals(text: str) -> str:
    """Days and months with their capital, as the reader of dates expects; lengths stay."""
    text = _MAY.sub("May", text)
    return re.sub(r"[a-z]+", lambda m: m[0].capitalize() if m[0] in _NAMES else m[0], text)


_MAY = re.compile(r"\bmay\b(?=,? \d)|(?<=\d )may\b|(?<=\bin )may(?=[?.!,]?$|[?.!,] )")
"""The month rather than what may be: beside a number, or last after "in"."""


_NAMES = frozenset(
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june",
     "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
     "oct", "nov", "dec"]
)  # fmt: skip
