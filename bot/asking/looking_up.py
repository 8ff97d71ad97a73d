"""An inquiry looked up in the library: which stored words answer it, best first. Nothing here invents a word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from rapidfuzz import fuzz

from bot.asking.answers import Answer, Nearby, Point
from bot.asking.inquiry import Inquiry
from bot.asking.naming import Who, people_and_voices, side_of
from bot.asking.topics import search_stems, share, topic_stems, topic_terms, weights
from bot.model import ActorRef, ActorType, Cited, CitedEvent, Coverage, Kind
from bot.ports import Library, Scope
from bot.reading.document import Document, Place
from bot.terms import stems, words

SURE = 0.35
"""Confidence from which on a quotation is shown."""
_ALTERED = 78
"""Likeness (0-100) from which on quoted words are the claimed ones, altered."""
_COVERED = 0.75
_NEAR = 0.34
_HALF = 0.5
_AROUND = 0.7
"""What words in a quotation's paragraph weigh beside words in the quotation."""
_BACK, _AHEAD, _MANY = 3, 1, 60


class LookUp:
    """Answers inquiries over one library, as of one day."""

    def __init__(self, library: Library, who: Who, on: date, scope: Scope, coverage: Coverage) -> None:
        self._library = library
        self._who = who
        self._on = on
        self._scope = scope
        self._coverage = coverage

    async def answer(self, q: str, inquiry: Inquiry) -> Answer:
        """All that answers; the inquiry's actors are known."""
        empty = Answer(q, inquiry, self._coverage)
        if inquiry.choices or inquiry.unknown:
            return empty
        match inquiry.intent:
            case "verify":
                return await self._verified(empty)
            case "who-said":
                return replace(empty, points=_points(await self._worded(inquiry.phrase or "")))
            case "events" | "timeline":
                return await self._happened(empty)
            case "readouts" | "compare":
                return await self._sides(empty)
            case _:
                return await self._said(empty)

    async def _said(self, empty: Answer) -> Answer:
        inquiry = empty.inquiry
        speakers = people_and_voices(inquiry.actors, self._who, self._on)
        found = await self._statements(speakers, inquiry.topic, self._scope)
        title = self._who.title(inquiry.actors[0].id, self._on) if inquiry.actors else None
        answer = replace(empty, points=_points(found), title=title)
        return answer if found else replace(answer, nearby=await self._nearby(inquiry, speakers))

    async def _statements(self, speakers: Sequence[str], topic: str | None, scope: Scope) -> list[Cited]:
        """Statements on the topic, best first: the words in what is said weigh most, then those in its paragraph; where
        nothing is on it, the paragraphs around decide."""
        terms = topic_terms(topic)
        wanted = search_stems(terms) if not scope.articles else ()
        found = [c for c in await self._library.quotations(speakers, scope, words=wanted, limit=400) if shown(c)]
        if not terms:
            return sorted(found, key=_order)
        bags = {c.number: (frozenset(_stems_of(c)), frozenset(stems(c.context))) for c in found}
        telling = weights(terms, [inside | around for inside, around in bags.values()])
        weighed = {n: max(share(telling, inside), _AROUND * share(telling, around)) for n, (inside, around) in bags.items()}
        if max(weighed.values(), default=0.0) < _NEAR:
            wider = await self._surroundings(found)
            weighed = {n: share(telling, wider.get(n, frozenset())) for n in bags}
        return _about(found, weighed)

    async def _surroundings(self, found: Sequence[Cited]) -> dict[int, frozenset[str]]:
        """The stems of the paragraphs around each quotation, by its number; nothing where there are very many."""
        around: dict[int, frozenset[str]] = {}
        for cited in found[:_MANY] if len(found) <= _MANY else ():
            at = cited.quotation.paragraph
            held = await self._library.paragraphs(cited.article.id, at - _BACK, at + _AHEAD)
            around[cited.number] = frozenset(stem for _, text in held for stem in stems(text))
        return around

    async def _nearby(self, inquiry: Inquiry, speakers: Sequence[str]) -> Nearby:
        """What the person may want instead: other days, accounts by others, mentions."""
        wide = Scope(articles=self._scope.articles)
        elsewhere = await self._statements(speakers, inquiry.topic, wide) if wide != self._scope else []
        if inquiry.topic and inquiry.actors and not elsewhere:
            elsewhere = await self._statements(speakers, None, self._scope)
        if elsewhere or not inquiry.actors:
            return Nearby(elsewhere=_points(elsewhere[:3]))
        actor = inquiry.actors[0]
        name = actor.name.split()[-1] if actor.type is ActorType.PERSON else actor.name
        told = await self._library.quotations([], self._scope, words=stems(name), limit=60)
        accounts = [c for c in told if shown(c) and set(stems(name)) <= set(_stems_of(c)) and _speaker(c) != actor.id]
        mentions = []
        for head, paragraph in await self._library.mentions(actor.id, self._scope, limit=3) if not accounts else ():
            held = await self._library.paragraphs(head.id, paragraph, paragraph)
            mentions += [(head, number, text) for number, text in held]
        return Nearby(accounts=_points(sorted(accounts, key=_order)[:4]), mentions=tuple(mentions))

    async def _worded(self, phrase: str) -> list[Cited]:
        """Who said these words: exactly these first, else the nearest."""
        exact = [c for c in await self._library.phrase(phrase, self._scope) if shown(c)]
        if exact:
            return sorted(exact, key=_order)
        terms = topic_stems(phrase)
        near = [
            c for c in await self._library.similar(terms, self._scope) if shown(c) and _share(terms, _stems_of(c)) >= _COVERED
        ]
        return near[:3]

    async def _verified(self, empty: Answer) -> Answer:
        inquiry = empty.inquiry
        claim = inquiry.phrase or ""
        speakers = set(people_and_voices(inquiry.actors, self._who, self._on))

        def theirs(found: Iterable[Cited]) -> list[Cited]:
            return [c for c in found if shown(c) and (not speakers or _speaker(c) in speakers)]

        exact = theirs(await self._library.phrase(claim, self._scope))
        quoted = [c for c in exact if c.quotation.kind is not Kind.INDIRECT]
        if exact and len(words(claim)) > 1:
            return replace(empty, points=_points(quoted or exact), verdict="verbatim" if quoted else "paraphrase")
        terms = topic_stems(claim)
        near = theirs(await self._library.similar(terms, self._scope, limit=50))
        if inquiry.actors:
            own = await self._library.quotations(list(speakers), self._scope, words=terms, limit=100)
            near = list({c.number: c for c in (*near, *theirs(own))}.values())
        near.sort(key=lambda c: -_closeness(claim, terms, c))
        near = [c for c in near if _share(terms, _stems_of(c)) >= _NEAR][:2]
        return replace(empty, points=_points(near[:1]), verdict=_verdict(claim, terms, near))

    async def _happened(self, empty: Answer) -> Answer:
        inquiry = empty.inquiry
        ids = [actor.id for actor in inquiry.actors]
        wanted = search_stems(topic_terms(inquiry.topic))
        found = await self._library.events(self._scope, actors=ids, words=wanted, limit=100)
        if len(ids) > 1:
            found = [c for c in found if {a.id for a in (*c.event.actors, *c.event.recipients)} >= set(ids)] or found
        found.sort(key=lambda c: (c.article.id, c.event.paragraph))
        return replace(empty, events=tuple(found), in_marks=await self._in_marks(found))

    async def _in_marks(self, found: Sequence[CitedEvent]) -> frozenset[int]:
        """The events whose words stand inside quotation marks in their paragraph."""
        texts: dict[tuple[str, int], str] = {}
        for article, paragraph in {(c.article.id, c.event.paragraph) for c in found}:
            texts |= {(article, number): text for number, text in await self._library.paragraphs(article, paragraph, paragraph)}
        return frozenset(c.number for c in found if _stands_quoted(c.words, texts.get((c.article.id, c.event.paragraph), "")))

    async def _sides(self, empty: Answer) -> Answer:
        """Statements of each side; for readouts also the events both sides are part of."""
        inquiry = empty.inquiry
        readouts = inquiry.intent == "readouts"
        sides = [side_of(actor, self._who, self._on) for actor in inquiry.actors[:2]] if readouts else []
        found: list[Cited] = []
        for number, actor in enumerate(inquiry.actors):
            speakers = [a.id for a in sides[number]] if number < len(sides) else people_and_voices([actor], self._who, self._on)
            found += await self._statements(speakers, inquiry.topic if inquiry.intent == "compare" else None, self._scope)
        if len(sides) < 2:
            return replace(empty, points=_points(found))
        both = {actor.id for actor in inquiry.actors}
        events = await self._library.events(self._scope, actors=sorted(both), limit=100)
        events = [c for c in events if both <= {a.id for a in (*c.event.actors, *c.event.recipients)}]
        about_both = [c for c in found if _names_other(c, inquiry.actors)]
        marks = await self._in_marks(events)
        return replace(empty, points=_points(about_both), events=tuple(events), in_marks=marks, sides=(sides[0], sides[1]))


def _names_other(cited: Cited, actors: Sequence[ActorRef]) -> bool:
    """A statement that names a party other than its speaker."""
    held = set(_stems_of(cited))
    return any(actor.id != _speaker(cited) and stems(actor.name)[-1:] and stems(actor.name)[-1] in held for actor in actors)


def _stands_quoted(words: str, paragraph: str) -> bool:
    at = paragraph.find(words)
    if at < 0 or not words:
        return False
    document = Document.of(paragraph)
    inside = [document.places[i] for i in range(*document.tokens_in((at, at + len(words))))]
    return bool(inside) and Place.OUTSIDE not in inside


def shown(cited: Cited) -> bool:
    """Statements the reader is sure enough of; thoughts and guesses are not shown."""
    return cited.quotation.statement and cited.quotation.confidence >= SURE


def _about(found: Sequence[Cited], weighed: dict[int, float]) -> list[Cited]:
    """Those on the topic by their weights, best first; a quotation that goes on without a tag is carried by the one before."""
    for before, after in pairwise(found):
        for one, other in ((before, after), (after, before)):
            near = one.article.id == other.article.id and one.quotation.paragraph + 1 == other.quotation.paragraph
            if near and other.quotation.inferred:
                weighed[other.number] = max(weighed[other.number], weighed[one.number] * 0.8)
    best = max(weighed.values(), default=0.0)
    floor = max(_NEAR, best * _HALF)
    return sorted((c for c in found if weighed[c.number] >= floor), key=lambda c: (-round(weighed[c.number], 1), _order(c)))


def _share(terms: Sequence[str], given: Iterable[str]) -> float:
    held = set(given)
    return sum(term in held for term in terms) / len(terms) if terms else 0.0


def _stems_of(cited: Cited) -> tuple[str, ...]:
    return tuple(stem for part in cited.words for stem in stems(part))


def _speaker(cited: Cited) -> str | None:
    return cited.quotation.speaker.id if cited.quotation.speaker else None


def _order(cited: Cited) -> tuple[int, int, str, int, int]:
    """Newest day first; on a day, the source's quoted words before paraphrases, then as the article has them."""
    day = cited.quotation.said_on or cited.article.published_on
    rank = {Kind.DIRECT: 0, Kind.MIXED: 0, Kind.INDIRECT: 1}[cited.quotation.kind]
    return (-(day.toordinal() if day else 0), rank, cited.article.id, cited.quotation.paragraph, cited.number)


def _points(found: Sequence[Cited]) -> tuple[Point, ...]:
    """The same words of the same speaker in several articles are one point."""
    groups: dict[tuple[object, ...], list[Cited]] = {}
    for cited in found:
        groups.setdefault((_speaker(cited), *words(" ".join(cited.words))), []).append(cited)
    return tuple(Point(group[0], tuple(group[1:])) for group in groups.values())


def _closeness(claim: str, terms: Sequence[str], cited: Cited) -> float:
    return _share(terms, _stems_of(cited)) + fuzz.token_set_ratio(claim.lower(), " ".join(cited.words).lower()) / 1000


def _verdict(claim: str, terms: Sequence[str], near: Sequence[Cited]) -> str:
    """Altered: quoted words nearly as claimed. Paraphrase: an outlet's wording has all the claim says. Else not found."""
    if not near:
        return "not found"
    best = near[0]
    said = " ".join(words(" ".join(best.words)))
    likeness = fuzz.partial_ratio(" ".join(words(claim)), said)
    if best.quotation.kind is not Kind.INDIRECT and likeness >= _ALTERED and len(words(claim)) > 2:
        return "altered"
    negated = bool(re.search(r"\b(?:not|never|no|n't)\b", claim)) != bool(re.search(r"\b(?:not|never|no)\b", said))
    if best.quotation.kind is Kind.INDIRECT and _share(terms, _stems_of(best)) >= 0.9 and not negated:
        return "paraphrase"
    return "not found"
