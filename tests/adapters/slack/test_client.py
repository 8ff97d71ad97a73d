"""The real Bolt app and SDK clients against a server that behaves as Slack does."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.slack import build_slack
from adapters.slack.agent import PROMPTS
from bot.config import load_settings
from bot.errors import SettingsError
from bot.replies import Action, Attachment, Reply, Table, Words
from tests.adapters.slack.scene import ANSWER, NOW, opened


async def test_a_mention_is_answered_in_its_thread_and_unfurls_nothing() -> None:
    async with opened() as scene:
        await scene.ask("mention", "what did Hegseth say", ts="5.5")
        await scene.slack.until(lambda: scene.slack.posted)
        (posted,) = scene.slack.posted
        assert (posted["channel"], posted["thread_ts"], posted["text"]) == ("C1", "5.5", "An answer.")
        assert str(posted["unfurl_links"]) in ("False", "0", "false")
        request = scene.desk.requests[0]
        assert (request.words, request.place.thread, request.place.workspace) == ("what did Hegseth say", "5.5", "T1")


async def test_it_acknowledges_before_the_desk_has_answered() -> None:
    async with opened(waits=True) as scene:
        for way in ("mention", "command", "direct"):
            envelope = await scene.ask(way, "slow")
            assert envelope in scene.slack.acks
        assert not scene.slack.posted
        scene.desk.gate.set()
        await scene.slack.until(lambda: len(scene.slack.posted) == 2 and scene.slack.sent("response_url"))


async def test_however_often_an_event_comes_there_is_one_reply() -> None:
    async with opened() as scene:
        for number in range(3):
            await scene.ask("mention", "once", ts="7.7", again=number > 0)
        await scene.event(
            {"type": "message", "user": "U1", "ts": "7.7", "channel": "C1", "channel_type": "channel", "text": "<@UBOT> once"}
        )
        await scene.ask("mention", "twice", ts="8.8")
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert [request.words for request in scene.desk.requests] == ["once", "twice"]


async def test_bots_edits_and_joins_are_no_questions() -> None:
    async with opened() as scene:
        base = {"type": "message", "channel": "D1", "channel_type": "im", "ts": "1.1", "text": "x"}
        for odd in (
            {"bot_id": "B2", "user": "U9"},
            {"subtype": "message_changed", "user": "U1"},
            {"subtype": "channel_join", "user": "U1"},
            {},
        ):
            await scene.event(base | odd)
        await scene.ask("direct", "real")
        assert [request.words for request in scene.desk.requests] == ["real"]


async def test_private_replies_are_seen_by_the_asker_alone() -> None:
    async with opened(ANSWER.privately()) as scene:
        await scene.ask("mention", "mute NATO")
        await scene.slack.until(lambda: scene.slack.sent("chat.postEphemeral"))
        assert scene.slack.sent("chat.postEphemeral")[0]["user"] == "U1"
        assert not scene.slack.posted


@pytest.mark.parametrize("thread", [None, "1.1"])
async def test_private_words_are_put_where_slack_shows_them(thread: str | None) -> None:
    """In a thread that nobody has answered in Slack shows nothing private."""
    async with opened(ANSWER.privately()) as scene:
        await scene.ask("mention", "mute NATO", ts="5.5", thread=thread)
        await scene.slack.until(lambda: scene.slack.sent("chat.postEphemeral"))
        assert scene.slack.sent("chat.postEphemeral")[0].get("thread_ts") == thread


async def test_a_button_in_a_message_for_one_s_own_eyes_is_answered_for_them_alone() -> None:
    async with opened() as scene:
        await scene.press({"action_id": "context:3:0", "value": "17"}, answers=True, unseen=True)
        await scene.slack.until(lambda: scene.slack.sent("chat.postEphemeral"))
        assert not scene.slack.posted


@pytest.mark.parametrize("said", ["<@UBOT>: said Doe", "said Doe <@UBOT>", "hey <@UBOT|attache>, said Doe", "<@UBOT>said Doe"])
async def test_the_bot_s_name_may_stand_anywhere(said: str) -> None:
    async with opened() as scene:
        await scene.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": "4.4", "text": said})
        await scene.slack.until(lambda: scene.desk.requests)
        assert "@" not in scene.desk.requests[0].words
        assert scene.desk.requests[0].words.endswith("said Doe")


async def test_somebody_else_s_name_at_the_beginning_is_part_of_the_question() -> None:
    async with opened() as scene:
        await scene.ask("direct", "x")
        await scene.event({"type": "message", "channel_type": "im", "user": "U1", "channel": "DU1", "ts": "4.4",
                           "text": "<@U7|jane> said what"})  # fmt: skip
        await scene.slack.until(lambda: len(scene.desk.requests) == 2)
        assert scene.desk.requests[1].words == "@jane said what"


async def test_in_a_channel_shared_with_others_the_workspace_is_the_one_that_installed_the_app() -> None:
    async with opened() as scene:
        event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "4.4", "text": "<@UBOT> x", "user_team": "T2"}
        installed = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": False}]
        body = {"type": "event_callback", "team_id": "T2", "event_id": "E1", "event": event, "authorizations": installed}
        await scene.slack.emit("events_api", body | {"is_ext_shared_channel": True})
        await scene.slack.until(lambda: scene.desk.requests)
        assert scene.desk.requests[0].place.workspace == "T1"


async def test_an_answer_to_a_command_whose_receipt_is_lost_is_not_given_again() -> None:
    async with opened() as scene:
        scene.slack.errors["response_url"] = ["lost"]
        await scene.ask("command", "said Hegseth")
        await scene.ask("command", "said Zelensky")
        await scene.slack.until(lambda: len(scene.slack.sent("response_url")) == 2)
        assert not scene.slack.posted


async def test_a_slash_command_answers_through_its_own_address() -> None:
    async with opened() as scene:
        await scene.ask("command", "said Hegseth")
        await scene.slack.until(lambda: scene.slack.sent("response_url"))
        assert scene.slack.sent("response_url")[0]["response_type"] == "in_channel"


async def test_buttons_and_menus_reach_the_desk() -> None:
    async with opened() as scene:
        await scene.press({"action_id": "context:3:0", "value": "17"})
        await scene.press({"action_id": "choose:0:0", "selected_option": {"value": "donald-trump"}})
        await scene.press({"action_id": "elsewhere", "value": "x"})
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert scene.desk.presses == [Action("context", "17"), Action("choose", "donald-trump")]


@pytest.mark.parametrize("private", [True, False])
async def test_where_the_bot_is_no_member_a_button_is_answered_through_its_own_address(private: bool) -> None:
    async with opened(ANSWER.privately() if private else ANSWER) as scene:
        scene.slack.errors["chat.postMessage"] = scene.slack.errors["chat.postEphemeral"] = ["not_in_channel"]
        await scene.press({"action_id": "more:0:0"}, answers=True)
        await scene.slack.until(lambda: scene.slack.sent("response_url"))
        (told,) = scene.slack.sent("response_url")
        assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)


async def test_what_an_old_address_does_not_take_comes_directly() -> None:
    async with opened() as scene:
        scene.slack.errors["response_url"] = ["used_url"]
        await scene.ask("command", "said Hegseth")
        await scene.slack.until(lambda: scene.slack.posted)
        assert scene.slack.posted[0]["channel"] == "DU1"


async def test_the_agent_view_suggests_questions_and_shows_that_an_answer_is_coming() -> None:
    async with opened() as scene:
        await scene.event({"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1"})
        started = {"user_id": "U1", "channel_id": "D1", "thread_ts": "1.1", "context": {}}
        await scene.event({"type": "assistant_thread_started", "assistant_thread": started})
        await scene.slack.until(lambda: len(scene.slack.sent("assistant.threads.setSuggestedPrompts")) == 2)
        agent, assistant = scene.slack.sent("assistant.threads.setSuggestedPrompts")
        assert "thread_ts" not in agent
        assert assistant["thread_ts"] == "1.1"
        assert [prompt["message"] for prompt in agent["prompts"]] == [prompt["message"] for prompt in PROMPTS]
        await scene.ask("direct", "said Hegseth", ts="4.2")
        await scene.slack.until(lambda: len(scene.slack.sent("assistant.threads.setStatus")) == 2)
        coming, done = scene.slack.sent("assistant.threads.setStatus")
        assert (coming["thread_ts"], bool(coming["status"]), done["status"]) == ("4.2", True, "")


async def test_where_there_is_no_agent_view_answers_come_all_the_same() -> None:
    async with opened() as scene:
        scene.slack.errors["assistant.threads.setStatus"] = ["missing_scope", "missing_scope"]
        await scene.ask("direct", "said Hegseth")
        await scene.slack.until(lambda: scene.slack.posted)


async def test_a_command_in_a_direct_message_is_about_one_s_own_affairs() -> None:
    async with opened() as scene:
        await scene.slack.emit(
            "slash_commands",
            {"command": "/brief", "text": "digest daily", "team_id": "T1", "channel_id": "D77", "user_id": "U1",
             "trigger_id": "t", "response_url": f"{scene.slack.url}respond"},
        )  # fmt: skip
        await scene.slack.until(lambda: scene.desk.requests)
        assert scene.desk.requests[0].place.person == "U1"


async def test_app_home_shows_what_is_followed() -> None:
    async with opened() as scene:
        await scene.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
        await scene.slack.until(lambda: scene.slack.sent("views.publish"))
        assert scene.slack.sent("views.publish")[0]["user_id"] == "U1"


async def test_the_shortcut_checks_a_message() -> None:
    async with opened() as scene:
        await scene.shortcut({"text": "we will &lt;never&gt; yield"})
        await scene.slack.until(lambda: scene.slack.sent("response_url"))
        assert scene.slack.sent("response_url")[0]["response_type"] == "ephemeral"
        assert scene.desk.requests[0].arguments == {"words": "we will <never> yield"}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": "", "attachments": [{"text": "We _never_ yield", "title": "Example"}]}, "We never yield"),
        ({"text": "<https://news.example/a>", "attachments": [{"fallback": "We never yield"}]}, "We never yield"),
        ({"text": "&gt; *We* never\n&gt; yield :fire:"}, "We never\nyield"),
        ({"text": "see <https://news.example/a|this>: never"}, "see this: never"),
    ],
)
async def test_the_shortcut_reads_what_a_message_shows(message: dict[str, Any], words: str) -> None:
    async with opened() as scene:
        await scene.shortcut(message)
        await scene.slack.until(lambda: scene.desk.requests)
        assert scene.desk.requests[0].arguments == {"words": words}


async def test_the_shortcut_says_when_there_is_nothing_to_check() -> None:
    async with opened() as scene:
        await scene.shortcut({"text": ""})
        await scene.slack.until(lambda: scene.slack.sent("response_url"))
        assert "no words" in scene.slack.sent("response_url")[0]["text"]
        assert not scene.desk.requests


async def test_who_asks_is_looked_up_once() -> None:
    async with opened() as scene:
        scene.slack.users["U1"] = {"tz": "America/New_York", "locale": "en-US", "is_admin": True}
        await scene.ask("mention", "one")
        await scene.ask("mention", "two")
        for request in scene.desk.requests:
            assert (request.asker.zone, request.asker.locale, request.asker.administrator) == ("America/New_York", "en-US", True)
        assert len(scene.slack.sent("users.info")) == 1


async def test_who_administers_another_workspace_is_no_administrator_here() -> None:
    async with opened() as scene:
        scene.slack.users["U1"] = {"tz": "Europe/Rome", "is_admin": True, "is_owner": True, "team_id": "T2"}
        await scene.ask("mention", "digest daily at 8am")
        assert not scene.desk.requests[0].asker.administrator


async def test_in_an_organisation_people_belong_to_several_workspaces() -> None:
    async with opened() as scene:
        scene.slack.users["U1"] = {"is_admin": True, "team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}
        await scene.ask("mention", "digest daily at 8am")
        assert scene.desk.requests[0].asker.administrator


@pytest.mark.parametrize(("user", "may"), [("UCREATOR", True), ("U5", False)])
async def test_a_channel_s_creator_may_order_for_it(user: str, may: bool) -> None:
    async with opened() as scene:
        await scene.event({"type": "app_mention", "user": user, "channel": "C1", "ts": "4.4", "text": "<@UBOT> digest daily"})
        await scene.slack.until(lambda: scene.desk.requests)
        assert scene.desk.requests[0].asker.administrator is may


async def test_where_slack_does_not_say_who_asks_nobody_gets_rights() -> None:
    async with opened() as scene:
        scene.slack.errors["users.info"] = ["missing_scope"]
        scene.slack.errors["conversations.info"] = ["missing_scope"]
        await scene.ask("mention", "digest daily at 8am")
        assert not scene.desk.requests[0].asker.administrator


async def test_in_a_thread_who_asked_goes_on_and_others_are_left_alone() -> None:
    async with opened() as scene:
        await scene.ask("mention", "said Hegseth", ts="5.5")
        base = {"type": "message", "channel": "C1", "channel_type": "channel", "thread_ts": "5.5", "team": "T1"}
        await scene.event(base | {"user": "U9", "ts": "5.6", "text": "and about NATO?"})
        await scene.event(base | {"user": "U1", "ts": "5.65", "text": "great, thank you"})
        await scene.event(base | {"user": "U1", "ts": "5.7", "text": "<@U9> what do you think?"})
        await scene.event({**base, "user": "U1", "ts": "5.8", "thread_ts": "5.8", "text": "elsewhere"} | {"thread_ts": None})
        await scene.event(base | {"user": "U1", "ts": "5.9", "text": "and about NATO?"})
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert [request.words for request in scene.desk.requests] == ["said Hegseth", "and about NATO?"]
        assert scene.slack.posted[1]["thread_ts"] == "5.5"


@pytest.mark.parametrize("way", ["mention", "command"])
async def test_a_file_for_one_person_comes_directly_and_the_answer_says_so(way: str) -> None:
    async with opened(Reply((*ANSWER.blocks, Attachment("a.csv", "text/csv", b"1")), private=True)) as scene:
        await scene.ask(way, "export")
        await scene.slack.until(lambda: scene.slack.posted)
        assert (scene.slack.posted[0]["channel"], scene.slack.posted[0]["files"][0]["name"]) == ("DU1", "a.csv")
        (told,) = scene.slack.sent("chat.postEphemeral") + scene.slack.sent("response_url")
        assert told["text"].endswith("The file is in your direct messages with me.")


@pytest.mark.parametrize("found", [False, True])
async def test_what_may_be_small_talk_is_answered_only_if_something_is_found(found: bool) -> None:
    async with opened(replace(ANSWER, quotations=(7,) if found else ())) as scene:
        await scene.ask("mention", "said Hegseth", ts="5.5")
        base = {"type": "message", "channel": "C1", "channel_type": "channel", "thread_ts": "5.5", "team": "T1", "user": "U1"}
        await scene.event(base | {"ts": "5.6", "text": "I worked on this"})
        await scene.event(base | {"ts": "5.7", "text": "more"})
        await scene.slack.until(lambda: len(scene.slack.posted) == 2 + found)


async def test_after_a_restart_the_thread_itself_tells_who_asked() -> None:
    async with opened() as scene:
        scene.slack.posted.append({"channel": "C1", "user": "U1", "text": "<@UBOT> said Hegseth", "ts": "3.1"})
        message = {"type": "message", "channel": "C1", "channel_type": "channel", "thread_ts": "3.1", "ts": "3.4", "user": "U1"}
        await scene.event(message | {"text": "more"})
        await scene.slack.until(lambda: scene.desk.requests)
        assert scene.desk.requests[0].place.thread == "3.1"


async def test_a_fault_of_ours_is_told_once_in_plain_words() -> None:
    async with opened() as scene:
        scene.desk.fails = True
        await scene.ask("mention", "said Hegseth")
        await scene.slack.until(lambda: scene.slack.sent("chat.postEphemeral"))
        (told,) = scene.slack.sent("chat.postEphemeral")
        assert told["text"].startswith("I could not answer that")
        assert not scene.slack.posted


async def test_a_button_in_app_home_is_answered_in_a_direct_message() -> None:
    async with opened() as scene:
        payload = {
            "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "h1", "container": {"type": "view"},
            "view": {"id": "V1"}, "actions": [{"type": "button", "block_id": "b", "action_id": "unfollow:0:0", "value": "jane-doe"}],
        }  # fmt: skip
        await scene.slack.emit("interactive", payload)
        await scene.slack.until(lambda: scene.slack.posted)
        assert scene.slack.posted[0]["channel"] == "DU1"
        assert scene.desk.requests[0].place.person == "U1"


async def test_an_answer_waits_when_slack_asks_to() -> None:
    async with opened() as scene:
        scene.desk.reply = Reply((*ANSWER.blocks, Attachment("a.csv", "text/csv", b"1")))
        for method in ("files.getUploadURLExternal", "files.completeUploadExternal", "users.info"):
            scene.slack.errors[method] = [0]
        scene.slack.errors["chat.postMessage"] = [0, 0]
        await scene.ask("mention", "busy")
        await scene.slack.until(lambda: len(scene.slack.posted) == 2)
        assert len(scene.slack.sent("chat.postMessage")) == 3
        assert scene.desk.requests[0].asker.zone


@pytest.mark.parametrize("event", ["app_uninstalled", "tokens_revoked"])
async def test_a_workspace_that_leaves_is_purged(event: str) -> None:
    async with opened() as scene:
        await scene.event({"type": event})
        await scene.slack.until(lambda: scene.purged)
        assert scene.purged == ["T1"]


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(
    ("refused", "kinds"),
    [
        ((), ["data_visualization", "table"]),
        (("data_visualization",), ["table"]),
        (("table",), ["rich_text"]),
        (("data_visualization", "table"), ["rich_text"]),
    ],
)
async def test_where_slack_takes_no_charts_or_tables_the_words_come_all_the_same(
    private: bool, refused: tuple[str, ...], kinds: list[str]
) -> None:
    rows = tuple(((Words(name),), (Words(count),)) for name, count in (("Zelensky", "3"), ("Putin", "4")))
    async with opened(Reply((Table(("Speaker", "Statements"), rows),), private=private)) as scene:
        scene.slack.refuses = frozenset(refused)
        await scene.ask("mention", "who spoke")
        method = "chat.postEphemeral" if private else "chat.postMessage"
        wanted = [kind for kind in kinds if not private or kind != "data_visualization"]
        await scene.slack.until(lambda: [b["type"] for given in scene.slack.sent(method)[-1:] for b in given["blocks"]] == wanted)
        assert "Putin" in str(scene.slack.sent(method)[-1]["blocks"])


async def test_a_refused_token_is_told_with_what_to_do() -> None:
    async with opened() as scene:
        scene.slack.errors["auth.test"] = ["invalid_auth"]
        settings = load_settings(
            slack_bot_token="xoxb-2", slack_app_token="xapp-2", slack_api_url=f"{scene.slack.url}api/", _env_file=None
        )
        with pytest.raises(SettingsError, match=r"docs/slack\.md"):
            await build_slack(settings, scene.desk, lambda: NOW).serve()


def test_missing_tokens_are_named() -> None:
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN \(xoxb"):
        build_slack(load_settings(_env_file=None), None, lambda: NOW)  # type: ignore[arg-type]
