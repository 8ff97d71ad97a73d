"""The readouts of a story's calls, meetings and plans to meet: two parties' accounts side by side, where there are any."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

from bot.briefing.novelty import SPOKEN
from bot.briefing.readouts import Comparison, compare_readouts
from bot.briefing.telling import is_meeting
from bot.model import ActorRef, ActorType, Cited, CitedEvent
from bot.terms import stems

Sides = Callable[[ActorRef], tuple[ActorRef, ...]]
"""An actor with all who speak for it."""
_MOST = 4
_PARTIES = frozenset([ActorType.PERSON, ActorType.COUNTRY])


def comparisons(events: Sequence[CitedEvent], statements: Sequence[Cited], sides: Sides) -> tuple[Comparison, ...]:
    """One for each pair that met or plans to, those of which both sides tell first; none where neither does."""
    sure = [replace(cited, event=replace(cited.event, reported_by=_tellers(cited, statements))) for cited in events]
    pairs: dict[frozenset[str], tuple[ActorRef, ActorRef]] = {}
    for cited in sure:
        if is_meeting(cited.event):
            people = [a for a in (*cited.event.actors, *cited.event.recipients) if a.type in _PARTIES]
            for pair in combinations(people, 2):
                pairs.setdefault(frozenset(actor.id for actor in pair), pair)
    found = [_compared(one, other, sure, statements, sides) for one, other in list(pairs.values())[:_MOST]]
    return tuple(sorted((comparison for comparison in found if comparison.points), key=lambda found: not found.two_sided))


def _compared(
    one: ActorRef, other: ActorRef, events: Sequence[CitedEvent], statements: Sequence[Cited], sides: Sides
) -> Comparison:
    both = {one.id, other.id}
    theirs = [c for c in events if both <= {a.id for a in (*c.event.actors, *c.event.recipients)} and c.event.type not in SPOKEN]
    telling = [s for s in statements if any(_tells(s, c) for c in theirs)]
    of_both = [s for s in statements if all(_names(s, actor) for actor in (one, other)) and not any(_tells(s, c) for c in events)]
    return compare_readouts(theirs, [*telling, *of_both], sides(one), sides(other))


def _names(statement: Cited, actor: ActorRef) -> bool:
    """Its words name the actor, or it is the actor's own."""
    speaker = statement.quotation.speaker
    last = stems(actor.name)[-1:]
    return (speaker is not None and speaker.id == actor.id) or bool(last and last[0] in stems(" ".join(statement.words)))


def _tellers(cited: CitedEvent, statements: Sequence[Cited]) -> tuple[ActorRef, ...]:
    """Of those who are said to report an event, the ones inside whose statement it stands."""
    speaking = {s.quotation.speaker for s in statements if _tells(s, cited)}
    return tuple(actor for actor in cited.event.reported_by if actor in speaking)


def _tells(statement: Cited, cited: CitedEvent) -> bool:
    start, end = cited.event.evidence
    here = statement.article.id == cited.article.id
    return here and any(first <= start and end <= last for first, last in statement.quotation.content)
