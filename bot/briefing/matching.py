"""Whether a statement or an event is what somebody asked for, or asked to be spared."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.asking.topics import stands_in, topic_terms
from bot.briefing.telling import is_meeting, told
from bot.model import ActorRef, Cited, CitedEvent, Event, Status, TimeClass
from bot.standing import Aspect, Filter, Happening, Taste
from bot.terms import stems

SURE = 0.5
"""Confidence from which on an event is told."""
SAID = "said"
"""The type of a filter that means statements."""

Voices = Mapping[str, Collection[str]]
"""The ids that speak for an actor, by its id."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An actor followed here: ``voices`` are the ids that speak for it; with ``topic`` only on that."""

    actor: ActorRef
    voices: frozenset[str]
    topic: str | None = None


def concerns(cited: Cited, wish: Wish) -> bool:
    """A statement by whoever speaks for the actor, on the topic if there is one."""
    speaker = cited.quotation.speaker
    return speaker is not None and speaker.id in wish.voices and (wish.topic is None or is_about(cited, wish.topic))


def involves(cited: CitedEvent, wish: Wish) -> bool:
    """An event that the actor or its voices are party to, on the topic if there is one."""
    return not parties(cited).isdisjoint(wish.voices) and (wish.topic is None or is_about(cited, wish.topic))


def happens(cited: CitedEvent, wanted: Happening, voices: Voices) -> bool:
    """News of a wanted type, read with some certainty, to which all the wanted parties or their voices are parties."""
    event = cited.event
    news = event.time_class is TimeClass.NEWS and event.status is not Status.HYPOTHETICAL and event.confidence >= SURE
    if not news or event.type not in wanted.types or (event.type == "AGREE" and not _agreed(event, wanted)):
        return False
    here = parties(cited)
    return all(not here.isdisjoint(voices.get(party, (party,))) for party in wanted.parties)


def _agreed(event: Event, wanted: Happening) -> bool:
    """Who asks for meetings gets agreements to meet, not all agreements."""
    return "CONSULT" not in wanted.types or is_meeting(event)


def is_about(cited: Cited | CitedEvent, topic: str) -> bool:
    """All of the topic's terms stand in the statement, its paragraph or the event's line; or the topic is its outlet."""
    if is_of(cited, topic):
        return True
    held = _held(f"{' '.join(cited.words)} {cited.context}" if isinstance(cited, Cited) else f"{cited.words} {told(cited.event)}")
    return all(stands_in(term, held) for term in topic_terms(topic))


@lru_cache(maxsize=8_000)
def _held(text: str) -> frozenset[str]:
    """Many destinations ask for their topics in the same statements."""
    return frozenset(stems(text))


def is_of(cited: Cited | CitedEvent, outlet: str) -> bool:
    """Printed by the outlet, in whatever case its name is written."""
    return (cited.article.outlet or "").casefold() == outlet.casefold()


def parties(cited: CitedEvent) -> frozenset[str]:
    """The ids of all who act or are acted on."""
    return frozenset(actor.id for actor in (*cited.event.actors, *cited.event.recipients))


def passes(cited: Cited | CitedEvent, taste: Taste, voices: Voices) -> bool:
    """Wanted of every aspect that the taste names, and nothing that it is without."""
    if any(_fits(cited, one, voices) for one in taste.without):
        return False
    aspects = {one.aspect for one in taste.only}
    return all(_any(cited, (one for one in taste.only if one.aspect is aspect), voices) for aspect in aspects)


def _any(cited: Cited | CitedEvent, filters: Iterable[Filter], voices: Voices) -> bool:
    return any(_fits(cited, one, voices) for one in filters)


def _fits(cited: Cited | CitedEvent, one: Filter, voices: Voices) -> bool:
    match one.aspect:
        case Aspect.OUTLET:
            return is_of(cited, one.value)
        case Aspect.TYPE:
            return (SAID if isinstance(cited, Cited) else cited.event.type) in one.value.split()
        case Aspect.ACTOR:
            who = _speaker(cited) if isinstance(cited, Cited) else parties(cited)
            return not who.isdisjoint(voices.get(one.value, (one.value,)))
        case Aspect.TOPIC:
            return is_about(cited, one.value)


def _speaker(cited: Cited) -> frozenset[str]:
    return frozenset([cited.quotation.speaker.id] if cited.quotation.speaker else [])
