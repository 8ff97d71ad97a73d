"""Any words at all: shown as they are, within limits; ids carry any action."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import markdown
from adapters.discord.ids import LONGEST, action_of, button_id, menu_id
from adapters.discord.render import NOTHING, Text, render
from adapters.discord.split import split_line
from bot.replies import Action, Attachment, Heading, Picture, Reply, Style, Words, line_text
from tests.adapters.discord.reader import read
from tests.contract.samples import PNG, item, paragraph, said
from tests.contract.test_replies import squeezed

MARKS = "".join(map(chr, range(32, 127))) + "\n​“”«»é\U0001f54a\u202e\u0301"
TRICKY = st.lists(
    st.sampled_from(
        [
            "@everyone",
            "<@1>",
            "<@&2>",
            "<#3>",
            "](",
            "http://e.example",
            "discord.gg/x",
            "```",
            "**",
            "\\",
            "<t:0>",
            "||",
            "\n# ",
            "1. ",
        ]
    )
    | st.text(MARKS, max_size=12)
).map("".join)
STYLES = st.sampled_from([Style.PLAIN, Style.QUOTED, Style.STRONG, Style.PARAPHRASE, Style.NOTE])


@settings(max_examples=300)
@given(TRICKY, STYLES)
def test_any_words_are_shown_and_nothing_comes_alive(text: str, style: Style) -> None:
    shown = read(markdown.line((Words(text, style),)))
    expected = f"“{text}”" if style is Style.QUOTED else text
    assert squeezed(shown.text) == squeezed(expected)
    assert (shown.links, shown.mentions, shown.markup) == ([], [], [])


@settings(max_examples=100)
@given(st.lists(st.tuples(TRICKY, STYLES), max_size=6), st.integers(60, 200))
def test_a_split_line_keeps_its_words(parts: list[tuple[str, Style]], limit: int) -> None:
    line = tuple(Words(text, style) for text, style in parts)
    pieces = list(split_line(line, limit))
    assert all(markdown.length(markdown.line(piece)) <= limit for piece in pieces)
    kept = "".join(part.text for piece in pieces for part in piece if isinstance(part, Words))
    assert kept == "".join(text for text, _ in parts)


@given(st.lists(st.sampled_from(["word ", "longer-word ", "x" * 50]), min_size=1, max_size=60).map("".join))
def test_quotation_marks_stand_at_the_outer_ends_only(text: str) -> None:
    pieces = list(split_line((Words(text, Style.QUOTED),), 60))
    assert "".join(map(line_text, pieces)) == f"“{text}”"


@given(st.sampled_from(["context", "choose"]), st.text(max_size=64), st.integers(0, 99))
def test_ids_carry_any_action(verb: str, argument: str, place: int) -> None:
    custom_id = button_id(Action(verb, argument), place)
    if custom_id is not None:
        assert len(custom_id) <= LONGEST
        assert action_of(custom_id) == Action(verb, argument)
    assert action_of(str(menu_id(verb, place)), [argument]) == Action(verb, argument)


@given(st.text(max_size=100))
def test_foreign_ids_mean_nothing(custom_id: str) -> None:
    assert custom_id.startswith(("a1|", "m1|")) or action_of(custom_id, ["x"]) is None


def test_an_empty_reply_says_so() -> None:
    assert render(Reply(())) == ((Text(NOTHING),),)
    assert render(Reply((Heading(" "), paragraph("​")))) == ((Text(NOTHING),),)


def test_a_file_too_large_is_told_and_not_sent() -> None:
    [[text]] = render(Reply((Attachment("all.csv", "text/csv", b"x" * (10 * 1024 * 1024 + 1)),)))
    assert isinstance(text, Text)
    assert "larger than Discord takes" in text.markdown


def test_files_of_one_name_stay_apart() -> None:
    [page] = render(Reply((Picture(PNG, "one", "map.png"), Picture(PNG, "two", "map.png"))))
    assert len({getattr(piece, "filename", "") for piece in page}) == 2


def test_numbers_are_kept_as_they_are_counted() -> None:
    [[text]] = render(Reply((item("a", number=3), item("b", number=7))))
    assert read(getattr(text, "markdown", "")).text == "3. a\n7. b"


def test_a_heading_stays_with_what_it_heads() -> None:
    filler = [paragraph("word " * 150) for _ in range(5)]
    pages = render(Reply((*filler, Heading("Head"), paragraph("under it " * 40), Heading("Last"))))
    texts = [piece.markdown for page in pages for piece in page if isinstance(piece, Text)]
    assert len(texts) == 2
    assert texts[1].startswith("### Head\nunder it")


def test_sources_stand_above_the_closing_buttons() -> None:
    [page] = render(said())
    assert [type(piece).__name__ for piece in page] == ["Text", "Row"]
    assert isinstance(page[0], Text)
    assert page[0].markdown.splitlines()[-1].startswith("-# ")
