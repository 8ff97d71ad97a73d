"""What somebody says of another as an act: a demand, praise, blame, a refusal, a threat, inside a quotation."""

from collections.abc import Iterator, Sequence

from bot.model import ActorRef, ActorType, DateBasis, Event, Kind, Status, TimeClass
from bot.reading.event_lexicon import Trigger, lexicon
from bot.reading.event_roles import is_state, subject
from bot.reading.event_scene import Party, Scene
from bot.reading.event_shades import nearest_date, time_class
from bot.reading.event_views import Said, View, by_cue
from bot.reading.event_words import word_set

_MADE_BY_THE_NAMED = frozenset(["CONCEDE"])
_WILL = frozenset(["will", "'ll", "’ll"])
_ABSTRACT = ("ship", "ment", "tion", "sion", "ance", "ence", "ity")
_TAKEN_BY_SOMEBODY = frozenset(["REQUEST", "REJECT"])
_NO_DOERS, _SOFT, _FUTURE = (word_set(name) for name in ("no doers", "skipped before a verb", "future"))
_OF_SOMEBODY = frozenset(["SUPPORT", "ACCUSE"])
"""Praise or blame of nobody is a remark."""
_NOT_DOERS = {"REQUEST": ("for", "of", "with", "in", "as"), "ACCUSE": ("to", "on", "against", "for")}
"""What stands before parties that a demand or blame only concerns."""
_SURE = 0.7
"""How sure it must be that an outlet's paraphrase is one, and whose, to read an act into it."""
_FEWEST = 6
"""Words it takes to take a stance: a fragment in quotation marks ("bad deal") says too little of whom it is about."""


def stance_events(view: View, told: Sequence[Event], background: bool) -> Iterator[Event]:
    """One event for what each known speaker says in the sentence, unless ``told`` has it already."""
    for whole in view.said:
        speaker = whole.quotation.speaker
        doubted = whole.quotation.confidence < _SURE and whole.quotation.kind is not Kind.DIRECT
        if speaker is None or speaker.type in (ActorType.GROUP, ActorType.UNNAMED) or doubted:
            continue
        for actor, stance, said in _taken(view, whole, speaker):
            target = _target(view.scene, said, actor, stance)
            if stance.sense.type in _OF_SOMEBODY and target is None:
                continue
            same = [event for event in told if event.type == stance.sense.type]
            if not same or (stance.sense.type not in _MADE_BY_THE_NAMED and not any(actor in e.actors for e in same)):
                yield _stance_event(view, said, actor, target, stance, background)


def _taken(view: View, said: Said, speaker: ActorRef) -> list[tuple[ActorRef, Trigger, Said]]:
    """The first stance of each who takes one in what is said, and the part of it that tells so."""
    first: dict[ActorRef, tuple[Trigger, int]] = {}
    for found in lexicon().stances(view.scene.words[said.first : said.last]):
        stance = found._replace(start=said.first + found.start, end=said.first + found.end)
        undone = stance.sense.type in _TAKEN_BY_SOMEBODY and _without_doer(view.scene.words[said.first : stance.start])
        if undone or is_state(view.scene.words, stance):
            continue
        actor, start = _doer(view.scene, said, speaker, stance)
        first.setdefault(actor, (stance, start))
    ends = sorted(start for _, start in first.values())
    parts = ((actor, stance, start, next((e for e in ends if e > start), said.last)) for actor, (stance, start) in first.items())
    return [
        (actor, stance, Said(start, _without_and(view.scene, start, end), said.quotation)) for actor, stance, start, end in parts
    ]


def _without_doer(before: Sequence[str]) -> bool:
    """What "you" have to do, or "it" will not be, nobody demands or refuses."""
    doer = next((word for word in reversed(before) if word not in _SOFT and word not in _FUTURE and not word.endswith("ly")), "")
    return doer in _NO_DOERS


def _without_and(scene: Scene, start: int, end: int) -> int:
    while end - 1 > start and scene.words[end - 1] in ("and", "but", ","):
        end -= 1
    return end


def _doer(scene: Scene, said: Said, speaker: ActorRef, stance: Trigger) -> tuple[ActorRef, int]:
    """Who takes it and where the words about it begin. Promises and concessions are made by whom the words name,
    other stances taken by the speaker; but somebody who, as it is said, does not see or will not accept, refuses."""
    at = stance.start
    if stance.sense.type == "REJECT" and scene.words[at] in ("not", "n't", "n’t", "will", "would", "never"):
        named = subject(scene, at)
        if named and said.first <= named.start < at and named.actors[0] != speaker:
            return named.actors[0], max(said.first, named.lead)
    if stance.sense.type not in _MADE_BY_THE_NAMED:
        return speaker, said.first
    return next((a for p in scene.parties if said.first <= p.start < at for a in p.actors), speaker), said.first


def _stance_event(view: View, said: Said, actor: ActorRef, target: ActorRef | None, stance: Trigger, background: bool) -> Event:
    day = said.quotation.said_on
    found = nearest_date(view.dates, view.span(0, 1).start, view.span(said.first, said.first + 1).start)
    if found and view.published_on and found.on > view.published_on:
        found = None
    when = time_class(view.scene.words, stance, found, view.published_on) or by_cue(view, said.quotation)
    return Event(
        type=stance.sense.type,
        actors=(actor,),
        evidence=view.span(said.first, said.last),
        paragraph=view.paragraph,
        mode=stance.sense.mode,
        recipients=(target,) if target and stance.sense.type not in _MADE_BY_THE_NAMED else (),
        date=day.isoformat() if day else None,
        date_basis=said.quotation.date_basis if day else DateBasis.UNKNOWN,
        status=Status.PLANNED if _to_come(view.scene.words, stance) else Status.HAPPENED,
        time_class=when or (TimeClass.BACKGROUND if background else TimeClass.NEWS),
        confidence=0.5,
        reported_by=(said.quotation.speaker,) if said.quotation.speaker else (),
    )


def _to_come(words: Sequence[str], stance: Trigger) -> bool:
    """A demand that somebody says he will make: "we will ask them for"."""
    return stance.sense.type == "REQUEST" and words[stance.start - 1] in _WILL and stance.start > 0


def _modifies(scene: Scene, party: Party) -> bool:
    """It only says what of: "NATO membership"."""
    return party.end < len(scene.words) and scene.words[party.end].endswith(_ABSTRACT)


def _target(scene: Scene, said: Said, speaker: ActorRef, stance: Trigger) -> ActorRef | None:
    """The first other party inside what is said; of a demand, whoever is to do it, of blame, whoever does it: neither for whom
    it is nor to whom it is done."""
    inside = [p for p in scene.parties if said.first <= p.start < said.last]
    if stance.sense.type == "REJECT":
        inside = [p for p in inside if not _modifies(scene, p)]
    inside = [p for p in inside if scene.before(p) not in _NOT_DOERS.get(stance.sense.type, ())]
    return next((a for p in inside for a in p.actors if a.id != speaker.id), None)
