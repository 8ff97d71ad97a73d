"""The command line as people script it: real processes, real files, a database of their own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "seeds" / "000_df9f5b43c1cab071.txt"


def attache(folder: Path, *arguments: str, given: str | bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run ``attache`` with a database in the folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ATTACHE_", "SLACK_", "DISCORD_"))}
    command = [sys.executable, "-m", "bot", "--database", f"sqlite+aiosqlite:///{folder / 'a.db'}", *arguments]
    sent = given.encode() if isinstance(given, str) else given
    return subprocess.run(
        command, input=sent, capture_output=True, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, timeout=120
    )


def test_ask_answers_with_words_that_are_the_article_s_at_their_offsets(tmp_path: Path) -> None:
    done = attache(tmp_path, "ask", "--json", "--now", "2025-02-13T09:00:00+01:00", "what did Hegseth say")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    text = SEED.read_text(encoding="utf-8")
    assert [(q["paragraph"], q["kind"], q["inferred"]) for q in answer["quotations"]] == [
        (8, "direct", False),
        (9, "direct", True),
        (6, "indirect", False),
        (17, "indirect", False),
    ]
    for quotation in answer["quotations"]:
        assert quotation["text"] == " … ".join(text[start:end] for start, end in quotation["content"])


def test_read_shows_and_stores_nothing(tmp_path: Path) -> None:
    done = attache(tmp_path, "read", "--json", str(SEED))
    assert json.loads(done.stdout)["published_on"] == "2025-02-12"
    assert not (tmp_path / "a.db").exists()


def test_ingest_again_changes_nothing_and_export_gives_it_back(tmp_path: Path) -> None:
    line = json.dumps({"id": "x", "text": "“Yes,” Anna Berg said.\n", "outlet": "Herald", "published_on": "2025-03-04"}) + "\n"
    (tmp_path / "news.jsonl").write_text(line + "no json\n" + line.replace('"x"', '"y"'), encoding="utf-8")
    first = attache(tmp_path, "ingest", "news.jsonl")
    assert first.returncode == 1
    assert b"2 new, 0 revised, 0 unchanged, 1 could not be read" in first.stderr
    assert b"news.jsonl:2" in first.stderr
    assert b"2 unchanged" in attache(tmp_path, "ingest", "news.jsonl").stderr
    exported = [json.loads(row) for row in attache(tmp_path, "export").stdout.splitlines()]
    assert [row["id"] for row in exported] == ["x", "y"]


def test_articles_of_one_name_don_t_replace_each_other(tmp_path: Path) -> None:
    for folder, words in (("a", "Ministers met."), ("b", "Envoys left.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "4.txt").write_text(words, encoding="utf-8")
    lines = [{"id": "x", "text": "One."}, {"id": "x", "text": "Two."}, {"id": "x", "text": "One."}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for told in (b"2 new, 0 revised, 2 unchanged, 2 could", b"0 new, 0 revised, 4 unchanged, 2 could"):
        done = attache(tmp_path, "ingest", "a", "b", "c.jsonl", "a/4.txt")
        assert done.returncode == 1
        assert told in done.stderr, done.stderr
        assert b"b/4.txt: is named as a/4.txt is" in done.stderr
        assert b"gives the id x to an article" in done.stderr


def test_every_problem_is_told_where_a_file_takes_them(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text("no json \x1b[31m\n" * 30, encoding="utf-8")
    done = attache(tmp_path, "ingest", "news.jsonl")
    assert done.stderr.count(b"is not JSON") == 30
    assert b"\x1b" not in done.stderr


def test_ctrl_c_ends_a_command_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "read", "--jsonl", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ATTACHE_READER": "rules", "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(b'{"id": "x", "text": "Ministers met."}\n')
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["id"] == "x"
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        told = running.stderr.read()
    assert told == b"attache: interrupted; what was stored stays stored, the same command goes on from there\n"


def test_lines_of_one_thread_follow_each_other(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"q": q, "thread": "t", "now": "2025-02-13T09:00:00+01:00"}) + "\n"
        for q in ("what did Hegseth say", "and Zelensky?")
    )
    answers = [json.loads(row) for row in attache(tmp_path, "ask", "--jsonl", "-", given=lines).stdout.splitlines()]
    assert [answer["reading"]["actors"][0]["id"] for answer in answers] == ["pete-hegseth", "volodymyr-zelensky"]


def test_what_is_only_near_is_marked(tmp_path: Path) -> None:
    asked = ("what did the Kremlin say about the call", "did hegseth say ukraine will never join nato?", "what did Hegseth say")
    lines = "".join(json.dumps({"q": q, "now": "2025-02-13T09:00:00+01:00"}) + "\n" for q in asked)
    answers = [json.loads(row) for row in attache(tmp_path, "ask", "--jsonl", "-", given=lines).stdout.splitlines()]
    assert all(answer["quotations"] for answer in answers)
    assert [answer.get("nearest", False) for answer in answers] == [True, True, False]


def test_an_order_is_carried_out_and_quotes_nobody(tmp_path: Path) -> None:
    answer = json.loads(attache(tmp_path, "ask", "--json", "follow Zelensky").stdout)
    assert answer["quotations"] == []
    assert "Following Volodymyr Zelensky" in answer["text"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("read", "missing.txt"), 1, "No such file"),
        (("read", "empty.txt"), 1, "is empty"),
        (("read", "binary.txt"), 1, "binary file"),
        (("read", "latin.txt"), 1, "not UTF-8"),
        (("ingest", "missing"), 1, "no such file or folder"),
        (("ask",), 2, "give one question"),
        (("ask", "x", "--since", "soon"), 2, "YYYY-MM-DD"),
        (("ask", "x", "--now", "noon"), 2, "ISO 8601"),
        (("manifest", "irc"), 2, "attache manifest slack"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_bad_input_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], status: int, told: str) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02")
    (tmp_path / "latin.txt").write_bytes("déjà vu".encode("latin-1"))
    done = attache(tmp_path, *arguments)
    assert done.returncode == status, done.stderr
    assert told.encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"somebody's notes" * 500)
    done = attache(tmp_path, "status")
    assert done.returncode == 1
    assert b"no Attach" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_check_says_what_is_set_up(tmp_path: Path) -> None:
    done = attache(tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert b"not set up (DISCORD_TOKEN)" in done.stdout
