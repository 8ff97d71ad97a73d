"""The forms that open in a window of their own. As with buttons, a form's id says what it is for."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

REPORT = "r1|"
"""Start of a report form's id; the rest is the button's argument."""
SETTINGS = "s1|digest"


def report_form(argument: str) -> ui.Modal:
    """Asks what is wrong with an answer."""
    field = ui.TextInput[ui.Modal](style=discord.TextStyle.paragraph, max_length=1000, custom_id="problem")
    return _form("What is wrong?", f"{REPORT}{argument}", ui.Label(text="The error, in your words", component=field))


def settings_form() -> ui.Modal:
    """Asks when a channel wants its digest; nothing typed shows how it is set."""
    field = ui.TextInput[ui.Modal](placeholder="daily at 8am Brussels", max_length=200, required=False, custom_id="order")
    hint = "Days, times and place; or pause, resume, off. Empty: show how it is set."
    return _form("This channel's digest", SETTINGS, ui.Label(text="When", description=hint, component=field))


def typed(data: Mapping[str, Any]) -> str:
    """What was typed into a form of one field."""
    parts = [part.get("component", part) for row in data.get("components", ()) for part in (row, *row.get("components", ()))]
    return next((str(part["value"]) for part in parts if part.get("value")), "")


def _form(title: str, custom_id: str, label: ui.Label[ui.Modal]) -> ui.Modal:
    """Stopped at once: discord.py keeps no trace of it, what is submitted is understood from its id."""
    form = ui.Modal(title=title, custom_id=custom_id)
    form.add_item(label)
    form.stop()
    return form
