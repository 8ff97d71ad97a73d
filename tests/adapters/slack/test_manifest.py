"""The manifest: generated, as Slack's schema wants it, with no scope too many and none too few."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, ValidationError

from adapters.slack import manifest
from adapters.slack.manifest import EVENTS, SCOPES
from bot.app import manifest as printed_manifest
from bot.commands import COMMANDS
from bot.errors import UsageError

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = Draft7Validator(json.loads((ROOT / "slack" / "manifest.schema.json").read_text(encoding="utf-8")))
NEEDED = {
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "assistant_threads_setStatus": {"chat:write"},
    "auth_test": set(),
    "apps_connections_open": set(),
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_upload_v2": {"files:write"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
"""The scopes of every method of the web API that may be called, by its reference page."""
HEARD = {
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}
"""The scopes of the events subscribed to; the others need none."""


def test_the_committed_manifest_is_what_the_command_prints() -> None:
    printed = printed_manifest("slack")
    assert f"{printed}\n" == (ROOT / "slack" / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(printed) == manifest()


def test_it_is_valid() -> None:
    Draft7Validator.check_schema(SCHEMA.schema)
    SCHEMA.validate(manifest())


@pytest.mark.parametrize("url", ["https://bot.example.org", "https://example.org/bot/"])
def test_over_http_it_has_the_addresses(url: str) -> None:
    made = json.loads(printed_manifest("slack", url))
    SCHEMA.validate(made)
    base = url.rstrip("/")
    assert made["oauth_config"]["redirect_urls"] == [f"{base}/slack/oauth_redirect"]
    addresses = {
        made["features"]["slash_commands"][0]["url"],
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
        made["settings"]["interactivity"]["message_menu_options_url"],
    }
    assert addresses == {f"{base}/slack/events"}
    assert not made["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("url", ["http://bot.example.org", "bot.example.org", "https://a b", "javascript:x", ""])
def test_an_address_that_slack_would_not_take_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--url https://"):
        printed_manifest("slack", url)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("display_information.name", "n" * 36),
        ("features.agent_view.suggested_prompts", [{"title": "t", "message": "m"}] * 5),
        ("features.bot_user.display_name", "Attaché"),
        ("features.slash_commands", []),
        ("settings.interactivity", {}),
        ("features.assistant_view", {}),
    ],
)
def test_the_schema_refuses_what_slack_refuses(path: str, value: object) -> None:
    wrong = manifest()
    *parents, last = path.split(".")
    inner = wrong
    for key in parents:
        inner = inner[key]
    inner[last] = value
    with pytest.raises(ValidationError):
        SCHEMA.validate(wrong)


def test_it_tells_every_command_of_the_table() -> None:
    hint = manifest()["features"]["slash_commands"][0]["usage_hint"]
    assert hint.split(" | ") == [command.example for command in COMMANDS]


def test_scopes_are_those_that_something_needs() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "adapters" / "slack").glob("*.py"))
    called = set(re.findall(r"client\.((?:chat|conversations|users|files|views|auth|apps|assistant)_\w+)", source))
    assert called <= set(NEEDED), "a new method: say which scopes it needs"
    needed = {scope for method in called for scope in NEEDED[method]} | {s for event in EVENTS for s in HEARD.get(event, set())}
    assert set(SCOPES) == needed | {"commands"}


def test_the_docs_explain_every_scope() -> None:
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert all(f"| `{scope}` | {why} |" in text for scope, why in SCOPES.items())
    assert set(re.findall(r"^\| `([a-z_:]+)` \|", text, re.MULTILINE)) == set(SCOPES)
