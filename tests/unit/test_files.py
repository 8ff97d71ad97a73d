"""Mail, PDF files and archives become articles, or a line that says why not."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources import archives
from adapters.sources.files import articles_in
from adapters.sources.layout import reflowed
from adapters.sources.mails import mail_article
from adapters.sources.papers import pdf_article
from bot.errors import SourceError
from bot.model import Article

MAIL = b"""From: "Ministry of Foreign Affairs" <press@example.org>
To: list@example.org
Subject: =?utf-8?q?Statement_on_the_talks_in_R=C4=ABga?=
Date: Tue, 04 Mar 2025 09:30:00 +0100
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

The minister said on Tuesday that the talks had been
"long and useful", and that an agree-
ment on the caf\xe9 quarter was near.

A second round is planned for May.
--\x20
Press office
"""


def pdf(*pages: str, password: bool = False) -> bytes:
    """A PDF of these pages, written by hand: a line of text a line."""
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for page in pages:
        lines = page.replace("(", "\\(").replace(")", "\\)").split("\n")
        drawn = "BT /F1 10 Tf 14 TL 40 800 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        kids.append(f"{len(bodies) + 1} 0 R")
        font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >>"
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {font} /Contents {len(bodies) + 2} 0 R >>".encode()
        )
        raw = drawn.encode("cp1252")
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(raw), raw))
    bodies[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    return out + head + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(out))


def packed(folder: Path, **files: bytes) -> Path:
    path = folder / "news.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def outcomes(path: Path) -> list[str]:
    return [found.id if isinstance(found, Article) else str(found) for found in articles_in(path)]


def test_a_mail_is_its_text_with_who_sent_it_and_when() -> None:
    article = mail_article(MAIL, "a.eml", "a.eml")
    assert article.text.split("\n") == [
        'The minister said on Tuesday that the talks had been "long and useful", and that an agreement on the café quarter was near.',
        "A second round is planned for May.",
    ]
    assert (article.outlet, article.title) == ("Ministry of Foreign Affairs", "Statement on the talks in Rīga")
    assert article.published_on == date(2025, 3, 4)
    assert article.published_at == datetime(2025, 3, 4, 8, 30, tzinfo=UTC)


def test_a_mail_of_markup_alone_is_read_as_a_page() -> None:
    words = "<p>Ministers ended two days of talks in Riga on Tuesday without a common text, officials said.</p>" * 3
    head = b"Subject: Talks\nContent-Type: text/html; charset=utf-8\n\n"
    assert mail_article(head + f"<html><body>{words}</body></html>".encode(), "a.eml", "a").text.startswith("Ministers ended")


def test_a_pdf_is_its_text_in_paragraphs() -> None:
    raw = pdf(
        "Ministers ended two days of talks in Riga on Tuesday without\na common text (officials said).\n"
        "They will meet again in May, the host said, and hope for an agree-\nment.",
        "A last page.",
    )
    assert pdf_article(raw, "a.pdf", "a.pdf").text.split("\n") == [
        "Ministers ended two days of talks in Riga on Tuesday without a common text (officials said).",
        "They will meet again in May, the host said, and hope for an agreement.",
        "A last page.",
    ]


@pytest.mark.parametrize(
    ("raw", "cause"),
    [(b"%PDF-1.4\nnothing", "damaged PDF"), (pdf(""), "no text"), (pdf(*["x"] * 401), "401 pages"), (pdf("a")[:300], "damaged")],
)
def test_a_pdf_without_text_is_named_with_its_cause(raw: bytes, cause: str) -> None:
    with pytest.raises(SourceError, match=cause):
        pdf_article(raw, "a.pdf", "a.pdf")


def test_an_archive_gives_its_files_in_order_and_names_what_is_wrong(tmp_path: Path) -> None:
    inner = io.BytesIO()
    zipfile.ZipFile(inner, "w").close()
    path = packed(
        tmp_path,
        a_txt=b"Ministers met.",
        b__c_jsonl=b'{"id": "x", "text": "They met."}\n{bad}',
        d_pdf=pdf("They met again."),
        e_png=b"x",
        f_zip=inner.getvalue(),
        g_txt=b"0" * 5_000_000,
        _hidden_txt=b"x",
    )
    found = outcomes(path)
    assert found[:2] == ["news.zip/a.txt", "x"]
    assert "is not JSON" in found[2]
    assert found[3] == "news.zip/d.pdf"
    assert ["inside an archive" in found[4], "bomb" in found[5], len(found)] == [True, True, 6]


def test_an_archive_that_is_none_or_too_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nothing")
    assert "damaged archive" in outcomes(tmp_path / "bad.zip")[0]
    assert "no article files" in outcomes(packed(tmp_path, a_png=b"x"))[0]
    path = packed(tmp_path, a_txt=b"x" * 100, b_txt=b"y" * 100)
    damaged = bytearray(path.read_bytes())
    damaged[35:38] = b"\xff" * 3
    path.write_bytes(damaged)
    assert "damaged" in outcomes(path)[0]
    monkeypatch.setattr(archives, "MOST_MEMBERS", 1)
    assert "split it" in outcomes(path)[0]
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 150)
    assert "split it" in outcomes(path)[0]


def _any() -> Iterator[st.SearchStrategy[bytes]]:
    for whole in (MAIL, pdf("Ministers met."), b"PK\x05\x06" + b"\x00" * 18):
        places = st.integers(0, len(whole))
        yield st.builds(
            lambda place, noise, whole=whole: whole[:place] + noise + whole[place + len(noise) :], places, st.binary(max_size=9)
        )


@given(st.one_of(*_any()), st.sampled_from(["a.eml", "a.pdf", "a.zip"]))
def test_any_bytes_are_articles_or_a_named_cause(tmp_path_factory: pytest.TempPathFactory, raw: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    for found in articles_in(path):
        assert isinstance(found, Article) or "\n" not in str(found)


@given(st.text(max_size=200))
def test_reflowing_keeps_every_letter_in_order(text: str) -> None:
    def letters(words: str) -> str:
        return "".join(c for c in words if c.isalnum())

    assert letters(reflowed(text)) == letters(text)
    assert "\n\n" not in reflowed(text)
