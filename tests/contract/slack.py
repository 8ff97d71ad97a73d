"""Slack under the shared suite."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapters.slack.inbound import action_of
from adapters.slack.render import render
from adapters.slack.text import block_text
from bot.model import Request
from bot.replies import Action, Reply
from tests.adapters.slack.rules import problems
from tests.adapters.slack.scene import opened
from tests.contract.plug import Seen

Json = dict[str, Any]


class SlackPlug:
    name = "slack"
    ways: tuple[str, ...] = ("mention", "direct", "command")

    def show(self, reply: Reply) -> Seen:
        return _seen(reply)

    async def ask(self, way: str, words: str) -> Request:
        async with opened() as scene:
            await scene.ask(way, words)
            return scene.desk.requests[-1]


@cache
def _seen(reply: Reply) -> Seen:
    rendered = render(reply)
    blocks = [block for message in rendered.messages for block in message.blocks]
    elements = [element for block in blocks for element in _walk(block)]
    return Seen(
        text="\n".join(_readable(block) for block in blocks),
        links=tuple(e["url"] for e in elements if e["type"] == "link"),
        mentions=tuple(e["type"] for e in elements if e["type"] in ("user", "channel", "usergroup", "broadcast", "team")),
        markup=tuple(e["text"] for e in elements if e["type"] == "mrkdwn"),
        actions=tuple(action for e in elements for action in _actions(e)),
        files=tuple(upload.filename for upload in rendered.files),
        problems=tuple(problem for message in rendered.messages for problem in problems(message.blocks, message.text)),
    )


def _readable(block: Json) -> str:
    """With the labels of buttons and menus, which people read too."""
    if block["type"] != "actions":
        return block_text(block)
    return "\n".join(text for element in block["elements"] for text in _labels(element))


def _labels(element: Json) -> Iterator[str]:
    yield element["text" if "text" in element else "placeholder"]["text"]
    for option in element.get("options", []):
        yield option["text"]["text"]
        if "description" in option:
            yield option["description"]["text"]


def _walk(thing: Any) -> Iterator[Json]:
    if isinstance(thing, dict):
        if "type" in thing:
            yield thing
        for value in thing.values():
            yield from _walk(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _walk(value)


def _actions(element: Json) -> Iterator[Action]:
    if element["type"] == "button" and (action := action_of(element)):
        yield action
    for option in element.get("options", []) if element["type"] == "static_select" else ():
        if action := action_of({**element, "selected_option": option}):
            yield action
