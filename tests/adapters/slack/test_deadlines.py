"""Slack's clock: acknowledged at once however long the desk takes, answered once however often asked, nothing lost."""

import asyncio
from typing import Any

import pytest

from adapters.slack.forms import FOLLOW, Origin, form_view
from tests.adapters.slack.scene import Scene, opened

WAYS = ("mention", "direct", "command", "shortcut", "press", "form")


async def sent_in(scene: Scene, way: str) -> str:
    """The envelope of something that the desk has to work on."""
    match way:
        case "press":
            return await scene.press({"action_id": "more:0:0"}, answers=True)
        case "shortcut":
            return await scene.shortcut({"text": "never"})
        case "form":
            values = {"who": {"who": {"type": "external_select", "selected_option": {"value": "Jane Doe"}}}}
            scene.slack.views["V9"] = view = {**form_view(Origin(FOLLOW)), "id": "V9", "hash": "h"}
            sent = {
                "type": "view_submission",
                "team": {"id": "T1"},
                "user": {"id": "U1"},
                "view": view | {"state": {"values": values}},
            }
            return await scene.slack.emit("interactive", sent)
    return await scene.ask(way, "slow")


def answers(scene: Scene) -> int:
    """What people have been told so far."""
    told = ("response_url", "views.update", "chat.postEphemeral")
    return len(scene.slack.posted) + sum(len(scene.slack.sent(method)) for method in told)


@pytest.mark.parametrize("way", WAYS)
async def test_it_acknowledges_in_no_time_while_the_desk_takes_five_seconds(way: str) -> None:
    async with opened(waits=True) as scene:
        envelope = await sent_in(scene, way)
        await scene.slack.until(lambda: envelope in scene.slack.acks and scene.desk.requests)
        assert scene.slack.now < 1, "no time has passed, and the desk has not answered"
        assert answers(scene) == 0
        await scene.slack.pass_time(5)
        assert scene.slack.late == []
        scene.desk.gate.set()
        await scene.slack.until(lambda: answers(scene) == 1)
        assert len(scene.desk.requests) == 1


@pytest.mark.parametrize("variables", [(), ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN")])
async def test_it_acknowledges_though_slack_itself_hangs(
    variables: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """From the first event on, and also where the settings of the other way in are there for Bolt to see."""
    for variable in variables:
        monkeypatch.setenv(variable, "xoxb-9")
    async with opened() as scene:
        await scene.app.listening.wait()
        scene.slack.hangs = asyncio.Event()
        event = {"type": "app_mention", "user": "U1", "ts": "5.5", "channel": "C1", "text": "<@UBOT> x"}
        envelope = await scene.event(event)
        await scene.slack.until(lambda: envelope in scene.slack.acks and scene.slack.sent("users.info"))
        assert not scene.desk.requests
        assert not caplog.records
        scene.slack.hangs.set()
        await scene.slack.until(lambda: scene.slack.posted)


@pytest.mark.parametrize("first", ["app_mention", "message"])
@pytest.mark.parametrize("thread", [None, "5.0"])
async def test_twin_events_in_either_order_give_one_reply(first: str, thread: str | None) -> None:
    async with opened() as scene:
        twin: dict[str, Any] = {"user": "U1", "ts": "5.5", "channel": "C1", "team": "T1", "text": "<@UBOT> once"}
        twin |= {"thread_ts": thread} if thread else {}
        kinds = [{"type": "app_mention"}, {"type": "message", "channel_type": "channel"}]
        for kind in sorted(kinds, key=lambda kind: kind["type"] != first):
            envelope = await scene.event(twin | kind)
            await scene.slack.until(lambda sent=envelope: sent in scene.slack.acks)
        await scene.ask("mention", "twice", ts="8.8")
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert [request.words for request in scene.desk.requests] == ["once", "twice"]


@pytest.mark.parametrize("way", WAYS)
async def test_what_comes_three_times_is_answered_once(way: str) -> None:
    async with opened(waits=True) as scene:
        scene.slack.deaf = True
        await sent_in(scene, way)
        await scene.slack.until(lambda: scene.desk.requests)
        for _ in range(2):
            before = len(scene.slack.acks)
            await scene.slack.pass_time(3)
            await scene.slack.until(lambda count=before: len(scene.slack.acks) > count)
        scene.slack.deaf = False
        scene.desk.gate.set()
        await scene.slack.until(lambda: answers(scene) == 1)
        await scene.ask("mention", "another", ts="9.9")
        await scene.slack.until(lambda: answers(scene) == 2)
        assert len(scene.slack.late) == 2
        assert len(scene.desk.requests) == 2


@pytest.mark.parametrize("deaf", [False, True])
async def test_connecting_anew_loses_and_doubles_nothing(deaf: bool) -> None:
    async with opened(waits=True) as scene:
        scene.slack.deaf = deaf
        await scene.ask("mention", "before", ts="1.1")
        scene.slack.deaf = False
        await scene.slack.refresh()
        await scene.ask("mention", "after", ts="2.2")
        scene.desk.gate.set()
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert sorted(request.words for request in scene.desk.requests) == ["after", "before"]
        assert len(scene.slack.sent("apps.connections.open")) >= 2


async def test_channels_and_times_of_two_workspaces_are_told_apart() -> None:
    async with opened() as scene:
        for team in ("T1", "T2"):
            event = {"type": "app_mention", "user": "U1", "ts": "5.5", "channel": "C1", "text": "<@UBOT> once"}
            await scene.slack.emit(
                "events_api", {"type": "event_callback", "team_id": team, "event_id": f"Ev{team}", "event": event}
            )
        await scene.slack.until(lambda: len(scene.desk.requests) == 2)
