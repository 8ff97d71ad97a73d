"""What somebody says of another as an act: a demand, praise, blame, a refusal, a threat, inside a quotation."""

from collections.abc import Iterator, Sequence

from bot.model import ActorRef, ActorType, DateBasis, Event, Span, Status, TimeClass
from bot.reading.event_lexicon import Trigger, lexicon
from bot.reading.event_scene import Scene
from bot.reading.event_views import Said, View


def stance_events(view: View, told: Sequence[Event]) -> Iterator[Event]:
    """One event for each kind of stance in what a known speaker says, unless ``told`` has it already."""
    for said in view.said:
        speaker = said.quotation.speaker
        if speaker is None or speaker.type in (ActorType.GROUP, ActorType.UNNAMED):
            continue
        stance = next((s for s in lexicon().stances(view.scene.words[said.first : said.last])), None)
        if stance is None or any(_tells(event, speaker, stance) for event in told):
            continue
        yield _stance_event(view, said, speaker, stance)


def _tells(event: Event, speaker: ActorRef, stance: Trigger) -> bool:
    return event.type == stance.sense.type and speaker in event.actors


def _stance_event(view: View, said: Said, speaker: ActorRef, stance: Trigger) -> Event:
    target = _target(view.scene, said, speaker)
    day = said.quotation.said_on
    return Event(
        type=stance.sense.type,
        actors=(speaker,),
        evidence=_whole(view, said),
        paragraph=view.paragraph,
        mode=stance.sense.mode,
        recipients=(target,) if target else (),
        date=day.isoformat() if day else None,
        date_basis=said.quotation.date_basis if day else DateBasis.UNKNOWN,
        status=Status.HAPPENED,
        time_class=TimeClass.NEWS,
        confidence=0.5,
        reported_by=(speaker,),
    )


def _target(scene: Scene, said: Said, speaker: ActorRef) -> ActorRef | None:
    """The first other party inside what is said."""
    inside = (p for p in scene.parties if said.first <= p.start < said.last)
    return next((a for p in inside for a in p.actors if a.id != speaker.id), None)


def _whole(view: View, said: Said) -> Span:
    return view.span(said.first, said.last)
