"""What is registered obeys Discord's rules for commands, in every language."""

import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from adapters.discord import commands
from adapters.discord.locales import Languages, tables
from bot.commands import COMMANDS
from tests.adapters.discord.desks import NotingDesk

LOCALES = {locale.value for locale in discord.Locale}
NAME = re.compile(r"[-_\w]{1,32}")


async def payloads() -> list[Any]:
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))

    async def nothing(*given: Any) -> None: ...

    commands.fill(tree, NotingDesk(), nothing, nothing)
    return [await command.get_translated_payload(tree, Languages()) for command in tree.get_commands()]


def walk(entry: Any) -> Iterator[Any]:
    yield entry
    for part in (*entry.get("options", ()), *entry.get("choices", ())):
        yield from walk(part)


async def test_names_and_texts_fit_in_every_language() -> None:
    for top in await payloads():
        for entry in walk(top):
            free = top["type"] == 3 or "value" in entry
            for name in (entry["name"], *entry.get("name_localizations", {}).values()):
                assert 1 <= len(name) <= 32 if free else NAME.fullmatch(name) and name == name.lower(), name
            for text in (entry.get("description"), *entry.get("description_localizations", {}).values()):
                assert text is None or len(text) <= 100, text
            assert set(entry.get("name_localizations", {})) <= LOCALES


async def test_no_command_is_longer_than_discord_takes() -> None:
    for top in await payloads():
        longest = sum(
            max(len(text) for text in (str(entry.get(key, "")), *entry.get(f"{key}_localizations", {}).values()))
            for entry in walk(top)
            for key in ("name", "description", "value")
        )
        assert longest <= 8000, top["name"]


async def test_neighbours_differ_and_are_few_enough() -> None:
    for top in await payloads():
        for entry in walk(top):
            options = entry.get("options", [])
            assert len(options) <= 25
            for locale in (None, *LOCALES):
                names = [o.get("name_localizations", {}).get(locale, o["name"]) for o in options]
                assert len(set(names)) == len(names), (entry["name"], locale)
            required = [o.get("required", False) for o in options if o["type"] == 3]
            assert required == sorted(required, reverse=True)


async def test_translations_name_only_what_exists() -> None:
    entries = [entry for top in await payloads() for entry in walk(top)]
    names = {entry["name"] for entry in entries if "value" not in entry}
    texts = {entry.get("description") for entry in entries} | {entry["name"] for entry in entries if "value" in entry}
    for locale, table in tables().items():
        assert set(table["names"]) <= names, locale
        assert set(table["texts"]) <= texts, locale


async def test_every_command_is_translated() -> None:
    wanted = {command.name for command in COMMANDS} | {argument.name for command in COMMANDS for argument in command.arguments}
    assert all(wanted <= set(table["names"]) for table in tables().values())


async def test_installations_and_places() -> None:
    brief, admin, menu = await payloads()
    assert brief["integration_types"] == menu["integration_types"] == [0, 1]
    assert brief["contexts"] == menu["contexts"] == [0, 1, 2]
    assert (admin["integration_types"], admin["contexts"]) == ([0], [0])
    assert admin["default_member_permissions"] == discord.Permissions(manage_guild=True).value
