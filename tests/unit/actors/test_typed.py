"""The people of the field as they are typed in a hurry: case, accents, swapped, lost and doubled letters."""

import unicodedata
from collections.abc import Callable

import pytest

from bot.actors import Registry

from .conftest import DAY

_PEOPLE = """
Volodymyr Zelensky, Vladimir Putin, Sergei Lavrov, Dmitry Peskov, Maria Zakharova, Andriy Yermak, Rustem Umerov, Andrii Sybiha,
Oleksandr Syrskyi, Denys Shmyhal, Donald Trump, JD Vance, Marco Rubio, Pete Hegseth, Keith Kellogg, Steve Witkoff, Mike Waltz,
Karoline Leavitt, Emmanuel Macron, Gabriel Attal, Sébastien Lecornu, Olaf Scholz, Annalena Baerbock, Boris Pistorius,
Friedrich Merz, Keir Starmer, David Lammy, John Healey, Giorgia Meloni, Antonio Tajani, Donald Tusk, Radoslaw Sikorski,
Andrzej Duda, Viktor Orban, Peter Szijjarto, Robert Fico, Ursula von der Leyen, Kaja Kallas, António Costa, Mark Rutte,
Jens Stoltenberg, António Guterres, Rafael Grossi, Recep Tayyip Erdogan, Hakan Fidan, Mohammed bin Salman, Faisal bin Farhan,
Benjamin Netanyahu, Israel Katz, Abbas Araghchi, Xi Jinping, Wang Yi, Narendra Modi, Subrahmanyam Jaishankar, Shigeru Ishiba,
Kim Jong Un, Alexander Lukashenko, Maia Sandu, Alexander Stubb, Gitanas Nauseda
"""
_NAMES = [" ".join(name.split()) for name in _PEOPLE.split(",")]


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()


def _in_longest(change: Callable[[str], str]) -> Callable[[str], str]:
    def typed(name: str) -> str:
        word = max(_plain(name).split(), key=len)
        return _plain(name).replace(word, change(word))

    return typed


_WAYS: dict[str, Callable[[str], str]] = {
    "lower case without accents": _plain,
    "capitals": str.upper,
    "a possessive": lambda name: f"{name}’s",
    "two letters swapped": _in_longest(
        lambda w: w if len(w) < 5 else w[: len(w) // 2] + w[len(w) // 2 :][1::-1] + w[len(w) // 2 + 2 :]
    ),
    "a letter lost": _in_longest(lambda w: w[: len(w) // 2] + w[len(w) // 2 + 1 :]),
    "a letter doubled": _in_longest(lambda w: w[:2] + w[1:]),
}


@pytest.mark.parametrize("way", _WAYS)
def test_everybody_is_found_first_however_typed(registry: Registry, way: str) -> None:
    missed = []
    for name in _NAMES:
        meant = registry.resolve(name, type_hint="person", on=DAY)
        found = registry.find(_WAYS[way](name), DAY)
        if meant is None or not found or found[0].actor != meant or found[0].score == (found[1].score if found[1:] else None):
            missed.append((name, _WAYS[way](name)))
    assert missed == []


@pytest.mark.parametrize("name", ["john cook", "mary wood", "mark hill", "mike lane", "david rice", "anna shaw", "peter dunn"])
def test_strangers_are_not_mended_into_anybody(registry: Registry, name: str) -> None:
    assert registry.find(name, DAY) == ()
