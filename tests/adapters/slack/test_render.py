"""What Slack is sent for a reply: golden payloads, and properties for wild text."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.slack.limits import cut, pieces, size
from adapters.slack.marks import escape, typed, web_address
from adapters.slack.render import render, view_blocks
from adapters.slack.text import block_text
from bot.replies import Heading, Item, Paragraph, Reply, Style, Table, Words
from tests.adapters.slack.rules import IN_VIEWS, block_problems, problems
from tests.contract.samples import REPLIES

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "slack.json"
SHOWN = ("said", "ambiguous", "private", "nothing found", "table")


def payloads() -> dict[str, object]:
    return {name: [{"blocks": m.blocks, "text": m.text} for m in render(REPLIES[name]).messages] for name in SHOWN}


def test_payloads_are_as_agreed() -> None:
    assert payloads() == json.loads(GOLDEN.read_text(encoding="utf-8"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(Style)), st.text(max_size=300)), max_size=12))
def test_wild_text_is_taken_and_kept(parts: list[tuple[Style, str]]) -> None:
    line = tuple(Words(text, style, "", "") for style, text in parts)
    reply = Reply((Paragraph(line), Item(line, 1), Heading("".join(text for _, text in parts))))
    rendered = render(reply)
    assert [p for m in rendered.messages for p in problems(m.blocks, m.text)] == []
    shown = "".join(block_text(block) for message in rendered.messages for block in message.blocks)
    words = "".join(text for _, text in parts)
    assert "".join(words.split()) in "".join(shown.split())


@given(st.text(max_size=400), st.integers(2, 50), st.integers(0, 50))
def test_pieces_put_together_are_the_text(text: str, limit: int, first: int) -> None:
    parts = list(pieces(text, limit, min(first, limit)))
    assert "".join(parts) == text
    assert all(size(part) <= limit for part in parts)


@given(st.text(max_size=200), st.integers(2, 80))
@example("🕊🕊", 2)
def test_a_label_that_is_cut_says_so(text: str, limit: int) -> None:
    line = " ".join(text.split())
    shown = cut(text, limit)
    assert size(shown) <= limit
    assert shown == line or shown.endswith("…")


@given(st.text(alphabet="ab &<>@#|é🕊", max_size=40))
def test_what_is_escaped_is_read_back_but_for_the_mark_of_a_quoted_line(text: str) -> None:
    assert typed(escape(text)) == text.lstrip(">").strip()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<https://news.example/a?b=1&amp;c=2>", "https://news.example/a?b=1&c=2"),
        ("see <https://news.example|news.example>", "see news.example"),
        ("ask <@U123|jane> in <#C1|general>", "ask @jane in #general"),
        ("<!here> &lt;!here&gt;", "@here <!here>"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("*bold* _*both*_ ~no~ `code` ```two\nlines```", "bold both no code two\nlines"),
        ("5 * 3 * 2, snake_case_x, at 10:30:45", "5 * 3 * 2, snake_case_x, at 10:30:45"),
        ("said :flag-ua: Zelensky :+1::skin-tone-2:", "said Zelensky"),
        ("&gt; first\n&gt;second &gt; third", "first\nsecond > third"),
    ],
)
def test_slack_s_markup_is_read_as_typed(sent: str, read: str) -> None:
    assert typed(sent) == read


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "", None, "https://", "http://a b", "https://[", "https://x/" + "p" * 4000]
)
def test_what_is_no_web_address_does_not_link(url: str | None) -> None:
    assert web_address(url) is None


def counts(*rows: tuple[str, ...], header: tuple[str, ...] = ("Speaker", "Statements")) -> Reply:
    return Reply((Table(header, tuple(tuple((Words(cell),) for cell in row) for row in rows)),))


def test_counts_are_drawn_beside_their_table() -> None:
    (message,) = render(counts(("Zelensky", "12"), ("Vladimir Putin of the Kremlin", "7"))).messages
    chart, table = message.blocks
    assert (chart["type"], chart["title"], table["type"]) == ("data_visualization", "Speaker", "table")
    (series,) = chart["chart"]["series"]
    assert (series["name"], series["data"][0]) == ("Statements", {"label": "Zelensky", "value": 12})
    assert "Vladimir Putin of the Kremlin | 7" in message.text
    assert list(problems(message.blocks, message.text)) == []


@pytest.mark.parametrize(
    "reply",
    [
        counts(("Zelensky", "12")),
        counts(("Zelensky", "12"), ("Putin", "some")),
        counts(("Zelensky", "12"), ("<!channel>", "3")),
        counts(("Zelensky", "12"), ("Zelensky", "3")),
        counts(("a", "1"), ("b", "-2")),
        counts(("", "1"), ("b", "2")),
        counts(*((f"p{n}", "1") for n in range(21))),
        counts(("a", *"1234567"), ("b", *"1234567"), header=("x", *"ABCDEFG")),
        counts(("a",), ("b",), header=("x",)),
        counts(("a", "1"), ("b",)),
    ],
)
def test_what_is_no_plain_count_is_not_drawn(reply: Reply) -> None:
    assert all(block["type"] != "data_visualization" for message in render(reply).messages for block in message.blocks)


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 10**9 - 1)), max_size=25), st.text(max_size=60))
def test_charts_of_wild_names_are_taken(rows: list[tuple[str, int]], title: str) -> None:
    rendered = render(counts(*((name, str(number)) for name, number in rows), header=(title, "Count")))
    assert [p for m in rendered.messages for p in problems(m.blocks, m.text)] == []


@pytest.mark.parametrize("name", REPLIES)
def test_app_home_takes_every_reply(name: str) -> None:
    blocks = view_blocks(REPLIES[name], 100)
    assert not blocks or list(block_problems(blocks, 100, IN_VIEWS)) == []
