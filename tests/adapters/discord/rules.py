"""What Discord's REST API refuses in a message, written from its published limits and not from our renderer."""

import re
from collections.abc import Iterator
from typing import Any

V2 = 1 << 15
Json = dict[str, Any]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def walk(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def message_problems(payload: Json, files: list[str]) -> list[str]:
    """Every breach, in words. ``files`` are the names of the uploads."""
    problems = list(_envelope(payload, files))
    components = list(walk(payload.get("components", [])))
    if not payload.get("flags", 0) & V2:
        return [*problems, "not a Components V2 message"]
    if not components or len(components) > 40:
        problems.append(f"{len(components)} components")
    if (characters := sum(units(c["content"]) for c in components if c["type"] == 10)) > 4000:
        problems.append(f"{characters} characters of text")
    ids = [c["custom_id"] for c in components if "custom_id" in c]
    if len(set(ids)) != len(ids):
        problems.append("a custom_id stands twice")
    numbers = [c["id"] for c in components if "id" in c]
    if len(set(numbers)) != len(numbers) or not all(0 < n < 2**31 for n in numbers):
        problems.append("component ids")
    for component in payload.get("components", []):
        if component["type"] not in (1, 9, 10, 12, 13, 14, 17):
            problems.append(f"type {component['type']} on top")
    for component in components:
        problems += _component(component, files)
    return problems


def _envelope(payload: Json, files: list[str]) -> Iterator[str]:
    if payload.get("content") or payload.get("embeds"):
        yield "content or embeds beside a layout"
    if payload.get("allowed_mentions", {}).get("parse") != []:
        yield "mentions are allowed"
    if units(str(payload.get("nonce", ""))) > 25:
        yield "nonce too long"
    if len(files) > 10 or len(set(files)) != len(files):
        yield "files"
    for attachment in payload.get("attachments", []):
        if units(attachment.get("description") or "") > 1024:
            yield "alt text too long"
    for name in files:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            yield f"Discord renames {name!r}"


def _component(c: Json, files: list[str]) -> Iterator[str]:
    match c["type"]:
        case 1:
            kinds = [child["type"] for child in c["components"]]
            if not (1 <= len(kinds) <= 5 and (set(kinds) == {2} or kinds == [3])):
                yield f"row of {kinds}"
        case 2:
            if not 1 <= units(c.get("label") or "") <= 80 or not c["label"].strip() or not 1 <= units(c["custom_id"]) <= 100:
                yield f"button {c}"
        case 3:
            yield from _menu(c)
        case 10:
            if not c["content"].strip():
                yield "empty text"
        case 12:
            if not 1 <= len(c["items"]) <= 10:
                yield "gallery"
            for item in c["items"]:
                yield from _media(item["media"]["url"], files)
                if not 1 <= units(item.get("description") or "x") <= 1024:
                    yield "description"
        case 13:
            yield from _media(c["file"]["url"], files)


def _media(url: str, files: list[str]) -> Iterator[str]:
    if url.removeprefix("attachment://") not in files:
        yield f"{url} is not uploaded"


def _menu(c: Json) -> Iterator[str]:
    options = c["options"]
    if not 1 <= len(options) <= 25 or units(c.get("placeholder") or "") > 150 or not 1 <= units(c["custom_id"]) <= 100:
        yield "menu"
    if len({option["value"] for option in options}) != len(options):
        yield "a value stands twice"
    for option in options:
        hint = option.get("description")
        if not (1 <= units(option["label"]) <= 100 and 1 <= units(option["value"]) <= 100):
            yield f"option {option}"
        if hint is not None and not 1 <= units(hint) <= 100:
            yield f"hint {hint}"
