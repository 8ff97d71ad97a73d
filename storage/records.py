"""Values of the core <-> rows: what a quotation, an event or a mention is in a table."""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import starmap
from typing import Any

from bot.model import (
    ActorRef,
    ActorType,
    Article,
    ArticleHead,
    DateBasis,
    Event,
    Kind,
    Mention,
    Quotation,
    Span,
    Status,
    TimeClass,
)
from storage.tables import DAY, day_of

_KINDS = {kind.value: kind for kind in Kind}
_BASES = {basis.value: basis for basis in DateBasis}
_SPANS = ("content", "cue", "source")
_PLACES = ("addressee", "venue", "medium")


def head_of(row: Mapping[Any, Any]) -> ArticleHead:
    """The head from a row that holds the columns of ``articles``."""
    return ArticleHead(row["id"], row["outlet"], row["title"], row["url"], row["published_on"], row["published_at"])


def quotation_day(article: Article, quotation: Quotation) -> date | None:
    """The day something was said, or else published."""
    return quotation.said_on or article.published_on


def moment(day: int, number: int) -> int:
    """The key that orders by day, then by arrival."""
    return day << DAY | number & ((1 << DAY) - 1)


def quotation_row(article: Article, quotation: Quotation, around: Sequence[str]) -> dict[str, Any]:
    """A row but for its keys; ``around`` are the stems of all the paragraphs the quotation stands in."""
    spans: dict[str, Any] = {name: getattr(quotation, name) for name in _SPANS}
    spans |= {name: place for name in _PLACES if (place := getattr(quotation, name))}
    speaker = quotation.speaker
    return {
        "day": day_of(quotation_day(article, quotation)),
        "speaker": speaker.id if speaker else None,
        "kind": quotation.kind,
        "paragraph": quotation.paragraph,
        "statement": quotation.statement,
        "inferred": quotation.inferred,
        "confidence": quotation.confidence,
        "said_on": quotation.said_on,
        "date_basis": quotation.date_basis,
        "spans": json.dumps(spans, separators=(",", ":")),
        "search": (*((f"@{speaker.id}",) if speaker else ()), *around),
    }


def quotation_of(row: Mapping[Any, Any], actors: Mapping[str, ActorRef]) -> Quotation:
    """The quotation of a row."""
    spans = json.loads(row["spans"])
    return Quotation(
        content=_spans(spans["content"]),
        cue=_spans(spans["cue"]),
        source=_spans(spans["source"]),
        kind=_KINDS[row["kind"]],
        paragraph=row["paragraph"],
        statement=row["statement"],
        speaker=actors[row["speaker"]] if row["speaker"] else None,
        inferred=row["inferred"],
        confidence=row["confidence"],
        said_on=row["said_on"],
        date_basis=_BASES[row["date_basis"]],
        **{name: Span(*spans[name]) for name in _PLACES if name in spans},
    )


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(starmap(Span, pairs))


def event_row(event: Event, around: Sequence[str]) -> dict[str, Any]:
    """A row but for its keys; ``around`` as in ``quotation_row``."""
    first, last = date_range(event.date)
    roles = {"actors": event.actors, "recipients": event.recipients, "reported_by": event.reported_by}
    parties = dict.fromkeys(actor.id for actor in (*event.actors, *event.recipients))
    return {
        "day": first,
        "type": event.type,
        "mode": event.mode,
        "paragraph": event.paragraph,
        "evidence_start": event.evidence.start,
        "evidence_end": event.evidence.end,
        "date": event.date,
        "ends": last,
        "date_basis": event.date_basis,
        "place": event.place,
        "status": event.status,
        "time_class": event.time_class,
        "confidence": event.confidence,
        "parties": json.dumps({role: [actor.id for actor in found] for role, found in roles.items()}, separators=(",", ":")),
        "search": (*(f"@{party}" for party in parties), f"#{event.type.lower()}", *around),
    }


def event_of(row: Mapping[Any, Any], actors: Mapping[str, ActorRef]) -> Event:
    """The event of a row."""
    roles = {role: tuple(actors[id] for id in found) for role, found in json.loads(row["parties"]).items()}
    return Event(
        type=row["type"],
        mode=row["mode"],
        evidence=Span(row["evidence_start"], row["evidence_end"]),
        paragraph=row["paragraph"],
        date=row["date"],
        date_basis=DateBasis(row["date_basis"]),
        place=row["place"],
        status=Status(row["status"]),
        time_class=TimeClass(row["time_class"]),
        confidence=row["confidence"],
        **roles,
    )


def parties_in(row: Mapping[Any, Any]) -> set[str]:
    """The ids of all actors that an event's row points to."""
    return {id for found in json.loads(row["parties"]).values() for id in found}


def mention_row(article: Article, position: int, mention: Mention) -> dict[str, Any]:
    """A row but for its article's key."""
    return {
        "position": position,
        "start": mention.span.start,
        "end": mention.span.end,
        "paragraph": mention.paragraph,
        "actor": mention.actor.id if mention.actor else None,
        "day": day_of(article.published_on),
    }


def mention_of(row: Mapping[Any, Any], actors: Mapping[str, ActorRef]) -> Mention:
    """The mention of a row."""
    return Mention(Span(row["start"], row["end"]), row["paragraph"], actors[row["actor"]] if row["actor"] else None)


def actor_of(row: Mapping[Any, Any]) -> ActorRef:
    """The reference of a row of ``actors``."""
    return ActorRef(row["id"], row["name"], ActorType(row["type"]))


def date_range(written: str | None) -> tuple[int, int]:
    """First and last day of ``2025-02-12``, ``2025-02`` or ``2025`` as numbers; (0, 0) where there is none."""
    try:
        year, *rest = (int(part) for part in (written or "").split("-"))
        months, days = (rest[0], rest[0]) if rest else (1, 12), rest[1:]
        first = date(year, months[0], days[0] if days else 1)
        last = first if days else date(year, months[1], monthrange(year, months[1])[1])
    except (ValueError, IndexError, OverflowError):
        return 0, 0
    return first.toordinal(), last.toordinal()
