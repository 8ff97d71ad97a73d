"""Who a source's words mean: surnames, titles, offices, writings; nobody where it can't be known."""

from datetime import date

import pytest

from bot.actors import Registry, load_registry
from bot.model import ActorType, Article, Kind, Span
from bot.reading import read
from bot.reading.coreference import cast_of
from bot.reading.document import Document
from bot.reading.quotations import RawQuotation
from bot.reading.speakers import Resolved, Speakers


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def speakers(registry: Registry, text: str) -> list[str | None]:
    article = Article("a", text, Span(0, len(text)), "Herald", published_on=date(2025, 3, 5))
    return [q.speaker.name if q.speaker else None for q in read(article, registry, "rules").quotations if q.statement]


@pytest.mark.parametrize(
    ("before", "sentence", "speaker"),
    [
        ("Anna Berg and Lars Berg met in Oslo.", "“It was cold,” Mr. Berg said.", "Lars Berg"),
        ("Anna Berg and Lars Berg met in Oslo.", "“It was cold,” Ms. Berg said.", "Anna Berg"),
        ("Mayor Lars Holm spoke to John Reed in Tampa, the mayor said.", "“It was cold,” the mayor said.", "Lars Holm"),
        ("Lars Holm, the mayor of Oslo, met Anna Berg.", "“It was cold,” the mayor said.", "Lars Holm"),
        ("Deputy Minister Anna Berg met Minister Lars Holm.", "“It was cold,” the minister said.", "Lars Holm"),
        ("Vladimir Putin met Masoud Pezeshkian. Russia wants a deal.", "“It was cold,” the president said.", "Vladimir Putin"),
        ("Gov. Lars Holm met Sen. Anna Berg.", "“It was cold,” the governor said.", "Lars Holm"),
        ("Keir Starmer met the press.", "The British prime minister’s office said the talks were over.", "Downing Street"),
        ("The minister met the press.", "The British government spokeswoman said the talks were over.", "British government"),
        ("Anna Berg met the press.", "A Berg ally said the talks were over.", "A Berg ally"),
        ("Anna Berg met the press.", "“It was cold,” said a Berg supporter.", "a Berg supporter"),
        ("Anna Berg met the press.", "A tired Berg said the talks were over.", "Anna Berg"),
        ("Ministers met.", "NewsCheck said the talks were over.", "NewsCheck"),
        ("Ministers met.", "A statement from the Kremlin said the talks were over.", "Kremlin"),
        ("Ministers met.", "A statement from Zelensky’s office said the talks were over.", "Office of the President of Ukraine"),
        ("Ministers met.", "Ban Ki-moon, the former secretary general, said the talks were over.", "Ban Ki-moon"),
        ("Anna Berg’s re-election campaign met.", "The campaign said the talks were over.", "Berg campaign"),
        (
            "Anna Berg’s re-election campaign met.",
            "“It was cold,” Berg’s former campaign strategist said.",
            "Berg’s former campaign strategist",
        ),
        ("Sergei Lavrov met the press.", "“It was cold,” LAVROV said.", "Sergei Lavrov"),
        ("Anna Berg built a fortune. Berg met the press.", "“It was cold,” the Oslo businesswoman said.", "Anna Berg"),
        ("Chief Justice Anna Berg met the press.", "“It was cold,” Chief Justice Berg said.", "Anna Berg"),
        ("The Northern Harbour Workers Union (NHWU) met.", "NHWU said the talks were over.", "Northern Harbour Workers Union"),
        ("Harbour Bank cut its rate on Monday.", "The bank said the talks were over.", "Harbour Bank"),
        ("Ministers met.", "The event organizer Open Harbours Union said the talks were over.", "Open Harbours Union"),
        ("Anna Berg met the press.", "Berg allies said the talks were over.", "Berg allies"),
        ("Anna Bergstrom met the press.", "“It was cold,” Bergstrm said.", "Anna Bergstrom"),
        ("German Ortega met the press.", "“It was cold,” German Ortega said.", "German Ortega"),
        ("Ministers met.", "The Committee on Harbour Affairs said the talks were over.", "Committee on Harbour Affairs"),
        ("Anna Berg spoke. The Riverbank Bank cut its rate.", "“It was cold,” she said.", "Anna Berg"),
        ("Ministers met.", "Many Americans said the talks were over.", "Many Americans"),
        ("Ministers met.", "The Russians said the talks were over.", "Russia"),
        ("Ministers met.", "Republicans said the talks were over.", "Republican Party"),
        ("Ministers met.", "Some Republicans said the talks were over.", "Some Republicans"),
        ("Ministers met.", "Rome said the talks were over.", "Italy"),
        ("Ministers met.", "The Ukrainian army said the talks were over.", "Armed Forces of Ukraine"),
        ("Ministers met.", "The Russian foreign ministry’s spokeswoman said it was cold.", "Russian Foreign Ministry"),
        ("Ministers met.", "Ukraine’s ambassador to Germany said it was cold.", "Ukraine’s ambassador to Germany"),
        ("Northern Council Secretary Anna Berg met the press.", "“It was cold,” Berg said.", "Anna Berg"),
        ("Anna Berg’s campaign met.", "Berg’s team said the talks were over.", "Berg campaign"),
        ("Federation of Teachers met.", "The Federation of Teachers said the talks were over.", "Federation of Teachers"),
        ("Ministers met.", "A Human Rights Watch report said the talks were over.", "Human Rights Watch"),
        (
            "A report by Human Rights Watch counted the dead.\nThe report by Human Rights Watch said little was left.",
            "The report said the talks were over.",
            "Human Rights Watch",
        ),
    ],
)
def test_a_source_is_the_person_or_body_it_means(registry: Registry, before: str, sentence: str, speaker: str) -> None:
    assert speakers(registry, f"{before}\n\n{sentence}\n")[-1] == speaker


def test_a_title_that_nobody_carries_names_nobody(registry: Registry) -> None:
    assert speakers(registry, "Ministers met.\n\n“It was cold,” the mayor said.\n") == ["the mayor"]


def test_a_headline_verb_is_no_surname(registry: Registry) -> None:
    text = "Macron Sees Progress\n\nThe talks went on.\n\n“It was cold,” Macron said.\n"
    assert speakers(registry, text) == ["Emmanuel Macron"]


def test_a_conjunction_at_the_head_of_a_sentence_is_no_part_of_a_name(registry: Registry) -> None:
    sentence = "Because Merkel’s visit was short, she did not meet Emmanuel Macron."
    article = Article("a1", sentence, Span(0, len(sentence)), published_on=date(2018, 4, 27))
    met = [sorted(actor.name for actor in event.actors) for event in read(article, registry).events]
    assert met == [["Angela Merkel", "Emmanuel Macron"]]


def test_a_nominee_is_who_was_nominated_at_the_date(registry: Registry) -> None:
    text = "“It was cold,” the GOP nominee said."
    said = {
        year: read(Article("a", text, Span(0, len(text)), "Herald", published_on=date(year, 9, 1)), registry, "rules")
        for year in (2016, 2018)
    }
    assert [q.speaker and q.speaker.name for q in said[2016].quotations] == ["Donald Trump"]
    assert [q.speaker and q.speaker.name for q in said[2018].quotations] == ["the GOP nominee"]


def test_who_was_introduced_without_a_name_is_not_the_one_the_text_is_about(registry: Registry) -> None:
    said = speakers(registry, "Anna Berg met a businessman from Oslo.\n“It was cold,” the businessman said.")
    assert said == ["the businessman"]


def test_a_lede_without_the_name_means_whoever_is_named_right_after(registry: Registry) -> None:
    assert speakers(registry, "A judge said the talks were over.\n\nJudge Anna Berg met the press.") == ["Anna Berg"]
    assert speakers(registry, "A judge said the talks were over.\n\nJudge Anna Berg met Judge Lars Holm.") == ["A judge"]
    assert speakers(registry, "A spokesman said the talks were over.\n\nSpokesman Lars Holm met the press.") == ["A spokesman"]


def test_he_is_whom_the_sentence_before_begins_with(registry: Registry) -> None:
    text = "“It was cold,” Lars Holm said.\n\nJohn Reed left Oslo early. He said the talks were over."
    assert speakers(registry, text) == ["Lars Holm", "John Reed"]


@pytest.mark.parametrize(
    ("sentence", "speaker", "kind"),
    [
        ("Some said the talks were over.", "Some", ActorType.UNNAMED),
        ("Others said the talks were over.", "Others", ActorType.UNNAMED),
        ("Two officials said the talks were over.", "Two officials", ActorType.GROUP),
    ],
)
def test_somebody_is_no_group_that_anybody_could_know(registry: Registry, sentence: str, speaker: str, kind: ActorType) -> None:
    article = Article("a", sentence, Span(0, len(sentence)), "Herald", published_on=date(2025, 3, 5))
    (quotation,) = read(article, registry, "rules").quotations
    assert quotation.speaker is not None
    assert (quotation.speaker.name, quotation.speaker.type) == (speaker, kind)


def resolved(registry: Registry, text: str, pieces: tuple[str, ...], cue: str, content: str) -> Resolved:
    """Whose the content is, its source in pieces."""

    def span(words: str) -> Span:
        return Span(text.index(words), text.index(words) + len(words))

    document, on = Document.of(text), date(2025, 3, 5)
    raw = RawQuotation((span(content),), (span(cue),), tuple(map(span, pieces)), Kind.MIXED, paragraph=1)
    (found,) = Speakers(document, cast_of(document, registry, on), registry, on).resolve([raw])
    return found


@pytest.mark.parametrize(
    ("pieces", "in_doubt"), [(("Canada", "Macron"), True), (("Macron",), False), (("Canada and", "Canada"), False)]
)
def test_a_source_whose_pieces_name_different_speakers_is_in_doubt(
    registry: Registry, pieces: tuple[str, ...], in_doubt: bool
) -> None:
    text = "Canada and others wait since Emmanuel Macron left, calling the talks “useful”."
    speaker, doubted = resolved(registry, text, pieces, "calling", "the talks “useful”")
    assert speaker is not None
    assert doubted is in_doubt


@pytest.mark.parametrize(("pieces", "speaker"), [(("the dictator",), "the dictator"), (("Berg", "the dictator"), "the dictator")])
def test_nobody_describes_himself_by_name(registry: Registry, pieces: tuple[str, ...], speaker: str) -> None:
    text = "Anna Berg laughed, while the dictator described Berg as “weak”."
    found, _ = resolved(registry, text, pieces, "described", "Berg as “weak”")
    assert found is not None
    assert found.name == speaker
