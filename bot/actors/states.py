"""The world's states from the library ``countryinfo``, with the catalogue's corrections."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.actors.names import key, slug


@dataclass(frozen=True, slots=True)
class State:
    """A state or territory. ``people`` are adjectives and demonyms in the singular; ``metonyms`` its
    capitals; ``adjective`` stands before its institutions ("Polish Foreign Ministry")."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    adjective: str = ""


def states(corrections: Iterable[Mapping[str, Any]], territories: Iterable[str], dropped: Iterable[str]) -> tuple[State, ...]:
    """Corrected states first, in their order, then the library's others by name.

    ``corrections`` are the catalogue's ``[[state]]`` tables; ``territories`` (ISO codes) have no capital
    that stands for them and no demonym of their own; ``dropped`` are no actors.
    """
    known, lesser = _library(), frozenset(territories)
    first = {str(c["iso"]): c for c in corrections}
    rest = sorted(set(known) - set(first) - set(dropped), key=lambda iso: str(known[iso]["name"]))
    return tuple(_state(known.get(iso, {}), first.get(iso, {}), iso in lesser) for iso in (*first, *rest))


def plural(people: str) -> str:
    """Several of a people: "Russians", "Britons", "Dutchmen"; "Chinese" and "British" stay."""
    if people.endswith("man") and not people.endswith(("German", "Roman", "Ottoman")):
        return people[:-3] + "men"
    return people if people.endswith(("s", "sh", "ch", "ese", "x")) else people + "s"


def _library() -> dict[str, dict[str, Any]]:
    from countryinfo import CountryInfo  # reads 250 files: only when the registry is built

    found: dict[str, dict[str, Any]] = {}
    for info in CountryInfo.all().values():  # parts of a state (Wales) come later under its code
        if code := info.get("ISO", {}).get("alpha2"):
            found.setdefault(str(code), dict(info))
    return found


def _state(info: Mapping[str, Any], correction: Mapping[str, Any], territory: bool) -> State:
    name = str(correction.get("name") or info["name"])
    people = [] if territory else [p for p in re.split(r"[,/]", info.get("demonym") or "") if p and p != name]
    capital = [] if territory or not info.get("capital") else [str(info["capital"]).replace(" D.C.", "")]
    metonyms = [*correction.get("metonyms", ()), *capital]
    return State(
        id=slug(name),
        name=name,
        aliases=_unique((*correction.get("aliases", ()), *_formal(info))),
        people=_unique((*correction.get("people", ()), *people)),
        adjective=str(correction.get("adjective") or next(iter(people), name)),
        metonyms=tuple(m for m in _unique(metonyms) if m not in correction.get("not_metonyms", ()) and key(m) != key(name)),
    )


def _formal(info: Mapping[str, Any]) -> list[str]:
    """The library's own name and those spellings that are English: they share a word with name or demonym."""
    name, demonym = str(info.get("name") or ""), str(info.get("demonym") or "")
    shared = {word for word in key(f"{name} {demonym}").split() if len(word) > 3}
    spelt = [s.strip() for s in info.get("altSpellings") or () if s and " " in s.strip() and "," not in s]
    return [name, *(s for s in spelt if shared & set(key(s).split()))] if name else []


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.strip() for n in names if n.strip()))
