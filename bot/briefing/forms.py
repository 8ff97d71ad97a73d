"""The JSON form of an edition, for ``attache digest --json``."""

from bot.asking.answers import Point
from bot.briefing.editions import Edition
from bot.briefing.telling import told
from bot.citing import manner_of
from bot.formats import actor_json
from bot.model import CitedEvent


def edition_json(edition: Edition) -> dict[str, object]:
    """Stories in order, each with its events and statements, every one with its article and paragraph."""
    return {
        "articles": edition.articles,
        "outlets": list(edition.outlets),
        "stories": [
            {
                "development": story.development,
                "outlets": story.outlets,
                "events": [_event(event) for event in story.news],
                "quotations": [_point(point) for point in story.sayings],
            }
            for story in edition.stories
        ],
    }


def _event(cited: CitedEvent) -> dict[str, object]:
    event = cited.event
    place = {"article": cited.article.id, "outlet": cited.article.outlet, "paragraph": event.paragraph}
    return place | {"type": event.type, "status": str(event.status), "text": told(event), "evidence": list(event.evidence)}


def _point(point: Point) -> dict[str, object]:
    cited = point.cited
    speaker = cited.quotation.speaker
    return {
        "article": cited.article.id,
        "outlet": cited.article.outlet,
        "paragraph": cited.quotation.paragraph,
        "kind": str(cited.quotation.kind),
        "speaker": actor_json(speaker) if speaker else None,
        "content": [list(span) for span in cited.quotation.content],
        "text": " … ".join(cited.words),
        "manner": manner_of(cited),
        "inferred": cited.quotation.inferred,
        "also": [{"article": c.article.id, "paragraph": c.quotation.paragraph} for c in point.also],
    }
