"""Every form of every name, folded, with the actors it may mean."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from bot.actors.names import family_first, given, key, sound, surnames
from bot.actors.states import State, plural
from bot.model import Actor, ActorRef, ActorType


class Sense(NamedTuple):
    """One reading of a form: ``how`` is "name", "alias", "metonym", "people", "surname" or "first name".

    ``form`` is the name as the catalogue writes it; a lower ``rank`` is more prominent.
    """

    actor: ActorRef
    how: str
    form: str
    rank: int


class Index:
    """Folded form -> senses, in the order in which actors were entered."""

    def __init__(
        self, actors: Iterable[Actor], states: Iterable[State] = (), first: Collection[str] = (), start: int = 0
    ) -> None:
        self.senses: dict[str, list[Sense]] = {}
        self.actors: dict[str, Actor] = {}
        for rank, actor in enumerate(actors, start):
            self.actors.setdefault(actor.id, actor)
            self._enter(actor, rank, actor.id in first or family_first(actor.name))
        for state in states:
            self._enter_people(state)
        self._letters: Mapping[str, list[str]] | None = None
        self._sounds: Mapping[str, list[str]] | None = None

    def _add(self, form: str, actor: Actor, how: str, rank: int) -> None:
        folded = key(form)
        senses = self.senses.setdefault(folded, []) if folded else []
        if all(sense.actor.id != actor.id for sense in senses):
            senses.append(Sense(actor.ref, how, form, rank))

    def _enter(self, actor: Actor, rank: int, family_name_first: bool) -> None:
        self._add(actor.name, actor, "name", rank)
        for alias in actor.aliases:
            self._add(alias, actor, "alias", rank)
        for metonym in actor.metonyms:
            self._add(metonym, actor, "metonym", rank)
        if actor.type is ActorType.PERSON:
            self._enter_parts(actor, rank, family_name_first)

    def _enter_parts(self, actor: Actor, rank: int, family_name_first: bool) -> None:
        tokens = tuple(key(actor.name).split())
        if tokens and tokens[0] in {"king", "queen", "pope", "emperor", "prince", "sheikh"}:
            tokens = tokens[1:]
        for form in surnames(tokens, family_name_first):
            if len(form) > 1:  # a letter alone names nobody: the A of "Michael A."
                self._add(form.title(), actor, "surname", rank)
        if (first := given(tokens, family_name_first)) and len(first) > 1:
            self._add(first.title(), actor, "first name", rank)

    def _enter_people(self, state: State) -> None:
        actor = self.actors[state.id]
        for people in state.people:
            for form in (people, plural(people)):
                self._add(form, actor, "people", 0)

    def get(self, folded: str) -> list[Sense]:
        return self.senses.get(folded, [])

    def alike(self, word: str) -> list[str]:
        """Single-word forms with the letters of ``word`` in another order, or with its sound; not ``word`` itself."""
        if self._letters is None or self._sounds is None:
            self._letters = _grouped(self.senses, lambda form: "".join(sorted(form)))
            self._sounds = _grouped(self.senses, sound)
        found = [*self._letters.get("".join(sorted(word)), ()), *self._sounds.get(sound(word), ())]
        return [form for form in dict.fromkeys(found) if form != word]


def _grouped(forms: Iterable[str], by: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        if " " not in form and len(form) > 4:
            groups[by(form)].append(form)
    return groups
