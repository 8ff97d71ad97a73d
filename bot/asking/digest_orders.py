"""Chat text -> the order of a digest: when it comes, and what is wanted of it."""

import re
from collections.abc import Sequence
from datetime import date, time
from functools import cache
from zoneinfo import available_timezones

from bot.asking.naming import Who
from bot.asking.orders import Order
from bot.briefing.cadence import EVERY_DAY, WEEKDAYS, Cadence, every_hours
from bot.briefing.dates import dates_named
from bot.briefing.matching import SAID
from bot.errors import UsageError
from bot.reading.document import Document
from bot.reading.event_lexicon import lexicon
from bot.standing import Aspect, Filter

TIME = re.compile(r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?\b", re.IGNORECASE)
MOST_ITEMS, MOST_FILTERS = 25, 50
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_STATEMENTS = frozenset(["statement", "statements", "quote", "quotes", "quotation", "quotations"])
_SURE_NAMES = frozenset(["name", "alias", "surname", "metonym"])
_EXAMPLE = "Write for example: daily digest at 8am Brussels, digest pause, or digest off."
_CHANGES = (("off", r"off|stop|end|cancel|remove|delete|no more"), ("pause", r"pause"), ("resume", r"resume|go on|continue"))
_PLACE = re.compile(r"(?:\d[:.]\d{2}|\bat \d{1,2}|\d\s*[ap]m)\s*(?:am|pm)?\s+(?P<place>[a-z][a-z ,_'/-]*)$")
_SHOW = re.compile(r"(?:my |the |our |show |show me )*digest(?: show)?|when\b.*\bdigest\b.*")
_EVERY = re.compile(r"\bevery (\d{1,4}) (hour|day|week|month)s?\b")
_OFTEN = re.compile(r"\b(?:daily|weekly|mornings?|evenings?|every (?:day|week))\b")
_LATE = re.compile(r"\b(?:afternoon|evening|night)s?\b")
_PLAINLY = (
    ("noon|midday", "12:00"),
    ("midnight", "00:00"),
    ("hourly|(?:every|each|once an) hour", "every 1 hours"),
    ("(?:once a|each) day", "every day"),
)
_KNOWN = (
    r"in|at|on|to|and|for|from|of|the|an?|my|our|your|me|us|we|i['’]d|i|like|want|can|could|you|please|set|up|send|give|get|have|make|"
    r"start|change|move|switch|put|it|here|digests?|times?|local|hours?|o['’]?clock|every|each|once|daily|weekly|week|(?:week|work(?:ing)? ?)days?|"
    r"weekends?|(?<=every )day|day(?= at)|mornings?|afternoons?|evenings?|nights?"
)
"""Words that order a digest or say when, beside numbers and days of the week."""
_OF_IT = re.compile(
    r"^digest\s+(?:(?P<sort>only|just|without|except|leave out|exclude)\s+(?P<what>.+)"
    r"|(?P<all>(?:about )?everything|no filters?|unfiltered)"
    r"|(?:(?:max(?:imum)?|at most|length|items|lines|size)\s*(?:of\s+)?(?P<items>\d{1,4})(?:\s+(?:items|lines))?|(?P<lines>\d{1,4})\s+(?:items|lines))"
    r"|(?:length|items|lines|size)\s+(?P<usual>default|usual|normal|off)"
    r"|(?:ping|notify|mention)\s+(?P<role>.+)"
    r"|(?:dates?|language|dates? language)\s+(?:in |as |to )?(?P<dates>.+))$",
    re.IGNORECASE,
)


def digest_order(text: str, zone: str, outlets: Sequence[str], who: Who, on: date) -> Order:
    """The order; ``zone`` holds where none is named. Raises ``UsageError`` that says what to write."""
    lower = text.lower().strip(" .!?")
    if match := _OF_IT.match(text.strip(" .!?")):
        return _wanted(match, text, outlets, who, on)
    for change, words in _CHANGES:
        if re.search(rf"\b(?:{words})\b", lower):
            return Order("digest", change=change, words=text)
    if _SHOW.fullmatch(lower):
        return Order("digest", change="show", words=text)
    if re.fullmatch(r"digest (?:only|just|without|except|length|dates?)", lower):
        raise UsageError("What of? Write for example: digest only Reuters, meetings; digest length 5; digest dates in French.")
    for word, plain in _PLAINLY:
        lower = re.sub(rf"\b(?:{word})\b", plain, lower)
    named = _zone(lower)
    return Order("digest", cadence=_cadence(lower, named, zone), change="set", words=text, zoned=named is not None)


def tells_taste(text: str) -> bool:
    """Whether an order of a digest is about what is in it rather than when it comes."""
    return _OF_IT.match(text.strip(" .!?")) is not None


def _cadence(text: str, named: str | None, zone: str) -> Cadence:
    """When it comes, in the zone ``named`` or else in ``zone``; nothing is passed over that is not understood."""
    if re.search(r"\b(?:minute|second)(?:s|ly)?\b", text):
        raise UsageError("A digest comes at most once an hour; write for example: digest every 6 hours.")
    if (place := _PLACE.search(text)) and not named and _left_over(place["place"]):
        raise UsageError(
            f"I don't know the time in {place['place'].strip()}; name a city or a zone, such as Brussels or Europe/Brussels."
        )
    bare = _without_zone(text, named)
    every = _EVERY.search(bare)
    rest = _EVERY.sub(" ", bare)
    times, days = _times(rest), _days(rest)
    if not (times or days or every or _OFTEN.search(rest)):
        raise UsageError(f"When? {_EXAMPLE}")
    if left := _left_over(TIME.sub(" ", rest)):
        raise UsageError(f"I don't understand “{left}” here. {_EXAMPLE} To be told at once: what happened yesterday.")
    if every and not (every[2] == "hour" and 1 <= int(every[1]) <= 12):
        raise UsageError(
            "A digest comes every 1 to 12 hours, or daily, or on days of the week; write for example: digest every 6 hours."
        )
    if every:
        return Cadence(days or EVERY_DAY, every_hours(int(every[1]), *times[:1]), named or zone)
    default = frozenset([0]) if "weekly" in rest else EVERY_DAY
    return Cadence(days or default, times or (time(18 if _LATE.search(rest) else 8),), named or zone)


def _times(text: str) -> tuple[time, ...]:
    """The times of day, sorted; "8 in the evening" is 20:00."""
    found = {at for match in TIME.finditer(text) if (at := clock_time(match))}
    if _LATE.search(text) and not re.search(r"\d\s*[ap]m\b", text):
        found = {at.replace(hour=at.hour + 12) if 0 < at.hour < 12 else at for at in found}
    return tuple(sorted(found))


def _left_over(text: str) -> str:
    """The words of a cadence that say nothing that is understood."""
    known = rf"\b(?:{_KNOWN}|(?:{'|'.join(_DAYS)})(?:[a-z]*days?|s)?)\b|[,.;&–-]"
    return " ".join(re.sub(known, " ", text).split())


def _days(text: str) -> frozenset[int]:
    if re.search(r"\b(?:week|working ?)days?\b", text):
        return WEEKDAYS
    if re.search(r"\bweekends?\b", text):
        return EVERY_DAY - WEEKDAYS
    return frozenset(number for name, number in _DAYS.items() if re.search(rf"\b{name}(?:[a-z]*days?|s)?\b", text))


def _wanted(match: re.Match[str], text: str, outlets: Sequence[str], who: Who, on: date) -> Order:
    """A change of what is wanted: filters, length, dates."""
    if match["sort"]:
        parts = [part.strip() for part in re.split(r",|;|\band\b|\bor\b", match["what"]) if part.strip()]
        if len(parts) > MOST_FILTERS:
            raise UsageError(f"A digest has at most {MOST_FILTERS} filters.")
        change = "only" if match["sort"].lower() in ("only", "just") else "without"
        return Order("digest", change=change, filters=tuple(_filter(part, outlets, who, on) for part in parts), words=text)
    if match["all"]:
        return Order("digest", change="everything", words=text)
    if match["role"]:
        return Order("digest", change="role", role=_role(match["role"]), words=text)
    if match["dates"]:
        dates = dates_named(match["dates"])
        if dates is None:
            raise UsageError("Which language? Write for example: digest dates in French, or: digest dates iso.")
        return Order("digest", change="dates", dates=dates, words=text)
    items = int(match["items"] or match["lines"] or 0)
    if not match["usual"] and not 1 <= items <= MOST_ITEMS:
        raise UsageError(f"A digest has 1 to {MOST_ITEMS} lines; write for example: digest length 5.")
    return Order("digest", change="items", items=items or None, words=text)


def _role(words: str) -> str | None:
    """The id of a role, as Discord writes a mention of one; ``None`` for nobody."""
    if re.fullmatch(r"(?:nobody|no ?one|none|off|nothing)", words.strip(), re.IGNORECASE):
        return None
    mention = re.fullmatch(r"<@&(\d{1,20})>", words.strip())
    if mention is None:
        raise UsageError("Which role? Choose one by typing @ and its name: digest ping @Analysts; or write: digest ping nobody.")
    return mention[1]


def _filter(words: str, outlets: Sequence[str], who: Who, on: date) -> Filter:
    """An outlet that is read, a kind of event, an actor; else a topic."""
    words = re.sub(r"^(?:from|by|about|on|the)\s+", "", words.strip(" .\"'“”"), flags=re.IGNORECASE)
    outlet = next((name for name in outlets if name.casefold() == words.casefold()), None)
    if outlet:
        return Filter(Aspect.OUTLET, outlet, outlet)
    if words.casefold() in _STATEMENTS:
        return Filter(Aspect.TYPE, SAID, "statements")
    if kinds := event_types(words, whole=True):
        return Filter(Aspect.TYPE, " ".join(kinds), words)
    found = who.find(words, on, limit=2)
    if found and found[0].how in _SURE_NAMES:
        return Filter(Aspect.ACTOR, found[0].actor.id, found[0].actor.name)
    return Filter(Aspect.TOPIC, words, words)


def event_types(words: str, *, whole: bool = False) -> tuple[str, ...]:
    """The event types that words name, by the event lexicon: "sanctions", "talks are announced"; ``whole``: with no word over."""
    document = Document.of(words)
    lower = [word.lower() for word in document.words]
    found = lexicon().find(lower)
    if whole and sum(trigger.end - trigger.start for trigger in found) < len(lower):
        return ()
    types = dict.fromkeys(trigger.sense.type for trigger in found)
    if "CONSULT" in types:  # a plan to meet or negotiate is an agreement of that mode
        types |= {"AGREE": None}
    return tuple(types)


def clock_time(match: re.Match[str]) -> time | None:
    """The time of day that a match of ``TIME`` means, if it is one."""
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _zone(text: str) -> str | None:
    """A city, an IANA name or a distance from UTC among the words."""
    if match := re.search(r"\b(?:utc|gmt) ?([+-])(\d{1,2})\b", text):
        turned = f"Etc/GMT{'-' if match[1] == '+' else '+'}{int(match[2])}"  # POSIX counts westwards
        return turned if turned in zones() else None
    cities = {zone.rpartition("/")[2].lower().replace("_", " "): zone for zone in reversed(zones())}
    whole = max((zone for zone in zones() if "/" in zone and zone.lower() in text), key=len, default=None)
    if whole:
        return whole
    found = [city for city in cities if re.search(rf"\b{re.escape(city)}\b", text) and len(city) > 2]
    return cities[max(found, key=len)] if found else None


@cache
def zones() -> tuple[str, ...]:
    """The zones of the tz database by name, sorted."""
    return tuple(sorted(available_timezones()))


def _without_zone(text: str, zone: str | None) -> str:
    if zone is None:
        return text
    city = zone.rpartition("/")[2].lower().replace("_", " ")
    return re.sub(rf"\b(?:etc/)?(?:gmt|utc)(?: ?[+-]?\d+)?\b|\S+/\S+|\b{re.escape(city)}\b", " ", text)
