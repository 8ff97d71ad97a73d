"""The import table of docs/architecture.md, executed."""

import ast
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = {
    "babel", "countryinfo", "dateutil", "matplotlib", "numpy", "pycrfsuite", "rapidfuzz", "snowballstemmer", "structlog",
}  # fmt: skip
"""Libraries without I/O of their own that the core may use."""
EXTRA = {
    "bot.config": {"platformdirs", "pydantic", "pydantic_settings"},
    "bot.cli": {"rich", "typer"},
    "bot.cli_sources": {"typer"},
    "bot.__main__": {"typer"},
    "bot.ticking": {"apscheduler"},
    "bot.app_sources": {"adapters", "storage"},
    "bot.app": {"platformdirs", "pydantic", "structlog", "adapters", "storage"},
}
"""What single modules of the core may use beyond that."""
DATABASE = {"sqlalchemy", "alembic", "aiosqlite", "asyncpg", "structlog", "cryptography", "tenacity"}
STORAGE_MAY = {"bot.model", "bot.ports", "bot.errors", "bot.replies", "bot.reports", "bot.sources", "bot.standing", "bot.terms"}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("bot", "adapters", "storage"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {
                f"{node.module}.{alias.name}" if node.module in ("bot", "adapters", "storage") else str(node.module)
                for alias in node.names
            }
    return names


def outside(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


MODULES = modules()


@pytest.mark.parametrize("name", sorted(m for m in MODULES if m.split(".")[0] == "bot"))
def test_core_imports_only_pure_libraries(name: str) -> None:
    allowed = PURE | {"bot"} | EXTRA.get(name, set())
    assert outside(imported(MODULES[name])) <= allowed


@pytest.mark.parametrize("name", sorted(m for m in MODULES if m.split(".")[0] == "storage"))
def test_storage_imports_the_core_s_nouns_and_its_databases(name: str) -> None:
    names = imported(MODULES[name])
    assert outside(names) <= DATABASE | {"bot", "storage"}
    assert {".".join(n.split(".")[:2]) for n in names if n.startswith("bot.")} <= STORAGE_MAY


@pytest.mark.parametrize("name", sorted(m for m in MODULES if m.count(".") >= 1 and m.split(".")[0] == "adapters"))
def test_adapters_import_no_other_adapter_and_no_storage(name: str) -> None:
    own = ".".join(name.split(".")[:2])
    names = imported(MODULES[name])
    assert "storage" not in outside(names)
    assert all(n == own or n.startswith(own + ".") for n in names if n.startswith("adapters."))
    assert not any(n == "bot.app" or n.startswith("bot.app.") for n in names)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_config_reads_the_environment(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    assert name == "bot.config" or not ("os.environ" in text or "os.getenv" in text)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_app_reads_the_clock(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    clocks = ("datetime.now(", "date.today(", "time.time(", "utcnow(")
    assert name == "bot.app" or not any(clock in text for clock in clocks)


def test_no_import_cycles() -> None:
    graph = grimp.build_graph("bot", "adapters", "storage", cache_dir=None)
    cycles = [
        (module, direct)
        for module in graph.modules
        for direct in graph.find_modules_directly_imported_by(module)
        if module < direct and graph.chain_exists(importer=direct, imported=module) and not direct.startswith(module + ".")
    ]
    assert not cycles
