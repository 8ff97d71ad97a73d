"""App Home and the modals, with the real desk and orders behind them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.forms import (
    DIGEST,
    FOLLOW,
    REPORT,
    Filled,
    Origin,
    filled,
    form_view,
    origin_of,
    outcome_view,
    suggestions,
    zones,
)
from adapters.slack.home import SHOWN, Shown, home_view
from bot.actors import load_registry
from bot.asking.digest_orders import digest_order
from bot.briefing.cadence import Cadence
from bot.briefing.schedules import to_text
from bot.errors import SourceError
from bot.model import ActorRef, ActorType, Destination, Platform
from bot.sources import CEILING, FLOOR
from bot.standing import DigestOrder, Follow, Mode, Standing
from bot.tending import Outcome, after
from tests.adapters.slack.rules import view_problems
from tests.adapters.slack.town import MORNING, Town, element, pressed, shown, town
from tests.contract.samples import REPLIES, TRAPS

Json = dict[str, Any]


WHO = load_registry()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as opened:
        await opened.install("T1")
        yield opened


def digest_values(
    days: str = "0123456", first: str = "08:00", second: str | None = None, zone: str | None = "Europe/Brussels"
) -> Json:
    chosen = [{"value": day} for day in days]
    return {
        "days": {"days": {"type": "checkboxes", "selected_options": chosen}},
        "time": {"time": {"type": "timepicker", "selected_time": first}},
        "second": {"second": {"type": "timepicker", "selected_time": second}},
        "zone": {"zone": {"type": "external_select", "selected_option": {"value": zone} if zone else None}},
    }


def follow_values(who: str, topic: str | None = None, mode: str = "at once", place: str | None = None) -> Json:
    values = {
        "who": {"who": {"type": "external_select", "selected_option": {"value": who}}},
        "topic": {"topic": {"type": "plain_text_input", "value": topic}},
        "mode": {"mode": {"type": "radio_buttons", "selected_option": {"value": mode}}},
    }
    return values | ({"place": {"place": {"type": "radio_buttons", "selected_option": {"value": place}}}} if place else {})


async def test_app_home_follows_unfollows_and_undoes_in_place(here: Town) -> None:
    assert "Nobody yet." in await here.home("T1")
    assert "No sources are configured." in shown(here.slack.views["U1"])
    form = await here.opening(
        here.interact("T1", pressed(here.slack.views["U1"], element(here.slack.views["U1"], "Follow somebody")))
    )
    options = await here.interact(
        "T1", {"type": "block_suggestion", "action_id": "who", "block_id": "who", "value": "zel", "view": form}
    )
    (zelensky,) = [o["value"] for o in options["options"] if o["value"].endswith("Zelensky")]
    assert (await here.send("T1", form, follow_values(zelensky, "NATO")))["response_action"] == "update"
    assert "Following Volodymyr Zelensky on NATO" in shown(here.slack.views[form["id"]])
    await here.slack.until(lambda: "Volodymyr Zelensky on NATO (at once)" in shown(here.slack.views["U1"]))
    left = await here.press_home("T1", element(here.slack.views["U1"], "Unfollow"))
    assert "No longer following Volodymyr Zelensky" in left
    assert "Nobody yet." in left
    assert "Volodymyr Zelensky on NATO (at once)" in await here.press_home("T1", element(here.slack.views["U1"], "Undo"))
    assert not here.slack.posted, "nothing is said elsewhere"


async def test_app_home_lists_the_sources_as_they_are_and_which_to_nobody_beside_others(here: Town) -> None:
    book, secret = here.house.storage.sources, "https://a.example/feed?key=0123456789abcdef"
    at = datetime(2025, 2, 12, 12, tzinfo=UTC)
    await book.add(secret, "Gazette <!channel> *x*", FLOOR, CEILING, None, at)
    for number in range(2, SHOWN + 3):
        await book.add(f"https://b.example/{number}", None, FLOOR, CEILING, None, at)
    (source, *_) = await book.claim(at, at, 1)
    await book.settle(after(source, Outcome(error=SourceError(secret, "is gone for good (HTTP 410)")), at, 0.5), secret)
    home = await here.home("T1")
    assert (
        "1. Gazette <!channel> *x* (https://a.example/feed?key=…): FAILED 1 time, is gone for good (HTTP 410); never read" in home
    )
    assert "https://b.example/2: not read yet" in home
    assert "And 2 more." in home
    assert {block["text"]["type"] for block in here.slack.views["U1"]["blocks"] if "Gazette" in str(block)} == {"plain_text"}
    await here.install("T2")
    home = await here.home("T1")
    assert f"{SHOWN + 2} sources are read for several workspaces, 0 in trouble." in home
    assert "Gazette" not in home


async def test_an_office_whose_name_has_of_in_it_is_followed_whole(here: Town) -> None:
    form = await here.opening(here.command("T1", "follow"))
    await here.send("T1", form, follow_values("Office of the President of Ukraine", mode="digest", place="here"))
    standing = await here.house.storage.orders.standing(Destination(Platform.SLACK, "T1", "C1"))
    assert [(f.actor.id, f.topic, f.mode) for f in standing.follows] == [
        ("office-of-the-president-of-ukraine", None, Mode.DIGEST)
    ]


async def test_one_s_own_digest_is_set_paused_and_ended_in_app_home(here: Town) -> None:
    await here.home("T1")
    form = await here.opening(
        here.interact("T1", pressed(here.slack.views["U1"], element(here.slack.views["U1"], "Set a digest")))
    )
    await here.send("T1", form, digest_values("04", "07:15", "18:00", None))
    await here.slack.until(
        lambda: "every Monday and Friday at 07:15 and 18:00, Europe/Brussels time" in shown(here.slack.views["U1"])
    )
    assert "paused" in await here.press_home("T1", element(here.slack.views["U1"], "Pause"))
    assert "Next: Friday 14 February 2025, 07:15" in await here.press_home("T1", element(here.slack.views["U1"], "Resume"))
    again = await here.opening(here.interact("T1", pressed(here.slack.views["U1"], element(here.slack.views["U1"], "Change"))))
    given = {block["block_id"]: block["element"] for block in again["blocks"] if block["type"] == "input"}
    assert [option["value"] for option in given["days"]["initial_options"]] == ["0", "4"]
    assert (given["time"]["initial_time"], given["second"]["initial_time"]) == ("07:15", "18:00")
    assert "You have none." in await here.press_home("T1", element(here.slack.views["U1"], "End"))


async def test_a_channel_s_digest_is_its_administrators_business_also_in_forms(here: Town) -> None:
    form = await here.opening(here.command("T1", "digest set", user="U5"))
    await here.send("T1", form, digest_values(), user="U5")
    assert "set by its administrators" in shown(here.slack.views[form["id"]])
    mine = await here.opening(here.command("T1", "digest set", user="UCREATOR"))
    await here.send("T1", mine, digest_values(), user="UCREATOR")
    assert "Digest here every day at 08:00" in shown(here.slack.views[mine["id"]])
    assert "<#C1> every day at 08:00" in await here.home("T1", user="U5")
    assert "set by its administrators" in await here.press_home("T1", element(here.slack.views["U5"], "Pause"), user="U5")
    undone = pressed(here.slack.views[mine["id"]], element(here.slack.views[mine["id"]], "Undo"))
    await here.interact("T1", undone, user="U5")
    await here.slack.until(lambda: "nothing of yours to undo" in shown(here.slack.views[mine["id"]]))


@pytest.mark.parametrize(
    ("channel", "user"),
    [({"is_private": True}, {}), ({"is_channel": False}, {}), ({}, {"is_restricted": True}), ({}, {"is_stranger": True})],
)
async def test_who_may_not_know_of_a_channel_is_not_told_of_its_digest(here: Town, channel: Json, user: Json) -> None:
    here.slack.channels["C1"] = channel
    here.slack.users["U5"] = user
    form = await here.opening(here.command("T1", "digest set", user="UCREATOR"))
    await here.send("T1", form, digest_values(), user="UCREATOR")
    assert "No channel has one." in await here.home("T1", user="U5")
    assert "<#C1> every day" in await here.home("T1", user="UCREATOR")


async def test_who_orders_for_a_channel_that_the_bot_is_not_in_is_told_what_to_do(here: Town) -> None:
    here.slack.channels["C1"] = {"is_member": False}
    form = await here.opening(here.command("T1", "digest set", user="UCREATOR"))
    await here.send("T1", form, digest_values(), user="UCREATOR")
    assert "/invite @attache" in shown(here.slack.views[form["id"]])
    await here.command("T1", "digest", user="UCREATOR")
    await here.slack.until(lambda: here.slack.sent("response_url"))
    assert "/invite @attache" in here.slack.sent("response_url")[-1]["text"]
    here.slack.channels["C1"] = {"is_member": True}
    await here.command("T1", "digest", user="UCREATOR")
    await here.slack.until(lambda: len(here.slack.sent("response_url")) == 2)
    assert "/invite" not in here.slack.sent("response_url")[-1]["text"]


async def test_one_s_own_digest_is_nobody_else_s_business(here: Town) -> None:
    await here.direct("T1", "digest daily at 9am")
    assert "09:00" not in await here.home("T1", user="U5")


async def test_what_is_wrong_stands_in_the_form_and_nothing_is_lost(here: Town) -> None:
    form = await here.opening(here.command("T1", "digest set"))
    answer = await here.send("T1", form, digest_values("", "08:00", "08:30", "Mars/Olympus"))
    assert set(answer["errors"]) == {"days", "second", "zone"}
    assert set(answer["errors"]) <= {block.get("block_id") for block in form["blocks"]}
    assert not here.slack.sent("views.update")
    report = await here.opening(here.interact("T1", {
        "type": "block_actions", "channel": {"id": "C1"}, "message": {"ts": "1.2", "thread_ts": "1.1"},
        "actions": [{"type": "button", "action_id": "report:0:0", "value": "1"}],
    }))  # fmt: skip
    empty = {"problem": {"problem": {"type": "plain_text_input", "value": "  "}}}
    assert (await here.send("T1", report, empty))["errors"] == {"problem": "Write what is wrong."}


async def test_the_way_back_from_a_refusal_is_the_form_as_it_was(here: Town) -> None:
    form = await here.opening(here.command("T1", "digest set", user="U5"))
    await here.send("T1", form, digest_values("2", "10:10"), user="U5")
    refused = here.slack.views[form["id"]]
    await here.interact("T1", pressed(refused, element(refused, "Change")), user="U5")
    await here.slack.until(lambda: here.slack.views[form["id"]]["callback_id"] == "form-digest")
    given = {block["block_id"]: block["element"] for block in here.slack.views[form["id"]]["blocks"] if block["type"] == "input"}
    assert [option["value"] for option in given["days"]["initial_options"]] == ["2"]
    assert (given["time"]["initial_time"], given["zone"]["initial_option"]["value"]) == ("10:10", "Europe/Brussels")


async def test_a_report_says_what_is_wrong(here: Town) -> None:
    await here.mention("T1", "what did Hegseth say")
    press = {"type": "block_actions", "channel": {"id": "C1"}, "message": {"ts": "1.2", "thread_ts": "1.1"}}
    form = await here.opening(
        here.interact("T1", press | {"actions": [{"type": "button", "action_id": "report:0:0", "value": "1"}]})
    )
    await here.send("T1", form, {"problem": {"problem": {"type": "plain_text_input", "value": "not his words"}}})
    (kept,) = await here.house.storage.reports.waiting("slack/T1", 5)
    assert (kept.problem, kept.by, kept.quotation) == ("not his words", "U1", 1)


async def test_a_digest_s_button_opens_the_form_that_sets_its_time(here: Town) -> None:
    press = {
        "type": "block_actions", "channel": {"id": "C1"}, "message": {"ts": "1.2"},
        "actions": [{"type": "button", "action_id": "digest:0:0", "value": ""}],
    }  # fmt: skip
    form = await here.opening(here.interact("T1", press, user="UCREATOR"))
    assert form["callback_id"] == "form-digest"
    await here.send("T1", form, digest_values(), user="UCREATOR")
    assert "Digest here every day at 08:00" in shown(here.slack.views[form["id"]])
    assert "<#C1> every day at 08:00" in await here.home("T1", user="UCREATOR")


async def test_an_expired_trigger_is_answered_kindly(here: Town) -> None:
    trigger = here.slack.trigger()
    await here.slack.pass_time(4)
    await here.command("T1", "digest set", trigger=trigger)
    await here.slack.until(lambda: here.slack.sent("chat.postEphemeral"))
    assert "Please try once more." in here.slack.sent("chat.postEphemeral")[0]["text"]
    assert await here.opening(here.command("T1", "digest set"))


async def test_who_closed_the_form_is_told_directly(here: Town) -> None:
    form = await here.opening(here.command("T1", "follow", channel="D7"))
    here.slack.errors["views.update"] = ["not_found"]
    await here.send("T1", form, follow_values("Volodymyr Zelensky"))
    await here.slack.until(lambda: here.slack.posted)
    assert here.slack.posted[0]["channel"] == "DU1"


async def test_the_same_form_sent_three_times_is_one_order(here: Town) -> None:
    form = await here.opening(here.command("T1", "follow"))
    payload = {
        "type": "view_submission",
        "view": {**form, "hash": "h", "state": {"values": follow_values("Volodymyr Zelensky", place="me")}},
    }
    for _ in range(3):
        await here.interact("T1", payload)
    await here.slack.until(lambda: here.slack.sent("views.update"))
    await here.mention("T1", "help")
    assert len(here.slack.sent("views.update")) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.integers(0, 6), min_size=1), st.integers(0, 22), st.integers(0, 59), st.booleans(), st.sampled_from(zones()[1:])
)  # fmt: skip
def test_a_form_s_digest_is_the_one_that_is_set(days: set[int], hour: int, minute: int, twice: bool, zone: str) -> None:
    first, second = time(hour, minute), time(hour + 1, minute)
    given = {
        "days": [str(day) for day in days],
        "time": f"{first:%H:%M}",
        "second": f"{second:%H:%M}" if twice else None,
        "zone": zone,
    }
    form = filled(Origin(DIGEST, "C1", given=given))
    assert isinstance(form, Filled)
    order = digest_order(f"digest {form.arguments['order']}", "UTC", (), WHO, MORNING.date())
    assert order.cadence == Cadence(frozenset(days), (first, second) if twice else (first,), zone)


@pytest.mark.parametrize("typed", ["mon", "york", "new yo", "utc", "", "zzz", "<!here>"])
def test_suggestions_are_options_that_slack_takes(typed: str) -> None:
    options = suggestions("zone", typed, lambda prefix: [])
    assert len(options) <= 100
    assert all(typed.replace(" ", "_") in option["value"].lower() for option in options)


@pytest.mark.parametrize("form", [DIGEST, FOLLOW, REPORT])
@pytest.mark.parametrize("channel", ["", "C1"])
def test_forms_keep_to_slack_s_rules_whatever_was_filled_in(form: str, channel: str) -> None:
    wild = "🕊" * 50
    given = {"days": ["0"], "time": "08:00", "second": "10:00", "zone": "UTC", "who": wild, "topic": wild, "problem": wild * 10}
    for shown_given in ({}, given):
        view = form_view(Origin(form, channel, "1.1", "7", shown_given))
        assert list(view_problems(view)) == []
        assert origin_of(view).given == shown_given


@pytest.mark.parametrize("name", REPLIES)
def test_outcomes_and_app_home_take_every_reply(name: str) -> None:
    assert list(view_problems(outcome_view(Origin(DIGEST), REPLIES[name]))) == []
    trap = [Follow(ActorRef(f"a{n}", TRAPS[n % len(TRAPS)], ActorType.PERSON), TRAPS[-1], Mode.DIGEST, "U1") for n in range(60)]
    order = DigestOrder(to_text(Cadence(frozenset([0]), (time(8),), "America/Argentina/Buenos_Aires")), MORNING, "U1")
    many = [(Destination(Platform.SLACK, "T1", f"C{n}"), order) for n in range(60)]
    view = home_view(Shown(Standing(tuple(trap), order), many, [TRAPS[0] * 40] * 60, MORNING, REPLIES[name]))
    assert list(view_problems(view)) == []
    assert "And 35 more." in shown(view)
