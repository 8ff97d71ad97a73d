"""The short form of ``make fault``: a delivering process is killed again and again, and nothing is lost or doubled."""

from pathlib import Path

from tools.fault_trial import trial


async def test_thirty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    outcome = await trial(tmp_path, kills=30, each=4, seed=11)
    assert (outcome.kills, outcome.owed) == (30, 120)
    assert (outcome.lost, outcome.doubled, outcome.given_up) == (0, 0, 0)
    assert sum(answers["looked up"] for answers in outcome.answers.values()) > 0
