"""A day in a channel from install to uninstall, and two workspaces side by side."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import Destination, Platform
from tests.adapters.slack.town import KEY, Town, element, pressed, shown, town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADMIN = {"tz": "Europe/Brussels", "is_admin": True}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        opened.slack.users["UADMIN"] = ADMIN
        yield opened


def posts(here: Town, team: str, channel: str = "C1") -> list[str]:
    """What a workspace's channel was told outside threads."""
    token = f"xoxb-{team}"
    return [
        str(m["text"])
        for m in here.slack.posted
        if m.get("token") == token and m["channel"] == channel and not m.get("thread_ts")
    ]


async def test_a_day_in_a_channel(here: Town) -> None:
    await here.install("T1")
    assert "No channel has one." in await here.home("T1")
    assert "“Chasing this illusionary goal" in await here.mention("T1", "what did Hegseth say")
    thread = here.slack.posted[-1]["thread_ts"]
    going_on = {
        "type": "message",
        "channel_type": "channel",
        "user": "U1",
        "channel": "C1",
        "ts": "1700000002.1",
        "thread_ts": thread,
    }
    await here.event("T1", going_on | {"text": "and Zelensky?"})
    await here.slack.until(lambda: len(here.slack.posted) == 2)
    assert (here.slack.posted[-1]["thread_ts"], "Zelensky" in here.slack.posted[-1]["text"]) == (thread, True)

    await here.command("T1", "digest daily at 8am Brussels", user="U1")
    await here.slack.until(lambda: here.slack.sent("response_url"))
    assert "set by its administrators" in here.slack.sent("response_url")[-1]["text"]
    await here.command("T1", "digest daily at 8am Brussels", user="UADMIN")
    await here.slack.until(lambda: len(here.slack.sent("response_url")) == 2)
    assert "Next: Thursday 13 February 2025, 08:00" in here.slack.sent("response_url")[-1]["text"]

    here.slack.errors["chat.postMessage"] = ["lost"]
    await here.tick(HOUR)
    for _ in range(3):
        await here.tick(HOUR)
    (digest,) = posts(here, "T1")
    assert "Hegseth" in digest

    await here.mention("T1", "what did Hegseth say", user="U5")
    thread = here.slack.posted[-1]["thread_ts"]
    await here.event("T1", {"type": "app_mention", "user": "U5", "channel": "C1", "ts": "1700000003.1", "thread_ts": thread,
                            "text": "<@UBOT> report line 1 those are not his words"})  # fmt: skip
    await here.slack.until(lambda: here.slack.sent("chat.postEphemeral"))
    assert "Report 1 is kept" in here.slack.sent("chat.postEphemeral")[-1]["text"]
    assert "settled by administrators" in await here.direct("T1", "report 1 withdraw", user="U5")
    assert "is withdrawn" in await here.direct("T1", "report 1 withdraw", user="UADMIN")
    await here.tick(HOUR)
    assert "Correction" in posts(here, "T1")[-1], posts(here, "T1")

    count = len(here.slack.posted)
    here.slack.revoked.add("xoxb-T1")
    await here.event("T1", {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"], "oauth": []}})
    await here.event("T1", {"type": "app_uninstalled"})
    await gone(here, "T1")
    await here.tick(2 * DAY)
    assert len(here.slack.posted) == count


async def gone(here: Town, team: str) -> None:
    """Wait until nothing is kept of a workspace."""
    kept = here.house.storage.installations(Platform.SLACK, KEY)
    async with asyncio.timeout(30):
        while await kept.find(team) is not None or team in await here.house.storage.workspaces(Platform.SLACK):
            pass


async def test_a_workspace_that_left_unheard_is_purged_when_a_message_is_refused(here: Town) -> None:
    await here.install("T1")
    await here.command("T1", "digest daily at 8am Brussels", user="UADMIN")
    await here.slack.until(lambda: here.slack.sent("response_url"))
    here.slack.revoked.add("xoxb-T1")
    await here.tick(HOUR)
    await gone(here, "T1")


async def test_two_workspaces_see_nothing_of_each_other(here: Town) -> None:
    """The same ids of people and channels in both, as Slack promises them to be unique in a workspace only."""
    for team in ("T1", "T2"):
        await here.install(team)
    await here.direct("T1", "follow Zelensky", user="UADMIN")
    await here.direct("T1", "digest daily at 9am Brussels", user="UADMIN")
    await here.command("T1", "digest daily at 8am Brussels", user="UADMIN")
    await here.command("T1", "follow Putin", user="UADMIN")
    await here.slack.until(lambda: len(here.slack.sent("response_url")) == 2)
    await here.direct("T1", "what did Hegseth say", user="UADMIN")
    await here.direct("T1", "report line 1 those are not his words", user="UADMIN")

    assert "nothing to go on with" in await here.direct("T2", "more", user="UADMIN")
    assert "Nobody is followed" in await here.direct("T2", "following", user="UADMIN")
    assert "No digest is set here" in await here.direct("T2", "digest", user="UADMIN")
    assert "No report is open" in await here.direct("T2", "report list", user="UADMIN")
    assert "no report 1 here" in await here.direct("T2", "report 1 withdraw", user="UADMIN")
    assert "nothing of yours to undo" in await here.direct("T2", "undo", user="UADMIN")
    other = await here.home("T2", user="UADMIN")
    assert all(text in other for text in ("Nobody yet.", "You have none.", "No channel has one."))

    await here.direct("T2", "forget me", user="UADMIN")
    own = await here.home("T1", user="UADMIN")
    assert all(text in own for text in ("Volodymyr Zelensky", "09:00", "<#C1> every day at 08:00"))
    await here.direct("T1", "report 1 withdraw", user="UADMIN")
    assert "“Chasing this illusionary goal" in await here.mention("T2", "what did Hegseth say")

    before = len(here.slack.posted)
    await here.tick(3 * HOUR)
    sent = here.slack.posted[before:]
    assert {m["channel"] for m in sent} >= {"C1", "DUADMIN"}
    assert {m["token"] for m in sent} == {"xoxb-T1"}

    await here.direct("T2", "follow Putin", user="UADMIN")
    await here.event("T1", {"type": "app_uninstalled"})
    await gone(here, "T1")
    assert "Vladimir Putin" in await here.home("T2", user="UADMIN")


async def test_a_view_of_one_workspace_gives_no_hold_on_another(here: Town) -> None:
    """Payloads are signed for the whole app: what a view of T1 carries, sent by somebody of T2, is about T2."""
    for team in ("T1", "T2"):
        await here.install(team)
    await here.command("T1", "digest daily at 8am Brussels", user="UADMIN")
    await here.slack.until(lambda: here.slack.sent("response_url"))
    await here.home("T1", user="UADMIN")
    view = here.slack.views["UADMIN"]
    before = len(here.slack.sent("views.publish"))
    await here.interact("T2", pressed(view, element(view, "End")), user="UADMIN")
    await here.slack.until(lambda: len(here.slack.sent("views.publish")) > before)
    assert "There is no digest here yet." in shown(here.slack.views["UADMIN"])
    standing = await here.house.storage.orders.standing(Destination(Platform.SLACK, "T1", "C1"))
    assert standing.digest
