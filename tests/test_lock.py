"""The lock pins what the project asks for, with hashes, and says nothing of where it came from."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*\])?==(?P<version>\S+)", re.MULTILINE)


def test_every_requirement_is_pinned_at_a_version_that_it_allows() -> None:
    pinned = {canonicalize_name(found["name"]): found["version"] for found in PINNED.finditer(lock())}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    asked += [line for lines in project["project"].get("optional-dependencies", {}).values() for line in lines]
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name), "")
        assert requirement.specifier.contains(version) if version else False, f"{requirement}: run make lock"


def test_every_pin_has_hashes_and_no_address() -> None:
    text = lock()
    assert "://" not in text
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def lock() -> str:
    return (ROOT / "requirements.lock").read_text()
