"""Reading: an article's text -> what was said and by whom, what happened, who is mentioned. Pure functions.

``read`` is the whole of it; ``docs/reading.md`` tells how it works and how well.
"""

from bot.model import Actor, Article, Mention, Quotation, Reading, Span
from bot.reading.catalogue import Catalogue
from bot.reading.coreference import Cast, cast_of
from bot.reading.document import Document
from bot.reading.event_dates import date_expressions
from bot.reading.events import find_events
from bot.reading.quotations import find_quotations
from bot.reading.saying import days
from bot.reading.speakers import Speakers

__all__ = ["read"]

_IN_DOUBT = 0.45
"""How sure at most it is who speaks where a source in pieces names several: of twenty such sources about half had the right one."""


def read(article: Article, catalogue: Catalogue, reader: str = "model") -> Reading:
    """All that is understood of an article, each part in text order.

    ``reader``: "model" (learnt) or "rules". Linear in the text; never raises for any text. Raises ``OSError`` where a
    model's file is missing.
    """
    document = Document.of(article.text, article.body)
    cast = cast_of(document, catalogue, article.published_on, reader)
    speakers = Speakers(document, cast, catalogue, article.published_on)
    quotations = _quotations(article, document, speakers, reader)
    definite = speakers.descriptions.definite
    events = find_events(document, cast, quotations, article.published_on, definite, catalogue.state_of)
    return Reading(quotations, events, _mentions(document, cast), reader, _discovered(cast, quotations))


def _quotations(article: Article, document: Document, speakers: Speakers, reader: str) -> tuple[Quotation, ...]:
    found = find_quotations(document, reader)
    dates = date_expressions(article.text, article.published_on)
    resolved = speakers.resolve(found)
    quotations = []
    said = days(document, dates, found, [speaker for speaker, _ in resolved], article.published_on)
    for raw, (speaker, in_doubt), day in zip(found, resolved, said, strict=True):
        quotations.append(
            Quotation(
                content=raw.content,
                kind=raw.kind,
                paragraph=raw.paragraph,
                cue=raw.cue,
                source=raw.source,
                statement=raw.statement,
                speaker=speaker,
                inferred=raw.inferred,
                confidence=min(raw.confidence, _IN_DOUBT) if in_doubt else raw.confidence,
                said_on=day.on,
                date_basis=day.basis,
            )
        )
    return tuple(quotations)


def _mentions(document: Document, cast: Cast) -> tuple[Mention, ...]:
    found = []
    for mention in cast.mentions:
        paragraph = document.paragraphs[document.paragraph[mention.first]].number
        found.append(Mention(Span(mention.start, mention.end), paragraph, cast.actor(mention)))
    return tuple(found)


def _discovered(cast: Cast, quotations: tuple[Quotation, ...]) -> tuple[Actor, ...]:
    """Discovered people, and those organisations that speak: the rest are names that nobody asks for."""
    speaking = {quotation.speaker.id for quotation in quotations if quotation.speaker}
    return tuple(actor for actor in cast.discovered() if actor.type == "person" or actor.id in speaking)
