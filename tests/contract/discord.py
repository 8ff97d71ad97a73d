"""Discord under the shared suite."""

import json
from functools import cache
from typing import Any

from discord.http import handle_message_parameters

from adapters.discord.ids import action_of
from adapters.discord.layout import message
from adapters.discord.render import render
from bot.model import Request
from bot.replies import Action, Reply
from tests.adapters.discord.reader import Shown, read
from tests.adapters.discord.rules import message_problems, walk
from tests.adapters.discord.scene import opened
from tests.contract.plug import Seen

Json = dict[str, Any]


class DiscordPlug:
    name = "discord"
    ways: tuple[str, ...] = ("mention", "reply", "command")

    def show(self, reply: Reply) -> Seen:
        return _seen(reply)

    async def ask(self, way: str, words: str) -> Request:
        async with opened() as scene:
            if way == "command":
                await scene.alice.slash(scene.channel, "brief ask", question=words)
            elif way == "mention":
                await scene.alice.send(scene.channel, f"{scene.mention} {words}")
            else:
                await scene.alice.send(scene.channel, scene.mention)
                await scene.alice.send(scene.channel, f"{words} {scene.mention}", reply_to=scene.channel.last_message)
            return scene.desk.requests[-1]


@cache
def _seen(reply: Reply) -> Seen:
    payloads = [_payload(number, reply) for number in range(len(render(reply)))]
    components = [c for payload, _ in payloads for c in walk(payload["components"])]
    texts = [read(c["content"]) for c in components if c["type"] == 10]
    return Seen(
        text="\n".join(text.text for text in texts),
        links=_all(texts, "links"),
        mentions=_all(texts, "mentions"),
        markup=_all(texts, "markup"),
        actions=tuple(action for c in components for action in _actions(c)),
        files=tuple(name for _, names in payloads for name in names),
        problems=tuple(problem for payload, names in payloads for problem in message_problems(payload, names)),
    )


def _all(texts: list[Shown], name: str) -> tuple[str, ...]:
    return tuple(found for text in texts for found in getattr(text, name))


def _payload(number: int, reply: Reply) -> tuple[Json, list[str]]:
    with handle_message_parameters(**message(render(reply)[number])) as parameters:
        if not parameters.multipart:
            return dict(parameters.payload or {}), []
        return json.loads(parameters.multipart[0]["value"]), [file.filename for file in parameters.files or ()]


def _actions(component: Json) -> list[Action]:
    values = [[option["value"]] for option in component.get("options", [])] or [[]]
    found = [action_of(component.get("custom_id", ""), value) for value in values]
    return [action for action in found if action is not None]
