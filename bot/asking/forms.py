"""The JSON forms of questions and answers, as docs/formats.md fixes them."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from bot.asking.answers import Answer, Point
from bot.asking.compose import reply_of
from bot.citing import manner_of
from bot.errors import UsageError
from bot.formats import actor_json
from bot.model import ArticleHead, CitedEvent
from bot.replies import plain


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of ``attache ask``."""

    words: str
    at: datetime | None = None
    since: date | None = None
    until: date | None = None
    articles: tuple[str, ...] = ()
    thread: str | None = None


def question_of(line: str, number: int) -> Asked:
    """The question of a JSON line. Raises ``UsageError`` naming the line where it is none."""
    try:
        record = json.loads(line)
        return Asked(
            words=str(record["q"]),
            at=datetime.fromisoformat(record["now"]) if record.get("now") else None,
            since=date.fromisoformat(record["since"]) if record.get("since") else None,
            until=date.fromisoformat(record["until"]) if record.get("until") else None,
            articles=tuple(map(str, record.get("in") or ())),
            thread=str(record["thread"]) if record.get("thread") else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f'line {number} is no question; write {{"q": ..., "now"?: ISO 8601, "since"?, "until"?, "in"?: [ids], "thread"?}}'
        ) from error


def answer_to_json(answer: Answer) -> dict[str, object]:
    """The answer in the form that docs/formats.md fixes."""
    inquiry = answer.inquiry
    return {
        "q": answer.q,
        "reading": {
            "intent": inquiry.intent,
            "actors": [actor_json(actor) for actor in inquiry.actors],
            "topic": inquiry.topic,
            "since": _day(inquiry.since),
            "until": _day(inquiry.until),
            "note": inquiry.note,
        },
        "quotations": [_point(point) for point in answer.points],
        "events": [_event(event) for event in answer.events],
        "choices": [actor_json(actor) for actor in inquiry.choices],
        **({"nearest": True} if answer.is_nearest else {}),
        **({"verdict": answer.verdict} if answer.verdict else {}),
        **({"changes": [change._asdict() for change in answer.changes]} if answer.changes else {}),
        "text": plain(reply_of(answer)),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _place(head: ArticleHead, paragraph: int) -> dict[str, object]:
    return {
        "article": head.id,
        "outlet": head.outlet,
        "published_on": _day(head.published_on),
        "url": head.url,
        "paragraph": paragraph,
    }


def _point(point: Point) -> dict[str, object]:
    quotation = point.cited.quotation
    return _place(point.cited.article, quotation.paragraph) | {
        "number": point.cited.number,
        "kind": str(quotation.kind),
        "speaker": actor_json(quotation.speaker) if quotation.speaker else None,
        "content": [list(span) for span in quotation.content],
        "text": " … ".join(point.cited.words),
        "manner": manner_of(point.cited),
        "inferred": quotation.inferred,
        "confidence": round(quotation.confidence, 3),
        "said_on": _day(quotation.said_on),
        "also": [_place(cited.article, cited.quotation.paragraph) for cited in point.also],
        **({"corrected": True} if point.cited.corrected else {}),
    }


def _event(cited: CitedEvent) -> dict[str, object]:
    event = cited.event
    return _place(cited.article, event.paragraph) | {
        "number": cited.number,
        "type": event.type,
        "mode": event.mode,
        "actors": [actor_json(actor) for actor in event.actors],
        "recipients": [actor_json(actor) for actor in event.recipients],
        "date": event.date,
        "status": str(event.status),
        "time_class": str(event.time_class),
        "evidence": list(event.evidence),
        "text": cited.words,
    }
