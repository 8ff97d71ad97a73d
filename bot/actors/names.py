"""How names are compared: folding, sound, the parts of a person's name."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.terms import words

_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}[^\W\d_]?(?!\w)|(?<!\w)[^\W\d_]\.[^\W\d_](?!\w)")
_POSSESSIVE = re.compile(r"(?<=[\w.])['’ʼ]s?\s*$", re.IGNORECASE)
_PARTICLES = frozenset(
    [
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "abu",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "vel",
        "af",
        "zu",
    ]
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])
_SOUNDS = (
    (re.compile(r"eau|aux?$"), "o"),
    (re.compile(r"sch"), "sh"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"ck|q|c(?![hei])"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"ou"), "u"),
    (re.compile(r"([oua])e(?=[^\W\d_])"), r"\1"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"^ie"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1 << 15)
def key(name: str) -> str:
    """What two spellings of one name share: lower case, no accents, dots, hyphens, "the" or final possessive.

    >>> key("the U.S."), key("Ban Ki-moon’s"), key("Élysée")
    ('us', 'ban ki moon', 'elysee')
    """
    plain = _POSSESSIVE.sub("", name.strip())
    found = words(_DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), plain))
    return " ".join(found[1:] if len(found) > 1 and found[0] == "the" else found)


@lru_cache(maxsize=1 << 14)
def sound(word: str) -> str:
    """What transliterations of one name have in common; ``word`` is folded.

    >>> sound("zelenskiy") == sound("zelenskyy") == sound("zelensky")
    True
    """
    for pattern, instead in _SOUNDS:
        word = pattern.sub(instead, word)
    return word


def slug(name: str) -> str:
    """A stable id for a name, at most 80 characters; "unnamed" where it has neither letters nor digits.

    >>> slug("Recep Tayyip Erdoğan")
    'recep-tayyip-erdogan'
    """
    return key(name).replace(" ", "-")[:80].strip("-") or "unnamed"


def bare(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens of a person's name without "Jr." and the like."""
    return tokens[:-1] if len(tokens) > 2 and tokens[-1] in _SUFFIXES else tokens


def family_first(name: str) -> bool:
    """Whether the spelling itself shows the family name first: "Moon Jae-in"."""
    return bool(re.fullmatch(r"[A-Z]\w* [A-Z]\w*-[a-z]\w*", name))


def surnames(tokens: tuple[str, ...], family_name_first: bool = False) -> tuple[str, ...]:
    """The forms in which a surname stands alone, the fullest first; tokens are folded.

    >>> surnames(("ursula", "von", "der", "leyen")), surnames(("bashar", "al", "assad"))
    (('von der leyen', 'leyen'), ('al assad', 'assad'))
    """
    tokens = bare(tokens)
    if len(tokens) < 2:
        return ()
    if family_name_first:
        return (tokens[0],)
    start = len(tokens) - 1
    while start > 1 and tokens[start - 1] in _PARTICLES:
        start -= 1
    return tuple(dict.fromkeys((" ".join(tokens[start:]), tokens[-1])))


def given(tokens: tuple[str, ...], family_name_first: bool = False) -> str | None:
    """The first name that may stand alone."""
    if len(tokens) < 2 or len(tokens[0]) < 3:
        return None
    return " ".join(tokens[1:]) if family_name_first else tokens[0]


def nickname_table(groups: Iterable[str]) -> dict[str, frozenset[int]]:
    """First name -> the numbers of the groups ("william bill will") it stands in."""
    table: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for name in group.split():
            table.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in table.items()}


def compatible(left: str, right: str, nicknames: Mapping[str, frozenset[int]]) -> bool:
    """Whether two folded first names may be one person's: equal, an initial, a short form, a transliteration."""
    if left == right or sound(left) == sound(right):
        return True
    short, long = sorted((left, right), key=len)
    if long.startswith(short) and len(short) != 2:
        return True
    return bool(nicknames.get(left, frozenset()) & nicknames.get(right, frozenset()))
