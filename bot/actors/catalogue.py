"""The catalogue file ``seeds/actors.toml``, parsed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot.actors.names import key, slug
from bot.actors.states import State, states
from bot.model import Actor, ActorType, Tenure


@dataclass(frozen=True, slots=True)
class Office:
    """An office: ``body`` is the state or organisation it belongs to, ``to`` an ambassador's host.

    ``titles`` name it beside its body, ``alone`` also without; ``many`` means several holders at once.
    """

    id: str
    title: str
    kind: str
    body: str
    to: str | None
    many: bool
    titles: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ministry:
    """What every state has: "Polish Foreign Ministry", reached by any of its nouns; silent ones do not speak for it, what one that
    ``governs`` does the state does."""

    id: str
    name: str
    nouns: tuple[str, ...]
    silent: bool
    governs: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that the catalogue file and the library of states say; actors in the order of their prominence.

    ``address``: words before a name and the pronoun they tell. ``nouns``: organisation id -> folded words after "X's" that mean it. ``plain`` words name an actor only as
    capitalised in the catalogue; ``silent`` organisations do not speak for the body they belong to,
    ``governing`` ones act for it.
    """

    actors: tuple[Actor, ...]
    states: tuple[State, ...]
    offices: tuple[Office, ...]
    pronouns: Mapping[str, str]
    nouns: Mapping[str, tuple[str, ...]]
    ministries: tuple[Ministry, ...]
    address: Mapping[str, str | None]
    voiceless: frozenset[str]
    silent: frozenset[str]
    governing: frozenset[str]
    plain: frozenset[str]
    function: frozenset[str]
    nicknames: tuple[str, ...]
    family_first: frozenset[str]


def read_catalogue() -> Catalogue:
    """The catalogue that travels with the package."""
    return parse_catalogue((files("seeds") / "actors.toml").read_text(encoding="utf-8"))


def parse_catalogue(text: str) -> Catalogue:
    """Raises ``ValueError`` or ``KeyError`` naming the entry that does not fit the format."""
    data = tomllib.loads(text)
    world = states(data["state"], data["states"]["territories"], data["states"]["dropped"])
    organisations = data["organisation"]
    people = data["person"]
    return Catalogue(
        actors=(*map(_person, people), *map(_country, world), *map(_organisation, organisations)),
        states=world,
        offices=tuple(_office(office, data["titles"]) for office in data["office"]),
        pronouns={person["id"]: person["pronoun"] for person in people},
        nouns={o["id"]: tuple(map(key, o["nouns"])) for o in organisations if "nouns" in o},
        ministries=tuple(map(_ministry, data["ministry"])),
        address=_address(data["address"]),
        voiceless=frozenset(data["voices"]["voiceless_kinds"]),
        silent=frozenset(o["id"] for o in organisations if o.get("silent")),
        governing=frozenset(o["id"] for o in organisations if o.get("governs")),
        plain=frozenset(data["words"]["plain"]),
        function=frozenset(data["words"]["function"]),
        nicknames=tuple(data["nicknames"]["groups"]),
        family_first=frozenset(person["id"] for person in people if person.get("family_first")),
    )


def _address(entry: Mapping[str, list[str]]) -> dict[str, str | None]:
    """A word before a name ("Mrs", "General") -> the pronoun it tells, if any."""
    return {word: None if pronoun == "other" else pronoun for pronoun, words in entry.items() for word in words}


def _ministry(entry: Mapping[str, Any]) -> Ministry:
    return Ministry(
        slug(entry["name"]), entry["name"], tuple(map(key, entry["nouns"])), bool(entry.get("silent")), bool(entry.get("governs"))
    )


def _person(entry: Mapping[str, Any]) -> Actor:
    held = tuple(Tenure(t["office"], t.get("since"), t.get("until")) for t in entry.get("offices", ()))
    return Actor(
        entry["id"], entry["name"], ActorType.PERSON, tuple(entry.get("aliases", ())), tenures=held, belongs_to=entry.get("of")
    )


def _country(state: State) -> Actor:
    return Actor(state.id, state.name, ActorType.COUNTRY, state.aliases, state.metonyms)


def _organisation(entry: Mapping[str, Any]) -> Actor:
    return Actor(
        entry["id"],
        entry["name"],
        ActorType.ORGANISATION,
        tuple(entry.get("aliases", ())),
        tuple(entry.get("metonyms", ())),
        belongs_to=entry.get("of"),
    )


def _office(entry: Mapping[str, Any], titles: Mapping[str, list[str]]) -> Office:
    own = (*entry.get("short", ()), *titles.get(entry["kind"], ()))
    return Office(
        id=entry["id"],
        title=entry["title"],
        kind=entry["kind"],
        body=entry["body"],
        to=entry.get("to"),
        many=bool(entry.get("many")),
        titles=tuple(dict.fromkeys(map(key, own))),
        alone=tuple(dict.fromkeys(map(key, (entry["title"], *own)))),
    )
