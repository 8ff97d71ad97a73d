"""Chat text -> the order of a digest: when it comes, and what is wanted of it."""

import re
from collections.abc import Sequence
from datetime import date, time
from functools import cache
from zoneinfo import available_timezones

from bot.asking.naming import Who
from bot.asking.orders import Order
from bot.briefing.cadence import Cadence, every_hours
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
_CHANGES = (("off", r"(?:off|stop|end|cancel|remove)"), ("pause", r"pause"), ("resume", r"resume|go on|continue"))
_PLACE = re.compile(r"\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?\s+(?P<place>[a-z][a-z ,_'/-]*)$")
_OF_IT = re.compile(
    r"^digest\s+(?:(?P<sort>only|just|without|except|leave out|exclude)\s+(?P<what>.+)"
    r"|(?P<all>(?:about )?everything|no filters?|unfiltered)"
    r"|(?:(?:max(?:imum)?|at most|length|items|lines|size)\s*(?:of\s+)?(?P<items>\d{1,4})(?:\s+(?:items|lines))?|(?P<lines>\d{1,4})\s+(?:items|lines))"
    r"|(?:length|items|lines|size)\s+(?P<usual>default|usual|normal|off)"
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
    if re.search(r"\b(?:minutes?|seconds?)\b", lower):
        raise UsageError("A digest comes at most once an hour; write for example: digest every 6 hours.")
    if re.fullmatch(r"digest (?:only|just|without|except|length|dates?)", lower):
        raise UsageError("What of? Write for example: digest only Reuters, meetings; digest length 5; digest dates in French.")
    named, zoned = _zone(lower) or zone, _zone(lower) is not None
    if (place := _PLACE.search(lower)) and not zoned and _unknown(place["place"]):
        raise UsageError(
            f"I don't know the time in {place['place'].strip()}; name a city or a zone, such as Brussels or Europe/Brussels."
        )
    hours = re.search(r"\bevery (\d{1,2}) hours?\b", lower)
    if hours and 0 < int(hours[1]) <= 12:
        return Order(
            "digest",
            cadence=Cadence(frozenset(range(7)), every_hours(int(hours[1])), named),
            change="set",
            words=text,
            zoned=zoned,
        )
    times = tuple(sorted({found for match in TIME.finditer(_without_zone(lower)) if (found := clock_time(match))}))
    if not times and re.fullmatch(r"(?:my |the |our |show |show me )*digest(?: show)?", lower):
        return Order("digest", change="show", words=text)
    days = _days(_without_zone(lower))
    if not times and not days and not re.search(r"\b(?:daily|weekly|morning|every)\b", lower):
        raise UsageError(f"When? {_EXAMPLE}")
    default = frozenset([0]) if "weekly" in lower else frozenset(range(7))
    return Order("digest", cadence=Cadence(days or default, times or (time(8),), named), change="set", words=text, zoned=zoned)


def _unknown(place: str) -> bool:
    """Whether the words after a time say anything that is not understood."""
    known = r"(?:in|at|on|and|the|my|our|time|local|every|each|daily|weekly|(?:week|work(?:ing)? ?)?days?|morning|evening|hours?|please|digest|o'?clock)"
    return bool(re.sub(rf"\b(?:{known}|(?:{'|'.join(_DAYS)})[a-z]*)\b|[\s,.]", "", place))


def _days(text: str) -> frozenset[int]:
    if re.search(r"\b(?:week|working ?)days?\b", text):
        return frozenset(range(5))
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
    if match["dates"]:
        dates = dates_named(match["dates"])
        if dates is None:
            raise UsageError("Which language? Write for example: digest dates in French, or: digest dates iso.")
        return Order("digest", change="dates", dates=dates, words=text)
    items = int(match["items"] or match["lines"] or 0)
    if not match["usual"] and not 1 <= items <= MOST_ITEMS:
        raise UsageError(f"A digest has 1 to {MOST_ITEMS} lines; write for example: digest length 5.")
    return Order("digest", change="items", items=items or None, words=text)


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
    """A city or an IANA name among the words."""
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


def _without_zone(text: str) -> str:
    return re.sub(r"\b(?:etc/)?(?:gmt|utc)[+-]?\d*\b|\S+/\S+", " ", text)
