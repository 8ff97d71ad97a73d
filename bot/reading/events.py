"""The events an article tells: who did what to whom, when, and whether it happened.

The lexicon finds candidates, grammar their parties, the type model weighs them; what a quotation says of somebody
(a demand, praise, a refusal) is an event of its speaker. Types and modes follow the PLOVER manual, with INVITE and
STATEMENT apart; a call or meeting to come is AGREE, planned; INVITE is planned as the visit is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.model import ActorRef, DateBasis, Event, Kind, Quotation, Span, Status, TimeClass
from bot.reading.coreference import Cast
from bot.reading.document import Document
from bot.reading.event_dates import DateExpression
from bot.reading.event_lexicon import Form, Roles, Sense, Trigger, lexicon
from bot.reading.event_merging import merged
from bot.reading.event_roles import Parties, as_it_stands, first_of_series, parties_of
from bot.reading.event_scene import CLAUSE_ENDS, Words
from bot.reading.event_shades import (
    LEAD,
    OPENING,
    RECENT_DAYS,
    REPORTS,
    is_given,
    nearest_date,
    status_of,
    time_by_tense,
    time_class,
)
from bot.reading.event_stances import stance_events
from bot.reading.event_types import Place, features, probabilities
from bot.reading.event_views import Definite, View, by_cue, views

__all__ = ["find_events"]

_ALIKE = {
    "SANCTION": ("SANCTION", "COERCE"),
    "COERCE": ("COERCE", "SANCTION"),
    "CONCEDE": ("YIELD", "AGREE"),
    "RETREAT": ("YIELD",),
    "INVITE": ("AGREE", "CONSULT", "REQUEST", "SUPPORT", "YIELD"),
    "AGREE": ("AGREE", "CONSULT", "SUPPORT"),
    "CONSULT": ("CONSULT", "AGREE"),
}
"""Which types of the model stand behind a type of the lexicon, where they are not the same one."""
_WORDS = frozenset(["ACCUSE", "SUPPORT", "REJECT"])
"""Types that are done by saying them: one to come is none yet."""
_NEGOTIATIONS = frozenset(["negotiations", "negotiation", "negotiate", "talks"])
_REACH = 8
_LIES_AHEAD = frozenset(["will", "wo", "to", "unlikely"])
_SEVERAL = frozenset(["calls", "conversations", "meetings", "visits"])
_NAMED_MODE = 0.5
"""What a phone call is preferred by to "discussed", said of the same people."""
_NO_DAY = (None, DateBasis.UNKNOWN)
"""What did not take place has no day."""
_MEETING_TYPES = frozenset(["CONSULT", "AGREE"])
_SINGLE_FLOOR, _PHRASE_FLOOR, _MUTUAL_FLOOR, _TOGETHER_FLOOR = 0.6, 0.4, 0.3, 0.2
"""How likely the model must find a candidate."""
_INVITED = 0.9
"""The model was shown next to no invitations; the word says it."""
_BEFORE, _AFTER = 8, 16
"""How many words around a trigger the model is shown: other clauses tell of other things."""
_TITLE = 16
"""Tokens of a headline that ends with a full stop: an article's first sentence is longer."""
_NO_PARTY = Place(0, 0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    trigger: Trigger
    parties: Parties
    confidence: float


def find_events(
    document: Document,
    cast: Cast,
    quotations: Sequence[Quotation],
    published_on: date | None,
    definite: Definite = lambda first: None,
    state_of: Callable[[ActorRef], ActorRef | None] = lambda actor: None,
) -> tuple[Event, ...]:
    """All events of a document, in text order; the same happening told twice is one. Pure; never raises for any text.

    ``quotations`` carry their resolved speakers: they become ``reported_by`` of what stands inside, and the actors of
    what they demand, praise or refuse. ``called``: which body named before two tokens mean ("the administration"). ``state_of``: whose government an actor is; what a government does is its state's.
    """
    found: list[Event] = []
    background = recalling = False
    for view in views(document, cast, quotations, published_on, definite):
        if view.is_beside:
            continue
        background = background and not (view.opens and (view.said or _fresh(view)))
        recalling = (recalling and not view.opens) or _recalls(view)
        past = background or recalling
        told = [event for c in _candidates(view) if (event := _event(view, c, past))]
        found.extend(told)
        found.extend(stance_events(view, told, past))
        background = background or bool(told and view.dates and told[-1].time_class is TimeClass.BACKGROUND)
    return merged((_of_states(event, state_of) for event in found), document.text, _titles(document))


def _of_states(event: Event, state_of: Callable[[ActorRef], ActorRef | None]) -> Event:
    """With the states in place of their governments."""
    actors, recipients = (tuple(dict.fromkeys(state_of(a) or a for a in side)) for side in (event.actors, event.recipients))
    return replace(event, actors=actors, recipients=tuple(a for a in recipients if a not in actors))


def _fresh(view: View) -> bool:
    """A date of the last days brings the text back to the news."""
    today = view.published_on
    return any(today is not None and (today - d.until).days < 7 for d in view.dates)


def _recalls(view: View) -> bool:
    """A sentence that begins with a date of long ago, and has no other, leads into what is past."""
    today, start = view.published_on, view.span(0, 1).start
    begins = any(d.start - start <= OPENING for d in view.dates)
    return begins and all(today is not None and (today - d.until).days > RECENT_DAYS for d in view.dates)


def _titles(document: Document) -> int:
    """The number of the last paragraph that belongs to the title: single sentences at the top that are short or have no full stop."""
    last = 0
    for paragraph in document.paragraphs[:LEAD]:
        single = document.sentence[paragraph.first] == document.sentence[paragraph.last - 1]
        closed = document.words[paragraph.last - 1] in (".", "!", "”", '"')
        if not single or (closed and paragraph.last - paragraph.first > _TITLE):
            break
        last = paragraph.number
    return last if len(document.paragraphs) > LEAD else 0


def _candidates(view: View) -> Iterator[_Candidate]:
    """Triggers with parties that the model finds likely; of those of one pair of parties, the likeliest."""
    if not view.scene.parties:
        return
    words = view.scene.words
    triggers = lexicon().find(words)
    best: dict[tuple[frozenset[str], str], _Candidate] = {}
    for each in triggers:
        trigger = as_it_stands(view.scene, each)
        parties = parties_of(view.scene, trigger)
        if parties is None:
            continue
        confidence = _likelihood(words, triggers, trigger, parties) + (_NAMED_MODE if trigger.sense.mode == "phone" else 0)
        if confidence < _floor(trigger):
            continue
        for cast in _each(words, trigger, parties):
            key = (frozenset(a.id for a in (*cast.actors, *cast.recipients)), trigger.sense.type)
            if key not in best or best[key].confidence < confidence:
                best[key] = _Candidate(trigger, cast, confidence)
    calls = [ids for (ids, _), c in best.items() if c.trigger.sense.mode == "phone"]
    for (ids, type_), candidate in best.items():
        if type_ == "CONSULT" and any(call < ids for call in calls):
            continue
        if type_ == "AGREE" and any(_agreed_upon(candidate, other) for other in best.values()):
            continue
        yield candidate


def _floor(trigger: Trigger) -> float:
    """A single verb has to be likelier than a phrase ("impose tariffs") or a verb of meeting; "meeting between A and B" says it all."""
    sense = trigger.sense
    if sense.noun and sense.roles is Roles.MUTUAL:
        return _TOGETHER_FLOOR
    if sense.noun or (sense.roles is not Roles.MUTUAL and trigger.weight == 1):
        return _SINGLE_FLOOR
    return _MUTUAL_FLOOR if sense.roles is Roles.MUTUAL else _PHRASE_FLOOR


def _agreed_upon(agreement: _Candidate, other: _Candidate) -> bool:
    """The other is what is agreed to: it says more than "agreed"."""
    if agreement.trigger.sense.mode == "sign":
        return False
    near = 0 < other.trigger.start - agreement.trigger.start <= _REACH and other.trigger.form is Form.BASE
    return near and other.trigger.sense.type != "AGREE" and bool(set(agreement.parties.actors) & set(other.parties.actors))


def _each(words: Words, trigger: Trigger, parties: Parties) -> list[Parties]:
    """ "Calls with A and B" are a call with A and a call with B."""
    source, target = parties.source, parties.target
    several = not _SEVERAL.isdisjoint(words[trigger.start : trigger.end])
    if not (several and source and target and len(source.actors) == 1 and len(target.actors) > 1):
        return [parties]
    return [parties._replace(actors=(*source.actors, other)) for other in target.actors]


def _likelihood(words: Words, triggers: Sequence[Trigger], trigger: Trigger, parties: Parties) -> float:
    """What the model gives the trigger's type, shown the parties and the words around the trigger."""
    source, target = parties.source, parties.target
    kept = set(range(max(0, trigger.start - _BEFORE), min(len(words), trigger.end + _AFTER)))
    for party in filter(None, (source, target)):
        kept.update(range(party.start, party.end))
    order = sorted(kept)
    at = {position: i for i, position in enumerate(order)}
    seen = [words[i] for i in order]
    moved = [t._replace(start=at[t.start], end=at[t.end - 1] + 1) for t in triggers if t.start in at and t.end - 1 in at]
    end = Place(len(seen), len(seen))
    item = features(
        seen,
        moved,
        Place(at[source.start], at[source.end - 1] + 1) if source else _NO_PARTY,
        Place(at[target.start], at[target.end - 1] + 1) if target else end,
    )
    if trigger.sense.type == "INVITE":
        return _INVITED
    alike = _ALIKE.get(trigger.sense.type, (trigger.sense.type,))
    if trigger.sense.type == "COOPERATE" and trigger.form is Form.BASE:
        alike = (*alike, "AGREE")
    return min(1.0, sum(probability for label, probability in probabilities(item) if label in alike))


def _event(view: View, candidate: _Candidate, background: bool) -> Event | None:
    """The event of a candidate, ``None`` if it is only thought of."""
    trigger, parties = candidate.trigger, candidate.parties
    saying = view.saying(trigger.start)
    dates = [date for date in view.dates if not _of_another_clause(view, date, trigger)]
    found = nearest_date(dates, view.span(0, 1).start, view.span(trigger.start, trigger.start + 1).start)
    status = status_of(view.scene, trigger, saying is not None)
    if status is Status.HAPPENED and found and view.published_on and found.on > view.published_on:
        status = Status.PLANNED
    if status is Status.PLANNED and trigger.sense.type == "THREATEN":
        status = Status.HAPPENED
    if status is Status.HAPPENED and _is_bare(view.scene.words, trigger, parties):
        return None
    if not _worth(trigger.sense, status, parties, saying):
        return None
    talks = not _NEGOTIATIONS.isdisjoint(view.scene.words[trigger.start : trigger.end])
    kind, mode, outcome = _outcome(trigger.sense, status, talks, _ahead_of_it(view.scene.words, trigger))
    if outcome is Status.PLANNED and (status is Status.PLANNED or trigger.form is Form.GERUND):
        found = _ahead(found, view.published_on)
    when = _when(view, candidate, found, status, saying) or (TimeClass.BACKGROUND if background else TimeClass.NEWS)
    if status is Status.HAPPENED and when is TimeClass.NEWS and is_given(view.scene, trigger):
        when = TimeClass.RECENT
    status = outcome
    day, basis = _dated(found, status, when, view.published_on) if status is not Status.NEGATED else _NO_DAY
    return Event(
        type=kind,
        actors=parties.actors,
        evidence=_evidence(view, trigger, parties),
        place=view.place_near(trigger.start),
        paragraph=view.paragraph,
        mode=mode,
        recipients=parties.recipients,
        date=day,
        date_basis=basis,
        status=status,
        time_class=when,
        confidence=round(min(1.0, candidate.confidence), 3),
        reported_by=_reporter(saying),
    )


def _when(
    view: View, candidate: _Candidate, found: DateExpression | None, status: Status, saying: Quotation | None
) -> TimeClass | None:
    """News, recent or background by date, by tense, by how it was said; ``None`` where nothing tells."""
    trigger, source = candidate.trigger, candidate.parties.source
    when = time_class(view.scene.words, trigger, found, view.published_on)
    aside = source is not None and source is not view.scene.parties[0]
    if when is None and (aside or view.paragraph > LEAD) and status is Status.HAPPENED:
        when = time_by_tense(view.scene, trigger, source, saying is not None)
    recalled = saying is not None and by_cue(view, saying) is TimeClass.BACKGROUND
    return when or (TimeClass.BACKGROUND if recalled else None)


def _of_another_clause(view: View, date: DateExpression, trigger: Trigger) -> bool:
    """A date in what is said of the speaker on the way: "Norland, which fell silent in March, said that"."""
    words = view.scene.words
    _, last = view.document.tokens_in((date.start, date.end))
    between = words[max(0, last - view.first) : trigger.start]
    return between[:1] == [","] and not REPORTS.isdisjoint(between[:4]) and date.start - view.span(0, 1).start > OPENING


def _is_bare(words: Words, trigger: Trigger, parties: Parties) -> bool:
    """A base form that "and" joins to what one alone does, so to what it is joined remains open: "is calm and increase"."""
    joined = trigger.form is Form.BASE and trigger.start > 0 and words[trigger.start - 1] in ("and", "or", ",")
    return joined and len(parties.actors) == 1


def _ahead_of_it(words: Words, trigger: Trigger) -> bool:
    """A meeting that will not be: "is unlikely to meet", "won't meet"."""
    start = first_of_series(words, trigger)
    before = words[max(0, start - 4) : start]
    return trigger.form is Form.BASE and not _LIES_AHEAD.isdisjoint(before)


def _worth(sense: Sense, status: Status, parties: Parties, saying: Quotation | None) -> bool:
    """Whether to tell of it: a claim about others inside somebody's own words is not, nor what is merely possible."""
    if saying and saying.kind is Kind.DIRECT and saying.speaker not in parties.actors:
        return False
    if status is Status.HYPOTHETICAL or (status is Status.PLANNED and sense.type in _WORDS):
        return False
    return status is not Status.NEGATED or sense.type in _MEETING_TYPES


def _outcome(sense: Sense, status: Status, talks: bool, ahead: bool) -> tuple[str, str | None, Status]:
    """(type, mode, status): what is announced is of another type than what is done."""
    kind, mode = sense.type, sense.mode
    if kind == "CONSULT" and (status is Status.PLANNED or (status is Status.NEGATED and ahead)):
        return "AGREE", "negotiate" if talks else "meet", status
    if (kind == "INVITE" or (kind == "AGREE" and mode == "meet")) and status is Status.HAPPENED:
        return kind, mode, Status.PLANNED
    if kind in ("COOPERATE", "AID") and status is Status.PLANNED:
        return "AGREE", "promise", Status.HAPPENED
    if kind in ("RETREAT", "CONCEDE") and status is Status.PLANNED:
        return "CONCEDE", mode, Status.HAPPENED
    return kind, mode, status


def _ahead(found: DateExpression | None, published_on: date | None) -> DateExpression | None:
    """A date for a plan: a bare weekday or month lies ahead."""
    if found is None or published_on is None or found.until >= published_on:
        return found
    if found.weekday:
        on = found.on + timedelta(7)
        return found._replace(on=on, until=on, iso=on.isoformat())
    if len(found.iso) == len("2025-02") and (published_on - found.until).days < 365:
        on, until = (d.replace(year=d.year + 1, day=min(d.day, 28)) for d in (found.on, found.until))
        return found._replace(on=on, until=until, iso=f"{on.year}-{on.month:02}")
    return found


def _reporter(saying: Quotation | None) -> tuple[ActorRef, ...]:
    return (saying.speaker,) if saying and saying.speaker else ()


def _dated(
    found: DateExpression | None, status: Status, when: TimeClass, published_on: date | None
) -> tuple[str | None, DateBasis]:
    if found and found.iso:
        return found.iso, DateBasis.STATED
    if when is TimeClass.NEWS and status is Status.HAPPENED and published_on and not found:
        return published_on.isoformat(), DateBasis.PUBLISHED
    return None, DateBasis.UNKNOWN


def _evidence(view: View, trigger: Trigger, parties: Parties) -> Span:
    """The clause around trigger and parties."""
    words = view.scene.words
    places = [p for p in (parties.source, parties.target) if p and abs(p.start - trigger.start) < 25]
    start = min([trigger.start, *(p.lead for p in places)])
    end = max([trigger.end, *(p.end for p in places)])
    while end < len(words) and words[end] not in CLAUSE_ENDS and words[end] != ",":
        end += 1
    return view.span(start, end)
