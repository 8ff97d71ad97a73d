"""An event in one neutral line, made of its type, parties and status: "Anna Berg and Tomas Rell spoke by phone"."""

import re
from functools import cache
from importlib.resources import files

from bot.model import ActorRef, ActorType, Event, Status
from bot.reading.document import Document
from bot.reading.event_lexicon import Form, lexicon

MEETINGS = frozenset(["meet", "phone", "meeting", "visit", "multilateral", "negotiate", "talks-round"])
"""Modes of events at which parties met, or will."""
_PLAIN = frozenset(["INVITE", "ASSAULT"])
_DOUBT = re.compile(
    r"\b(?:not|no|never|nor|without|\w+n[’']t|unlikely|may|might|could|would|should|if|unless|whether|possibl[ey]|perhaps)\b",
    re.IGNORECASE,
)

_DONE = frozenset([Form.PAST, Form.PARTICIPLE, Form.THIRD])
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
    """People or states met, as a verb says, and no word doubts or denies that: "a meeting with" has perhaps not been held."""
    parties = (*event.actors, *event.recipients)
    known = all(a.type is ActorType.COUNTRY or (a.type is ActorType.PERSON and " " in a.name) for a in parties)
    doubted = event.status in (Status.HAPPENED, Status.PLANNED) and _DOUBT.search(words)
    return (is_meeting(event) or event.type in _PLAIN) and known and not doubted and _has_verb(event, words)


def _has_verb(event: Event, words: str) -> bool:
    """Whether a verb tells the act, of what happened one in a past form."""
    found = lexicon().find([word.lower() for word in Document.of(words).words])
    forms = {trigger.form for trigger in found if trigger.sense.type in ("CONSULT", event.type)} - {Form.NOUN}
    return bool(forms & _DONE) if event.status is Status.HAPPENED else bool(forms)


def listed(actors: tuple[ActorRef, ...]) -> str:
    """ "A", "A and B", "A, B and C"."""
    names = [actor.name for actor in actors]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
