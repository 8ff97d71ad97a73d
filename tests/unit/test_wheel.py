"""A built wheel works as the checkout does: seeds, migrations, models and word lists travel in it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_answers_from_an_empty_folder(tmp_path: Path) -> None:
    built, home, empty = tmp_path / "built", tmp_path / "home", tmp_path / "empty"
    empty.mkdir()
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(home)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ATTACHE_", "SLACK_", "DISCORD_"))} | {
        "PYTHONPATH": str(home)
    }
    where = [sys.executable, "-c", "import bot, storage, adapters; print(bot.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, cwd=empty, env=environment, text=True)
    assert found.stdout.startswith(str(home))
    asked = [
        sys.executable,
        "-m",
        "bot",
        "--database",
        f"sqlite+aiosqlite:///{tmp_path / 'a.db'}",
        "ask",
        "--json",
        "what did Hegseth say",
    ]
    done = subprocess.run(asked, capture_output=True, cwd=empty, env=environment)
    assert done.returncode == 0, done.stderr
    assert [q["paragraph"] for q in json.loads(done.stdout)["quotations"]] == [8, 9, 6, 17]
