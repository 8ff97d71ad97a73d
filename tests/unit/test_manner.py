"""What was denied, refused or not said is never shown as if it had been said."""

from datetime import date

import pytest

from bot.actors import load_registry
from bot.asking.checking import verdict
from bot.asking.topics import topic_stems
from bot.asking.weighing import points_of, says_name, sendable
from bot.citing import manner_of, said
from bot.frames import is_contrary
from bot.model import Article, ArticleHead, Cited, Kind, Quotation, Span
from bot.reading import read
from bot.replies import Style, Words

REGISTRY = load_registry()


def quoted(paragraph: str, content: str, cue: str = "", kind: Kind = Kind.INDIRECT, *, number: int = 1) -> Cited:
    """A quotation of words of a paragraph that stands in the middle of an article."""
    before = 1_000

    def span(words: str) -> tuple[Span, ...]:
        at = paragraph.index(words) + before
        return (Span(at, at + len(words)),) if words else ()

    return Cited(number, ArticleHead("a1", "Herald"), Quotation(span(content), kind, 3, span(cue)), (content,), paragraph)


def shown(cited: Cited) -> str:
    """As people see it: quoted words in marks, the outlet's in italics."""
    marks = {Style.QUOTED: "“{}”", Style.PARAPHRASE: "_{}_"}
    return "".join(marks.get(part.style, "{}").format(part.text) for part in said(cited) if isinstance(part, Words))


@pytest.mark.parametrize(
    ("paragraph", "content", "cue", "told"),
    [
        (
            "Rell denied that he had sold the bridge.",
            "that he had sold the bridge",
            "denied",
            "_denied that he had sold the bridge_",
        ),
        ("Rell refused to sell the bridge.", "to sell the bridge", "refused", "_refused to sell the bridge_"),
        ("Rell rejected claims that he lied.", "that he lied", "rejected", "_rejected claims that he lied_"),
        ("Rell did not say when he would go.", "when he would go", "say", "_did not say when he would go_"),
        ("Rell hasn’t yet said that he will go.", "that he will go", "said", "_hasn’t yet said that he will go_"),
        ("Rell is expected to say that he will go.", "that he will go", "say", "_is expected to say that he will go_"),
        ("Rell should insist that he goes.", "that he goes", "should insist", "_should insist that he goes_"),
        ("Rell did not say when he would go.", "when he would go", "did not say", "_did not say when he would go_"),
        ("Rell will announce that he goes.", "that he goes", "announce", "_will announce that he goes_"),
        ("Rell plans to tell them that he goes.", "that he goes", "tell", "_plans to tell them that he goes_"),
        ("Rell asked whether it was safe.", "whether it was safe", "asked", "_asked whether it was safe_"),
        ("Rell told them to leave.", "to leave", "told", "_told them to leave_"),
        ("The bridge is safe, Rell insisted.", "The bridge is safe", "insisted", "_insisted_: _The bridge is safe_"),
        ("Rell said the bridge was safe.", "the bridge was safe", "said", "_the bridge was safe_"),
        ("Rell said. Berg denied it. The bridge was safe.", "The bridge was safe", "said", "_The bridge was safe_"),
        ("According to Rell, the bridge is safe.", "the bridge is safe", "According to", "_the bridge is safe_"),
    ],
)
def test_a_paraphrase_is_shown_with_how_it_was_said(paragraph: str, content: str, cue: str, told: str) -> None:
    assert shown(quoted(paragraph, content, cue)) == told


def test_quoted_words_stay_quoted_and_unaltered() -> None:
    mixed = quoted(
        "Rell denied that he would “sell the bridge” soon.", "that he would “sell the bridge” soon", "denied", Kind.MIXED
    )
    assert shown(mixed) == "_denied that he would_ “sell the bridge” _soon_"
    direct = quoted("Rell never said “I will sell the bridge.”", "I will sell the bridge.", "said", Kind.DIRECT)
    assert shown(direct) == "_never said_ “I will sell the bridge.”"
    ahead = quoted("Rell will say “I sell the bridge.”", "I sell the bridge.", "say", Kind.DIRECT)
    assert shown(ahead) == "_will say_ “I sell the bridge.”"
    plain = quoted("“I will not sell it,” Rell warned.", "I will not sell it,", "warned", Kind.DIRECT)
    assert shown(plain) == "“I will not sell it,”"


def test_words_that_stand_twice_are_told_by_their_place() -> None:
    paragraph = "It is safe, Berg said. Rell denied it is safe."
    at = paragraph.rindex("it is safe")
    quotation = Quotation((Span(at, at + 10),), Kind.INDIRECT, 1, (Span(at - 7, at - 1),))
    assert shown(Cited(1, ArticleHead("a1"), quotation, ("it is safe",), paragraph, begins=0)) == "_denied it is safe_"


def test_several_parts_and_paragraphs_that_are_not_kept() -> None:
    paragraph = "Rell denied that the bridge, which is old, was sold."
    first = quoted(paragraph, "that the bridge", "denied")
    second = paragraph.index("was sold") + 1_000
    both = Quotation((*first.quotation.content, Span(second, second + 8)), Kind.INDIRECT, 3, first.quotation.cue)
    assert shown(Cited(1, first.article, both, ("that the bridge", "was sold"), paragraph)) == (
        "_denied that the bridge_ … _was sold_"
    )
    assert shown(Cited(1, first.article, both, ("that the bridge", "was sold"))) == "_that the bridge_ … _was sold_"


@pytest.mark.parametrize(
    ("paragraph", "cue", "contrary"),
    [
        ("Rell denied that the bridge was sold.", "denied", True),
        ("Rell did not say that the bridge was sold.", "say", True),
        ("Rell did not deny that the bridge was sold.", "deny", False),
        ("Rell warned that the bridge was sold.", "warned", False),
        ("Rell said that the bridge was sold.", "said", False),
    ],
)
def test_a_denial_confirms_no_claim(paragraph: str, cue: str, contrary: bool) -> None:
    cited = quoted(paragraph, "that the bridge was sold", cue)
    claim = "the bridge was sold"
    assert is_contrary(cited) is contrary
    assert verdict(claim, topic_stems(claim), [cited]) == ("not found" if contrary else "paraphrase", ())


def test_a_denial_is_no_other_place_of_the_claim() -> None:
    said_so = quoted("Rell said that the bridge was sold.", "that the bridge was sold", "said")
    denied = quoted("Rell denied that the bridge was sold.", "that the bridge was sold", "denied", number=2)
    assert len(points_of([said_so, denied])) == 2


@pytest.mark.parametrize(
    ("sentence", "manner"),
    [
        ("The Kremlin denied that Russian troops had crossed the border into Finland on Monday.", "denied"),
        ("Marco Rubio declined to say when talks with Iran would begin.", "declined"),
        ("Olaf Scholz warned that the winter would be hard for Germany.", "warned"),
        ("Olaf Scholz said that the winter would be hard for Germany.", None),
    ],
)
def test_what_the_reader_finds_carries_it(sentence: str, manner: str | None) -> None:
    article = Article("a1", sentence, Span(0, len(sentence)), "Herald", published_on=date(2025, 3, 4))
    (quotation,) = read(article, REGISTRY).quotations
    words = tuple(sentence[slice(*span)] for span in quotation.content)
    assert manner_of(Cited(1, ArticleHead("a1"), quotation, words, sentence)) == manner


@pytest.mark.parametrize(
    ("paragraph", "cue", "made"),
    [
        ("Rell said that he goes.", "said", True),
        ("Rell denied that he goes.", "denied", True),
        ("Rell has not said that he goes.", "has not said", True),
        ("Rell should insist that he goes.", "should insist", False),
        ("Rell should insist that he goes.", "insist", False),
        ("Rell is expected to say that he goes.", "say", False),
        ("Rell may soon announce that he goes.", "announce", False),
    ],
)
def test_only_statements_that_were_made_are_sent_unasked(paragraph: str, cue: str, made: bool) -> None:
    assert sendable(quoted(paragraph, "that he goes", cue)) is made


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("he met Theresa May in Oslo", "May", True),
        ("he met Mrs. May in Oslo", "May", True),
        ("the talks end by the end of May", "May", False),
        ("he may go", "May", False),
        ("he met Rell’s deputy", "Rell", True),
    ],
)
def test_a_name_that_is_a_month_s_is_told_from_the_month(content: str, name: str, said: bool) -> None:
    assert says_name(quoted(f"Berg said {content}.", content, "said"), name) is said
