"""The lock pins what the project asks for, with hashes, and says nothing of where it came from."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*\])?==(?P<version>\S+)", re.MULTILINE)


def test_every_requirement_is_pinned_at_a_version_that_it_allows() -> None:
    pinned = {canonicalize_name(found["name"]): found["version"] for found in PINNED.finditer(lock())}
    asked = [*project()["project"]["dependencies"], *project()["dependency-groups"]["dev"]]
    for requirement in map(Requirement, asked):
        version = pinned.get(canonicalize_name(requirement.name), "")
        assert requirement.specifier.contains(version) if version else False, f"{requirement}: run make lock"


def test_every_pin_has_hashes_and_no_address() -> None:
    text = lock()
    assert "://" not in text
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


UNSEEN = {"aiosqlite", "asyncpg", "tzdata", "lxml", "lxml-html-clean", "pystemmer"}
"""What others import for us: the databases' drivers, the zones, what trafilatura cleans pages with, the compiled stems."""


def test_what_is_imported_is_asked_for_and_nothing_else() -> None:
    """What only comes along with something else goes when that does."""
    names = {
        name.split(".")[0]
        for package in ("bot", "adapters", "storage")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    distributions = packages_distributions()
    imported = {canonicalize_name(distributions[name][0]) for name in names if name in distributions} - {"attache"}
    asked = {canonicalize_name(Requirement(line).name) for line in project()["project"]["dependencies"]}
    assert imported | UNSEEN == asked


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def lock() -> str:
    return (ROOT / "requirements.lock").read_text()
