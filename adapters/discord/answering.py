"""Reply -> what a person sees: within Discord's three seconds, in private where it is private.

An answer that is ready in time is the first response; else the interaction is deferred and the answer
follows. An interaction that Discord has forgotten meanwhile is answered in the channel, unless it is private.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import discord
import structlog

from adapters.discord.layout import message as built
from adapters.discord.render import Page, render
from bot.errors import AttacheError
from bot.replies import Reply, saying

LOG = structlog.get_logger()
PATIENCE = 1.5
"""Seconds to wait for an answer before deferring; Discord allows 3 from the press to our response."""
FORGOTTEN = frozenset({10062, 10015, 50027})
"""Unknown interaction, unknown webhook, invalid webhook token: too late to answer it."""
NO_HISTORY = 160002
"""A reply needs Read Message History."""

FAILED = "Something went wrong here and has been written to the log. Try again in a minute."
IN_PRIVATE = "The answer is for you alone: it is in your direct messages."
NO_PRIVATE = "The answer is for you alone, and your direct messages are closed: use the slash command /brief instead."

Interaction = discord.Interaction
Work = Coroutine[Any, Any, Reply]


def line(text: str, *, private: bool = True) -> Reply:
    """A reply of one line."""
    return saying(text).privately() if private else saying(text)


async def settled(work: Work) -> Reply:
    """The reply, or a line that says what went wrong."""
    try:
        return await work
    except AttacheError as error:
        return line(str(error))
    except Exception:
        LOG.exception("discord.answer_failed")
        return line(FAILED)


async def answer_interaction(
    interaction: Interaction, work: Work, *, private: bool, patience: float, replaces: bool = False
) -> None:
    """Answer a command, a press or a choice. ``private``: for the person's eyes whatever the reply says;
    ``replaces``: the reply takes the place of the message that was pressed, if it fits in one."""
    task = asyncio.ensure_future(settled(work))
    await asyncio.wait({task}, timeout=patience)
    left: list[Page] = []
    try:
        if not task.done():
            await interaction.response.defer(ephemeral=private, thinking=not replaces)
        reply = await task
        left += render(reply)
        if replaces and len(left) == 1 and (private or not reply.private):
            await _replace(interaction, left.pop(0))
        else:
            unwanted = reply.private and not private and not replaces
            await _respond(interaction, left, private or reply.private, unwanted)
    except discord.HTTPException as error:
        reply = await task
        if error.code not in FORGOTTEN:
            LOG.error("discord.refused", code=error.code, error=str(error))
            await _admit(interaction)
        elif not private and not reply.private:
            await _answer_late(interaction, left or list(render(reply)))


async def _respond(interaction: Interaction, left: list[Page], hidden: bool, unwanted: bool) -> None:
    """Show the pages; each leaves the list when it is shown. ``unwanted``: a deferral would show them to all."""
    if not interaction.response.is_done():
        await interaction.response.send_message(**built(left[0]), ephemeral=hidden)
        left.pop(0)
    elif unwanted:
        await interaction.delete_original_response()
    while left:
        await interaction.followup.send(**built(left[0]), ephemeral=hidden)
        left.pop(0)


async def _replace(interaction: Interaction, page: Page) -> None:
    shown = built(page)
    new: dict[str, Any] = {"view": shown["view"], "attachments": shown["files"], "allowed_mentions": shown["allowed_mentions"]}
    if interaction.response.is_done():
        await interaction.edit_original_response(**new)
    else:
        await interaction.response.edit_message(**new)


async def _answer_late(interaction: Interaction, left: list[Page]) -> None:
    channel = interaction.channel
    if not isinstance(channel, discord.abc.Messageable):
        LOG.warning("discord.too_late", interaction=interaction.id)
        return
    try:
        for page in left:
            await channel.send(**built(page))
    except discord.HTTPException as error:
        LOG.warning("discord.too_late", interaction=interaction.id, code=error.code)


async def _admit(interaction: Interaction) -> None:
    """Discord refused what we made: better a line than silence."""
    with suppress(discord.HTTPException):
        shown = built(render(line(FAILED))[0])
        if interaction.response.is_done():
            await interaction.followup.send(**shown, ephemeral=True)
        else:
            await interaction.response.send_message(**shown, ephemeral=True)


async def answer_message(message: discord.Message, work: Work, patience: float) -> None:
    """Answer a mention or a direct message, under it; a private answer goes to the person's direct messages."""
    if not may_speak(message.channel):
        work.close()
        await _explain(message)
        return
    task = asyncio.ensure_future(settled(work))
    await asyncio.wait({task}, timeout=patience)
    if not task.done():
        with suppress(discord.HTTPException):
            await message.channel.typing()
    reply = await task
    if reply.private and message.guild is not None:
        await _in_private(message, reply)
        return
    try:
        await _under(message, render(reply))
    except discord.Forbidden as error:
        LOG.info("discord.may_not_answer", channel=message.channel.id, code=error.code)
        await _explain(message)


async def _under(message: discord.Message, pages: tuple[Page, ...]) -> None:
    first, *rest = pages
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        await message.channel.send(**built(first), reference=reference, mention_author=False)
    except discord.HTTPException as error:
        if error.code != NO_HISTORY:
            raise
        await message.channel.send(**built(first))
    for page in rest:
        await message.channel.send(**built(page))


async def _in_private(message: discord.Message, reply: Reply) -> None:
    try:
        for page in render(reply):
            await message.author.send(**built(page))
        told = IN_PRIVATE
    except discord.Forbidden:
        told = NO_PRIVATE
    try:
        await _under(message, render(line(told)))
    except discord.Forbidden:
        LOG.info("discord.may_not_answer", channel=message.channel.id)


async def _explain(message: discord.Message) -> None:
    """Tell the person, in private, why there is no answer in the channel."""
    missing = missing_permissions(message.channel)
    text = f"I can't answer in that channel: an administrator must allow me {missing or 'to send messages'} there."
    try:
        await message.author.send(**built(render(line(text))[0]))
    except discord.HTTPException:
        LOG.info("discord.unheard", channel=message.channel.id)


def may_speak(channel: object) -> bool:
    """False only if the bot surely can't post here: refused requests count against it at Discord."""
    here = _granted(channel)
    return here is None or bool(here["View Channel"] and here[_speaking(channel)])


def missing_permissions(channel: object) -> str:
    """What the bot lacks in a channel to answer there, as Discord's settings name it; empty if unknown."""
    return ", ".join(name for name, granted in (_granted(channel) or {}).items() if not granted)


def _speaking(channel: object) -> str:
    return "Send Messages in Threads" if isinstance(channel, discord.Thread) else "Send Messages"


def _granted(channel: object) -> dict[str, bool] | None:
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return None
    has = channel.permissions_for(channel.guild.me)
    return {
        "View Channel": has.view_channel,
        _speaking(channel): has.send_messages_in_threads if isinstance(channel, discord.Thread) else has.send_messages,
        "Attach Files": has.attach_files,
        "Read Message History": has.read_message_history,
    }
