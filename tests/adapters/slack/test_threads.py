"""Conversations outside of threads go on wherever they are answered: in agent threads, direct messages, after commands."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.slack.town import Town, town

Json = dict[str, Any]
VAGUE = "what did the president say"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        await opened.install("T1")
        yield opened


async def choose(here: Town, channel: str, message: Json) -> Json:
    """Pick Zelensky from the menu of a message; what is posted then."""
    menu = {"type": "static_select", "action_id": "choose:0:0", "selected_option": {"value": "volodymyr-zelensky"}}
    before = len(here.slack.posted)
    press = {"type": "block_actions", "channel": {"id": channel}, "message": message, "container": {"type": "message"}}
    await here.interact("T1", press | {"actions": [menu]})
    await here.slack.until(lambda: len(here.slack.posted) > before)
    posted: Json = here.slack.posted[-1]
    return posted


async def test_a_menu_under_the_answer_to_a_command_knows_what_was_asked(here: Town) -> None:
    await here.command("T1", VAGUE)
    await here.slack.until(lambda: here.slack.sent("response_url"))
    assert here.slack.sent("response_url")[0]["text"] == "Whom do you mean?"
    posted = await choose(here, "C1", {"ts": "9.9"})
    assert ("Zelensky" in posted["text"], posted["thread_ts"]) == (True, "9.9")


async def test_in_the_agent_view_a_question_begins_a_thread_that_goes_on(here: Town) -> None:
    await here.direct("T1", VAGUE)
    root = here.slack.posted[-1]["thread_ts"]
    assert root == here.slack.sent("assistant.threads.setStatus")[0]["thread_ts"]
    posted = await choose(here, "DU1", {"ts": "9.9", "thread_ts": root})
    assert ("Zelensky" in posted["text"], posted["thread_ts"]) == (True, root)
    await here.event("T1", {"type": "message", "channel_type": "im", "user": "U1", "channel": "DU1", "ts": "1800000000.1",
                            "thread_ts": root, "text": "and Hegseth?"})  # fmt: skip
    await here.slack.until(lambda: "Hegseth" in here.slack.posted[-1]["text"])
    assert here.slack.posted[-1]["thread_ts"] == root
    await here.direct("T1", "and Putin?")
    assert here.slack.posted[-1]["thread_ts"] != root


async def test_where_there_is_no_agent_view_direct_messages_need_no_threads(here: Town) -> None:
    here.slack.errors["assistant.threads.setStatus"] = ["missing_scope"]
    await here.direct("T1", VAGUE)
    assert here.slack.posted[-1].get("thread_ts") is None
    posted = await choose(here, "DU1", {"ts": here.slack.posted[-1]["ts"]})
    assert ("Zelensky" in posted["text"], posted.get("thread_ts")) == (True, None)
