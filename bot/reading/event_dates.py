"""When: the days, months and years that a text names, resolved against the day it was published."""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

_DAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
_SHORT = {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_NUMBERS = dict(
    zip(["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], (1, *range(1, 11)), strict=True)
)
_UNIT = {"day": 1, "week": 7, "month": 30, "year": 365}
_PARTS = {"early": (1, 10), "mid": (11, 20)}
"""The days of a month's parts; "late" leaves its end."""
_MONTH = "(?P<month>" + "|".join((*calendar.month_name[1:], r"(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\b\.?")) + ")"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERN = re.compile(
    rf"\b(?:{_DAY}(?: of)? {_MONTH}|{_MONTH.replace('month', 'month2')} {_DAY.replace('day', 'day2')}(?!\d)(?:[-–]\d+)?)"
    rf"(?:,? {_YEAR})?"
    rf"|\b(?P<which>(?i:last|next|this|in|a|since|of|early|late|mid|during|until|by|from))[ -]{_MONTH.replace('month', 'month3')}(?! \d{{1,2}}\b)(?:,? {_YEAR.replace('year', 'year3')})?"
    rf"|\b(?P<frame>(?i:in|since|of|early|late|mid|during|until|by|from|before|after))[ -]{_YEAR.replace('year', 'year4')}\b"
    r"|\b(?P<side>(?i:last|next|(?:earlier )?this|previous)) (?P<unit>day|week|month|year|summer|autumn|fall|winter|spring)\b"
    r"|\b(?P<count>\d+|(?i:an?|one|two|three|four|five|six|seven|eight|nine|ten)) (?P<ago>day|week|month|year)s? (?:ago|earlier)\b"
    r"|\b(?P<near>[Tt]oday|[Tt]onight|[Yy]esterday|[Tt]omorrow|coming (?:days|weeks|months))\b"
    rf"|\b(?:(?P<turn>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<weekday>{'|'.join(calendar.day_name)})\b"
)


class DateExpression(NamedTuple):
    """``text[start:end]`` names the days from ``on`` to ``until``; ``iso`` is the date as exact as the words are.

    ``weekday``: a bare day of the week, taken as the last one; what is planned for it lies a week later.
    """

    start: int
    end: int
    on: date
    until: date
    iso: str
    weekday: bool = False


def date_expressions(text: str, published_on: date | None) -> tuple[DateExpression, ...]:
    """All that can be resolved, in text order. Without ``published_on`` only what names its year. Never raises."""
    return tuple(found for match in _PATTERN.finditer(text) if (found := _expression(match, published_on)))


def _expression(match: re.Match[str], today: date | None) -> DateExpression | None:
    for group, reader in _READERS.items():
        if match[group]:
            try:
                return next(reader(match, today), None)
            except (ValueError, OverflowError):
                return None
    return None


def _exact(match: re.Match[str], on: date, *, weekday: bool = False) -> DateExpression:
    return DateExpression(match.start(), match.end(), on, on, on.isoformat(), weekday)


def _month_number(name: str) -> int:
    name = name.lower().rstrip(".")
    return _MONTHS.get(name) or _SHORT[name[:4] if name[:4] in _SHORT else name[:3]]


def _calendar_day(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    month, day = _month_number(match["month"] or match["month2"]), int(match["day"] or match["day2"])
    if match["year"]:
        yield _exact(match, date(int(match["year"]), month, day))
    elif today:
        years = (today.year - 1, today.year, today.year + 1)
        yield _exact(match, min((date(y, month, day) for y in years), key=lambda d: abs((d - today).days)))


def _whole_month(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    month = _month_number(match["month3"])
    if match["year3"]:
        year = int(match["year3"])
    elif today:
        ahead = match["which"].lower() in ("next", "by", "until", "this")
        year = today.year if (month <= today.month) != ahead or month == today.month else today.year + (1 if ahead else -1)
    else:
        return
    first, last = _PARTS.get(match["which"].lower(), (1, calendar.monthrange(year, month)[1]))
    yield DateExpression(match.start(), match.end(), date(year, month, first), date(year, month, last), f"{year}-{month:02}")


def _whole_year(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    year = int(match["year4"])
    yield DateExpression(match.start(), match.end(), date(year, 1, 1), date(year, 12, 31), str(year))


def _unit(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    """ "Last week", "this year"; what was "earlier this year" is over."""
    for found in _whole_unit(match, today):
        over = today and match["side"].lower().startswith("earlier")
        yield found._replace(until=max(found.on, today - timedelta(1))) if today and over else found


def _whole_unit(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    if today is None:
        return
    unit, side = match["unit"], match["side"].lower()
    sign = {"last": -1, "previous": -1, "next": 1}.get(side, 0)
    if unit == "month":
        index = today.year * 12 + today.month - 1 + sign
        year, month = divmod(index, 12)
        last = date(year, month + 1, calendar.monthrange(year, month + 1)[1])
        yield DateExpression(match.start(), match.end(), last.replace(day=1), last, f"{year}-{month + 1:02}")
    elif unit in ("day", "week"):
        monday = today - timedelta(today.weekday()) + sign * timedelta(7)
        yield DateExpression(match.start(), match.end(), monday, monday + timedelta(6), "")
    else:
        year = today.year + sign
        yield DateExpression(match.start(), match.end(), date(year, 1, 1), date(year, 12, 31), str(year))


def _ago(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    if today:
        count = _NUMBERS.get(match["count"].lower(), 1) if not match["count"].isdigit() else int(match["count"])
        on = today - timedelta(count * _UNIT[match["ago"]])
        iso = on.isoformat() if match["ago"] == "day" else str(on.year) if match["ago"] == "year" else ""
        yield DateExpression(match.start(), match.end(), on, on, iso)


def _near(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    if today is None:
        return
    word = match["near"].lower()
    if word.startswith("coming"):
        yield DateExpression(match.start(), match.end(), today + timedelta(1), today + timedelta(30), "")
    else:
        yield _exact(match, today + timedelta({"yesterday": -1, "tomorrow": 1}.get(word, 0)))


def _weekday(match: re.Match[str], today: date | None) -> Iterator[DateExpression]:
    if today is None:
        return
    turn = (match["turn"] or "").lower()
    back = (today.weekday() - _DAYS[match["weekday"].lower()]) % 7
    if turn == "next":
        yield _exact(match, today + timedelta(7 - back))
    else:
        yield _exact(match, today - timedelta(back), weekday=not turn)


_READERS: dict[str, Callable[[re.Match[str], date | None], Iterator[DateExpression]]] = {
    "day": _calendar_day,
    "day2": _calendar_day,
    "month3": _whole_month,
    "year4": _whole_year,
    "unit": _unit,
    "count": _ago,
    "near": _near,
    "weekday": _weekday,
}
