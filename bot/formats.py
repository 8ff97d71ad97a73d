"""The JSON forms that people script: a reading, as docs/formats.md fixes it."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from bot.model import ActorRef, ActorType, Article, Event, Quotation, Reading, Span

NAMED = frozenset({ActorType.PERSON, ActorType.COUNTRY, ActorType.ORGANISATION, ActorType.OFFICE})


def actor_json(actor: ActorRef) -> dict[str, str]:
    """``{"id", "name", "type"}``."""
    return {"id": actor.id, "name": actor.name, "type": str(actor.type)}


def reading_json(article: Article, reading: Reading) -> dict[str, Any]:
    """One reading as a JSON object; offsets are code points into the text given."""
    return {
        "id": article.id,
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "outlet": article.outlet,
        "attributions": [_attribution(quotation) for quotation in reading.quotations],
        "events": [_event(event) for event in reading.events],
    }


def _spans(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _attribution(quotation: Quotation) -> dict[str, Any]:
    speaker = quotation.speaker
    named = speaker is not None and speaker.type in NAMED
    return {
        "source": _spans(quotation.source),
        "cue": _spans(quotation.cue),
        "content": _spans(quotation.content),
        "kind": str(quotation.kind),
        "statement": quotation.statement,
        "speaker": actor_json(speaker) if speaker and named else None,
        "source_type": str(speaker.type) if speaker else None,
        "inferred": quotation.inferred,
        "confidence": round(quotation.confidence, 3),
        "paragraph": quotation.paragraph,
        "said_on": quotation.said_on.isoformat() if quotation.said_on else None,
        "date_basis": str(quotation.date_basis),
        **{name: list(span) for name in ("addressee", "venue", "medium") if (span := getattr(quotation, name))},
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "mode": event.mode,
        "actors": [actor_json(actor) for actor in event.actors],
        "recipients": [actor_json(actor) for actor in event.recipients],
        "date": event.date,
        "date_basis": str(event.date_basis),
        "place": event.place,
        "status": str(event.status),
        "time_class": str(event.time_class),
        "evidence": list(event.evidence),
        "confidence": round(event.confidence, 3),
        "paragraph": event.paragraph,
        "reported_by": [actor_json(actor) for actor in event.reported_by],
    }


def article_json(article: Article) -> dict[str, Any]:
    """An article as ``attache ingest`` takes it back, to the letter."""
    return {
        "id": article.id,
        "text": article.text,
        "body": list(article.body),
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published_on": article.published_at.isoformat()
        if article.published_at
        else article.published_on.isoformat()
        if article.published_on
        else None,
    }


def visible(text: str) -> str:
    """Text without terminal control: escape sequences in an article, a title or a file's name must not reach the terminal."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") or c in "\u200d\u00ad")


def reading_text(article: Article, reading: Reading) -> str:
    """A reading for people: statements in text order, then events, each with its paragraph."""
    lines = [f"{article.id}: {article.outlet or 'outlet not given'}, {article.published_on or 'no date given'}"]
    lines += [_statement_line(article, quotation) for quotation in reading.quotations if quotation.statement]
    lines += [_event_line(article, event) for event in reading.events]
    return "\n".join(lines)


def _statement_line(article: Article, quotation: Quotation) -> str:
    words = " … ".join(article.text[slice(*span)] for span in quotation.content)
    speaker = quotation.speaker.name if quotation.speaker else "speaker not known"
    cue = "".join(f", {article.text[slice(*span)]}" for span in quotation.cue)
    inferred = ", speaker inferred" if quotation.inferred else ""
    return f"¶{quotation.paragraph} {speaker} ({quotation.kind}{cue}{inferred}, {quotation.confidence:.2f}): {words}"


def _event_line(article: Article, event: Event) -> str:
    parties = " and ".join(actor.name for actor in event.actors)
    towards = f" -> {', '.join(actor.name for actor in event.recipients)}" if event.recipients else ""
    mode = f"/{event.mode}" if event.mode else ""
    return f"¶{event.paragraph} {event.type}{mode} {parties}{towards} [{event.status}, {event.time_class}, {event.date or 'no date'}]: {article.text[slice(*event.evidence)]}"
