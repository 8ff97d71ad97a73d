"""The short form of ``make bench-ingest``: an ingest is stopped again and again, and nothing is lost, doubled or half."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.__main__ import main
from tools.ingest_trial import Ingest, generated, share_of_storing, stopped_and_gone_on, written


async def test_an_ingest_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    ingest = Ingest(written(generated(256), tmp_path / "news.jsonl"), "rules")
    outcome = await stopped_and_gone_on(ingest, tmp_path, 256, stops=2, seed=5)
    assert outcome.odd == []
    assert (outcome.again, outcome.differences) == (0, [])


async def test_storing_takes_less_than_a_quarter_of_an_ingest(tmp_path: Path) -> None:
    share = await share_of_storing(tmp_path, before=0, batches=1)
    assert share.storing < 0.25


def test_ctrl_c_while_the_program_loads_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "bot.cli", Loading("bot.cli"))
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130
    assert capsys.readouterr().err.count("\n") == 1
