"""An inquiry: what somebody wants to know, before it is looked up."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from bot.model import ActorRef, ActorType

SPOT = "spot"
"""The argument of an inquiry whose topic may hold names."""
EITHER = "either "
"""Opens the argument of an inquiry whose words may be a name or a topic."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """``intent``: said, about, verify, who-said, events, timeline, readouts, positions, compare, source, report,
    more, export, order, help, forget-me, thanks or status.

    ``names`` are actors as typed; ``actors`` whom they mean. ``phrase`` holds the words to check or to find; ``note``
    says how a name was read; ``choices`` whom it may mean where that can't be told. ``argument`` belongs to the intent.
    """

    intent: str
    names: tuple[str, ...] = ()
    topic: str | None = None
    since: date | None = None
    until: date | None = None
    phrase: str | None = None
    actors: tuple[ActorRef, ...] = ()
    note: str | None = None
    choices: tuple[ActorRef, ...] = ()
    argument: str = ""
    unknown: str | None = None
    follows: bool = False


def to_json(inquiry: Inquiry) -> str:
    """The inquiry as a turn keeps it."""
    return json.dumps(asdict(inquiry), default=str, ensure_ascii=False)


def from_json(kept: str) -> Inquiry:
    """The inquiry of a turn; one that can't be read any more is as good as none."""
    try:
        held: dict[str, Any] = json.loads(kept)
        days: dict[str, Any] = {name: date.fromisoformat(held[name]) if held[name] else None for name in ("since", "until")}
        people = {name: tuple(ActorRef(a[0], a[1], ActorType(a[2])) for a in held[name]) for name in ("actors", "choices")}
        return replace(Inquiry(**{**held, "names": tuple(held["names"]), **people}), **days)
    except (ValueError, KeyError, TypeError, IndexError):
        return Inquiry("help")
