"""The short form of ``make bench-sources``: a site of every kind, good and hostile, read once."""

from pathlib import Path

from tools.hostile_web import KINDS
from tools.sources_trial import trial


async def test_good_items_are_stored_once_and_bad_sources_named_while_the_loop_stays_free(tmp_path: Path) -> None:
    outcome = await trial(tmp_path, many=len(KINDS), days=1, seconds=5)
    assert outcome.wrong == []
    assert outcome.touched == 0
    assert outcome.refused > 0
    assert outcome.blocked[0] < 50
    assert outcome.grown < 30_000_000
