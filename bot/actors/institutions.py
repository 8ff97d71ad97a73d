"""The institutions of states and of those who head them: what "Russia's foreign ministry" or "Macron's office" is."""

from collections.abc import Mapping

from bot.actors.catalogue import Catalogue
from bot.model import Actor, ActorRef, ActorType


class Institutions:
    """Look-ups by owner and noun: the catalogue's own institutions first, else what every state has."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._ministries = catalogue.ministries
        self._states = {state.id: state for state in catalogue.states}
        self._own: Mapping[tuple[str, str], ActorRef] = {
            (actor.belongs_to, noun): actor.ref
            for actor in reversed(catalogue.actors)
            if actor.belongs_to
            for noun in catalogue.nouns.get(actor.id, ())
        }
        self._governing = {a.id: a.belongs_to for a in catalogue.actors if a.belongs_to and a.id in catalogue.governing}
        self.nouns = frozenset(noun for _, noun in self._own) | {noun for m in self._ministries for noun in m.nouns}

    def of(self, body: str, noun: str) -> ActorRef | None:
        """The institution of a state or organisation; ``noun`` is folded."""
        if own := self._own.get((body, noun)):
            return own
        number = next((n for n, m in enumerate(self._ministries) if noun in m.nouns), None)
        return self._made(number, body).ref if number is not None and body in self._states else None

    def get(self, actor: str) -> Actor | None:
        """An institution that every state has, by its id."""
        for number, ministry in enumerate(self._ministries):
            body = actor.removeprefix(f"{ministry.id}-of-")
            if body != actor and body in self._states:
                return self._made(number, body)
        return None

    def governed(self, actor: str) -> str | None:
        """The id of the state whose government this is: what a government does its state does."""
        made = next((f"{m.id}-of-" for m in self._ministries if m.governs and actor.startswith(f"{m.id}-of-")), None)
        if made:
            return actor.removeprefix(made)
        return self._governing.get(actor)

    def speaking(self, body: str) -> list[Actor]:
        """Those that speak for a state, but for what the catalogue has under a name of its own."""
        if body not in self._states:
            return []
        speaking = [(n, m) for n, m in enumerate(self._ministries) if not m.silent]
        return [self._made(n, body) for n, m in speaking if not any((body, noun) in self._own for noun in m.nouns)]

    def _made(self, number: int, body: str) -> Actor:
        ministry, state = self._ministries[number], self._states[body]
        aliases = (f"{ministry.name} of {state.name}", f"{state.name}'s {ministry.name}")
        return Actor(
            f"{ministry.id}-of-{body}", f"{state.adjective} {ministry.name}", ActorType.ORGANISATION, aliases, belongs_to=body
        )
