"""The catalogue file keeps its promises: ids, bodies and dates hold together."""

from datetime import date
from itertools import pairwise

import pytest

from bot.actors import Registry
from bot.actors.catalogue import Office
from bot.actors.names import key
from bot.model import ActorType

BEFORE = date(1900, 1, 1)


def test_ids_are_unique(registry: Registry) -> None:
    catalogue = registry.catalogue
    for ids in ([a.id for a in catalogue.actors], [o.id for o in catalogue.offices]):
        assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(registry: Registry) -> None:
    actors, offices = registry.index.actors, {o.id for o in registry.catalogue.offices}
    for actor in registry.catalogue.actors:
        assert actor.belongs_to is None or actor.belongs_to in actors, actor.id
        assert {t.office for t in actor.tenures} <= offices, actor.id
    for office in registry.catalogue.offices:
        assert {office.body, office.to or office.body} <= actors.keys(), office.id


def test_every_tenure_has_its_dates_in_order(registry: Registry) -> None:
    for actor in registry.catalogue.actors:
        for tenure in actor.tenures:
            assert not (tenure.since and tenure.until) or tenure.since < tenure.until, (actor.id, tenure)
            assert (tenure.since or BEFORE) < date(2026, 1, 1), (actor.id, tenure)


def test_no_office_of_one_has_two_holders_at_once(registry: Registry) -> None:
    for office in registry.catalogue.offices:
        if not office.many:
            _check_succession(registry, office)


def _check_succession(registry: Registry, office: Office) -> None:
    held = sorted(registry.offices.everyone(office), key=lambda h: h.since or BEFORE)
    assert held, f"{office.id} has no holder"
    for earlier, later in pairwise(held):
        assert earlier.until is not None, (office.id, earlier.person.id)
        assert later.since is None or earlier.until <= later.since, (office.id, earlier.person.id, later.person.id)


def test_every_name_and_alias_gives_its_actor_or_an_honest_choice(registry: Registry) -> None:
    for actor in registry.catalogue.actors:
        for name in (actor.name, *actor.aliases):
            read = registry.explain(name)
            assert actor.ref in (read.actor, *read.candidates) or read.how == "name", (actor.id, name, read)


def test_every_metonym_speaks_for_its_actor_and_no_capital_is_a_place(registry: Registry) -> None:
    for actor in registry.catalogue.actors:
        for metonym in actor.metonyms:
            read = registry.explain(metonym, type_hint="country")
            assert actor.ref in (read.actor, *read.candidates) or read.how in ("name", "alias"), (actor.id, metonym, read)
    assert registry.resolve("Kyiv", type_hint="place") is None
    assert registry.resolve("Kyiv", type_hint="country") == ("ukraine", "Ukraine", ActorType.COUNTRY)


@pytest.mark.parametrize("code", ["us", "who", "it", "may"])
def test_words_of_english_are_no_names_in_lower_case(registry: Registry, code: str) -> None:
    assert registry.resolve(code) is None
    assert code in registry.catalogue.plain


def test_states_come_with_capital_and_people(registry: Registry) -> None:
    for word, state in {
        "Nigerians": "nigeria", "Swiss": "switzerland", "Kenyan": "kenya", "Briton": "united-kingdom", "British": "united-kingdom",
        "Astana": "kazakhstan", "Jakarta": "indonesia", "Dutch": "netherlands", "Filipino": "philippines", "Kosovar": "kosovo",
    }.items():  # fmt: skip
        found = registry.resolve(word)
        assert found is not None
        assert found.id == state
    assert key("Türkiye") in registry.index.senses
