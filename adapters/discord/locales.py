"""Names and help of commands in the languages of ``locales.toml``."""

import tomllib
from functools import cache
from importlib.resources import files

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

NAMES = (
    app_commands.TranslationContextLocation.command_name,
    app_commands.TranslationContextLocation.parameter_name,
)


@cache
def tables() -> dict[str, dict[str, dict[str, str]]]:
    """Locale -> ``names`` and ``texts`` -> English -> there."""
    return tomllib.loads(files("adapters.discord").joinpath("locales.toml").read_text(encoding="utf-8"))


class Languages(app_commands.Translator):
    """Looks every name and text of the command tree up; what is missing stays English."""

    async def translate(self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes) -> str | None:
        table = tables().get(locale.value) or tables().get(locale.value.split("-")[0])
        if table is None:
            return None
        return table["names" if context.location in NAMES else "texts"].get(string.message)
