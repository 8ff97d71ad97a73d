"""What is offered while somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actors import load_registry
from bot.asking.completing import Completions
from bot.commands import COMMANDS


@pytest.fixture(scope="module")
def completions() -> Completions:
    made = Completions(load_registry())
    made.outlets = ("Norland Herald", "Reuters")
    return made


@pytest.mark.parametrize(
    ("command", "argument", "typed", "first"),
    [
        ("said", "actor", "hegs", "Pete Hegseth"),
        ("said", "topic", "ceas", "ceasefire"),
        ("about", "topic", "guaran", "security guarantees"),
        ("said", "topic", "zelen", "Volodymyr Zelensky"),
        ("compare", "actors", "Donald Trump and zelen", "Donald Trump and Volodymyr Zelensky"),
        ("readouts", "actors", "puti", "Vladimir Putin"),
        ("digest", "zone", "bruss", "Europe/Brussels"),
        ("digest", "zone", "new y", "America/New_York"),
        ("mute", "topic", "her", "Norland Herald"),
        ("mute", "topic", "sanc", "sanctions"),
    ],
)
def test_the_likeliest_comes_first(completions: Completions, command: str, argument: str, typed: str, first: str) -> None:
    assert completions.of(command, argument, typed, 25)[0] == first


@pytest.mark.parametrize(("command", "argument"), [("said", "when"), ("who-said", "words"), ("nonsense", "actor")])
def test_nothing_is_offered_where_nothing_is_known(completions: Completions, command: str, argument: str) -> None:
    assert completions.of(command, argument, "a", 25) == []


@given(st.sampled_from([(c.name, a.name) for c in COMMANDS for a in c.arguments]), st.text(max_size=40), st.integers(1, 25))
def test_whatever_is_typed(completions: Completions, place: tuple[str, str], typed: str, limit: int) -> None:
    found = completions.of(*place, typed, limit)
    assert len(found) == len(set(found)) <= limit
