"""Statements on a topic, looked up in the library."""

from collections.abc import Sequence

from bot.asking.topics import search_stems, share, topic_terms, weights
from bot.asking.weighing import NEAR, about, order, shown, weighed
from bot.model import Cited
from bot.ports import Library, Scope
from bot.terms import stems

_BACK, _MANY = 3, 60
_LIMIT = 200


async def statements(
    library: Library, speakers: Sequence[str], topic: str | None, scope: Scope, *, around: bool = True
) -> list[Cited]:
    """Statements on the topic, best first: the words in what is said weigh most, then those in its paragraph; where
    nothing is on it and ``around`` is allowed, the paragraphs before decide. Without a topic all of them, newest first."""
    terms = topic_terms(topic)
    wanted = search_stems(terms) if not scope.articles else ()
    found = [c for c in await library.quotations(speakers, scope, words=wanted, limit=_LIMIT) if shown(c)]
    if not terms:
        return sorted(found, key=order)
    by = weighed(found, terms)
    if max(by.values(), default=0.0) < NEAR and speakers and around:
        found = found or [c for c in await library.quotations(speakers, scope, limit=_MANY) if shown(c)]
        held = await _surroundings(library, found)
        telling = weights(terms, list(held.values()))
        by = {c.number: share(telling, held.get(c.number, frozenset())) for c in found}
    return about(found, by)


async def _surroundings(library: Library, found: Sequence[Cited]) -> dict[int, frozenset[str]]:
    """The stems of the paragraphs around each quotation, by its number; nothing where there are very many."""
    around: dict[int, frozenset[str]] = {}
    for cited in found if len(found) < _MANY else ():
        at = cited.quotation.paragraph
        held = await library.paragraphs(cited.article.id, at - _BACK, at)
        around[cited.number] = frozenset(stem for _, text in held for stem in stems(text))
    return around
