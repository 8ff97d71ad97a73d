"""Statements on a topic, looked up in the library."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.asking.topics import search_stems, topic_terms
from bot.asking.weighing import about, order, shown, speaker_id
from bot.model import Cited
from bot.ports import Library, Scope
from bot.terms import stems

_BACK, _MANY = 3, 24
NEWEST, _ON_TOPIC = 100, 40
"""Statements weighed: the newest of all, and of those that have words of the topic the ones with most of them, then the newest."""
_INSIDE = 200
"""Of a few articles all statements are weighed."""
_ARTICLES = 6


class Found(NamedTuple):
    """Statements, best first; ``named``: they have the topic's own words, or a term for the same."""

    cited: list[Cited]
    named: bool = True


async def statements(
    library: Library, speakers: Sequence[str], topic: str | None, scope: Scope, *, near: bool = True, most: int = NEWEST
) -> Found:
    """Statements on the topic, likeliest first; where none names it and ``near`` allows, what is near it in other words or
    follows on paragraphs that name it. Without a topic the newest ``most``."""
    terms = topic_terms(topic)
    wanted = search_stems(terms) if not scope.articles else ()
    limit = _INSIDE if scope.articles else _ON_TOPIC if wanted else most
    found = [c for c in await library.quotations(speakers, scope, words=wanted, limit=limit) if shown(c)]
    if not terms or not topic:
        return Found(sorted(found, key=order))
    on_topic = about(found, topic)
    if on_topic and wanted:
        more = await _with_neighbours(library, found, on_topic)
        on_topic = about(more, topic) if len(more) > len(found) else on_topic
    if on_topic or not speakers or not near:
        return Found(on_topic)
    wide = [c for c in await library.quotations(speakers, scope, limit=_ON_TOPIC) if shown(c)] if wanted else found
    return Found(about(wide, topic, await _before(library, wide)), named=False)


async def _with_neighbours(library: Library, found: Sequence[Cited], best: Sequence[Cited]) -> list[Cited]:
    """With what the same speakers say beside the best in their articles: a search for words finds none that only goes on."""
    ids = tuple(dict.fromkeys(c.article.id for c in best))[:_ARTICLES]
    speaking = sorted({speaker for c in best if (speaker := speaker_id(c))})
    theirs = [c for c in await library.quotations(speaking, Scope(articles=ids), limit=_INSIDE) if shown(c)] if speaking else []
    places = {(c.article.id, speaker_id(c), c.quotation.paragraph + step) for c in best for step in (-1, 0, 1)}
    near = [c for c in theirs if (c.article.id, speaker_id(c), c.quotation.paragraph) in places]
    return list({c.number: c for c in (*found, *near)}.values())


async def _before(library: Library, found: Sequence[Cited]) -> dict[int, frozenset[str]]:
    """The stems of each quotation's paragraph and those before it, by its number; of the newest, where there are many."""
    held = await library.leading(found[:_MANY], _BACK)
    return {number: frozenset(stems(text)) for number, text in held.items()}
