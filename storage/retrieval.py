"""Searching quotations and events: newest first, in few and bounded steps. Runs off the event loop, see ``Database.read``.

What is common is found soon by going back from the newest; what is rare has short lists in the index. Only what is common in each
part and rare in all (a phrase of nothing but everyday words) could lead through the whole store: that is looked for in the newest
part alone (``_MOST``).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from math import log, prod

from sqlalchemy import Connection, Table, bindparam, select

from bot.model import Cited, CitedEvent
from bot.ports import Phrased, Scope
from bot.reports import Report, corrected
from bot.terms import commonness, stems, words
from storage.citing import events_at, parts, quotations_at
from storage.reports import corrections_in
from storage.revisions import Moment
from storage.search import Wanted, moments, newest
from storage.surroundings import ends_of
from storage.tables import DAY, counters, events, quotations

_TERMS = 16
"""Words of a topic that are looked for: the rarest say most."""
_PAGE, _PAGES, _EVERYDAY = 60, 8, 2
"""Rows fetched to find a phrase in, and how often; of one with nothing but everyday words less often."""
_LONGEST = 4
"""Words of a phrase that the index looks for; all are compared afterwards."""
_TELLING = 10.0
"""What words say that hardly a paragraph can have together: of twenty thousand articles one has all of them (exp(-10))."""
_RAREST, _ENOUGH, _CANDIDATES, _WEIGHED = 6, 20, 120, 30
"""For similar quotations: words looked at, rows that are enough, rows whose terms are compared, rows weighed at most."""
_TERMS_AT = select(quotations.c.moment, quotations.c.search).where(quotations.c.moment.in_(bindparam("keys", expanding=True)))
_PARAGRAPHS = 6
"""Of an article: from the share of articles that have a word follows that of paragraphs."""
_WORDS = 40
"""Of a paragraph."""
_SPEAKING = 7.0
"""What four words say that so few paragraphs have together that all of those can be compared."""
_RUN, _MET = 3, 1 / 100_000
"""Words of a run that is looked for at most, and its least chance in a paragraph: an index stops at no bound before its next hit."""
_MOST = 15_000
"""Entries of an index list that one search may go through."""


class Search:
    """Searches of the library at one moment, as the quotations are seen in one circle."""

    def __init__(self, moment: Moment, circle: str | None) -> None:
        self._moment = moment
        self._connection = moment.connection
        self._circle = circle

    def quotations(self, speakers: Sequence[str], scope: Scope, topic: Sequence[str], limit: int) -> list[Cited]:
        """See ``bot.ports.Library``."""
        corrections = self._corrections()
        found = quotations_at(self._connection, self._best(quotations, _tiers(_actors(speakers), topic), scope, limit))
        found = self._with_given(found, corrections, speakers, scope)
        return [c for c in corrected(found, corrections) if not c.corrected or _is_wanted(c, speakers, topic)]

    def events(
        self, actors: Sequence[str], types: Sequence[str], scope: Scope, topic: Sequence[str], limit: int
    ) -> list[CitedEvent]:
        """See ``bot.ports.Library``."""
        kinds = tuple(f"#{type.lower()}" for type in types)
        parties = _actors(actors)
        together = list(_tiers((), topic, ((kinds,) if kinds else ()) + tuple((party,) for party in parties)))
        apart = list(_tiers(parties, topic, (kinds,) if kinds else ()))
        return events_at(self._connection, self._best(events, [*(together if len(parties) > 1 else ()), *apart], scope, limit))

    def phrase(self, phrase: str, scope: Scope, limit: int) -> Phrased:
        """See ``bot.ports.Library``."""
        sought, terms = f" {' '.join(words(phrase))} ", stems(phrase)
        wanted = _telling(terms)
        if not wanted:
            return Phrased([])
        corrections = self._corrections()
        (since, until), found = self._bounded(scope, min(map(commonness, wanted.phrase or terms))), list[Cited]()
        for _ in range(_EVERYDAY if wanted.phrase else _PAGES):
            keys = self._newest(quotations, wanted, since, until, scope, _PAGE)
            cited = corrected(quotations_at(self._connection, keys), corrections)
            found += [c for c in cited if sought in f" {' '.join(words(' '.join(c.words)))} "]
            if len(keys) < _PAGE or len(found) >= limit:
                break
            until = keys[-1]
        else:
            since = until
        back_to = -(-since >> DAY) if since > moments(scope)[0] else 0
        return Phrased(found[:limit], date.fromordinal(back_to) if back_to > 1 else None)

    def similar(self, asked: Sequence[str], scope: Scope, speakers: Sequence[str], limit: int) -> list[Cited]:
        """See ``bot.ports.Library``."""
        weights = {stem: -log(commonness(stem)) for stem in asked}
        rarest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_RAREST]
        if not rarest:
            return []
        keys = self._sharing_most(self._sharing(rarest, scope, speakers), weights)
        corrections = self._corrections()
        found = corrected(self._with_given(quotations_at(self._connection, keys), corrections, speakers, scope), corrections)
        weighed = [(sum(weights[stem] for stem in _stems_in(cited) & weights.keys()), cited) for cited in found]
        return [cited for weight, cited in sorted(weighed, key=lambda pair: -pair[0])[:limit] if weight]

    def _sharing(self, rarest: Sequence[str], scope: Scope, speakers: Sequence[str]) -> list[int]:
        """Rows that have two of the four rarest words, where there are too many of those also such as have three, and further
        back; where there are few, the newest with any of the words."""
        keys: dict[int, None] = {}
        whose = (_actors(speakers),) if speakers else ()
        among = tuple(rarest[:_LONGEST])
        for many, bounding in ((2, 1), (3, 0)):
            if len(among) < many:
                break
            since, until = self._bounded(scope, commonness(rarest[bounding]))
            held = self._newest(quotations, Wanted(whose, among=among, many=many), since, until, scope, _CANDIDATES)
            keys |= dict.fromkeys(held)
            if len(held) < _CANDIDATES:
                break
        if len(keys) < _ENOUGH:
            since, until = moments(scope)
            keys |= dict.fromkeys(self._newest(quotations, Wanted((*whose, tuple(rarest))), since, until, scope, _ENOUGH))
        return list(keys)

    def _sharing_most(self, keys: Sequence[int], weights: Mapping[str, float]) -> list[int]:
        """Those of the rows whose terms weigh most, told from their search terms alone."""
        shared: dict[int, float] = {}
        for some in parts(keys):
            for key, terms in self._connection.execute(_TERMS_AT, {"keys": some}).all():
                shared[key] = sum(weights[term] for term in weights.keys() & set(terms))
        return sorted(shared, key=lambda key: (-shared[key], -key))[:_WEIGHED]

    def _best(self, rows: Table, tiers: Sequence[Wanted], scope: Scope, limit: int) -> list[int]:
        """The newest keys that meet the first wish, then of those that meet the next, until there are enough."""
        since, until = moments(scope)
        keys: dict[int, None] = {}
        for wanted in tiers:
            rare = min((max(map(commonness, group)) for group in wanted.groups if not _is_name(group)), default=0.0)
            named = any(map(_is_name, wanted.groups))
            start = since if named or len(wanted.groups) < 2 else self._bounded(scope, rare)[0]
            keys |= dict.fromkeys(self._newest(rows, wanted, start, until, scope, limit))
            if len(keys) >= limit:
                break
        return list(keys)[:limit]

    def _newest(self, rows: Table, wanted: Wanted, since: int, until: int, scope: Scope, limit: int) -> list[int]:
        return newest(self._connection, rows, wanted, since, until, scope.articles, limit)

    def _with_given(
        self, found: list[Cited], corrections: Sequence[Report], speakers: Sequence[str], scope: Scope
    ) -> list[Cited]:
        """With the quotations that corrections give to one of the speakers."""
        held = {cited.number for cited in found}
        given = (c.quotation for c in corrections if c.speaker and c.speaker.id in speakers)
        wanted = [number for number in given if number not in held]
        if not wanted:
            return found
        since, until = moments(scope)
        inside = quotations.c.moment.between(since, until - 1)
        query = select(quotations.c.moment).where(quotations.c.number.in_(wanted), inside)
        more = quotations_at(self._connection, list(self._connection.execute(query).scalars()))
        return [*found, *(cited for cited in more if not scope.articles or cited.article.id in scope.articles)]

    def _corrections(self) -> Sequence[Report]:
        return self._moment.get(("corrections", self._circle), lambda connection: corrections_in(connection, self._circle))

    def _bounded(self, scope: Scope, rarest: float) -> tuple[int, int]:
        """The moments of the scope, or of so much of its newest part that the list of the rarest term is not too long."""
        since, until = moments(scope)
        total, first, last = self._moment.get("extent", _extent)
        many = total * (1 - (1 - rarest) ** (1 / _PARAGRAPHS))
        if many <= _MOST or scope.articles:
            return since, until
        start = min(last, until >> DAY) - int((last - first) * _MOST / many)
        return (max(since, start << DAY) if start > first else since), until


def _extent(connection: Connection) -> tuple[int, int, int]:
    """How many quotations were ever stored, and the first and the last day with an article."""
    total = connection.execute(select(counters.c.last).where(counters.c.name == "quotation")).scalar_one()
    return (int(total), *ends_of(connection, Scope()))


def _tiers(actors: Sequence[str], topic: Sequence[str], more: tuple[tuple[str, ...], ...] = ()) -> list[Wanted]:
    """Who and what, first with all words of the topic, then with its rarer ones, at last with any of them."""
    fixed = ((tuple(actors),) if actors else ()) + more
    terms = sorted({word for word in topic if word.strip()}, key=lambda term: (commonness(term), term))[:_TERMS]
    narrow = [Wanted((*fixed, *((term,) for term in terms[:many]))) for many in range(min(len(terms), _RAREST), 1, -1)]
    return [*narrow, Wanted((*fixed, tuple(terms)) if terms else fixed)]


def _actors(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"@{id}" for id in ids)


def _is_name(group: Sequence[str]) -> bool:
    """Whether these terms are actors or types rather than words."""
    return group[0][0] in "@#"


def _telling(terms: tuple[str, ...]) -> Wanted:
    """What finds a phrase soon: so few of its rarest words that all of them, wherever they stand, say enough; of everyday words
    alone the run that says most, of those that turn up often enough."""
    weights = {term: -log(commonness(term)) for term in terms}
    rarest = sorted(weights, key=lambda term: (-weights[term], term))[:_LONGEST]
    told = list(accumulate(weights[term] for term in rarest))
    if told and told[-1] >= _TELLING:
        return Wanted(tuple((term,) for term in rarest[: 1 + bisect_left(told, _TELLING)]))
    sizes = range(2, min(len(terms), _RUN) + 1)
    runs = [terms[at : at + size] for size in sizes for at in range(len(terms) - size + 1)]
    met = [run for run in runs if _chance(run) >= _MET]
    if not met or told[-1] >= _SPEAKING:
        return Wanted(tuple((term,) for term in rarest))
    return Wanted(phrase=min(met, key=_chance))


def _chance(run: Sequence[str]) -> float:
    """How often words stand side by side in a paragraph if they do so by chance alone; those of a language do so more often."""
    return _WORDS * prod(-log(1 - commonness(term)) / _PARAGRAPHS / _WORDS for term in run)


def _is_wanted(cited: Cited, speakers: Sequence[str], topic: Sequence[str]) -> bool:
    """Whether a quotation with its corrected speaker still is what was asked for."""
    speaker = cited.quotation.speaker
    theirs = not speakers or (speaker is not None and speaker.id in speakers)
    return theirs and (not topic or not set(topic).isdisjoint(_stems_in(cited) | set(stems(cited.context))))


def _stems_in(cited: Cited) -> set[str]:
    return {stem for part in cited.words for stem in stems(part)}
