"""Modals for settings and reports: their views, and what was filled in as commands of the command table.

https://docs.slack.dev/surfaces/modals. ``private_metadata`` carries where a form was opened, and, once it was sent,
what was filled in, so that it can be shown again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from adapters.slack.limits import LABEL, VALUE, VIEW_BLOCKS, cut, size
from adapters.slack.render import view_blocks
from bot.briefing.schedules import from_text
from bot.replies import Action, Reply
from bot.standing import DigestOrder

Json = dict[str, Any]
DIGEST, FOLLOW, REPORT = "digest", "follow", "report"
AGAIN = "form:again"
WHO, ZONE = "who", "zone"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_METADATA = 3000
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened: ``channel`` is "" in App Home; ``about`` is the number of what is reported."""

    form: str
    channel: str = ""
    thread: str | None = None
    about: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)

    def to_metadata(self) -> str:
        """For ``private_metadata``; what was filled in is left out where it would not fit."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        return text if size(text) <= _METADATA else json.dumps(asdict(self) | {"given": {}})


def origin_of(view: Mapping[str, Any]) -> Origin:
    """The origin of a form of ours."""
    return Origin(**json.loads(view["private_metadata"]))


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as sent: a command of the table with its arguments, or for a report the problem and the action."""

    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    in_private: bool = False
    words: str = ""
    action: Action | None = None


def form_view(origin: Origin) -> Json:
    """The form, with what ``origin`` says was given."""
    title, submit, blocks = _FORMS[origin.form]
    return {
        "type": "modal",
        "callback_id": f"form-{origin.form}",
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": origin.to_metadata(),
        "blocks": [*_where(origin), *blocks(origin)],
    }


def waiting_view(origin: Origin) -> Json:
    """While the order is carried out."""
    return _notice(origin, [{"type": "section", "text": _plain("One moment…")}])


def outcome_view(origin: Origin, reply: Reply) -> Json:
    """What came of it, with a way back to the form."""
    again = {"type": "button", "text": _plain("Change"), "action_id": AGAIN}
    return _notice(origin, [*view_blocks(reply, VIEW_BLOCKS - 1), {"type": "actions", "elements": [again]}])


def given_by(order: DigestOrder | None) -> dict[str, Any]:
    """What a digest's form shows of the digest there is."""
    if order is None:
        return {}
    cadence = from_text(order.cadence)
    times = [f"{wall:%H:%M}" for wall in cadence.times]
    days = [str(day) for day in sorted(cadence.days)]
    return {"days": days, "time": times[0], "second": times[1] if len(times) > 1 else None, ZONE: cadence.zone}


def given_in(view: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, by block."""
    values = view["state"]["values"]
    return {block: _value(element) for block, elements in values.items() for element in elements.values()}


def filled(origin: Origin) -> Filled | dict[str, str]:
    """The form's order, or what is wrong with it, by block."""
    return _READERS[origin.form](origin)


def suggestions(of: str, typed: str, names: Callable[[str], Sequence[str]]) -> list[Json]:
    """Options for a menu that is being typed in."""
    found = zones_like(typed) if of == ZONE else [name for name in names(typed) if len(name) <= VALUE]
    return [_option(text, text) for text in found[:100]]


@cache
def zones() -> tuple[str, ...]:
    """The zones that are places, and UTC."""
    odd = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
    return ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(odd)))


def zones_like(typed: str) -> list[str]:
    """Zones that have the words typed, those first whose place begins so."""
    words = "_".join(typed.lower().split())
    found = [zone for zone in zones() if words in zone.lower()]
    return sorted(found, key=lambda zone: not zone.rpartition("/")[2].lower().startswith(words))


def _value(element: Mapping[str, Any]) -> Any:
    match element["type"]:
        case "checkboxes":
            return [option["value"] for option in element.get("selected_options") or ()]
        case "timepicker":
            return element.get("selected_time")
        case "plain_text_input":
            return element.get("value")
    return (element.get("selected_option") or {}).get("value")


def _read_digest(origin: Origin) -> Filled | dict[str, str]:
    given, wrong = origin.given, {}
    days = [day for day in given.get("days") or () if day in "0123456"]
    if not days:
        wrong["days"] = "Choose at least one day."
    if not (first := _time(given.get("time"))):
        wrong["time"] = "Choose a time."
    second = _time(given.get("second"))
    if first and second and abs(_minutes(first) - _minutes(second)) < _HOUR:
        wrong["second"] = "Choose a time at least an hour from the first one."
    zone = given.get(ZONE) or ""
    if zone and zone not in zones():
        wrong[ZONE] = "Choose a zone from the list."
    if wrong:
        return wrong
    listed = " ".join(_DAYS[int(day)].lower() for day in days)
    times = " and ".join(f"{wall:%H:%M}" for wall in (first, second) if wall)
    return Filled("digest", {"order": f"{listed} at {times} {zone}".strip()}, in_private=not origin.channel)


def _read_follow(origin: Origin) -> Filled | dict[str, str]:
    given = origin.given
    who, topic = given.get(WHO) or "", " ".join((given.get("topic") or "").split())
    if not who:
        return {WHO: "Choose somebody from the list."}
    if topic and not any(c.isalnum() for c in topic):
        return {"topic": "Write a word or two, or leave it empty."}
    arguments = {"actor": who.replace(" ", "-"), "topic": topic, "mode": given.get("mode") or "at once"}
    return Filled("follow", arguments, in_private=not origin.channel or given.get("place") == "me")


def _read_report(origin: Origin) -> Filled | dict[str, str]:
    words = " ".join((origin.given.get("problem") or "").split())
    if not words:
        return {"problem": "Write what is wrong."}
    return Filled(words=words, action=Action("report", origin.about))


def _time(text: Any) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def _minutes(wall: time) -> int:
    return 60 * wall.hour + wall.minute


def _where(origin: Origin) -> list[Json]:
    if not origin.channel:
        return []
    here = [{"type": "text", "text": "For "}, {"type": "channel", "channel_id": origin.channel}]
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": here}]}]


def _digest_blocks(origin: Origin) -> list[Json]:
    given = origin.given
    days = [_option(day, str(number)) for number, day in enumerate(_DAYS)]
    chosen = [days[int(day)] for day in given.get("days") or "0123456"]
    zone = {"initial_option": _option(given[ZONE], given[ZONE])} if given.get(ZONE) else {}
    hint = "Leave it empty for your own time zone."
    return [
        _input("days", "Days", {"type": "checkboxes", "options": days, "initial_options": chosen}),
        _input("time", "Time", {"type": "timepicker", "initial_time": given.get("time") or "08:00"}),
        _input("second", "A second time", {"type": "timepicker"} | _initial("initial_time", given.get("second")), optional=True),
        _input(ZONE, "Time zone", {"type": "external_select", "min_query_length": 2, **zone}, optional=True, hint=hint),
    ]


def _follow_blocks(origin: Origin) -> list[Json]:
    given = origin.given
    who = {"initial_option": _option(given[WHO], given[WHO])} if given.get(WHO) else {}
    topic = {"type": "plain_text_input", "max_length": 100} | _initial("initial_value", given.get("topic"))
    modes = {"at once": "At once", "digest": "In the digest"}
    places = {"here": "In this channel", "me": "To me, in private"}
    blocks = [
        _input(WHO, "Whom", {"type": "external_select", "min_query_length": 1, **who}),
        _input("topic", "Only about", topic, optional=True),
        _input("mode", "When", _radio(modes, given.get("mode"))),
    ]
    return [*blocks, _input("place", "Where", _radio(places, given.get("place")))] if origin.channel else blocks


def _report_blocks(origin: Origin) -> list[Json]:
    element = {"type": "plain_text_input", "multiline": True, "max_length": 1000}
    hint = "The wrong speaker, words that are not theirs, a wrong date…"
    return [_input("problem", "What is wrong", element | _initial("initial_value", origin.given.get("problem")), hint=hint)]


def _radio(choices: Mapping[str, str], chosen: str | None) -> Json:
    options = {value: _option(label, value) for value, label in choices.items()}
    first = next(iter(options.values()))
    return {"type": "radio_buttons", "options": list(options.values()), "initial_option": options.get(chosen or "", first)}


def _initial(key: str, value: str | None) -> Json:
    return {key: value} if value else {}


def _input(block: str, label: str, element: Json, *, optional: bool = False, hint: str | None = None) -> Json:
    made = {"type": "input", "block_id": block, "label": _plain(label), "element": {**element, "action_id": block}}
    return made | {"optional": optional} | ({"hint": _plain(hint)} if hint else {})


def _notice(origin: Origin, blocks: list[Json]) -> Json:
    return {
        "type": "modal",
        "callback_id": f"outcome-{origin.form}",
        "title": _plain(_FORMS[origin.form][0]),
        "close": _plain("Close"),
        "private_metadata": origin.to_metadata(),
        "blocks": blocks,
    }


def _option(label: str, value: str) -> Json:
    return {"text": _plain(cut(label, LABEL)), "value": value}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


_FORMS: Mapping[str, tuple[str, str, Callable[[Origin], list[Json]]]] = {
    DIGEST: ("Digest", "Set", _digest_blocks),
    FOLLOW: ("Follow somebody", "Follow", _follow_blocks),
    REPORT: ("Report an error", "Report", _report_blocks),
}
_READERS: Mapping[str, Callable[[Origin], Filled | dict[str, str]]] = {
    DIGEST: _read_digest,
    FOLLOW: _read_follow,
    REPORT: _read_report,
}
