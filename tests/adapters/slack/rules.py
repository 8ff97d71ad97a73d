"""What Slack's Block Kit reference and its own SDK models refuse, in words."""

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

Json = dict[str, Any]


def problems(blocks: list[Json], text: str) -> Iterator[str]:
    """Every breach of a limit by one message."""
    if not text.strip() or len(text) > 40_000:
        yield "a message needs a text of at most 40,000"
    if not 0 < len(blocks) <= 50:
        yield f"{len(blocks)} blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 15_000:
        yield "blocks too long together"
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield "more than one table"
    ids = [element["action_id"] for block in blocks if block["type"] == "actions" for element in block["elements"]]
    if len(ids) != len(set(ids)):
        yield "an action id twice"
    for block in blocks:
        yield from _block(block)


def _block(block: Json) -> Iterator[str]:
    try:
        parsed = Block.parse(block)
        if parsed is not None:
            parsed.validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    match block["type"]:
        case "header" if not 0 < len(block["text"]["text"]) <= 150:
            yield "header text"
        case "context" if not 0 < len(block["elements"]) <= 10 or any(not 0 < len(e["text"]) <= 3000 for e in block["elements"]):
            yield "context"
        case "actions":
            yield from _actions(block)
        case "table" if len(block["rows"]) > 100 or any(len(row) > 20 for row in block["rows"]):
            yield "table size"
        case "rich_text":
            elements = [e for section in block["elements"] for e in section["elements"]]
            if not elements or any(e["type"] == "text" and not e["text"] for e in elements):
                yield "empty rich text"


def _actions(block: Json) -> Iterator[str]:
    if not 0 < len(block["elements"]) <= 25:
        yield "actions"
    for element in block["elements"]:
        if len(element["action_id"]) > 255 or len(element.get("value", "")) > 2000:
            yield "button"
        if element["type"] == "button" and not 0 < len(element["text"]["text"]) <= 75:
            yield "button text"
        for option in element.get("options", []):
            if not 0 < len(option["text"]["text"]) <= 75 or not 0 < len(option["value"]) <= 150:
                yield "option"
