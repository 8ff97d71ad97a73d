"""Discord's events -> Request. Words reach the desk as typed; only the mention of the bot is taken out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import discord

from bot.model import Asker, Destination, Platform, Request

LONGEST = 6_000
"""Characters of a message that are looked at; Discord's own longest is shorter."""
CONVERSATIONS = frozenset({discord.MessageType.default, discord.MessageType.reply})


def of_interaction(
    interaction: discord.Interaction,
    at: datetime,
    *,
    words: str = "",
    command: str | None = None,
    arguments: Mapping[str, str] | None = None,
    admitted: bool = False,
) -> Request:
    """A request of the person who pressed, chose or typed a command. ``admitted``: the guild's own settings let
    the person use a command for administrators."""
    return Request(
        place=_place(interaction.guild_id, interaction.channel, interaction.channel_id, interaction.user.id),
        asker=Asker(str(interaction.user.id), administrator=admitted or may_set(interaction), locale=str(interaction.locale)),
        at=at,
        words=words[:LONGEST].strip(),
        command=command,
        arguments=arguments or {},
        key=f"discord:{interaction.id}",
    )


def of_message(message: discord.Message, me: int, at: datetime) -> Request:
    """A request of somebody who mentioned the bot or wrote to it directly. No words: ``help``."""
    words = words_for(message.content, me)
    author = message.author
    return Request(
        place=_place(message.guild.id if message.guild else None, message.channel, message.channel.id, author.id),
        asker=Asker(
            str(author.id), administrator=not isinstance(author, discord.Member) or author.guild_permissions.manage_guild
        ),
        at=at,
        words=words,
        command=None if words else "help",
        key=f"discord:{message.id}",
    )


def is_for_us(message: discord.Message, me: int) -> bool:
    """A person's message that mentions the bot (a reply to it does) or stands in a direct channel."""
    if message.author.bot or message.webhook_id or message.type not in CONVERSATIONS:
        return False
    return message.guild is None or any(user.id == me for user in message.mentions)


def words_for(content: str, me: int) -> str:
    """The words without the mention of the bot."""
    return re.sub(rf"\s*<@!?{me}>[,:]?(?:\s+|$)", " ", content[:LONGEST]).strip()


def words_in(message: discord.Message) -> str:
    """All that a message says, also in embeds and layouts, as posts of other bots do."""
    embedded = [text for embed in message.embeds for text in (embed.title, embed.description) if text]
    laid_out = [part.content for part in _parts(message.components) if isinstance(part, discord.TextDisplay)]
    return "\n".join(part for part in (message.content, *embedded, *laid_out) if part)[:LONGEST]


def _parts(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _parts(getattr(component, "children", ()))


def _place(guild: int | None, channel: object, channel_id: int | None, person: int) -> Destination:
    if guild is None:
        return Destination(Platform.DISCORD, "", str(channel_id or ""), person=str(person))
    if isinstance(channel, discord.Thread):
        return Destination(Platform.DISCORD, str(guild), str(channel.parent_id), thread=str(channel.id))
    return Destination(Platform.DISCORD, str(guild), str(channel_id or ""))


def may_set(interaction: discord.Interaction) -> bool:
    """Who may set things for all: in a direct channel everybody; in a guild who may manage it, where the guild has the bot."""
    if interaction.guild_id is None:
        return True
    by_person_alone = interaction.is_user_integration() and not interaction.is_guild_integration()
    return interaction.permissions.manage_guild and not by_person_alone
