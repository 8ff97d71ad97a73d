"""A digest in its sections: what happened, what was said, two accounts, who was not heard, what came late."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.asking.answers import Point
from bot.briefing.accounts import comparisons
from bot.briefing.choosing import BUSY, CALM, FIRST, Ask, Page, chosen
from bot.briefing.digests import Circumstances, compose, compose_rest, joined
from bot.briefing.editions import Edition, Story, worded
from bot.briefing.matching import Wish
from bot.briefing.stories import spoken_mute, story_mute
from bot.model import ActorRef, ActorType, ArticleHead, Cited, CitedEvent, Event, Kind, Quotation, Span, Status
from bot.replies import Style, Words, plain
from bot.standing import Aspect, Filter, Taste
from tests.unit.briefing.conftest import World

BERG = ActorRef("nils-berg", "Nils Berg", ActorType.PERSON)
RELL = ActorRef("tomas-rell", "Tomas Rell", ActorType.PERSON)
OFFICE = ActorRef("rell-office", "Office of Tomas Rell", ActorType.ORGANISATION)
QUIET = ActorRef("ada-moor", "Ada Moor", ActorType.PERSON)
DAY = date(2025, 3, 4)
OWN = "The talks in the palace took an hour, and both presidents walked through its garden before the cameras.\n"
MET = "Volodymyr Zelensky met Emmanuel Macron in Paris on Monday.\n"
AT = datetime(2025, 3, 5, 7, tzinfo=UTC)


def head(number: int, day: date = DAY, title: str | None = None, outlet: str = "Herald") -> ArticleHead:
    return ArticleHead(f"a{number}", outlet, title, None, day)


def act(
    number: int, paragraph: int, *actors: ActorRef, kind: tuple[str, str | None] = ("CONSULT", "phone"), at: int = 0,
    by: tuple[ActorRef, ...] = (), status: Status = Status.HAPPENED,
) -> CitedEvent:  # fmt: skip
    event = Event(kind[0], actors, Span(at, at + 20), paragraph, kind[1], reported_by=by, status=status, date="2025-03-04")
    return CitedEvent(100 * number + paragraph, head(number), event, "met, will meet again")


def say(
    number: int, paragraph: int, who: ActorRef, words: str, kind: Kind = Kind.DIRECT, at: int = 1_000, day: date | None = DAY
) -> Point:
    quotation = Quotation((Span(at, at + 60),), kind, paragraph, speaker=who, said_on=day)
    return Point(Cited(100 * number + paragraph, head(number), quotation, (words,)))


def alone(actor: ActorRef) -> tuple[ActorRef, ...]:
    return (RELL, OFFICE) if actor == RELL else (actor,)


def story(number: int, news: tuple[CitedEvent, ...], sayings: tuple[Point, ...], outlets: int = 1) -> Story:
    told = comparisons(news, [point.cited for point in sayings], alone)
    return Story(f"d-a{number}", news, sayings, (head(number),), outlets, told)


def edition(*stories: Story, named: frozenset[str] = frozenset()) -> Edition:
    return Edition(len(stories), ("Herald",), stories, days=(DAY,), named=named)


def digest(of: Edition, ask: Ask | None = None) -> list[str]:
    given = Circumstances(AT, "Europe/Paris", ask or Ask(), key="digest-1-202503050700")
    choice = chosen(of, given.ask)
    first = compose(of, given, choice)
    return plain(joined(first, compose_rest(given, choice)) if choice.rest != Page() else first).splitlines()


CALL = story(
    1,
    (act(1, 1, BERG, RELL), act(1, 4, RELL, BERG, kind=("AGREE", "meet"), at=300, by=(OFFICE,), status=Status.PLANNED)),
    (
        say(1, 2, BERG, "We talked about the bridge."),
        say(1, 3, BERG, "It stays closed."),
        say(1, 4, OFFICE, "Rell and Berg had agreed to meet in spring", Kind.INDIRECT, at=290),
        say(1, 6, RELL, "he has long wanted the bridge to be opened again", Kind.INDIRECT, day=None),
        say(1, 7, RELL, "as his own", Kind.MIXED),
    ),
)


def test_what_happened_comes_before_what_was_said_and_nothing_twice() -> None:
    lines = digest(edition(CALL))
    assert lines[2:11] == [
        "Developments",
        "1. Nils Berg and Tomas Rell spoke by phone [1¶1]",
        "2. Office of Tomas Rell: _Rell and Berg had agreed to meet in spring_ [1¶4]",
        "Statements",
        "3. Nils Berg: “We talked about the bridge.” “It stays closed.” [1¶2-3]",
        "Readouts compared",
        "4. Nils Berg – Tomas Rell. Only Tomas Rell’s side: Tomas Rell and Nils Berg plan to meet [1¶4]. Of it nothing from Nils Berg’s side.",
        "[Context] [Report an error] [Why this?] [Change time] [Mute this story]",
        "[1] Herald, 4 Mar 2025 (link not supplied; a1)",
    ]
    assert "Single source throughout." in lines[1]


def test_who_is_followed_and_silent_is_told_in_what_way() -> None:
    wishes = tuple(Wish(actor, frozenset([actor.id])) for actor in (BERG, RELL, QUIET))
    lines = digest(edition(story(1, (act(1, 1, BERG, RELL),), (say(1, 2, BERG, "Yes."),))), Ask(wishes))
    silent = lines[lines.index("Not heard from") + 1]
    assert silent.endswith("Tomas Rell (others’ accounts only), Ada Moor (not in what was read).")
    named = digest(edition(CALL, named=frozenset([QUIET.id])), Ask(wishes))
    assert "Ada Moor (mention only)" in "\n".join(named)


@pytest.mark.parametrize(
    ("stories", "ask", "most"),
    [(1, Ask(), CALM), (12, Ask(), BUSY), (12, Ask(first=True), FIRST), (12, Ask(taste=Taste(items=3)), 3)],
)
def test_a_page_keeps_to_its_length_and_the_rest_follows(stories: int, ask: Ask, most: int) -> None:
    held = [
        story(n, (act(n, 1, BERG, RELL),), tuple(say(n, p, BERG, f"It is number {p}.") for p in range(2, 20, 2)))
        for n in range(1, stories + 1)
    ]
    choice = chosen(edition(*held), ask)
    assert len(choice.page.developments) + len(choice.page.statements) == most
    shown = len(choice.rest.developments) + len(choice.rest.statements)
    assert most + shown + choice.hidden == stories * 10
    assert not set(choice.page.statements) & set(choice.rest.statements)


def test_how_many_outlets_tell_a_story_is_said_of_the_story_and_once() -> None:
    words = ["Talks began.", "Ships sailed north.", "Prices fell by half.", "Nobody came home.", "Rain stopped play."]
    acts = tuple(
        replace(act(1, n, BERG, actor, kind=kind, at=100 * n), words=words[n - 1])
        for n, (actor, kind) in enumerate(
            [(RELL, ("CONSULT", "phone")), (QUIET, ("CONSULT", "visit")), (OFFICE, ("AGREE", None)), (RELL, ("COERCE", None))], 1
        )
    )
    told = digest(edition(story(1, acts, (), outlets=3)), Ask(taste=Taste(items=2)))
    assert len([line for line in told if line[:1].isdigit()]) > 3
    assert [line[:2] for line in told if "outlets)" in line] == ["1."]
    assert "(story of 3 outlets)" in "\n".join(told)


def test_a_promised_length_holds_for_all_sections() -> None:
    old = Story("d-a2", (), (say(2, 2, RELL, "We asked for it in time."),), (head(2, date(2025, 2, 20)),), 1)
    for items in range(1, 8):
        choice = chosen(edition(CALL, old), Ask(taste=Taste(items=items), since=DAY))
        numbered = [len(p.developments) + len(p.statements) + len(p.readouts) + len(p.late) for p in (choice.page, choice.rest)]
        whole = chosen(edition(CALL, old), Ask(since=DAY)).page
        assert numbered[0] <= items
        assert sum(numbered) == len(whole.developments) + len(whole.statements) + len(whole.readouts) + len(whole.late)


def test_what_was_published_before_the_digest_before_stands_apart() -> None:
    old = Story("d-a2", (), (say(2, 2, RELL, "We asked for it in time."),), (head(2, date(2025, 2, 20)),), 1)
    lines = digest(edition(CALL, old), Ask(since=DAY))
    assert lines[lines.index("Read late") + 1] == "5. Tomas Rell: “We asked for it in time.” [2¶2] (published 20 Feb 2025)"


def wants(aspect: Aspect, value: str) -> Filter:
    return Filter(aspect, value, value)


@pytest.mark.parametrize(
    ("taste", "shown", "missing"),
    [
        (Taste(only=(wants(Aspect.TYPE, "CONSULT AGREE"),)), "spoke by phone", "We talked"),
        (Taste(only=(wants(Aspect.TYPE, "said"),)), "We talked", "spoke by phone"),
        (Taste(without=(wants(Aspect.ACTOR, BERG.id),)), "agreed to meet", "We talked"),
        (Taste(only=(wants(Aspect.TOPIC, "bridge"),)), "We talked", "It stays"),
        (Taste(only=(wants(Aspect.OUTLET, "herald"),)), "We talked", "nothing new"),
        (Taste(only=(wants(Aspect.OUTLET, "Post"),)), "Nothing new.", "We talked"),
    ],
)  # fmt: skip
def test_a_taste_is_kept_to_and_told(taste: Taste, shown: str, missing: str) -> None:
    text = "\n".join(digest(edition(CALL), Ask(taste=taste)))
    assert shown in text
    assert missing not in text
    assert ("Only: " in text) == bool(taste.only)


@pytest.mark.parametrize(
    ("dates", "heading", "source"), [("iso", "2025-03-05", "2025-03-04"), ("fr", "mercredi 5 mars 2025", "4 mars 2025")]
)
def test_dates_are_written_as_wanted(dates: str, heading: str, source: str) -> None:
    lines = digest(edition(CALL), Ask(taste=Taste(dates=dates)))
    assert lines[0] == f"Digest, {heading}"
    assert f"Herald, {source}" in lines[-1]


def test_a_muted_story_is_not_told() -> None:
    mute = story_mute("d-a1", "Berg and Rell spoke by phone" * 9)
    assert len(mute) <= 64
    assert spoken_mute(mute).startswith("the story “Berg and Rell")
    assert spoken_mute("NATO") == "NATO"
    assert chosen(edition(CALL), Ask(mutes=(mute,))).empty
    assert not chosen(edition(CALL), Ask(mutes=(story_mute("d-a2", "other"),))).empty


def test_without_a_read_event_the_outlet_s_headline_leads() -> None:
    point = say(1, 2, BERG, "It opens on Sunday.")
    titled = Cited(7, head(1, title="Bridge to open"), point.cited.quotation, point.cited.words)
    lines = digest(edition(Story("d-a1", (), (Point(titled),), (titled.article,), 1)))
    assert "1. Herald: _Bridge to open_ [1¶1; headline]" in lines


def test_failing_sources_are_named() -> None:
    given = Circumstances(AT, "UTC", failing=("Evening Post",))
    text = plain(compose(Edition(0, (), ()), given, chosen(Edition(0, (), ()), Ask())))
    assert "Nothing new was read." in text
    assert "Not all could be read: Evening Post failed." in text


def test_corrections_are_listed() -> None:
    given = Circumstances(AT, "UTC", corrections=(head(9, title="Bridge to open on Monday"),))
    text = plain(compose(edition(CALL), given, chosen(edition(CALL), Ask())))
    assert "Herald: _Bridge to open on Monday_ [2¶1]" in text


def test_an_event_is_told_in_the_outlet_s_words_and_quoted_words_stay_quoted() -> None:
    text = "Rain fell.\n“We met. He was kind,” Berg said of Rell.\n"
    start = text.index("He was")
    event = replace(act(1, 2, BERG, RELL).event, evidence=Span(start, len(text) - 1), reported_by=(OFFICE,))
    cited = CitedEvent(7, head(1), event, text[start:-1])
    told = Story("d-a1", (cited,), (), (head(1),), 1, wording=worded([cited], {"a1": text}))
    line = (
        "1. Herald: “He was kind,” _Berg said of Rell._ (of Nils Berg and Tomas Rell) (according to Office of Tomas Rell) [1¶2]"
    )
    assert line in digest(edition(told))


async def test_statements_in_another_cut_are_other_places_and_what_most_tell_leads(world: World) -> None:
    await world.told(
        "a1",
        "Volodymyr Zelensky thanked Keir Starmer.\n“We ask all partners to send their ships to the port of Odesa,” Zelensky said.\n"
        + MET,
    )
    await world.told(
        "a2", MET + OWN + "“We ask all partners to send their ships to the port of Odesa now,” Zelensky said.\n", "Evening Post"
    )
    made = await world.service.edition(0, 2)
    (story,) = made.stories
    assert len(story.sayings) == 1
    assert {c.article.id for c in story.sayings[0].also} == {"a2"}
    assert story.news[0].event.type == "CONSULT"


async def test_a_development_keeps_its_name_from_digest_to_digest_and_is_not_told_twice(world: World) -> None:
    await world.told("a1", MET + OWN)
    (first,) = (await world.service.edition(0, 1)).stories
    assert [cited.event.type for cited in first.news] == ["CONSULT"]
    await world.told(
        "a2", "The palace said more on Tuesday.\n" + MET + OWN + "“We agreed on much,” Macron said.\n", "Evening Post"
    )
    restarted = World(world.storage).service
    for service in (world.service, restarted):
        (second,) = (await service.edition(1, 2)).stories
        assert second.development == first.development
        assert await world.storage.library.developments(["a1", "a2"]) == dict.fromkeys(["a1", "a2"], first.development)
        assert not second.news
        assert [p.cited.words for p in second.sayings] == [("We agreed on much,",)]


def test_what_a_story_only_recalls_is_told_as_no_news() -> None:
    recalled = act(1, 9, BERG, RELL, at=700)
    held = replace(CALL, background=recalled, wording={recalled.number: [Words("Berg and Rell met in 2019", Style.PARAPHRASE)]})
    assert "Background, not new. Herald: _Berg and Rell met in 2019_ [1¶9]" in digest(edition(held))


def reported(number: int, paragraph: int, words: str, *actors: ActorRef, kind: tuple[str, str | None]) -> CitedEvent:
    return replace(act(number, paragraph, *actors, kind=kind, at=100 * paragraph), words=words)


def lines_of(*news: CitedEvent, said: tuple[Point, ...] = ()) -> list[str]:
    told = replace(story(1, news, said), wording={c.number: (Words(c.words),) for c in news})
    return [line for line in digest(edition(told)) if line[:1].isdigit()]


def test_an_act_of_speech_is_told_in_the_outlet_s_own_words_where_they_name_whose_it_is() -> None:
    welcome = reported(1, 3, "Tomas Rell welcomed the bridge of Nils Berg", RELL, BERG, kind=("SUPPORT", "endorse"))
    quoted = reported(1, 4, "“a fine bridge,” Tomas Rell called it", RELL, BERG, kind=("SUPPORT", "endorse"))
    nameless = reported(1, 5, "his joy over the bridge of Nils Berg", RELL, BERG, kind=("SUPPORT", "endorse"))
    assert len(lines_of(welcome)) == 1
    assert "welcomed" in lines_of(welcome)[0]
    assert [line for line in lines_of(welcome, quoted, nameless) if "called it" in line or "his joy" in line] == []


def test_a_meeting_with_one_is_never_told_as_one_with_another_nor_as_praise() -> None:
    one = reported(1, 1, "Nils Berg is planning to meet Tomas Rell soon", BERG, RELL, kind=("AGREE", "meet"))
    other = reported(1, 2, "Nils Berg is planning to meet Ada Moor soon", BERG, QUIET, kind=("AGREE", "meet"))
    praise = reported(1, 3, "Nils Berg, planning to meet Tomas Rell, praised him", BERG, RELL, kind=("SUPPORT", "endorse"))
    assert sum("Rell soon" in line or "Moor soon" in line or "praised" in line for line in lines_of(one, other, praise)) == 3


def test_what_a_line_has_mostly_told_is_no_statement_besides() -> None:
    warned = reported(1, 3, "Tomas Rell warned that Nils Berg would wait", RELL, BERG, kind=("THREATEN", None))
    said = say(1, 3, RELL, "that Nils Berg would wait, whatever the day might bring to the bridge", Kind.INDIRECT, at=305)
    assert sum("would wait" in line for line in lines_of(warned, said=(said,))) == 1
