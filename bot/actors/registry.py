"""The registry: the catalogue's look-ups, and what questions ask of them, with the actors discovered in the texts."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from heapq import nsmallest
from itertools import islice

from bot.actors.catalogue import Catalogue, read_catalogue
from bot.actors.finding import Finder, Match
from bot.actors.index import Index, Sense
from bot.actors.names import key
from bot.actors.resolving import Resolver
from bot.model import Actor, ActorRef, ActorType, Span

_WORD = re.compile(r"[^\W_](?:[\w.'’ʼ-]*[^\W_])?\.?")
_LONGEST = 7
_MOST = 200


class Registry(Resolver):
    """Implements ``bot.reading.catalogue.Catalogue`` (by the catalogue alone) and ``bot.asking.names.Who``.

    ``learn`` adds discovered actors to what questions see; what reading sees never changes. It swaps
    whole tables, so look-ups in other threads see the old or the new ones. Raises for no string.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._learnt: dict[str, Actor] = {}
        self._people_learnt: dict[str, list[ActorRef]] = {}
        self._parts, self._people = self._by_body(()), _undated(self.index.actors.values())
        self._finder = Finder(self, Index(()))
        self._names = _sorted_names(self.index)

    def learn(self, actors: Iterable[Actor]) -> None:
        """Add actors discovered in the texts; those the catalogue knows by name are left out."""
        fresh = {a.id: a for a in actors if a.id not in self.index.actors and not self._known(a)}
        if not fresh.items() <= self._learnt.items():
            self._learnt = {**self._learnt, **fresh}
            learnt = Index(self._learnt.values(), start=len(self.index.actors))
            self._finder, self._parts = Finder(self, learnt), self._by_body(self._learnt.values())
            self._people_learnt = _undated(self._learnt.values())
            self._names = sorted((*_sorted_names(self.index), *_sorted_names(learnt)))

    def _by_body(self, learnt: Iterable[Actor]) -> dict[str, list[Actor]]:
        """Body -> the organisations that speak for it."""
        parts: dict[str, list[Actor]] = {}
        for actor in (*self.catalogue.actors, *learnt):
            if actor.belongs_to and actor.type is ActorType.ORGANISATION and actor.id not in self.catalogue.silent:
                parts.setdefault(actor.belongs_to, []).append(actor)
        return parts

    def _known(self, actor: Actor) -> bool:
        return any(s.how in ("name", "alias") and s.actor.type == actor.type for s in self.index.get(key(actor.name)))

    def find(self, phrase: str, on: date, *, limit: int = 8) -> tuple[Match, ...]:
        """What a name, title or institution typed in chat may mean, best first; equal scores are ambiguous.

        Any case, slips of the keyboard allowed. Titles mean their holders on that day. ``()`` if unknown.
        """
        return self._finder.find(phrase, on)[:limit]

    def spot(self, text: str, on: date) -> tuple[tuple[Span, tuple[Match, ...]], ...]:
        """Exact names, metonyms and titles in free text, any case, the longest first, not overlapping, in text order."""
        found = [Span(m.start(), m.end()) for m in islice(_WORD.finditer(text), _MOST)]
        known = [self._finder.knows(text[start:end]) for start, end in found]
        spotted: list[tuple[Span, tuple[Match, ...]]] = []
        at = 0
        while at < len(found):
            length, matches = self._longest(text, found, known, at, on)
            if matches and not (length == 1 and self._is_part(text, found, known, at, spotted)):
                start, end = found[at].start, found[at + length - 1].end
                article = 4 if text[start : start + 4].lower() == "the " else 0
                spotted.append((Span(start + article, end), matches))
            at += length
        return tuple(spotted)

    def _is_part(
        self, text: str, found: list[Span], known: list[bool], at: int, spotted: list[tuple[Span, tuple[Match, ...]]]
    ) -> bool:
        """Whether a word is part of a longer name that nobody knows: "Jim Jordan", "Washington Post-ABC poll"."""
        word = text[slice(*found[at])]
        if not word[:1].isupper():
            return False
        after = text[slice(*found[at + 1])] if at + 1 < len(found) and found[at + 1].start == found[at].end + 1 else ""
        if after[:1].isupper() and not known[at + 1] and not after.isupper():
            return True
        before = text[slice(*found[at - 1])] if at > 1 and found[at - 1].end + 1 == found[at].start else ""
        taken = bool(spotted) and spotted[-1][0].end == found[at - 1].end
        return before[:1].isupper() and not before.isupper() and not taken and not self.is_address(before)

    def _longest(self, text: str, found: list[Span], known: list[bool], at: int, on: date) -> tuple[int, tuple[Match, ...]]:
        """How many words from ``at`` on name somebody, and whom; one word and nobody if none do."""
        end = at
        while end < min(at + _LONGEST, len(found)) and known[end]:
            end += 1
        for last in range(end, at, -1):
            if matches := self._finder.exactly(text[found[at].start : found[last - 1].end], on, within=True):
                return last - at, matches
        return 1, ()

    def voices(self, actor: str, on: date) -> tuple[ActorRef, ...]:
        """Who speaks for an actor on that day, itself first: a state's institutions, then its officials.

        Institutions speak through their own officials ("kremlin": Kremlin, its spokesman, not the president);
        a person speaks for himself alone. Unknown ids give nothing.
        """
        entry = self._entry(actor)
        if entry is None:
            return ()
        if entry.type is ActorType.PERSON:
            return (entry.ref,)
        bodies = self._under(entry)
        officials = (p for b in bodies for o in self.offices.of_body(b.id) if o.kind not in self.catalogue.voiceless
                     for p in self.offices.holders(o, on))  # fmt: skip
        return tuple(dict.fromkeys((*(b.ref for b in bodies), *officials, *self._members(entry))))

    def _entry(self, actor: str) -> Actor | None:
        return self.index.actors.get(actor) or self._learnt.get(actor) or self.institutions.get(actor)

    def _under(self, entry: Actor) -> list[Actor]:
        """The actor and the institutions that speak for it, breadth first."""
        bodies = [entry]
        for body in bodies:
            bodies += [a for a in self._parts.get(body.id, ()) if a not in bodies]
        return bodies + self.institutions.speaking(entry.id)

    def _members(self, entry: Actor) -> list[ActorRef]:
        """People without a dated office: of movements and organisations, and those the texts put with an actor."""
        undated = [] if entry.type is ActorType.COUNTRY or entry.belongs_to else self._people.get(entry.id, [])
        return [*undated, *self._people_learnt.get(entry.id, [])]

    def speaks_for(self, actor: str) -> str | None:
        """The state or organisation an institution or person belongs to, if the catalogue or a text says so; of one
        who holds or held offices, that of the latest."""
        entry = self._entry(actor)
        if entry is None or entry.belongs_to or not entry.tenures:
            return entry.belongs_to if entry else None
        office = self.offices.get(entry.tenures[-1].office)
        return office.body if office else None

    def governs(self, actor: str) -> str | None:
        """The state whose government this is, as which its deeds are told."""
        return self.institutions.governed(actor)

    def title(self, actor: str, on: date) -> str | None:
        """The office an actor held on that day, the highest first: "US Secretary of Defense"."""
        entry = self.index.actors.get(actor)
        held = [o for t in entry.tenures if (o := self.offices.get(t.office))] if entry else []
        return next((o.title for o in reversed(held) if any(p.id == actor for p in self.offices.holders(o, on))), None)

    def complete(self, prefix: str, limit: int = 25) -> list[str]:
        """Canonical names of which a word, or an alias, begins with ``prefix``, the most prominent first."""
        wanted = key(prefix)
        if not wanted:
            return []
        start, end = bisect_left(self._names, (wanted,)), bisect_left(self._names, (wanted + "\uffff",))
        best = nsmallest(limit * 4, ((rank, name) for _, rank, name in self._names[start:end]))
        return list(dict.fromkeys(name for _, name in best))[:limit]


def _undated(actors: Iterable[Actor]) -> dict[str, list[ActorRef]]:
    """Body -> the people put with it who have no dated office."""
    people: dict[str, list[ActorRef]] = {}
    for actor in actors:
        if actor.belongs_to and actor.type is ActorType.PERSON and not actor.tenures:
            people.setdefault(actor.belongs_to, []).append(actor.ref)
    return people


def _sorted_names(index: Index) -> list[tuple[str, int, str]]:
    """(folded form, rank, canonical name) of everything that can be typed."""

    def entry(folded: str, sense: Sense) -> tuple[str, int, str]:
        current = any(t.until is None for t in index.actors[sense.actor.id].tenures) or sense.actor.type is not ActorType.PERSON
        return folded, sense.rank + (0 if current else 100_000), sense.actor.name

    return sorted(entry(folded, s) for folded, senses in index.senses.items() for s in senses)


def load_registry() -> Registry:
    """The registry of the catalogue that travels with the package."""
    return Registry(read_catalogue())
