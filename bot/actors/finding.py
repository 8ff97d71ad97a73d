"""What people type for an actor: names in any case, slips, titles, institutions; ranked."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from bot.actors.catalogue import Office
from bot.actors.index import Index, Sense
from bot.actors.names import key, sound
from bot.actors.resolving import Resolver
from bot.model import ActorRef, ActorType


class Match(NamedTuple):
    """One reading of what was typed. ``how``: "name", "alias", "metonym", "people", "surname", "first name",
    "office" or "misspelt"; ``score`` in [0, 1], scores within 0.1 of each other are ambiguous."""

    actor: ActorRef
    how: str
    score: float


_SCORES = {"name": 1.0, "alias": 0.98, "metonym": 0.95, "people": 0.95, "office": 0.95, "surname": 0.8, "first name": 0.6}
_LINKS = frozenset({"the", "of", "for", "in", "to", "former", "ex"})
_HEARD = 0.1
_MENDABLE, _MENDABLE_IN_COMPANY, _TWO_SLIPS = 5, 3, 7
_NOT_ALONE = frozenset({"leader", "head", "chief", "boss", "ruler"})


class Finder:
    """Finds over the resolver's index and one of learnt actors."""

    def __init__(self, resolver: Resolver, learnt: Index) -> None:
        self._resolver = resolver
        self._indices = (resolver.index, learnt)
        self._plain = resolver.catalogue.plain
        self._function = resolver.catalogue.function
        self._titles = _descriptions(learnt)
        self._known: frozenset[str] = frozenset()
        self._words: dict[tuple[int, str], list[str]] = {}

    def find(self, phrase: str, on: date) -> tuple[Match, ...]:
        """Exact readings, else the same after mending the words that no name contains."""
        phrase = phrase.strip()[:200]
        return self.exactly(phrase, on) or self._mended(phrase, on)

    def exactly(self, phrase: str, on: date, *, within: bool = False) -> tuple[Match, ...]:
        """Readings without mending. ``within`` free text a word of plain English is no name unless capitalised."""
        folded = key(phrase)
        if not folded or self._is_word(phrase, folded, within):
            return ()
        known, learnt = ([s for s in self._senses(i, phrase, folded) if _spotted(s, within)] for i in self._indices)
        owned = any(s.how in ("name", "alias") for s in known)
        named = [self._weigh(s, on, 0.0, owned) for s in known] + [self._weigh(s, on, _HEARD, owned) for s in learnt]
        return _ranked(named or self._by_name(phrase, folded, on, within))

    def _is_word(self, phrase: str, folded: str, within: bool) -> bool:
        if phrase.strip().islower() and folded == "us":
            return within and not phrase.strip().startswith("the ")
        barred = self._plain if within else self._function
        return folded in barred and phrase.strip().islower()

    def _senses(self, index: Index, phrase: str, folded: str) -> list[Sense]:
        if phrase.strip().islower():
            return index.get(folded)
        return self._resolver.senses(phrase, folded, index)

    def _weigh(self, sense: Sense, on: date, bonus: float, owned: bool) -> Match:
        """Part of a name counts more in office, or if the texts have it, but little beside one whose own name it is."""
        score = _SCORES[sense.how]
        if sense.how in ("surname", "first name"):
            score += 0.12 if self._resolver.active(sense.actor.id, on) else bonus
            score += 0.05 if sense.how == "first name" and self._leads(sense.actor.id, on) else 0.0
            score *= 0.6 if owned else 1.0
        return Match(sense.actor, sense.how, round(score, 3))

    def _leads(self, person: str, on: date) -> bool:
        return bool(self._resolver.headed(person, on))

    def _by_name(self, phrase: str, folded: str, on: date, within: bool) -> list[Match]:
        """Institutions, offices with and without their body, names after titles, fuller names."""
        if institution := self._resolver.institution(phrase, on):
            return [Match(institution, "name", 0.97)]
        if titled := self.by_office(folded, on, within):
            return titled
        read = None if within and " " not in folded else self._resolver.explain(phrase, on=on, type_hint="person")
        if read and read.candidates and read.how != "misspelt":
            return [Match(actor, read.how, _SCORES.get(read.how, 0.8)) for actor in read.candidates]
        tokens = tuple(folded.split())
        fuller = [] if within or len(tokens) < 2 else self._resolver.by_full_name(tokens, self._indices[1])
        return [self._weigh(s, on, _HEARD, False) for s in fuller]

    def by_office(self, folded: str, on: date, within: bool) -> list[Match]:
        """Holders on that day of the office that a title means; of several the more prominent first."""
        tokens = folded.split()
        past = tokens[:1] in (["former"], ["ex"])
        tokens = tokens[1:] if past else tokens
        for body, title in self._resolver.split_office(tokens):
            if body and (offices := self._offices(title, body)):
                return self._holders(offices, on, past)
        if owned := self._owned(tokens, on):
            return self._holders(owned, on, past)
        described = self._titles.get(" ".join(tokens), [])
        if described:
            return [Match(actor, "office", 0.9) for actor in described]
        if not tokens or (within and len(tokens) == 1 and tokens[0] in _NOT_ALONE):
            return []
        title = " ".join(tokens)
        return self._holders(
            self._resolver.offices.alone(title) or (() if within else self._resolver.offices.part(title)), on, past
        )

    def _offices(self, title: str, body: str) -> Sequence[Office]:
        offices = self._resolver.offices
        if found := offices.titled(title, body) or self._resolver.leading(title, body):
            return found
        role, _, place = title.partition(" ")
        host = self._resolver.body(place.removeprefix("to ").removeprefix("in ")) if role in ("ambassador", "envoy") else None
        return offices.ambassador(body, host) if host else ()

    def _owned(self, tokens: Sequence[str], on: date) -> Sequence[Office]:
        """The office under a person: "putin's spokesman" is the Kremlin's."""
        if len(tokens) < 2 or not tokens[0].endswith("s"):
            return ()
        owners = [s.actor.id for s in self._resolver.index.get(tokens[0][:-1]) if s.how in ("alias", "surname")]
        bodies = [body for owner in owners for body in self._resolver.headed(owner, on)]
        titled = (self._resolver.offices.titled(" ".join(tokens[1:]), body) for body in bodies)
        found = next((offices for offices in titled if offices), ())
        return [o for o in found if o.kind == "press-secretary"] or found

    def _holders(self, offices: Sequence[Office], on: date, past: bool) -> list[Match]:
        known = self._resolver.offices
        people = [p for o in offices for p in (known.former(o, on)[:3] if past else known.holders(o, on))]
        if not people and len(vacant := tuple(offices)) == 1:  # who left it last, less sure
            return [Match(person, "office", 0.7) for person in known.former(vacant[0], on)[:1]]
        return [Match(person, "office", 0.95) for person in dict.fromkeys(people)]

    def _mended(self, phrase: str, on: date) -> tuple[Match, ...]:
        """Every word that stands in no name replaced by the nearest ones that do."""
        tokens = key(phrase).split()
        if not tokens or len(tokens) > 8:
            return ()
        least = _MENDABLE_IN_COMPANY if any(map(self._is_known, tokens)) else _MENDABLE
        choices = [[token] if self._is_known(token) else self._near(token, least) for token in tokens]
        rest = [self._near(token) or [token] for token in tokens] if all(map(self._is_known, tokens)) else []
        for variant in (*_variants(choices), *_variants(rest)):
            found = self.exactly(" ".join(variant), on) if variant != tokens else ()
            if found and (not rest or found[0].how != "office"):
                return _ranked(Match(m.actor, "misspelt", round(m.score * 0.9, 3)) for m in found)
        return ()

    def knows(self, written: str) -> bool:
        """Whether some name, title or institution contains this word, or a possessive of it."""
        folded = key(written).split()
        return all(self._is_known(word) or self._is_known(word.removesuffix("s")) for word in folded)

    def _is_known(self, word: str) -> bool:
        return word in self._vocabulary()

    def _vocabulary(self) -> frozenset[str]:
        if not self._known:
            forms = (form for index in self._indices for form in index.senses)
            names = {word for form in (*forms, *self._resolver.institutions.nouns) for word in form.split()}
            self._known = frozenset(names | self._resolver.offices.words | _LINKS)
        return self._known

    def _bucket(self, length: int, first: str) -> list[str]:
        if not self._words:
            for word in sorted(self._vocabulary() - _LINKS):
                self._words.setdefault((len(word), word[0]), []).append(word)
        return self._words.get((length, first), [])

    def _near(self, word: str, least: int = _MENDABLE) -> list[str]:
        """Words of names that begin alike and are one or two slips away, or sound the same; nearest first.

        Three at most, eight for a short word: only one beside a known name is mended, and only to a name that fits that.
        """
        if len(word) < least:
            return []
        allowed = 1 if len(word) < _TWO_SLIPS else 2
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        pool = [w for length in lengths for w in self._bucket(length, word[0])]
        slips = process.extract(word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        heard = [w for index in self._indices for w in index.alike(word)]
        ranked = sorted(
            dict.fromkeys((*(w for w, _, _ in slips), *heard)),
            key=lambda w: (sound(w) != sound(word), OSA.distance(w, word), -JaroWinkler.similarity(w, word)),
        )
        return ranked[: 3 if len(word) >= _MENDABLE else 8]


def _spotted(sense: Sense, within: bool) -> bool:
    """In free text first names and adjectives name nobody."""
    return not within or sense.how not in ("first name", "people") or sense.actor.id in ("united-states", "united-kingdom")


def _ranked(matches: Iterable[Match]) -> tuple[Match, ...]:
    best: dict[str, Match] = {}
    for match in matches:
        if match.actor.id not in best or best[match.actor.id].score < match.score:
            best[match.actor.id] = match
    return tuple(sorted(best.values(), key=lambda m: -m.score))


def _variants(choices: list[list[str]]) -> list[list[str]]:
    """The likeliest combinations first: each word's nearest, then one word's second and third choice."""
    if not all(choices):
        return []
    first = [c[0] for c in choices]
    others = [[*first[:i], other, *first[i + 1 :]] for i, c in enumerate(choices) for other in c[1:]]
    return [first, *others]


def _descriptions(index: Index) -> dict[str, list[ActorRef]]:
    """Descriptors of learnt people ("japanese defense minister") -> who is called that."""
    found: dict[str, list[ActorRef]] = {}
    for actor in index.actors.values():
        if actor.type is ActorType.PERSON:
            for alias in actor.aliases:
                found.setdefault(key(alias), []).append(actor.ref)
    return found
