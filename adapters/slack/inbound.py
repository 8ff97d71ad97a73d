"""Slack's payloads -> Requests. The place of a conversation is its thread, so that follow-ups stay apart. ``team`` is the
workspace whose installation Slack sends the payload to, also where somebody of another one writes in a shared channel.

Nobody comes in as an administrator, not even to a direct message, which belongs to a workspace like any other: ``people``
looks rights up.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from adapters.slack.marks import typed
from bot.commands import ACTIONS
from bot.model import Asker, Destination, Platform, Request
from bot.replies import Action

Json = Mapping[str, Any]
LONGEST = 4_000
"""Characters of a message that are looked at."""


def may_be_asked(event: Json) -> bool:
    """A person's own words (no edit, no join, no bot) that mention the bot, come directly, or go on in a thread and mention nobody."""
    if not event.get("user") or event.get("bot_id") or event.get("subtype") not in (None, "thread_broadcast", "file_share"):
        return False
    if event.get("type") == "app_mention" or event.get("channel_type") == "im":
        return True
    return bool(event.get("thread_ts")) and not re.search(r"<@[UW]", str(event.get("text") or ""))


def message_request(event: Json, team: str, own: str, at: datetime) -> Request:
    """A mention of the bot, whose user id is ``own``, wherever in the words it stands, or a direct message."""
    channel, direct = str(event["channel"]), event.get("channel_type") == "im"
    thread = event.get("thread_ts") or (None if direct else event["ts"])
    words = typed(_addressed(str(event.get("text") or "")[:LONGEST], own))
    place = Destination(Platform.SLACK, team, channel, str(thread) if thread else None, str(event["user"]) if direct else None)
    return Request(place=place, asker=Asker(str(event["user"])), at=at, words=words, key=f"{channel}:{event['ts']}")


def _addressed(text: str, own: str) -> str:
    """The text without the bot's name in it."""
    rest = re.sub(rf"<@{re.escape(own)}(?:\|[^>]*)?>", "", text)
    return rest.strip().lstrip(",:").lstrip() if rest != text else text


def command_request(payload: Json, team: str, at: datetime) -> Request:
    """A slash command. One given in a direct message, with whomever, is about the person's own affairs."""
    user, channel = str(payload["user_id"]), str(payload["channel_id"])
    direct = channel.startswith("D")
    place = Destination(Platform.SLACK, team, channel, person=user if direct else None)
    words = typed(str(payload.get("text") or "")[:LONGEST])
    return Request(place=place, asker=Asker(user), at=at, words=words, key=str(payload.get("trigger_id") or ""))


def shortcut_request(payload: Json, team: str, at: datetime) -> Request:
    """ "Who said this?" on a message: its words are checked, or else those of what it shares."""
    channel, message = str(payload["channel"]["id"]), payload["message"]
    place = Destination(Platform.SLACK, team, channel, str(message.get("thread_ts") or message["ts"]))
    words = {"words": next(filter(None, map(_words, _texts(message))), "")}
    return Request(
        place, Asker(str(payload["user"]["id"])), at, command="verify", arguments=words, key=str(payload["trigger_id"])
    )


def _texts(message: Json) -> Iterator[str]:
    """The texts of a message: its own, and of each message, page or picture that it shows."""
    yield str(message.get("text") or "")
    for shared in message.get("attachments") or ():
        yield str(shared.get("text") or shared.get("fallback") or shared.get("title") or "")


def _words(text: str) -> str:
    """What is said in a text; nothing where it only links."""
    return typed(text[:LONGEST]) if re.sub(r"<https?:[^>]*>", "", text).strip() else ""


def press_request(payload: Json, team: str, at: datetime) -> Request:
    """Who pressed a button, and where."""
    container = payload.get("container") or {}
    channel = str((payload.get("channel") or {}).get("id") or "")
    message = payload.get("message") or {}
    thread = message.get("thread_ts") or container.get("thread_ts")
    user = str(payload["user"]["id"])
    direct = channel.startswith("D") or not channel
    place = Destination(Platform.SLACK, team, channel, str(thread) if thread else None, user if direct else None)
    return Request(place=place, asker=Asker(user), at=at, key=str(payload.get("trigger_id") or ""))


def submission_request(payload: Json, team: str, at: datetime) -> Request:
    """Who sent a form; what it is about stands in the form."""
    user, view = str(payload["user"]["id"]), payload["view"]
    place = Destination(Platform.SLACK, team, "", person=user)
    return Request(place=place, asker=Asker(user), at=at, key=f"{view.get('id')}:{view.get('hash')}")


def action_of(pressed: Json) -> Action | None:
    """What a button or menu does; ``None`` for one that is not ours."""
    verb = str(pressed.get("action_id") or "").split(":")[0]
    if verb not in ACTIONS:
        return None
    option = pressed.get("selected_option") or {}
    return Action(verb, str(option.get("value") or pressed.get("value") or ""))
