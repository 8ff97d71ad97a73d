"""Slack: mentions, direct messages, ``/brief``, buttons, App Home, a message shortcut; digests and alerts to channels and people."""

from adapters.slack.client import SlackApp, build_slack
from adapters.slack.manifest import manifest
from adapters.slack.panels import Books

__all__ = ["Books", "SlackApp", "build_slack", "manifest"]
