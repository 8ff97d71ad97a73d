"""Events of sentences read whole: who "the two leaders" are, what a government does, what has only been planned or recalled."""

from datetime import date

import pytest

from bot.actors import load_registry
from bot.model import Article, Event, Span
from bot.reading import read

DAY = date(2018, 5, 1)  # a Tuesday
CATALOGUE = load_registry()


def told(text: str) -> list[Event]:
    article = Article(id="a", title="", outlet="o", text=text, published_on=DAY, body=Span(0, len(text)))
    return [event for event in read(article, CATALOGUE).events if event.type != "STATEMENT"]


def brief(event: Event) -> str:
    recipients = [actor.name for actor in event.recipients]
    return " ".join([event.type, *sorted(a.name for a in event.actors), *(["->", *recipients] if recipients else [])])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Donald Trump met Theresa May. Later the two leaders praised Canada.", "SUPPORT Donald Trump Theresa May -> Canada"),
        ("The United States and North Korea talked. Both countries condemned Iran.", "ACCUSE North Korea United States -> Iran"),
        ("The British government condemned Iran.", "ACCUSE United Kingdom -> Iran"),
        ("The Trump administration condemned Iran.", "ACCUSE United States -> Iran"),
        ("The Kremlin condemned Iran.", "ACCUSE Russia -> Iran"),
        ("Germany waited. The French president condemned Iran.", "ACCUSE Emmanuel Macron -> Iran"),
        ("The president of the United States Donald Trump will visit Canada.", "AGREE Donald Trump -> Canada"),
        ("Iran's president waited. Norway's Erna Solberg condemned Iran.", "ACCUSE Erna Solberg -> Iran"),
        ("Donald Trump dispatched envoys; Mike Pompeo visited Japan on Monday.", "CONSULT Mike Pompeo -> Japan"),
    ],
)
def test_who_is_meant(text: str, expected: str) -> None:
    assert expected in map(brief, told(text))


def test_nobody_is_meant_where_three_could_be() -> None:
    text = "Donald Trump met Theresa May and Angela Merkel. Later the two leaders praised Canada."
    assert "SUPPORT the two leaders -> Canada" in map(brief, told(text))


def test_who_is_sent_does_the_visit() -> None:
    assert not any("Central Intelligence" in brief(e) for e in told("Donald Trump dispatched the C.I.A. director, Mike Pompeo."))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Donald Trump is unlikely to meet Theresa May, visit Canada or tour the lakes.", "negated"),
        (
            "Donald Trump is expected to shake hands with Prime Minister Theresa May and to meet Angela Merkel.",
            "planned",
        ),
        ("Officials spoke of the planned meeting with Theresa May that Donald Trump wants.", None),
        ("Plans are underway for a meeting between Donald Trump and Theresa May.", "planned"),
        ("Donald Trump and Theresa May will hold talks in the coming weeks.", "planned"),
    ],
)
def test_a_series_shares_what_it_depends_on(text: str, status: str | None) -> None:
    found = {event.status.value for event in told(text)}
    assert "happened" not in found
    assert status is None or status in found


@pytest.mark.parametrize(
    "text",
    [
        "Donald Trump is calm and increase the pressure on Canada.",
        "Anna Berg spoke. Angela Merkel declined to comment on Canada.",
        "Angela Merkel said it would not be a rejection of Canada.",
        "If Iran were given what it wants, such as a treaty, and normalized ties with Canada, it would rejoice.",
        "Angela Merkel was banned from travelling to Canada.",
    ],
)
def test_what_is_no_event(text: str) -> None:
    assert not told(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Canada dropped its long-held demand that Iran leave Iraq.", "background"),
        ("It rained.\n" * 4 + "Canada and Iran are still negotiating.", "recent"),
        ("It rained.\n" * 4 + "Donald Trump had told Theresa May that he would not visit Canada.", "background"),
        ("It rained.\n" * 4 + "Japan spoke of the Pacific treaty Donald Trump withdrew from.", "background"),
        ("It rained.\n" * 4 + "Canada condemned Iran earlier this year.", "recent"),
        ("It rained.\n" * 4 + "Canada condemned Iran in mid-April.", "recent"),
        ("It rained.\n" * 4 + "In April, Canada condemned Iran.", "recent"),
        ("Canada condemned Iran at once.", "news"),
        ("The government of Canada, which had fallen silent in March, said it had imposed sanctions on Iran.", "news"),
        ("Canada spoke of long-range missiles and imposed sanctions on Iran.", "news"),
        ("Even if it rains, Canada will condemn Iran's long-range missiles. Canada condemned Iran.", "news"),
    ],
)
def test_how_far_back_it_lies(text: str, expected: str) -> None:
    assert expected in {event.time_class.value for event in told(text)}


def test_what_is_prepared_lies_ahead() -> None:
    (event,) = told("Donald Trump is preparing to meet Kim Jong Un in July.")
    assert (event.status.value, event.date) == ("planned", "2018-07")


def test_nobody_calls_himself_he() -> None:
    text = "Theresa May arrived in Ottawa. “He will condemn Canada and he invited Japan,” Donald Trump said."
    assert not any("Donald Trump" in brief(event) for event in told(text))


def test_a_tool_of_the_trade_is_blamed_on_nobody() -> None:
    assert not any(e.type == "ACCUSE" for e in told("Angela Merkel said the decision was a mistake."))
    assert any(e.type == "ACCUSE" for e in told("Angela Merkel said Iran made a mistake."))


@pytest.mark.parametrize(
    "text",
    [
        "The officials spoke on condition of anonymity to describe internal deliberations.",
        "Anna Berg asked not to be named because she was not authorized to speak.",
    ],
)
def test_why_a_source_gives_no_name_is_no_statement(text: str) -> None:
    article = Article(id="a", title="", outlet="o", text=text, published_on=DAY, body=Span(0, len(text)))
    assert not any(quotation.statement for quotation in read(article, CATALOGUE).quotations)
