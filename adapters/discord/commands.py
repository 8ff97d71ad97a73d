"""The command table -> Discord's commands: ``/brief``, ``/brief-admin`` and a message's context menu.

Discord takes 25 subcommands a group; ``default_permissions`` hold for a whole group, so what is
for administrators has its own, which a server's own settings can open to others.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from adapters.discord.inbound import words_in
from bot.commands import COMMANDS, Argument, Command, Complete
from bot.ports import Desk

Interaction = discord.Interaction
Run = Callable[[Interaction, Command, Mapping[str, str]], Awaitable[None]]
Verify = Callable[[Interaction, str], Awaitable[None]]

ASK = Command("ask", "Ask in your own words", "ask", (Argument("question", "Your question", required=True),))
SETTINGS = Command("settings", "This channel's digest, in a form", "settings", administrators=True)
LONGEST_OPTION = 2_000
OUTDATED = frozenset({"dm_permission"})
"""Keys that ``contexts`` overrules: Discord answers with a value of its own."""
CHOICE = 100
"""Discord's longest completion."""

EVERYWHERE = app_commands.AppInstallationType(guild=True, user=True)
IN_GUILDS = app_commands.AppInstallationType(guild=True, user=False)
ALL_PLACES = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
GUILD_PLACES = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)


def fill(tree: app_commands.CommandTree[Any], desk: Desk, run: Run, verify: Verify) -> None:
    """Put every command of the table into the tree."""
    brief = app_commands.Group(
        name="brief", description="Who said what in diplomatic news", allowed_installs=EVERYWHERE, allowed_contexts=ALL_PLACES
    )
    admin = app_commands.Group(
        name="brief-admin",
        description="Settings of this server's briefings",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=IN_GUILDS,
        allowed_contexts=GUILD_PLACES,
    )
    for command in (ASK, SETTINGS, *COMMANDS):
        (admin if command.administrators else brief).add_command(_command(command, desk, run))
    menu = app_commands.ContextMenu(
        name=locale_str("Who said this?"),
        callback=_menu(verify),
        type=discord.AppCommandType.message,
        allowed_installs=EVERYWHERE,
        allowed_contexts=ALL_PLACES,
    )
    for entry in (brief, admin, menu):
        tree.add_command(entry)


def _menu(verify: Verify) -> Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]:
    async def who_said_this(interaction: Interaction, message: discord.Message) -> None:
        await verify(interaction, words_in(message))

    return who_said_this


def _command(command: Command, desk: Desk, run: Run) -> app_commands.Command[Any, Any, Any]:
    made: app_commands.Command[Any, Any, Any] = app_commands.Command(
        name=locale_str(command.name), description=locale_str(command.help), callback=_callback(command, run)
    )
    for argument in command.arguments:
        if argument.complete is not Complete.NOTHING:
            made.autocomplete(argument.name)(_completion(command, argument, desk))
    return made


def _callback(command: Command, run: Run) -> Any:
    """A coroutine with the signature that discord.py reads options from."""

    async def call(interaction: Interaction, **given: str | None) -> None:
        await run(interaction, command, {name: value for name, value in given.items() if value})

    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Interaction)
    options = sorted(command.arguments, key=lambda argument: not argument.required)
    call.__signature__ = inspect.Signature([first, *map(_parameter, options)])  # type: ignore[attr-defined]
    described = app_commands.describe(**{a.name: locale_str(a.help) for a in options})(call)
    closed = {a.name: [Choice(name=locale_str(c), value=c) for c in a.choices] for a in options if a.choices}
    return app_commands.choices(**closed)(described) if closed else described


def _parameter(argument: Argument) -> inspect.Parameter:
    kind: Any = str if argument.choices else app_commands.Range[str, 1, LONGEST_OPTION]
    default = inspect.Parameter.empty if argument.required else None
    annotation = kind if argument.required else kind | None
    return inspect.Parameter(argument.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _completion(command: Command, argument: Argument, desk: Desk) -> Any:
    async def complete(interaction: Interaction, current: str) -> list[Choice[str]]:
        found = desk.complete(command.name, argument.name, current, 25)
        return [Choice(name=text, value=text) for text in dict.fromkeys(found) if 0 < len(text) <= CHOICE][:25]

    return complete


async def sync(tree: app_commands.CommandTree[Any], client: discord.Client) -> bool:
    """Register the commands if Discord has others; true if it had to."""
    wanted = [command.to_dict(tree) for command in tree.get_commands()]
    if tree.translator is not None:
        wanted = [await command.get_translated_payload(tree, tree.translator) for command in tree.get_commands()]
    application = client.application_id or 0
    route = discord.http.Route("GET", "/applications/{application_id}/commands", application_id=application)
    present = await client.http.request(route, params={"with_localizations": "true"})
    if _same(wanted, present):
        return False
    await client.http.bulk_upsert_global_commands(application, wanted)
    return True


def _same(wanted: list[Any], present: list[Any]) -> bool:
    there = {(command["type"], command["name"]): command for command in present}
    return len(wanted) == len(there) and all(_within(c, there.get((c["type"], c["name"]))) for c in wanted)


def _within(wanted: Any, present: Any) -> bool:
    """True if what is wanted stands there; what Discord adds or leaves out as empty does not count."""
    if isinstance(wanted, dict):
        return isinstance(present, dict) and all(
            _within(value, present.get(key)) for key, value in wanted.items() if key not in OUTDATED
        )
    if isinstance(wanted, list):
        there = present or []
        return len(wanted) == len(there) and all(map(_within, wanted, there))
    return bool(wanted == present or (not wanted and not present) or str(wanted) == str(present))
