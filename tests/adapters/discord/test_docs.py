"""docs/discord.md says what the code does."""

import re
from pathlib import Path

import discord

from adapters.discord.client import PERMISSIONS
from adapters.discord.locales import tables
from bot.config import Settings

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_invitation_asks_for_exactly_our_permissions() -> None:
    [found] = re.findall(r"permissions=(\d+)", TEXT)
    assert discord.Permissions(int(found)) == PERMISSIONS


def test_every_permission_is_explained() -> None:
    names = {"read_messages": "View Channels"}
    for name, granted in PERMISSIONS:
        shown = names.get(name) or name.replace("_", " ").title().replace(" In ", " in ")
        assert (f"| {shown} |" in TEXT) == granted, shown


def test_every_setting_is_named() -> None:
    settings = [str(field.alias) for field in Settings.model_fields.values() if str(field.alias).startswith("DISCORD_")]
    assert all(f"`{name}`" in TEXT or f"{name}=" in TEXT for name in settings)


def test_every_language_is_named() -> None:
    languages = {"uk": "Ukrainian", "fr": "French", "de": "German", "es": "Spanish"}
    assert set(tables()) == set(languages)
    assert all(name in TEXT for name in languages.values())
