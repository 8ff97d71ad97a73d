"""What printed names and titles mean at a date."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actors import Registry
from bot.model import ActorRef, ActorType

from .conftest import DAY


def ids(actor: ActorRef | None) -> str | None:
    return actor.id if actor else None


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("Zelensky", "volodymyr-zelensky"),
        ("Zelenskyy", "volodymyr-zelensky"),
        ("Zelenskiy", "volodymyr-zelensky"),
        ("Zelenskij", "volodymyr-zelensky"),
        ("President Volodymyr Zelensky", "volodymyr-zelensky"),
        ("British Prime Minister Keir Starmer", "keir-starmer"),
        ("Rex W. Tillerson", "rex-tillerson"),
        ("Antony J. Blinken", "antony-blinken"),
        ("Sergey Lavrov", "sergei-lavrov"),
        ("Mr. Peskov", "dmitry-peskov"),
        ("Kim Jong-un", "kim-jong-un"),
        ("Xi", "xi-jinping"),
        ("Mrs. Clinton", "hillary-clinton"),
        ("Secretary Hegseth", "pete-hegseth"),
        ("Recep Tayyip Erdoğan", "recep-tayyip-erdogan"),
        ("U.S.", "united-states"),
        ("the US", "united-states"),
        ("UK", "united-kingdom"),
        ("Russians", "russia"),
        ("American", "united-states"),
        ("Washington", "united-states"),
        ("Brussels", "european-union"),
        ("Foggy Bottom", "state-department"),
        ("Zelensky’s office", "office-of-the-president-of-ukraine"),
        ("Polish Foreign Ministry", "foreign-ministry-of-poland"),
        ("ministry of defence of Latvia", "defence-ministry-of-latvia"),
        ("British government", "government-of-united-kingdom"),
        ("Obama administration", "obama-administration"),
        ("the president of France", "emmanuel-macron"),
        ("former French president", "francois-hollande"),
        ("POTUS", "donald-trump"),
        ("SACEUR", "christopher-cavoli"),
        ("John Smith", None),
        ("John Trump", None),
        ("George H.W. Bush", None),
        ("George W Bush", "george-w-bush"),
        ("Paul D. Ryan", "paul-ryan"),
        ("Ms. Katz", None),
        ("Mr. Allen", None),
        ("Hill", None),
        ("Volodymyr", None),
        ("us", None),
        ("Hesgeth Industries", None),
        ("", None),
    ],
)
def test_names(registry: Registry, name: str, actor: str | None) -> None:
    assert ids(registry.resolve(name, on=DAY)) == actor


@pytest.mark.parametrize(
    ("title", "of", "on", "actor"),
    [
        ("president", "france", date(2018, 4, 10), "emmanuel-macron"),
        ("president", "france", date(2016, 4, 10), "francois-hollande"),
        ("secretary of state", "united-states", date(2016, 5, 1), "john-kerry"),
        ("president", "united-states", date(2017, 1, 19), "barack-obama"),
        ("president", "united-states", date(2017, 1, 20), "donald-trump"),
        ("president", "united-states", DAY, "donald-trump"),
        ("former president", "united-states", DAY, "joe-biden"),
        ("defense secretary", "united-states", DAY, "pete-hegseth"),
        ("defence minister", "japan", date(2018, 4, 21), "itsunori-onodera"),
        ("commerce secretary", "united-states", date(2018, 5, 1), "wilbur-ross"),
        ("foreign policy chief", "european-union", DAY, "kaja-kallas"),
        ("leader", "north-korea", date(2018, 4, 21), "kim-jong-un"),
        ("leader", "germany", DAY, "olaf-scholz"),
        ("spokesman", "kremlin", DAY, "dmitry-peskov"),
        ("pope", None, DAY, "pope-francis"),
        ("un secretary-general", None, DAY, "antonio-guterres"),
        ("nato secretary general", None, date(2016, 5, 1), "jens-stoltenberg"),
        ("president", None, DAY, None),
        ("king of nowhere", None, DAY, None),
        ("president", "nowhere", DAY, None),
    ],
)
def test_offices_at_a_date(registry: Registry, title: str, of: str | None, on: date, actor: str | None) -> None:
    assert ids(registry.office_holder(title, of=of, on=on)) == actor


def test_the_context_decides_between_people_of_one_surname(registry: Registry) -> None:
    assert ids(registry.resolve("Clinton", context=["Bill Clinton"])) == "bill-clinton"
    assert ids(registry.resolve("Clinton", context=["Bill Clinton", "Hillary Clinton"])) == "hillary-clinton"
    assert ids(registry.resolve("Sullivan", context=["John Sullivan"])) == "john-sullivan"
    assert ids(registry.resolve("Volodymyr", context=["Volodymyr Zelensky"])) == "volodymyr-zelensky"


def test_a_nickname_is_nobody_who_had_no_office_yet(registry: Registry) -> None:
    assert registry.resolve("Jack Kelly", type_hint="person", on=date(2016, 5, 1)) is None
    assert registry.resolve("Jack Kelly", type_hint="person", on=date(2018, 5, 1)) == registry.resolve("John Kelly")
    assert registry.resolve("German Ortega", type_hint="person", on=date(2016, 5, 1)) is None


def test_the_day_decides_between_people_of_one_surname(registry: Registry) -> None:
    assert ids(registry.resolve("Johnson", type_hint="person", on=date(2025, 2, 12))) == "mike-johnson"
    assert ids(registry.resolve("Foreign Secretary Johnson", on=date(2018, 4, 27))) == "boris-johnson"
    read = registry.explain("Johnson", type_hint="person")
    assert read.actor is None
    assert len(read.candidates) > 2


def test_misspellings_resolve_where_they_can_mean_nobody_else(registry: Registry) -> None:
    assert ids(registry.resolve("Hesgeth", context=["Pete Hegseth"])) == "pete-hegseth"
    assert ids(registry.resolve("Hesgeth")) == "pete-hegseth"
    assert ids(registry.resolve("Zelensk", context=["Volodymyr Zelensky"])) == "volodymyr-zelensky"
    assert registry.resolve("Hegson") is None
    assert registry.resolve("Zelensk", type_hint="organisation", context=["Volodymyr Zelensky"]) is None
    assert registry.explain("Hesgeth").note == "read as Pete Hegseth"


def test_type_hints_keep_people_and_states_apart(registry: Registry) -> None:
    assert registry.resolve("Georgia", type_hint="person") is None
    assert ids(registry.resolve("Russia", type_hint="place")) == "russia"
    assert registry.resolve("Hegseth", type_hint="organisation") is None


def test_countries_by_any_of_their_words(registry: Registry) -> None:
    assert ids(registry.country("Russian")) == "russia"
    assert ids(registry.country("Americans")) == "united-states"
    assert registry.country("Moscow") is None
    assert registry.country("us") is None
    assert registry.country("Hegseth") is None


def test_what_belongs_to_an_owner(registry: Registry) -> None:
    zelensky, trump, russia = (registry.resolve(n) for n in ("Volodymyr Zelensky", "Donald Trump", "Russia"))
    assert zelensky
    assert trump
    assert russia
    assert ids(registry.office_of(zelensky, "office", DAY)) == "office-of-the-president-of-ukraine"
    assert ids(registry.office_of(trump, "administration", DAY)) == "trump-administration"
    assert registry.office_of(trump, "office", date(2023, 1, 1)) is None
    assert ids(registry.office_of(russia, "foreign ministry", DAY)) == "foreign-ministry-of-russia"
    assert registry.office_of(ActorRef("nobody", "Nobody", ActorType.PERSON), "office", DAY) is None


def test_gender(registry: Registry) -> None:
    merkel, trump = registry.resolve("Angela Merkel"), registry.resolve("Donald Trump")
    assert merkel
    assert trump
    assert (registry.gender(merkel), registry.gender(trump)) == ("f", "m")
    assert registry.gender(ActorRef("russia", "Russia", ActorType.COUNTRY)) is None


@settings(max_examples=400, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from([None, "person", "organisation", "place", "country", "other"]),
    st.lists(st.text(max_size=20)),
)
def test_no_text_raises(registry: Registry, text: str, hint: str | None, context: list[str]) -> None:
    for on in (None, DAY):
        registry.resolve(text, type_hint=hint, on=on, context=context)
        registry.office_holder(text, of=None, on=on)
        registry.country(text)
    registry.find(text, DAY)
    registry.spot(text, DAY)
    registry.complete(text)
    registry.voices(text, DAY)


def test_a_possessive_after_a_stop_is_one(registry: Registry) -> None:
    assert ids(registry.resolve("Robert F. Kennedy Jr.’s")) == "robert-f-kennedy-jr"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_case_accents_and_titles_do_not_hide_a_person(registry: Registry, data: st.DataObject) -> None:
    people = [a for a in registry.catalogue.actors if a.type is ActorType.PERSON and " " in a.name]
    actor = data.draw(st.sampled_from(people))
    dress = data.draw(st.sampled_from([str.upper, str.lower, lambda n: f"President {n}", lambda n: f"{n}’s", lambda n: f" {n} "]))
    assert ids(registry.resolve(dress(actor.name))) == actor.id
