"""Nouns for people by what they do, from ``data/roles.txt``."""

from functools import cache

from bot.actors.names import slug
from bot.model import ActorRef, ActorType
from bot.wordlists import entries

_CAMPAIGNERS = frozenset(["team", "camp"])


@cache
def _words() -> tuple[str, ...]:
    return tuple(word for line in entries("bot.reading", "data/roles.txt") for word in line.split())


@cache
def roles() -> dict[str, bool]:
    """Role noun in lower case -> whether such a person speaks for an institution."""
    plain = (word for word in _words() if word[-1] not in "+~!" and ">" not in word)
    return {word.partition("=")[0]: "=" in word for word in plain}


def is_role(word: str) -> bool:
    """True for the noun in the singular."""
    return word.lower() in roles()


def is_roles(word: str) -> bool:
    """True for the noun in the plural."""
    return word.lower().removesuffix("s") in roles() and word.lower().endswith("s")


@cache
def bodies() -> frozenset[str]:
    """Nouns for bodies that are called after a person."""
    return frozenset(word[:-1] for word in _words() if word.endswith("+"))


@cache
def collectives() -> frozenset[str]:
    """Nouns that take up a body named before."""
    return frozenset(word[:-1] for word in _words() if word.endswith("!"))


@cache
def writings() -> frozenset[str]:
    """Nouns for what is written on somebody's behalf."""
    return frozenset(word[:-1] for word in _words() if word.endswith("~"))


@cache
def shortened() -> dict[str, str]:
    """Shortened title in lower case, with its full stop -> role noun."""
    pairs = (word.partition(">") for word in _words() if ">" in word)
    return {short: noun for short, _, noun in pairs}


def body_of(owner: ActorRef, noun: str, campaigning: bool = False) -> ActorRef | None:
    """A person's campaign, team or administration that the catalogue does not list; a team is the campaign where there is one."""
    words = noun.split()
    body = next((word for word in words if word in bodies()), None)
    if owner.type is not ActorType.PERSON or body is None or (is_role(words[-1]) and not roles()[words[-1]]):
        return None
    name = f"{owner.name.split()[-1]} {'campaign' if campaigning and body in _CAMPAIGNERS else body}"
    return ActorRef(slug(name), name, ActorType.ORGANISATION)
