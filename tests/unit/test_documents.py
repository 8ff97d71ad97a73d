"""Documents as they come: metadata is not text, unknown stays unknown, bad input is one line."""

import contextlib
import io
import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.documents import article_of, decode, json_article
from adapters.sources.files import articles_in, files_under, lines_of, looked_through
from bot.errors import SourceError, UnreadableSource
from bot.model import Article

ROOT = Path(__file__).resolve().parents[2]


def body(article: Article) -> str:
    return article.text[slice(*article.body)]


def only(path: Path) -> Article:
    (article,) = articles_in(path)
    assert isinstance(article, Article)
    return article


def test_the_seed_is_read_as_received() -> None:
    path = ROOT / "seeds" / "000_df9f5b43c1cab071.txt"
    article = only(path)
    assert article.text.encode() == path.read_bytes()
    assert (article.outlet, article.published_on, article.title, article.url) == ("Reuters", date(2025, 2, 12), None, None)
    assert article.published_at is None
    assert body(article).startswith("Donald Trump discussed")
    assert "Source: Reuters" not in body(article)


def test_plain_text_without_metadata_has_none() -> None:
    article = article_of("The minister spoke.\r\nHe said no.\r\n", "a.txt", "a")
    assert (article.outlet, article.published_on, article.title, article.url) == (None, None, None, None)
    assert body(article) == article.text


def test_an_impossible_date_stays_text() -> None:
    article = article_of("date 2025-02-31 Words.", "a.txt", "a")
    assert article.published_on is None
    assert body(article) == article.text


def test_front_matter_is_metadata() -> None:
    text = "---\ntitle: A call\noutlet: Gazette\ndate: 2025-02-12\nurl: https://example.org/a\n---\n\nThe two spoke.\n"
    article = article_of(text, "a.md", "a")
    assert (article.title, article.outlet, article.published_on, article.url) == (
        "A call",
        "Gazette",
        date(2025, 2, 12),
        "https://example.org/a",
    )
    assert body(article).strip() == "The two spoke."


def test_a_link_that_is_no_web_address_is_not_kept() -> None:
    assert json_article('{"id": "1", "text": "x", "url": "javascript:alert(1)"}', "x").url is None


def test_a_page_gives_its_text_and_what_it_says_of_itself() -> None:
    page = """<html><head><meta property="og:site_name" content="Gazette"><meta property="og:title" content="A call">
    <meta property="article:published_time" content="2025-02-12T10:00:00Z"></head><body><nav>Home About</nav><article>
    <p>The president said &ldquo;no&rdquo; to the plan on Wednesday, after a long day of talks in the capital.</p>
    <p>The foreign minister declined to comment on what had been agreed at the meeting.</p></article></body></html>"""
    article = article_of(page, "a.html", "a")
    assert (article.outlet, article.title, article.published_on) == ("Gazette", "A call", date(2025, 2, 12))
    assert "“no” to the plan" in article.text
    assert "Home About" not in article.text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\x89PNG\x00\x01", "binary"),
        (b"caf\xe9", "not UTF-8 (byte 3)"),
        (b"\xff\xfeM\x00\x00\x00", "binary"),
    ],
)
def test_what_is_not_text_is_named(raw: bytes, said: str) -> None:
    with pytest.raises(UnreadableSource) as told:
        decode(raw, "a.txt")
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ("[1]", 'with a "text"'),
        ('{"id": 1}', 'with a "text"'),
        ('{"text": "x"}', 'no "id"'),
        ('{"id": "1", "text": " "}', "empty"),
        ("[" * 100_000, "nested"),
        ('{"id": "1", "text": "a\\ud800"}', "no character"),
        ('{"id": "1\\u0000", "text": "a"}', "no character"),
    ],
)
def test_a_bad_line_is_named(line: str, said: str) -> None:
    with pytest.raises(UnreadableSource) as told:
        json_article(line, "x:1")
    assert said in str(told.value)


def test_one_bad_line_loses_no_other() -> None:
    stream = io.BytesIO(b'{"id": "1", "text": "a"}\n\nnonsense\n{"id": "2", "text": "b", "date": "2025-02-12"}')
    read = list(lines_of(stream, "x"))
    assert [a.id for a in read if isinstance(a, Article)] == ["1", "2"]
    assert next(str(e) for e in read if isinstance(e, SourceError)).startswith("x:3: is not JSON")


def test_a_missing_path_and_an_empty_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder"):
        files_under(tmp_path / "none")
    with pytest.raises(SourceError, match="no article files"):
        files_under(tmp_path)


def test_articles_of_a_folder_are_named_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.txt").write_text("Words.", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("Words.", encoding="utf-8")
    (path,) = files_under(tmp_path)
    (article,) = articles_in(path, tmp_path)
    assert isinstance(article, Article)
    assert article.id == "b/one.txt"


@given(st.text(min_size=1), st.sampled_from(["a.txt", "a.md", "a.json"]))
def test_any_text_is_an_article_or_a_source_error(text: str, name: str) -> None:
    with contextlib.suppress(SourceError):
        article = article_of(text, name, "a")
        start, end = article.body
        assert 0 <= start <= end <= len(article.text)
        assert body(article).strip()


@pytest.mark.parametrize("ending", [".txt", ".md", ".html", ".json", ".jsonl", ".eml"])
def test_an_article_longer_than_can_be_read_is_named_and_holds_up_no_other(ending: str, tmp_path: Path) -> None:
    long = "The talks in Riga went on. " * 100_000
    short = {"id": "short", "text": "The talks in Riga ended."}
    contents = {
        ".html": f"<html><body><article><p>{long}</p></article></body></html>",
        ".json": json.dumps({"id": "long", "text": long}),
        ".jsonl": f"{json.dumps({'id': 'long', 'text': long})}\n{json.dumps(short)}\n",
        ".eml": f"Subject: Talks\nFrom: a@example.org\nContent-Type: text/plain\n\n{long}\n",
    }
    path = tmp_path / f"long{ending}"
    path.write_text(contents.get(ending, long))
    refused, *others = articles_in(path)
    assert isinstance(refused, UnreadableSource)
    assert "2.7 million characters; split it, an article may have 2 million" in str(refused)
    assert [other.id for other in others if isinstance(other, Article)] == (["short"] if ending == ".jsonl" else [])


def test_notepad_s_marks_hide_no_metadata() -> None:
    text = "date 2025-02-12 Ministers met.\n\nSource: Herald\n"
    for raw in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), text.encode("utf-8")):
        article = article_of(decode(raw, "a.txt"), "a.txt", "a")
        assert (article.outlet, article.published_on) == ("Herald", date(2025, 2, 12))
        assert body(article).strip() == "Ministers met."
    assert json_article('\ufeff{"id": "1", "text": "a"}', "x:1").id == "1"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "---\ndate: 2026-13-45\n---\nMinisters met.\n"),
        ("a.md", "---\na: " + "[" * 3_000 + "\n---\nMinisters met.\n"),
        ("a.md", "---\n? [x, y]\n: z\n---\nMinisters met.\n"),
        ("a.opml", "<opml/>"),
        ("a.xml", "<rss/>"),
        ("a.json", "[]"),
        ("a.json", '{"id": "x", "text": "\\ud800"}'),
    ],
)
def test_a_file_that_can_t_be_understood_is_named(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (found,) = articles_in(tmp_path / name)
    assert isinstance(found, UnreadableSource)
    assert str(tmp_path / name) in str(found)


def test_a_json_list_is_its_articles(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"id": "1", "text": "a"}, 5, {"text": "b"}, {"id": "2", "text": "c"}]', encoding="utf-8")
    one, two, three, four = articles_in(path)
    assert [found.id for found in (one, four) if isinstance(found, Article)] == ["1", "2"]
    assert [str(bad).rpartition("/")[2] for bad in (two, three)] == [
        'a.json[2]: is not an object with a "text"',
        'a.json[3]: has no "id"',
    ]


def test_a_page_is_read_in_the_charset_that_it_names(tmp_path: Path) -> None:
    words = "Die Minister verließen Straßburg am Dienstag ohne gemeinsamen Text, hieß es. " * 9
    page = f'<html><head><meta charset="iso-8859-1"></head><body><article><p>{words}</p></article></body></html>'
    (tmp_path / "a.html").write_bytes(page.encode("latin-1"))
    (found,) = articles_in(tmp_path / "a.html")
    assert isinstance(found, Article)
    assert "verließen Straßburg" in found.text
    (tmp_path / "b.html").write_bytes(page.replace("iso-8859-1", "utf-8").encode("latin-1"))
    assert "not UTF-8" in str(next(articles_in(tmp_path / "b.html")))
    (tmp_path / "c.html").write_bytes(page.replace("iso-8859-1", "euc-jp").encode("latin-1"))
    assert "not in the charset that it names" in str(next(articles_in(tmp_path / "c.html")))


def test_titles_steer_no_terminal_and_links_hold_no_blank() -> None:
    line = json.dumps({"id": "1", "text": "a", "title": "\x1b]0;x\x07A\u202eB", "url": "https://a.example/\x1b[2J"})
    article = json_article(line, "x:1")
    assert (article.title, article.url) == ("]0;x A B", None)


def test_a_folder_tells_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("a.txt", "b.docx", "c.docx", "noending", ".hidden.txt"):
        (tmp_path / name).write_text("Words.", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text("Words.", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.txt")
    folder = looked_through(tmp_path)
    assert [file.name for file in folder.files] == ["a.txt"]
    assert folder.others == {".docx": 2, "without an ending": 1, "links to folders": 1, "no regular files": 2}


def test_a_name_that_is_no_text_is_written_out(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("Words.", encoding="utf-8")
    (article,) = articles_in(path, tmp_path)
    assert isinstance(article, Article)
    assert article.id == "\\xff.txt"


def test_a_folder_that_can_t_be_looked_into_is_named_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("Words.", encoding="utf-8")
    look = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", refuse)
    folder = looked_through(tmp_path)
    assert [file.parent.name for file in folder.files] == ["open"]
    assert [str(problem) for problem in folder.closed] == [
        f"{tmp_path / 'shut'}: can't be read (Permission denied); check the path and its permissions"
    ]
    with pytest.raises(SourceError, match="Permission denied"):
        files_under(tmp_path / "shut")
