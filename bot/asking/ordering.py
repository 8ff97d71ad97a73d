"""Chat text -> Order: follow, alert, digest, mute, snooze, quiet hours, sources."""

import re
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.asking.naming import Who, people_and_voices
from bot.asking.orders import Order
from bot.asking.when import days_in
from bot.briefing.cadence import Cadence, every_hours
from bot.model import Request
from bot.ports import Library, Scope
from bot.replies import Choices, Option, Reply, saying
from bot.terms import stems

_TIME = re.compile(r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?\b", re.IGNORECASE)
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_VERBS = (
    ("unfollow", r"^unfollow\s+(?P<rest>.+)$"),
    ("following", r"^following\b(?P<rest>)"),
    ("alert", r"^(?:alert(?: me)?(?: when| if)?|tell me when|notify me (?:when|if))\s+(?P<rest>.+)$"),
    ("follow", r"^follow\s+(?P<rest>.+)$"),
    ("mute", r"^(?:mute|stop sending(?: me)?)\s+(?P<rest>.+)$"),
    ("snooze", r"^snooze\s*(?:till|until|for)?\s*(?P<rest>.*)$"),
    ("quiet", r"^quiet(?: hours)?\s*(?P<rest>.*)$"),
    ("sources", r"^sources?\s*(?P<rest>.*)$"),
    ("status", r"^status\b(?P<rest>)"),
    ("undo", r"^undo\s*(?P<rest>.*)$"),
    ("digest", r"^(?P<rest>(?:digest|daily|weekly|every|morning digest).*)$"),
)


async def order_of(text: str, request: Request, library: Library, who: Who, zone: str) -> Order | Reply:
    """The order, or a reply that asks for what is missing."""
    text = re.sub(r"^please ", "", text.strip(), flags=re.IGNORECASE)
    for verb, pattern in _VERBS:
        if match := re.match(pattern, text, re.IGNORECASE):
            rest = match["rest"].strip(" ?!.")
            local = request.at.astimezone(ZoneInfo(request.asker.zone or zone))
            if verb in ("follow", "unfollow", "alert"):
                return await _about_actor(verb, rest, text, local, library, who)
            return _other(verb, rest, text, local, request.asker.zone or zone)
    return saying(
        "I did not understand that order; write for example: follow Zelensky, or: daily digest at 8am Brussels."
    ).privately()


async def _about_actor(verb: str, rest: str, text: str, local: datetime, library: Library, who: Who) -> Order | Reply:
    mode = "digest" if re.search(r"\bin (?:the |my )?digest\b", rest, re.IGNORECASE) else "at once"
    rest = re.sub(r"\s*\b(?:in (?:the |my )?digest|at once|immediately)\b", "", rest, flags=re.IGNORECASE)
    match = re.match(
        r"^(?:the\s+)?(?P<who>.+?)(?:\s+(?:says? (?:something|anything)|speaks?|talks?|says?|comments?|mentions?|said))?(?:\s+(?:about|on|of)\s+(?:an?\s+|the\s+)?(?P<topic>.+))?$",
        rest, re.IGNORECASE,
    )  # fmt: skip
    name, topic = (match["who"], match["topic"]) if match else (rest, None)
    found = who.find(name, local.date())
    if not found:
        return saying(f"I don't know {name}. Write the full name, and try again.").privately()
    close = [m for m in found if found[0].score - m.score <= 0.1 and m.how != "name"] or [found[0]]
    if len(close) > 1 and found[0].how != "name":
        options = tuple(Option(m.actor.name, m.actor.id[:64]) for m in close[:8])
        return Reply((Choices("Whom do you mean?", "follow", options),))
    actor = found[0].actor
    last = None
    if verb == "alert":
        said = await library.quotations(people_and_voices([actor], who, local.date()), Scope(), words=stems(topic or ""), limit=1)
        last = said[0] if said else None
    return Order(verb, (actor,), topic, mode if verb != "unfollow" else None, words=text, last=last)


def _other(verb: str, rest: str, text: str, local: datetime, zone: str) -> Order | Reply:
    match verb:
        case "mute":
            topic = re.sub(r"\s+(?:stuff|news|things|stories|messages)$", "", rest, flags=re.IGNORECASE)
            return Order("mute", topic=topic, words=text)
        case "snooze":
            until = _until(rest, local)
            return (
                Order("snooze", until=until, words=text)
                if until
                else saying("Until when? Write for example: snooze till Monday.").privately()
            )
        case "quiet":
            if re.fullmatch(r"off|none|never", rest, re.IGNORECASE):
                return Order("quiet", change="off", words=text)
            hours = [found for match in _TIME.finditer(rest) if (found := _time(match))]
            return (
                Order("quiet", hours=(hours[0], hours[1]), words=text)
                if len(hours) == 2
                else saying("Which hours? Write for example: quiet 22:00-07:00.").privately()
            )
        case "digest":
            return _digest(rest, text, zone)
        case _:
            return Order(verb, topic=rest or None, words=text)


def _digest(rest: str, text: str, zone: str) -> Order | Reply:
    lower = rest.lower()
    for change, pattern in (("off", r"\b(?:off|stop|end|cancel|remove)\b"), ("pause", r"\bpause\b"), ("resume", r"\bresume\b")):
        if re.search(pattern, lower):
            return Order("digest", change=change, words=text)
    named = _zone(lower) or zone
    hours = re.search(r"\bevery (\d{1,2}) hours\b", lower)
    if hours and 0 < int(hours[1]) <= 12:
        return Order(
            "digest", cadence=Cadence(frozenset(range(7)), every_hours(int(hours[1]), time(0)), named), change="set", words=text
        )
    times = tuple(sorted({found for match in _TIME.finditer(_without_zone(lower)) if (found := _time(match))}))
    if not times and re.fullmatch(r"digest|show digest|digest show", lower):
        return Order("digest", change="show", words=text)
    days = frozenset(number for name, number in _DAYS.items() if re.search(rf"\b{name}\w*\b", _without_zone(lower)))
    weekdays = frozenset(range(5)) if re.search(r"\b(?:week|working ?)days?\b", lower) else frozenset()
    default = frozenset([0]) if "weekly" in lower else frozenset(range(7))
    if not times and not re.search(r"\b(?:daily|weekly|morning|every)\b", lower):
        return saying("When? Write for example: daily digest at 8am Brussels, digest pause, or digest off.").privately()
    return Order("digest", cadence=Cadence(days or weekdays or default, times or (time(8),), named), change="set", words=text)


def _zone(text: str) -> str | None:
    """A city or an IANA name among the words."""
    cities = {zone.rpartition("/")[2].lower().replace("_", " "): zone for zone in reversed(_zones())}
    whole = max((zone for zone in _zones() if "/" in zone and zone.lower() in text), key=len, default=None)
    if whole:
        return whole
    found = [city for city in cities if re.search(rf"\b{re.escape(city)}\b", text) and len(city) > 2]
    return cities[max(found, key=len)] if found else None


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _without_zone(text: str) -> str:
    return re.sub(r"\b(?:etc/)?(?:gmt|utc)[+-]?\d*\b|\S+/\S+", " ", text)


def _time(match: re.Match[str]) -> time | None:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _until(rest: str, local: datetime) -> datetime | None:
    """Aware, in the future: the end of a span ("2 hours"), or the morning of a day ("Monday")."""
    span = re.match(r"^(?P<count>\d{1,3}|an?)\s*(?P<unit>minute|hour|day|week)s?$", rest, re.IGNORECASE)
    if span:
        count = int(span["count"]) if span["count"].isdigit() else 1
        return local + timedelta(**{f"{span['unit'].lower()}s": count})
    found = days_in(rest, local.date(), ahead=True)
    if found.until is None:
        return None
    day = found.until
    while day <= local.date():
        day += timedelta(7)
    return datetime.combine(day, time(8), local.tzinfo)
