"""Offices: who held which, when; which office a title means."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from bot.actors.catalogue import Catalogue, Office
from bot.model import ActorRef

_LINKS = frozenset({"of", "for", "to", "the", "and", "in", "on", "at"})


class Held(NamedTuple):
    """One holder of an office; ``since`` inclusive, ``until`` exclusive, ``None`` where open or not known."""

    person: ActorRef
    since: date | None
    until: date | None

    def at(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Offices:
    """Look-ups by id, by body and title, by title alone. Titles are folded (``names.key``)."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._parent = {a.id: a.belongs_to for a in catalogue.actors if a.belongs_to}
        self._office = {office.id: office for office in catalogue.offices}
        self._held = _holders(catalogue)
        self._direct: dict[tuple[str, str], list[Office]] = defaultdict(list)
        self._inherited: dict[tuple[str, str], list[Office]] = defaultdict(list)
        self._alone: dict[str, list[Office]] = defaultdict(list)
        self._part: dict[str, list[Office]] = defaultdict(list)
        self._body: dict[str, list[Office]] = defaultdict(list)
        for office in catalogue.offices:
            self._enter(office)
        self.words = frozenset(word for title in self._alone for word in title.split()) - _LINKS

    def _enter(self, office: Office) -> None:
        self._body[office.body].append(office)
        for title in office.titles:
            self._direct[office.body, title].append(office)
            for body in self.ancestors(office.body):
                self._inherited[body, title].append(office)
        for title in office.alone:
            self._alone[title].append(office)
            for word in {title.split()[-1], title.split(" of ")[0].split()[-1]} - {title}:
                self._part[word].append(office)

    def ancestors(self, body: str) -> tuple[str, ...]:
        """The bodies that ``body`` belongs to, nearest first."""
        found: list[str] = []
        while (parent := self._parent.get(found[-1] if found else body)) and parent not in found:
            found.append(parent)
        return tuple(found)

    def titled(self, title: str, body: str) -> tuple[Office, ...]:
        """The offices of a body, else of the bodies under it, that ``title`` names."""
        return tuple(self._direct.get((body, title)) or self._inherited.get((body, title)) or ())

    def alone(self, title: str) -> tuple[Office, ...]:
        """The offices a title may mean without its body, most prominent first."""
        return tuple(self._alone.get(title, ()))

    def part(self, word: str) -> tuple[Office, ...]:
        """The offices a title's chief word may mean: "secretary", "minister"."""
        return tuple(dict.fromkeys(self._part.get(word, ())))

    def of_body(self, body: str) -> tuple[Office, ...]:
        return tuple(self._body.get(body, ()))

    def ambassador(self, body: str, to: str) -> tuple[Office, ...]:
        return tuple(o for o in self._body.get(body, ()) if o.to == to)

    def get(self, office: str) -> Office | None:
        return self._office.get(office)

    def holders(self, office: Office, on: date | None) -> tuple[ActorRef, ...]:
        """Who held it on that day; ``None``: who holds it as far as the catalogue knows.

        Holders whose dates are not known are told only of an office that has several.
        """
        day = on or date.max
        dated = [
            h
            for h in self._held[office.id]
            if h.at(day) and (office.many or h.since or h.until or len(self._held[office.id]) == 1)
        ]
        return tuple(h.person for h in dated)

    def former(self, office: Office, on: date | None) -> tuple[ActorRef, ...]:
        """Who had held it before that day and no longer did, the latest first."""
        day = on or date.max
        now = {p.id for p in self.holders(office, on)}
        gone = [h for h in self._held[office.id] if h.until and h.until <= day and h.person.id not in now]
        return tuple(dict.fromkeys(h.person for h in sorted(gone, key=lambda h: h.until or day, reverse=True)))

    def everyone(self, office: Office) -> tuple[Held, ...]:
        return tuple(self._held[office.id])


def _holders(catalogue: Catalogue) -> Mapping[str, list[Held]]:
    held: dict[str, list[Held]] = defaultdict(list)
    for actor in catalogue.actors:
        for tenure in actor.tenures:
            held[tenure.office].append(Held(actor.ref, tenure.since, tenure.until))
    return held
