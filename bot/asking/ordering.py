"""Chat text -> Order: follow, alert, digest, mute, snooze, quiet hours, sources."""

import re
from datetime import date, datetime, time, timedelta

from bot.asking.digest_orders import TIME, clock_time, digest_order, event_types
from bot.asking.naming import Who, people_and_voices
from bot.asking.orders import Order
from bot.asking.when import days_in, zone_of
from bot.briefing.matching import happens
from bot.errors import UsageError
from bot.model import ActorRef, Request
from bot.ports import Library, Scope
from bot.replies import Choices, Option, Reply, saying
from bot.standing import ANYBODY, Happening
from bot.terms import stems

LONGEST = 80
"""Characters of an event as it is put."""
_VERBS = (
    ("unfollow", r"^unfollow\s+(?P<rest>.+)$"),
    ("following", r"^following\b(?P<rest>)"),
    ("alert", r"^(?:alert(?: me)?(?: when| if)?|tell me when|notify me (?:when|if))\s+(?P<rest>.+)$"),
    ("follow", r"^follow\s+(?P<rest>.+)$"),
    ("unmute", r"^unmute\s*(?P<rest>.*)$"),
    ("mute", r"^(?:mute|stop sending(?: me)?)\s+(?P<rest>.+)$"),
    (
        "why",
        r"^why\b(?: (?:did|do|am) i (?:get|got|getting|see|seeing|receive|receiving))?(?: (?:this|that|it))?(?: message)?\s*(?P<rest>.*)$",
    ),
    ("awake", r"^(?:unsnooze|wake up|snooze (?:off|end|over))(?P<rest>)$"),
    ("stop", r"^(?P<rest>stop|pause|unsubscribe|resume)\b(?: (?:all|everything|it|now|please))?$"),
    ("snooze", r"^snooze\s*(?:till|until|for)?\s*(?P<rest>.*)$"),
    ("quiet", r"^quiet(?: hours)?\s*(?P<rest>.*)$"),
    ("sources", r"^sources?\s*(?P<rest>.*)$"),
    ("status", r"^status\b(?P<rest>)"),
    ("undo", r"^undo\s*(?P<rest>.*)$"),
    ("digest", r"^(?P<rest>(?:digest|daily|weekly|every).*|.*\bdigest\b.*)$"),
)
_UNKNOWN = "I did not understand that order; write for example: follow Zelensky, or: daily digest at 8am Brussels."
_ALERT = "When? Write for example: alert me when talks are announced, or: alert Kremlin about a Moscow visit."
_EXAMPLES = {
    "follow": "Whom? Write for example: follow Zelensky, or: follow NATO on Ukraine in the digest.",
    "unfollow": "Whom no longer? Write for example: unfollow Zelensky, or: unfollow all. What is followed: following.",
    "alert": _ALERT,
    "alert me": _ALERT,
    "alert me when": _ALERT,
    "tell me when": _ALERT,
    "mute": "What? Write for example: mute NATO, or: mute Reuters.",
}
"""What is missing from an order that is one word."""
_TURNED = re.compile(r"^(add|list|pause|resume|remove|test) (?:an? |the |all )?(?:source|feed)s?\b", re.IGNORECASE)
"""An order about a source, its verb first: "add the feed https://..."."""
_GO_ON = "Go on with what? digest resume; unsnooze; quiet off; unmute NAME. What is set: following."
_ENDS = "Stop what? digest pause, or digest off; unfollow all, or unfollow NAME; snooze till Monday. What is set: following."


async def order_of(text: str, request: Request, library: Library, who: Who, zone: str) -> Order | Reply:
    """The order, or a reply that asks for what is missing."""
    text = _TURNED.sub(r"source \1", re.sub(r"^please ", "", text.strip(), flags=re.IGNORECASE))
    if missing := _EXAMPLES.get(text.lower().strip(" .!?")):
        return saying(missing).privately()
    for verb, pattern in _VERBS:
        if match := re.match(pattern, text, re.IGNORECASE):
            rest = match["rest"].strip(" ?!.")
            local = request.at.astimezone(zone_of(request.asker, zone))
            if verb in ("follow", "unfollow", "alert"):
                return await _about_actor(verb, rest, text, local, library, who)
            if verb == "digest":
                return await _digest(rest, local, library, who, str(zone_of(request.asker, zone)))
            return _other(verb, rest, text, local)
    return saying(_UNKNOWN).privately()


_STATED = re.compile(
    r"^(?:the\s+)?(?P<who>.+?)(?P<said>\s+(?:says? (?:something|anything)|speaks?|talks?|says?|comments?|mentions?|said))?"
    r"(?:\s+(?:about|on|of)\s+(?:an?\s+|the\s+)?(?P<topic>.+))?$",
    re.IGNORECASE,
)


async def _about_actor(verb: str, rest: str, text: str, local: datetime, library: Library, who: Who) -> Order | Reply:
    mode = "digest" if re.search(r"\bin (?:the |my )?digest\b", rest, re.IGNORECASE) else "at once"
    rest = re.sub(r"\s*\b(?:in (?:the |my )?digest|at once|immediately)\b", "", rest, flags=re.IGNORECASE)
    match = _STATED.match(rest)
    name, topic, said = (match["who"], match["topic"], match["said"]) if match else (rest, None, None)
    if verb == "unfollow" and re.fullmatch(r"all|everyone|everybody|everything", name, re.IGNORECASE):
        return Order(verb, change="all", words=text)
    found = who.find(name, local.date())
    if not found and (several := _several(name, who, local.date())):
        return Order(verb, several, topic, mode if verb != "unfollow" else None, words=text)
    if (not found or (not said and not topic)) and (order := await _of_events(verb, rest, text, local.date(), library, who)):
        return order
    if not found:
        act = " Or name an act: alert me when talks are announced." if verb == "alert" else ""
        return saying(f"I don't know {name}. Write the full name, and try again.{act}").privately()
    close = [m for m in found if found[0].score - m.score <= 0.1 and m.how != "name"] or [found[0]]
    if len(close) > 1 and found[0].how != "name":
        options = tuple(Option(m.actor.name, m.actor.id[:64]) for m in close[:8])
        return Reply((Choices("Whom do you mean?", "follow", options),))
    actor = found[0].actor
    last = None
    if verb == "alert":
        held = await library.quotations(people_and_voices([actor], who, local.date()), Scope(), words=stems(topic or ""), limit=1)
        last = held[0] if held else None
    return Order(verb, (actor,), topic, mode if verb != "unfollow" else None, words=text, last=last)


def _several(names: str, who: Who, on: date) -> tuple[ActorRef, ...]:
    """ "Trump, Putin and Zelensky": all of them, or nobody where one is not known."""
    parts = [part for part in re.split(r",|;|\band\b|&", names) if part.strip()]
    found = [who.find(part.strip(), on, limit=1) for part in parts]
    return tuple(dict.fromkeys(matches[0].actor for matches in found if matches)) if len(parts) > 1 and all(found) else ()


async def _of_events(verb: str, rest: str, text: str, on: date, library: Library, who: Who) -> Order | None:
    """ "talks are announced", "Trump and Putin meet": a kind of event and its parties; ``None`` where no act is named."""
    put = re.sub(r"^when\s+", "", " ".join(rest.split()), flags=re.IGNORECASE)[:LONGEST]
    types = event_types(put)
    if not types:
        return None
    parties = tuple(dict.fromkeys(matches[0].actor for _, matches in who.spot(put, on) if matches))
    happening = Happening(types, tuple(actor.id for actor in parties))
    last = None
    if verb == "alert":
        held = await library.events(Scope(), actors=happening.parties, types=types, limit=50)
        last = next((cited for cited in held if happens(cited, happening, {})), None)
    return Order(verb, parties[:1] or (ANYBODY,), put, "at once", words=text, last=last, happening=happening)


async def _digest(rest: str, local: datetime, library: Library, who: Who, zone: str) -> Order | Reply:
    outlets = (await library.coverage(Scope())).outlets
    try:
        return digest_order(rest, zone, outlets, who, local.date())
    except UsageError as refusal:
        return saying(str(refusal)).privately()


def _other(verb: str, rest: str, text: str, local: datetime) -> Order | Reply:
    match verb:
        case "mute":
            if re.fullmatch(r"(?:this |that |the )?story", rest, re.IGNORECASE):
                return saying("Which story? Press the button under the digest, or name what it is about: mute NATO.").privately()
            topic = re.sub(r"\s+(?:stuff|news|things|stories|messages)$", "", rest, flags=re.IGNORECASE)
            return Order("mute", topic=topic, words=text)
        case "stop":
            return saying(_GO_ON if rest.lower() == "resume" else _ENDS).privately()
        case "awake":
            return Order("snooze", change="off", words=text)
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
            hours = [found for match in TIME.finditer(rest) if (found := clock_time(match))]
            return (
                Order("quiet", hours=(hours[0], hours[1]), words=text)
                if len(hours) == 2
                else saying("Which hours? Write for example: quiet 22:00-07:00.").privately()
            )
        case _:
            return Order(verb, topic=rest or None, words=text)


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
