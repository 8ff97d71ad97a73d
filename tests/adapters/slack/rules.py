"""Slack's rules for blocks and messages, stricter than its SDK: every breach in words.

After https://docs.slack.dev/reference/block-kit and the errors of chat.postMessage; the SDK's own models check too.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

Json = Mapping[str, Any]
IN_MESSAGES = {"data_visualization", "header", "context", "rich_text", "actions", "table", "divider"}
IN_VIEWS = {"header", "context", "rich_text", "actions", "section", "input"}
KEYS = {
    "data_visualization": {"type", "title", "chart", "block_id"},
    "section": {"type", "text", "accessory", "block_id"},
    "input": {"type", "label", "element", "optional", "hint", "block_id"},
    "header": {"type", "text", "block_id"},
    "context": {"type", "elements", "block_id"},
    "rich_text": {"type", "elements", "block_id"},
    "actions": {"type", "elements", "block_id"},
    "table": {"type", "rows", "column_settings", "block_id"},
    "divider": {"type", "block_id"},
}


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def problems(blocks: Sequence[Json], text: str) -> Iterator[str]:
    """What Slack would refuse in a message."""
    yield from block_problems(blocks, 50, IN_MESSAGES)
    if not text.strip() or units(text) > 4000:
        yield "the top-level text must have 1 to 4,000 characters"
    if "<" in text or ">" in text:
        yield "markup in the top-level text"
    if sum(block["type"] == "data_visualization" for block in blocks) > 2:
        yield "more than two charts"
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield "only_one_table_allowed"
    if units(json.dumps(blocks, ensure_ascii=False)) > 14_500 or sum(map(units, _strings(blocks))) > 13_200:
        yield "msg_blocks_too_long"


def view_problems(view: Json) -> Iterator[str]:
    """What Slack would refuse in a modal or App Home."""
    allowed = {"type", "blocks", "private_metadata", "callback_id"}
    if extra := set(view) - allowed - ({"title", "submit", "close"} if view["type"] == "modal" else set()):
        yield f"unknown keys {extra}"
    for part in ("title", "submit", "close"):
        if part in view:
            yield from _text(view[part], 24, {"plain_text"})
    if view["type"] == "modal" and "title" not in view:
        yield "no title"
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        yield "a form without submit"
    if units(view.get("private_metadata", "")) > 3000 or units(view.get("callback_id", "")) > 255:
        yield "metadata"
    yield from block_problems(view["blocks"], 100, IN_VIEWS)
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    if len(set(ids)) != len(ids):
        yield "block ids repeat"


def block_problems(blocks: Sequence[Json], limit: int, kinds: Collection[str]) -> Iterator[str]:
    """What is wrong with the blocks of a message or view."""
    if not 1 <= len(blocks) <= limit:
        yield f"{len(blocks)} blocks"
    ids = [e["action_id"] for block in blocks for e in _elements(block)]
    if len(set(ids)) != len(ids):
        yield "action ids repeat"
    for block in blocks:
        if block.get("type") not in kinds:
            yield f"{block.get('type')} does not belong here"
        yield from (f"{block.get('type')}: {problem}" for problem in _block(block))
    try:
        for parsed in Block.parse_all([dict(block) for block in blocks if block["type"] != "data_visualization"]):
            parsed.validate_json()
    except SlackObjectFormationError as error:
        yield f"SDK: {error}"


def _elements(block: Json) -> Sequence[Json]:
    """What can be pressed or filled in."""
    match block.get("type"):
        case "actions":
            found: Sequence[Json] = block["elements"]
            return found
        case "section":
            return [block["accessory"]] if "accessory" in block else []
        case "input":
            return [block["element"]]
    return []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("text", "placeholder", "description", "options", "elements", "rows", "fallback"):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        yield value


def _block(block: Json) -> Iterator[str]:
    kind = block.get("type")
    if extra := set(block) - KEYS.get(str(kind), set(block)):
        yield f"unknown keys {extra}"
    match kind:
        case "header":
            yield from _text(block["text"], 150, {"plain_text"})
        case "context":
            yield from _count(block["elements"], 10)
            for element in block["elements"]:
                yield from _text(element, 3000, {"plain_text", "mrkdwn"})
        case "rich_text":
            yield from _rich(block)
        case "actions":
            yield from _count(block["elements"], 25)
            for element in block["elements"]:
                yield from _element(element)
        case "table":
            yield from _table(block)
        case "section":
            yield from _text(block["text"], 3000, {"plain_text", "mrkdwn"})
            if block["text"]["type"] == "mrkdwn" and not re.fullmatch(r"<#[CG]\w+> [\w:,./+() -]+", block["text"]["text"]):
                yield "markup with more than a channel and words of ours"
            yield from (problem for element in _elements(block) for problem in _element(element))
        case "data_visualization":
            yield from _chart(block)
        case "input":
            yield from _text(block["label"], 2000, {"plain_text"})
            if "hint" in block:
                yield from _text(block["hint"], 2000, {"plain_text"})
            yield from _element(block["element"])


def _chart(block: Json) -> Iterator[str]:
    chart, names = block["chart"], [series["name"] for series in block["chart"]["series"]]
    categories = chart["axis_config"]["categories"]
    if not 1 <= units(block["title"]) <= 50 or set(chart) != {"type", "series", "axis_config"} or chart["type"] != "bar":
        yield "chart"
    if not 1 <= len(names) <= 6 or len(set(names)) != len(names) or not 1 <= len(categories) <= 20:
        yield "series"
    if any(not 1 <= units(text) <= 20 or re.search(r"[<>&@#]", text) for text in [*names, *categories]):
        yield "names in a chart"
    for series in chart["series"]:
        if [point["label"] for point in series["data"]] != categories or not all(type(p["value"]) is int for p in series["data"]):
            yield "points"


def _count(items: Sequence[Any], limit: int) -> Iterator[str]:
    if not 1 <= len(items) <= limit:
        yield f"{len(items)} elements"


def _text(value: Json, limit: int, kinds: set[str]) -> Iterator[str]:
    if value.get("type") not in kinds:
        yield f"text of type {value.get('type')}"
    if not str(value.get("text", "")).strip():
        yield "empty text"
    if units(str(value.get("text", ""))) > limit:
        yield f"text over {limit}"
    if set(value) - {"type", "text", "emoji", "verbatim"} or ("emoji" in value and value["type"] != "plain_text"):
        yield "unknown keys in text"


def _element(element: Json) -> Iterator[str]:
    if not 1 <= len(element.get("action_id", "")) <= 255:
        yield "action id"
    if element["type"] == "button":
        yield from _text(element["text"], 75, {"plain_text"})
        if not 0 < len(element.get("value", "x")) <= 2000:
            yield "button value"
    elif element["type"] in OPTIONS:
        limits = OPTIONS[element["type"]]
        if "placeholder" in element:
            yield from _text(element["placeholder"], 150, {"plain_text"})
        options = element.get("options", ())
        if not limits[0] <= len(options) <= limits[1]:
            yield f"{len(options)} options"
        for option in [
            *options,
            *element.get("initial_options", ()),
            *([element["initial_option"]] if "initial_option" in element else ()),
        ]:
            yield from _option(option)
    elif element["type"] == "timepicker":
        if not re.fullmatch(r"\d\d:\d\d", element.get("initial_time", "00:00")):
            yield "time"
    elif element["type"] == "plain_text_input":
        if units(element.get("initial_value", "")) > element.get("max_length", 3000):
            yield "initial value"
    else:
        yield f"element {element['type']}"


OPTIONS = {
    "static_select": (1, 100),
    "checkboxes": (1, 10),
    "radio_buttons": (1, 10),
    "overflow": (1, 5),
    "external_select": (0, 0),
}


def _option(option: Json) -> Iterator[str]:
    yield from _text(option["text"], 75, {"plain_text"})
    if "description" in option:
        yield from _text(option["description"], 75, {"plain_text"})
    if not 1 <= len(option["value"]) <= 150:
        yield "option value"


def _rich(block: Json) -> Iterator[str]:
    yield from _count(block["elements"], 100)
    for section in block["elements"]:
        if section["type"] != "rich_text_section":
            yield f"rich text {section['type']}"
        yield from _count(section["elements"], 1000)
        for element in section["elements"]:
            yield from _inline(element)


def _inline(element: Json) -> Iterator[str]:
    allowed = {
        "channel": {"channel_id"},
        "text": {"text", "style"},
        "link": {"url", "text", "style"},
        "date": {"timestamp", "format", "fallback"},
    }
    kind = str(element.get("type"))
    if kind not in allowed:
        yield f"live element {kind}"
        return
    if set(element) - allowed[kind] - {"type"}:
        yield f"unknown keys in {kind}"
    if kind not in ("date", "channel") and not element.get("text"):
        yield f"empty {kind}"
    if kind == "link" and not re.fullmatch(r"https?://[^\s<>|\"]{1,2990}", element["url"]):
        yield "bad link"
    if kind == "date" and not ("{" in element["format"] and element["fallback"] and isinstance(element["timestamp"], int)):
        yield "bad date"
    if "style" in element and not (element["style"] and set(element["style"]) <= {"bold", "italic", "strike", "code"}):
        yield "bad style"


def _table(block: Json) -> Iterator[str]:
    yield from _count(block["rows"], 100)
    if len({len(row) for row in block["rows"]}) != 1:
        yield "ragged rows"
    for row in block["rows"]:
        yield from _count(row, 20)
        for cell in row:
            if cell["type"] == "raw_text":
                if not cell.get("text"):
                    yield "empty cell"
            elif cell["type"] == "rich_text":
                yield from _rich(cell)
            else:
                yield f"cell {cell['type']}"
