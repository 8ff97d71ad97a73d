"""One happening, one event: what an article tells again is folded into its first or surest telling."""

from collections.abc import Iterable
from dataclasses import replace

from bot.model import Event, Status, TimeClass
from bot.reading.event_types import stem

_FAMILY = {"RETREAT": "CONCEDE", "SANCTION": "COERCE"}
_MEETINGS = frozenset(["meet", "meeting", "visit", "multilateral", "negotiate", "talks-round"])
_TOGETHER = frozenset(["meeting", "call", "negotiations"])
_WORDS = frozenset(["ACCUSE", "SUPPORT", "REQUEST", "REJECT", "THREATEN"])
"""Types that everybody does on their own; a deed to the same recipients is one deed, whichever office is named."""
_SHARED, _READ = 0.4, 400
"""The share of the shorter evidence's stems that two tellings have in common, and how many characters are compared."""
_MOST = 100
"""Events of one kind that are kept of an article: comparing more would take too long, and no article tells more."""
_SURENESS = (Status.HAPPENED, Status.CANCELLED, Status.NEGATED, Status.PLANNED, Status.HYPOTHETICAL)
_Key = tuple[str, str]


def merged(events: Iterable[Event], text: str, titles: int = 0) -> tuple[Event, ...]:
    """Without repetitions, in text order.

    Two tell the same if kind and parties agree, neither is background to the other's news, and (meetings and calls
    apart) they stand in one paragraph or share words: a side can grant two things. A realised event
    absorbs its announcement; the first telling gives the evidence, later ones a missing date or place. What the
    first ``titles`` paragraphs announce is left to the body where that tells of its kind.
    """
    kept: dict[_Key, list[Event]] = {}
    for event in events:
        alike = kept.setdefault(_key(event), [])
        at = next((i for i, other in enumerate(alike) if _same(other, event) and _worded_alike(other, event, text)), None)
        if at is None and len(alike) < _MOST:
            alike.append(event)
        elif at is None:
            continue
        elif alike[at].paragraph <= titles:
            alike[at] = _joined(event, alike[at])
        else:
            alike[at] = _joined(alike[at], event)
    for alike in kept.values():
        if any(e.paragraph > titles for e in alike):
            alike[:] = [e for e in alike if e.paragraph > titles]
    return tuple(sorted((e for alike in kept.values() for e in alike), key=lambda e: (e.evidence, e.type)))


def _key(event: Event) -> _Key:
    family = _FAMILY.get(event.type, event.type)
    if event.type == "CONSULT" and event.mode == "phone":
        family = "call"
    elif event.type == "AGREE" and event.mode == "negotiate":
        family = "negotiations"
    elif event.mode in _MEETINGS and event.type in ("CONSULT", "AGREE"):
        family = "meeting"
    return family, "background" if event.time_class is TimeClass.BACKGROUND else "news"


def _same(one: Event, other: Event) -> bool:
    """The same actors, and recipients that one of them leaves open or both share; for meetings the same parties."""
    if not one.recipients and not other.recipients:
        return {a.id for a in one.actors} == {a.id for a in other.actors}
    if _ids(one) == _ids(other):
        return True
    if _key(one)[0] in _TOGETHER:
        return False
    if one.type not in _WORDS and one.recipients and {a.id for a in one.recipients} == {a.id for a in other.recipients}:
        return True
    shared = {a.id for a in one.actors} & {a.id for a in other.actors}
    open_end = not one.recipients or not other.recipients or {a.id for a in one.recipients} & {a.id for a in other.recipients}
    return bool(shared and open_end)


def _worded_alike(one: Event, other: Event, text: str) -> bool:
    if one.paragraph == other.paragraph or _key(one)[0] in _TOGETHER:
        return True
    left, right = _stems(text[slice(*one.evidence)]), _stems(text[slice(*other.evidence)])
    return len(left & right) >= _SHARED * max(1, min(len(left), len(right)))


def _stems(words: str) -> set[str]:
    return {stem(word.lower()) for word in words[:_READ].split() if len(word) > 3}


def _ids(event: Event) -> frozenset[str]:
    return frozenset(a.id for a in (*event.actors, *event.recipients))


def _joined(first: Event, second: Event) -> Event:
    """The surer of two tellings, completed from the other."""
    best, other = first, second
    surer = second.type != first.type and _SURENESS.index(second.status) < _SURENESS.index(first.status)
    fuller = (second.type, second.paragraph) == (first.type, first.paragraph) and len(second.recipients) > len(first.recipients)
    if surer or fuller:
        best, other = second, first
    reported = tuple(dict.fromkeys((*best.reported_by, *other.reported_by)))
    if best.date is None and best.status is other.status:
        best = replace(best, date=other.date, date_basis=other.date_basis)
    confidence = max(best.confidence, other.confidence)
    return replace(best, place=best.place or other.place, confidence=confidence, reported_by=reported)
