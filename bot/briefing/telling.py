"""An event in one neutral line, made of its type, parties and status: "Anna Berg and Tomas Rell spoke by phone"."""

import re
from functools import cache
from importlib.resources import files

from bot.model import ActorRef, ActorType, Event, Status

MEETINGS = frozenset(["meet", "phone", "meeting", "visit", "multilateral", "negotiate", "talks-round"])
"""Modes of events at which parties met, or will."""
_DOUBT = re.compile(
    r"\b(?:not|no|never|nor|without|\w+n[’']t|unlikely|may|might|could|would|should|if|unless|whether|possibl[ey]|perhaps|ever)\b",
    re.IGNORECASE,
)
_TRAILING = (" to", " of", " with", " against", " towards", " between", " on")


@cache
def _phrases() -> dict[tuple[str, str], tuple[str, str, str]]:
    found = {}
    for line in (files("bot.briefing") / "data" / "event_phrases.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            key, done, coming, undone = (part.strip() for part in line.split("|"))
            type_, mode = key.split()
            found[type_, mode] = (done, coming, undone)
    return found


@cache
def _verbs() -> dict[str, list[re.Pattern[str]]]:
    """By what it shows, patterns of the verbs for it."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for line in (files("bot.briefing") / "data" / "event_verbs.txt").read_text("utf-8").splitlines():
        if line and line[0] != "#":
            kind, pattern = (part.strip() for part in line.split("|", 1))
            found.setdefault(kind, []).append(re.compile(rf"\b(?:{pattern})", re.IGNORECASE))
    return found


def told(event: Event) -> str:
    """The line for an event. It names parties as the catalogue does and quotes nobody."""
    phrases = _phrases()
    done, coming, undone = phrases.get((event.type, event.mode or "-")) or phrases.get((event.type, "-"), ("",) * 3)
    verb = {Status.PLANNED: coming, Status.NEGATED: undone, Status.CANCELLED: undone}.get(event.status, done)
    if len(event.actors) == 1:
        verb = (
            verb.replace("plan to", "plans to").replace("do not plans", "does not plan")
            if verb.startswith(("plan to", "do not plan to"))
            else verb
        )
    whom = listed(event.recipients)
    if not whom:
        verb = next((verb.removesuffix(end) for end in _TRAILING if verb.endswith(end)), verb)
    line = " ".join(part for part in (listed(event.actors), verb, whom) if part)
    return f"{line} (possible)" if event.status is Status.HYPOTHETICAL else line


def is_meeting(event: Event) -> bool:
    """A call, visit or meeting, held or agreed on."""
    return event.mode in MEETINGS and event.type in ("CONSULT", "AGREE")


def deed(event: Event) -> str:
    """What was done, to tell two accounts of one from accounts of two: how parties met, else the type."""
    return event.mode if event.mode in MEETINGS else event.type


def plainly(event: Event, words: str) -> str | None:
    """The line for an event where it can say no more than the article's words for it do, or there are none; else ``None``."""
    return told(event) if not words or _is_plain(event, words) else None


def _is_plain(event: Event, words: str) -> bool:
    """People or states met, called or invited, as a verb says that can mean nothing else, and no word doubts or denies it: "a meeting
    with" has perhaps not been held, who "discussed" a thing did so each elsewhere, who was "received" got votes, and one who met somebody "in China" or "of Norland" met no state."""
    parties = (*event.actors, *event.recipients)
    known = all(a.type is ActorType.COUNTRY or (a.type is ActorType.PERSON and " " in a.name) for a in parties)
    alike = event.mode == "visit" or event.type == "INVITE" or len({actor.type for actor in parties}) == 1
    sure = alike and event.status in (Status.HAPPENED, Status.PLANNED) and not _DOUBT.search(words)
    return known and sure and _says(event, words)


def _says(event: Event, words: str) -> bool:
    """Whether the words have one of the verbs for the act."""
    kind = event.type if event.type == "INVITE" else event.status if is_meeting(event) else ""
    return any(pattern.search(words) for pattern in _verbs().get(kind, ()))


def listed(actors: tuple[ActorRef, ...]) -> str:
    """ "A", "A and B", "A, B and C"."""
    names = [actor.name for actor in actors]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
