"""What several outlets tell leads a digest; what only repeats an earlier line gives way to what does not."""

import pytest

from bot.asking.answers import Point
from bot.briefing.centrality import Accounts, bag_of, says_much_of
from bot.briefing.choosing import Ask, chosen
from bot.model import Article, Kind, Span
from tests.unit.briefing.conftest import World
from tests.unit.briefing.test_sections import BERG, RELL, edition, say, story

CLOSED = "Norland will close its northern harbour to foreign trawlers from April."
GARDEN = "The minister walked through the palace garden with her dog."


def article(id: str, outlet: str | None, *paragraphs: str) -> Article:
    text = "\n".join(paragraphs)
    return Article(id, text, Span(0, len(text)), outlet)


ACCOUNTS = Accounts(
    [
        article("a1", "Herald", CLOSED, GARDEN),
        article(
            "a2", "Post", "Officials met.", "Foreign trawlers must leave the northern harbour, which Norland closes in April."
        ),
        article("a3", "Post", "From April the northern harbour of Norland is closed to trawlers."),
    ]
)


@pytest.mark.parametrize(("words", "outlets"), [(CLOSED, 2), (GARDEN, 1), ("she said so", 1), ("", 1)])
def test_outlets_are_counted_that_tell_a_thing_in_whatever_words(words: str, outlets: int) -> None:
    assert ACCOUNTS.outlets_telling(words) == outlets


def test_a_passage_that_tells_little_is_nobody_s_repetition() -> None:
    assert not says_much_of(bag_of("she said so"), bag_of(CLOSED))
    assert says_much_of(bag_of(CLOSED), bag_of(f"{GARDEN} {CLOSED}"))


def test_a_line_that_only_repeats_gives_way_unless_it_is_quoted() -> None:
    first = say(1, 3, BERG, "the northern harbour will be closed to foreign trawlers from April", Kind.MIXED)
    again = say(1, 5, BERG, "the northern harbour will be closed to foreign trawlers", Kind.MIXED)
    other = say(1, 9, RELL, "the bridge over the strait needs a second inspection", Kind.MIXED)

    def order(*points: Point) -> list[int]:
        page = chosen(edition(story(1, (), points)), Ask()).page
        told = [lead.point for lead in page.developments if lead.point] + [p for run in page.statements for p in run.points]
        return [point.cited.quotation.paragraph for point in told]

    assert order(first, again, other) == [3, 9, 5]
    quoted = say(1, 5, BERG, "the northern harbour will be closed to foreign trawlers", Kind.DIRECT)
    assert order(first, quoted, other).index(5) < 2


async def test_what_most_outlets_tell_leads_and_one_party_s_act_needs_two(world: World) -> None:
    garden = "Emmanuel Macron met Olaf Scholz in a garden in Berlin on Monday."
    halted = "Iran halted its ballistic missile tests in the desert on Monday."
    await world.told("a1", f"{garden}\n{halted}\nRussia halted its exports of sunflower seeds.", "Herald")
    await world.told("a2", "On Monday Iran halted its ballistic missile tests in the desert.\nNobody said why.", "Post")
    (told,) = (await world.service.edition(0, 2)).stories
    assert [cited.words.split(" in the")[0] for cited in told.news] == [
        "Iran halted its ballistic missile tests",
        "Emmanuel Macron met Olaf Scholz in a garden in Berlin on Monday",
    ]


async def test_what_an_article_tells_as_long_past_is_no_statement_of_the_day(world: World) -> None:
    today = "Emmanuel Macron said on Monday that Iran must leave the river valley at once."
    past = 'In August 2019, Olaf Scholz accused Iran of "reckless and shameful conduct in the river valley".'
    await world.told("a1", f"{today}\n{past}", "Herald")
    (told,) = (await world.service.edition(0, 1)).stories
    assert [point.cited.quotation.speaker.name for point in told.sayings if point.cited.quotation.speaker] == ["Emmanuel Macron"]
