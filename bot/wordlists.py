"""Word lists that travel with the package: a line an entry, ``#`` opens a comment, ``[name]`` a section where there are several."""

from collections.abc import Iterator
from importlib.resources import files


def entries(package: str, name: str) -> Iterator[str]:
    """The lines of a package's data file that hold something, in order; ``name`` may have folders."""
    text = files(package).joinpath(*name.split("/")).read_text(encoding="utf-8")
    yield from (line for line in text.splitlines() if line and not line.startswith("#"))


def sections(package: str, name: str) -> dict[str, list[str]]:
    """The entries by the section they stand in; those before the first are under ""."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in entries(package, name):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            found.setdefault(section, []).append(line)
    return found
