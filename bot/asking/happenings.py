"""What happened, and each side's account of it, looked up in the library."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from bot.asking.answers import Answer, Column, Nearby
from bot.asking.lines import SHOWN
from bot.asking.naming import Who, people_and_voices, side_of
from bot.asking.statements import statements
from bot.asking.topics import search_stems, topic_terms
from bot.asking.weighing import points_of, shown, speaker_id, stems_of
from bot.frames import occasion
from bot.model import ActorRef, ActorType, Cited, CitedEvent
from bot.ports import Library, Scope
from bot.terms import stems

_SAID = frozenset(["SUPPORT", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE"])
"""PLOVER's types of what is done by saying it."""
_MANY = 60


@dataclass(frozen=True, slots=True)
class Happenings:
    """Looks up events over one library, as of one day, for somebody who asks on ``today``."""

    library: Library
    who: Who
    on: date
    scope: Scope
    today: date

    async def happened(self, empty: Answer) -> Answer:
        """What happened. What is done by saying it is a statement: of these only the occasions are told, and with a topic
        the statements on it follow."""
        inquiry = empty.inquiry
        terms = search_stems(topic_terms(inquiry.topic))
        found = await self._of_all(inquiry.actors, terms)
        found = [c for c in found if not self._merely_said(c)]
        found.sort(key=lambda c: (c.article.id, c.event.paragraph))
        said = await self._said(empty)
        alone = not terms and len(inquiry.actors) < 2
        told = tuple((c, words) for c in said if alone and not _is_told(c, found) and (words := occasion(c)))
        points = points_of(said) if terms else ()
        nearby = Nearby() if found or told or points else Nearby(days=await self._days(empty))
        return replace(empty, events=tuple(found), occasions=told, points=points, nearby=nearby)

    async def _of_all(self, actors: Sequence[ActorRef], terms: Sequence[str]) -> list[CitedEvent]:
        """Events that the actor is party to, of a government those of its state; of several, those that all are, or that somebody is
        who speaks for them."""
        if len(actors) < 2:
            ids = [id for actor in actors for id in (actor.id, *self._state(actor))]
            return await self.library.events(self.scope, actors=ids, words=terms, limit=_MANY)
        parties = [self._side(actor) for actor in actors]
        held = await self.library.events(self.scope, actors=sorted(set().union(*parties)), words=terms, limit=2 * _MANY)
        return [c for c in held if all(p & {a.id for a in (*c.event.actors, *c.event.recipients)} for p in parties)]

    def _side(self, actor: ActorRef) -> set[str]:
        """The ids of who speaks for the actor, and of a government's state."""
        state = self.who.governs(actor.id)
        own = set(people_and_voices([actor], self.who, self.on))
        return own | {state, *(voice.id for voice in self.who.voices(state, self.on))} if state else own

    def _state(self, actor: ActorRef) -> tuple[str, ...]:
        state = self.who.governs(actor.id)
        return (state,) if state else ()

    async def _said(self, empty: Answer) -> list[Cited]:
        speakers = people_and_voices(empty.inquiry.actors, self.who, self.on)
        if topic_terms(empty.inquiry.topic):
            return (await statements(self.library, speakers, empty.inquiry.topic, self.scope, near=False)).cited
        return [c for c in await self.library.quotations(speakers, self.scope, limit=_MANY) if shown(c)]

    def _merely_said(self, cited: CitedEvent) -> bool:
        """An act of words that the one who said it is reported to have said."""
        event = cited.event
        if event.type not in _SAID or not event.reported_by:
            return False
        speaking = {actor.id for actor in event.reported_by}
        speaking |= {state for actor in event.reported_by if (state := self.who.speaks_for(actor.id))}
        return all(actor.id in speaking for actor in event.actors)

    async def _days(self, empty: Answer) -> tuple[date, date] | None:
        """The week, or else the day, of the newest event where none is in the days asked for."""
        if not (self.scope.since or self.scope.until):
            return None
        ids = [actor.id for actor in empty.inquiry.actors]
        wide = Scope(articles=self.scope.articles)
        held = await self.library.events(wide, actors=ids, words=search_stems(topic_terms(empty.inquiry.topic)), limit=_MANY)
        days = [date.fromisoformat(c.event.date) for c in held if c.event.date and len(c.event.date) == 10]
        newest = max((day for day in days if day <= self.today), default=None)
        monday = self.today - timedelta(self.today.weekday())
        if newest is None:
            return None
        return (monday, monday + timedelta(6)) if newest >= monday else (newest, newest)

    async def compared(self, empty: Answer) -> Answer:
        """What each of several said, by actor; of those who said nothing, what others said who speak for their state."""
        columns = tuple([await self._column(actor, empty.inquiry.topic) for actor in empty.inquiry.actors])
        turns = zip_longest(*(column.points for column in columns))
        points = {point.cited.number: point for turn in turns for point in turn if point}
        theirs = [{point.cited.number for point in column.points} for column in columns]
        paged = [number for page in _pages(list(points)) for own in theirs for number in page if number in own]
        return replace(empty, columns=columns, points=tuple(points[number] for number in dict.fromkeys(paged)))

    async def _column(self, actor: ActorRef, topic: str | None) -> Column:
        voices = people_and_voices([actor], self.who, self.on)
        own = (await statements(self.library, voices, topic, self.scope, near=False)).cited
        if own or actor.type is not ActorType.PERSON or not self.who.speaks_for(actor.id):
            return Column(actor, points_of(own))
        others = [a.id for a in side_of(actor, self.who, self.on)]
        held = (await statements(self.library, others, topic, self.scope, near=False)).cited
        return Column(actor, (), points_of(held[:3]))

    async def readouts(self, empty: Answer) -> Answer:
        """Each side's account of what both are part of; a state is part of what its leaders and institutions do."""
        actors = empty.inquiry.actors[:2]
        if len(actors) < 2:
            return empty
        sides = [side_of(actor, self.who, self.on) for actor in actors]
        events = await self._of_all(actors, ())
        said: list[Cited] = []
        for side in sides:
            said += (await statements(self.library, [a.id for a in side], None, self.scope)).cited
        about_both = points_of([c for c in said if _names_other(c, sides)])
        return replace(empty, points=about_both, events=tuple(events), sides=(sides[0], sides[1]))


def _is_told(cited: Cited, events: Sequence[CitedEvent]) -> bool:
    """The meeting that somebody tells something is among the events."""
    place = (cited.article.id, cited.quotation.paragraph)
    met = (c.event.actors for c in events if c.event.type == "CONSULT" and (c.article.id, c.event.paragraph) == place)
    return any(actor.id == speaker_id(cited) for actors in met for actor in actors)


def _pages(points: Sequence[int]) -> list[Sequence[int]]:
    """As they are shown: each page with its part of every column."""
    return [points[at : at + SHOWN] for at in range(0, len(points), SHOWN)]


def _names_other(cited: Cited, sides: Sequence[Sequence[ActorRef]]) -> bool:
    """A statement of one side that names somebody of the other, by the last word of the name."""
    held, speaker = set(stems_of(cited)), speaker_id(cited)
    others = [actor for side in sides if all(actor.id != speaker for actor in side) for actor in side]
    return any(name in held for actor in others for name in stems(actor.name)[-1:])
