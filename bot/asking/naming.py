"""Whom an inquiry means: names as typed -> actors, judged at the date of what is read; ambiguity is told, never guessed away."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.actors import Match
from bot.asking.inquiry import EITHER, SPOT, Inquiry
from bot.asking.meaning import is_word
from bot.asking.topics import topic_says, topic_stems
from bot.model import Actor, ActorRef, ActorType, Span
from bot.terms import words

_CLOSE = 0.1
"""Readings of a name whose scores lie within this are told apart by the texts alone."""
_PLAIN = frozenset({"name", "alias", "surname", "metonym", "people"})


class Speaking(Protocol):
    """Who speaks for whom; ``bot.actors.Registry`` knows."""

    def voices(self, actor: str, on: date) -> tuple[ActorRef, ...]: ...
    def speaks_for(self, actor: str) -> str | None: ...
    def governs(self, actor: str) -> str | None: ...


class Who(Speaking, Protocol):
    """What asking needs to know of actors; ``bot.actors.Registry`` does."""

    def find(self, phrase: str, on: date, *, limit: int = 8) -> tuple[Match, ...]: ...
    def spot(self, text: str, on: date) -> tuple[tuple[Span, tuple[Match, ...]], ...]: ...
    def title(self, actor: str, on: date) -> str | None: ...
    def complete(self, prefix: str, limit: int = 25) -> list[str]: ...
    def learn(self, actors: Iterable[Actor]) -> None: ...


def named(inquiry: Inquiry, who: Who, on: date, heard: Sequence[ActorRef]) -> Inquiry:
    """The inquiry with its actors known. ``heard`` are those who speak in the texts, most often first."""
    inquiry = _spotted(inquiry, who, on) if inquiry.argument == SPOT else inquiry
    inquiry = _either(inquiry, who, on, heard) if inquiry.argument.startswith(EITHER) else inquiry
    if inquiry.follows and inquiry.actors:
        return inquiry
    found, notes = [], []
    for name in inquiry.names:
        actors, how = _read(name, who, on, heard)
        inside = who.spot(name, on) if not actors and inquiry.intent == "said" else ()
        if len(inside) == 1:
            (start, end), matches = inside[0]
            actors, how = [matches[0].actor], "inside"
            topic = " ".join(filter(None, (_told(f"{name[:start]} {name[end:]}"), inquiry.topic)))
            inquiry = replace(inquiry, topic=topic or None)
        if not actors:
            return replace(inquiry, actors=(), unknown=name)
        actors = _one(actors)
        if len(actors) > 1 and not _alike(actors):
            return replace(inquiry, choices=tuple(actors))
        found += actors
        notes += [unmarked(f"{name} read as {actors[0].name}")] if how not in _PLAIN else []
    return replace(inquiry, actors=tuple(dict.fromkeys((*inquiry.actors, *found))), note="; ".join(notes) or inquiry.note)


def _one(actors: list[ActorRef]) -> list[ActorRef]:
    """Names that are one, shorter and longer ("De Blasio", "Bill de Blasio"), the longest first; others as they are."""
    return sorted(actors, key=lambda actor: -len(actor.name)) if _alike(actors) else actors


def _alike(actors: Sequence[ActorRef]) -> bool:
    """Whether one of several people's names holds all words of the others'."""
    names = [frozenset(words(actor.name)) for actor in actors if actor.type is ActorType.PERSON]
    return len(names) == len(actors) and bool(names) and frozenset().union(*names) in names


def heard_as(name: str, speakers: Sequence[ActorRef], most: int = 6) -> tuple[ActorRef, ...]:
    """Those of the speakers whom the texts word as a name that nobody is known by: "the judge", "flight attendants' union".

    One name must hold all words of the other, the last word of what was asked for included."""
    asked = topic_stems(name)
    found = [actor for actor in dict.fromkeys(speakers) if asked and _worded(asked, topic_stems(actor.name))]
    return tuple(found[:most])


def _worded(asked: Sequence[str], held: Sequence[str]) -> bool:
    return set(asked) <= set(held) or (asked[-1] in held and set(held) <= set(asked))


def unmarked(words: str) -> str:
    """Words that somebody typed, without quotation marks: in a reply those stand around a source's words alone."""
    return words.replace("“", "").replace("”", "")


def is_vague(inquiry: Inquiry, who: Who, on: date) -> bool:
    """Whether a name may mean several, so that only who speaks in the texts can tell them apart."""
    names = _spotted(inquiry, who, on).names if inquiry.argument == SPOT else inquiry.names
    if inquiry.argument.startswith(EITHER):
        names = (*names, _either_words(inquiry))
    return any(len(_close(name, who, on)) > 1 for name in names)


def _close(name: str, who: Who, on: date) -> list[Match]:
    """The readings of a name that are about as good as the best one, best first."""
    phrase = re.sub(r"^(?:the|a)\s+", "", name.strip(), flags=re.IGNORECASE)
    matches = who.find(phrase, on) or who.find(name, on)
    return [match for match in matches if matches[0].score - match.score <= _CLOSE]


def _read(name: str, who: Who, on: date, heard: Sequence[ActorRef]) -> tuple[list[ActorRef], str]:
    """Whom a name may mean, and how it was understood; several where it can't be told."""
    close = _close(name, who, on)
    if not close:
        return [], ""
    ids = [actor.id for actor in heard]
    speaking = [match for match in close if match.actor.id in ids]
    if len(close) > 1 and speaking:
        speaking.sort(key=lambda match: ids.index(match.actor.id))
        others = [match for match in close if match not in speaking] if len(speaking) > 1 else []
        return [match.actor for match in (*speaking, *others)][:8], speaking[0].how
    if len(close) > 1 and close[0].how in ("name", "alias") and close[0].score > close[1].score:
        close = close[:1]
    return [match.actor for match in close], close[0].how


def _spotted(inquiry: Inquiry, who: Who, on: date) -> Inquiry:
    """Names inside free words; what is left over is the topic."""
    text = inquiry.topic or ""
    names, rest, at = [], [], 0
    for (start, end), _ in who.spot(text, on):
        names.append(text[start:end])
        rest.append(text[at:start])
        at = end
    rest.append(text[at:])
    if not names and inquiry.intent == "said":
        names, rest = _misspelt_first(text, who, on)
    names, rest = _person_first(inquiry, names, rest, text, who, on)
    topic = re.sub(
        r"^(?:and|about|on|the|between|of|in|with|'s|’s)\s+|\s+(?:and|about|on|the|between|of|with)$",
        "",
        _told(" ".join(rest)),
        flags=re.IGNORECASE,
    )
    topic = (
        ""
        if topic.lower() in {"and", "call", "call readouts", "readouts", "calls", "'s", "’s"} and inquiry.intent == "readouts"
        else topic
    )
    if inquiry.intent == "said" and not names:
        return replace(inquiry, intent="about", topic=text or None, argument="")
    return replace(inquiry, names=tuple(names), topic=topic.strip(" ?,") or None, argument="")


def _told(rest: str) -> str:
    """What is left of a question, without the words at its ends that only ask."""
    held = rest.split()
    while held and not topic_says(held[0]):
        held.pop(0)
    while held and not topic_says(held[-1]):
        held.pop()
    return " ".join(held)


def _person_first(
    inquiry: Inquiry, names: list[str], rest: list[str], text: str, who: Who, on: date
) -> tuple[list[str], list[str]]:
    """ "Hegseth NATO": a person, then a state or an organisation that nothing joins to the name, is a person on a topic."""
    first = [match.actor.type for name in names[:2] for match in who.find(name, on, limit=1)]
    joined = len(rest) > 1 and bool(rest[1].strip())
    if inquiry.intent != "said" or len(first) < 2 or joined or first[0] is not ActorType.PERSON or first[1] is ActorType.PERSON:
        return names, rest
    return names[:1], [text.replace(names[0], " ", 1)]


def _misspelt_first(text: str, who: Who, on: date) -> tuple[list[str], list[str]]:
    words = text.split()
    for size in (2, 1):
        phrase = " ".join(words[:size])
        if (
            len(words) >= size
            and len(phrase) > 4
            and not is_word(words[0])
            and (matches := who.find(phrase, on))
            and matches[0].score >= 0.5
        ):
            return [phrase], [" ".join(words[size:])]
    return [], [text]


def _either_words(inquiry: Inquiry) -> str:
    return inquiry.argument.removeprefix(EITHER).strip(" ?")


def _either(inquiry: Inquiry, who: Who, on: date, heard: Sequence[ActorRef]) -> Inquiry:
    """ "and Putin?" is somebody else; "and borders?" another topic."""
    words = _either_words(inquiry)
    actors, how = _read(words, who, on, heard)
    if actors and how != "misspelt":
        return replace(inquiry, argument="", follows=False, actors=(), names=(words,))
    return replace(inquiry, argument="", topic=words)


def people_and_voices(actors: Sequence[ActorRef], who: Who, on: date) -> list[str]:
    """The ids of all whose words count as the actors' own: a state speaks through its institutions and officials."""
    found: dict[str, None] = {}
    for actor in actors:
        found[actor.id] = None
        if actor.type is not ActorType.PERSON:
            found |= dict.fromkeys(voice.id for voice in who.voices(actor.id, on))
    return list(found)[:60]


def side_of(actor: ActorRef, who: Speaking, on: date) -> tuple[ActorRef, ...]:
    """The actor and all who speak for it; of an official, all who speak for the state as well."""
    state = who.speaks_for(actor.id) if actor.type is ActorType.PERSON else None
    return tuple(dict.fromkeys((actor, *who.voices(actor.id, on), *(who.voices(state, on) if state else ()))))
