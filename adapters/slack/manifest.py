"""The app manifest: what installs the app with the least scopes. https://docs.slack.dev/reference/app-manifest"""

import re
from typing import Any

from adapters.slack.agent import PROMPTS
from bot.commands import COMMANDS
from bot.errors import UsageError

COMMAND = "/brief"
SHORTCUT = "who_said_this"
EVENTS_PATH, REDIRECT_PATH = "/slack/events", "/slack/oauth_redirect"
"""Where an app that is served over HTTP is told things, and where installers come back to."""
SCOPES = {
    "app_mentions:read": "to be asked by a mention",
    "assistant:write": "to suggest questions in the agent view",
    "chat:write": "to answer, and to send digests",
    "commands": "for /brief and the shortcut",
    "im:history": "to be asked in direct messages",
    "im:write": "for private alerts and files",
    "files:write": "for exports and timelines",
    "channels:history": "to go on in a thread without another mention, and to look up a digest before sending it again",
    "channels:read": "to know who made a channel and may set its digest",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "users:read": "for your time zone and language, and whether you administer the workspace",
}
"""Every scope with what it is for."""
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)


_DESCRIPTION = "Who said what in diplomatic news, with article and paragraph"
_HINT = " | ".join(command.example for command in COMMANDS)


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest as a JSON object; what can be asked comes from the command table.

    For Socket Mode, or for HTTP and many workspaces at the public address ``url``. Raises ``UsageError`` for one that is none.
    """
    if url is None:
        return _for_socket_mode()
    if not re.fullmatch(r"https://[\w.:-]+(/[\w./-]*)?", url):
        raise UsageError(f"manifest: {url[:100]!r} is no public https address; write for example: --url https://bot.example.org")
    return _over_http(_for_socket_mode(), url.rstrip("/"))


def _over_http(made: dict[str, Any], url: str) -> dict[str, Any]:
    settings, features, oauth = made["settings"], made["features"], made["oauth_config"]
    events = {"request_url": f"{url}{EVENTS_PATH}"}
    changed = {
        "event_subscriptions": events | settings["event_subscriptions"],
        "interactivity": settings["interactivity"] | events | {"message_menu_options_url": events["request_url"]},
        "socket_mode_enabled": False,
        "token_rotation_enabled": True,
    }
    commands = [command | {"url": events["request_url"]} for command in features["slash_commands"]]
    return made | {
        "features": features | {"slash_commands": commands},
        "oauth_config": oauth | {"redirect_urls": [f"{url}{REDIRECT_PATH}"]},
        "settings": settings | changed,
    }


def _for_socket_mode() -> dict[str, Any]:
    return {
        "display_information": {
            "name": "Attaché",
            "description": _DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "agent_view": {"agent_description": f"{_DESCRIPTION}.", "suggested_prompts": PROMPTS},
            "bot_user": {"display_name": "attache", "always_online": True},
            "shortcuts": [
                {
                    "name": "Who said this?",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Look the words up in the sources",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Ask who said what",
                    "usage_hint": _HINT,
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
