"""What people type, and what the registry learns from the texts."""

from datetime import date

import pytest

from bot.actors import Registry, load_registry
from bot.model import Actor, ActorType

from .conftest import DAY


def best(registry: Registry, phrase: str, on: date = DAY) -> str | None:
    found = registry.find(phrase, on)
    return found[0].actor.id if found else None


@pytest.mark.parametrize(
    ("phrase", "actor"),
    [
        ("hegsteh", "pete-hegseth"),
        ("wat witkof", None),
        ("witkof", "steve-witkoff"),
        ("netanyahoo", "benjamin-netanyahu"),
        ("trudo", "justin-trudeau"),
        ("vlodymyr zelenski", "volodymyr-zelensky"),
        ("volodymyr", "volodymyr-zelensky"),
        ("ZELENSKYY", "volodymyr-zelensky"),
        ("kyiv", "ukraine"),
        ("us", "united-states"),
        ("the us", "united-states"),
        ("zelensky's office", "office-of-the-president-of-ukraine"),
        ("zelenskys office", "office-of-the-president-of-ukraine"),
        ("putin's spokesman", "dmitry-peskov"),
        ("un human rights council", "un-human-rights-council"),
        ("saudi arabia", "saudi-arabia"),
        ("ny post", "new-york-post"),
        ("potus", "donald-trump"),
        ("eu foreign policy chief", "kaja-kallas"),
        ("british ambassador in washington", "peter-mandelson"),
        ("south korean presidential office", "blue-house"),
        ("who", None),
        ("may", None),
        ("nobody of that name", None),
        ("dean", None),
        ("rendell", None),
        ("jim jordan", None),
        ("", None),
    ],
)
def test_what_is_typed(registry: Registry, phrase: str, actor: str | None) -> None:
    assert best(registry, phrase) == actor


def test_offices_are_read_at_the_day_of_the_question(registry: Registry) -> None:
    spring = date(2018, 4, 21)
    assert best(registry, "japanese defence minister", spring) == "itsunori-onodera"
    assert best(registry, "us commerce secretary", spring) == "wilbur-ross"
    assert best(registry, "american ambassador in london", spring) == "woody-johnson"


def test_a_vacant_office_offers_who_left_it_less_surely(registry: Registry) -> None:
    (match,) = registry.find("american ambassador in london", DAY)
    assert (match.actor.id, match.score) == ("jane-hartley", 0.7)


def test_an_ambiguous_title_gives_choices(registry: Registry) -> None:
    found = registry.find("the president", DAY)
    assert [m.actor.id for m in found[:3]] == ["donald-trump", "volodymyr-zelensky", "vladimir-putin"]
    assert len({m.score for m in found}) == 1
    assert {"marco-rubio", "pete-hegseth"} <= {m.actor.id for m in registry.find("the secretary", DAY)}


def test_names_are_spotted_in_free_text(registry: Registry) -> None:
    text = "compare what Washington and moscow told us about the trump putin call"
    assert [text[s.start : s.end] for s, _ in registry.spot(text, DAY)] == ["Washington", "moscow", "trump", "putin"]
    for longer in ("what did Jim Jordan say", "has the EU said so for long"):
        assert not {m.actor.type for _, found in registry.spot(longer, DAY) for m in found} & {
            ActorType.PERSON,
            ActorType.COUNTRY,
        }
    assert registry.spot("tell us who may reach the case, it said", DAY) == ()


def test_voices_of_a_state_an_institution_a_person(registry: Registry) -> None:
    ukraine = [v.id for v in registry.voices("ukraine", DAY)]
    assert ukraine[0] == "ukraine"
    assert {"volodymyr-zelensky", "office-of-the-president-of-ukraine", "andrii-sybiha", "andriy-yermak"} <= set(ukraine)
    assert "petro-poroshenko" not in ukraine
    kremlin = [v.id for v in registry.voices("kremlin", DAY)]
    assert "dmitry-peskov" in kremlin
    assert "vladimir-putin" not in kremlin
    assert [v.id for v in registry.voices("volodymyr-zelensky", DAY)] == ["volodymyr-zelensky"]
    assert registry.voices("nobody", DAY) == ()
    assert registry.speaks_for("kremlin") == "russia"
    assert registry.speaks_for("vladimir-putin") == "russia"
    poland = [v.id for v in registry.voices("poland", DAY)]
    assert {"foreign-ministry-of-poland", "government-of-poland", "donald-tusk"} <= set(poland)
    assert "central-bank-of-poland" not in poland
    assert registry.speaks_for("foreign-ministry-of-poland") == "poland"


def test_titles_at_a_day(registry: Registry) -> None:
    assert registry.title("pete-hegseth", DAY) == "US Secretary of Defense"
    assert registry.title("donald-trump", date(2016, 1, 1)) is None
    assert registry.title("nobody", DAY) is None


def test_completion(registry: Registry) -> None:
    assert registry.complete("heg")[0] == "Pete Hegseth"
    assert registry.complete("zel")[0] == "Volodymyr Zelensky"
    assert registry.complete("") == []
    assert len(registry.complete("a", 5)) == 5


def test_discovered_actors_are_found_and_change_nothing_for_reading() -> None:
    registry = load_registry()
    found = Actor(
        "jana-testova", "Jana Testova", ActorType.PERSON, ("Ruritanian Harbour Minister",), belongs_to="amnesty-international"
    )
    registry.learn([found, Actor("donald-j-trump", "Donald Trump", ActorType.PERSON)])
    assert best(registry, "testova") == "jana-testova"
    assert best(registry, "jana testov") == "jana-testova"
    assert best(registry, "the ruritanian harbour minister") == "jana-testova"
    assert registry.complete("testo") == ["Jana Testova"]
    assert found.ref in registry.voices("amnesty-international", DAY)
    assert best(registry, "donald trump") == "donald-trump"
    assert registry.resolve("Jana Testova") is None


def test_a_letter_is_nobody_s_surname() -> None:
    registry = load_registry()
    registry.learn([Actor("michael-a", "Michael A", ActorType.PERSON)])
    assert registry.find("a", date(2025, 2, 13)) == ()
    assert [match.actor.name for match in registry.find("michael a", date(2025, 2, 13))] == ["Michael A"]
