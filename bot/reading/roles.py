"""Nouns for people by what they do, from ``data/roles.txt``."""

from functools import cache
from importlib.resources import files


@cache
def roles() -> dict[str, bool]:
    """Role noun in lower case -> whether such a person speaks for an institution."""
    lines = files("bot.reading").joinpath("data", "roles.txt").read_text(encoding="utf-8").splitlines()
    entries = (
        word for line in lines if not line.startswith("#") for word in line.split() if word[-1] not in "+~" and ">" not in word
    )
    return {word.partition("=")[0]: "=" in word for word in entries}


def is_role(word: str) -> bool:
    """True for the noun in the singular."""
    return word.lower() in roles()


def is_roles(word: str) -> bool:
    """True for the noun in the plural."""
    return word.lower().removesuffix("s") in roles() and word.lower().endswith("s")


@cache
def bodies() -> frozenset[str]:
    """Nouns for bodies that are called after a person."""
    lines = files("bot.reading").joinpath("data", "roles.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word[:-1] for line in lines if not line.startswith("#") for word in line.split() if word.endswith("+"))


@cache
def writings() -> frozenset[str]:
    """Nouns for what is written on somebody's behalf."""
    lines = files("bot.reading").joinpath("data", "roles.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word[:-1] for line in lines if not line.startswith("#") for word in line.split() if word.endswith("~"))


@cache
def shortened() -> dict[str, str]:
    """Shortened title in lower case, with its full stop -> role noun."""
    lines = files("bot.reading").joinpath("data", "roles.txt").read_text(encoding="utf-8").splitlines()
    pairs = (word.partition(">") for line in lines if not line.startswith("#") for word in line.split() if ">" in word)
    return {short: noun for short, _, noun in pairs}
