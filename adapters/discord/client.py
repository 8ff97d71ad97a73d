"""The bot on Discord: listens, asks the desk, answers; nothing here knows what an answer is made of."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import commands, forms, inbound
from adapters.discord.answering import PATIENCE, answer_interaction, answer_message, line
from adapters.discord.courier import DiscordCourier
from adapters.discord.ids import action_of
from adapters.discord.locales import Languages
from bot.commands import ACTIONS, Command
from bot.config import Settings
from bot.errors import SettingsError
from bot.ports import Desk
from bot.replies import Action, Reply

LOG = structlog.get_logger()
Clock = Callable[[], datetime]
Purge = Callable[[str], Awaitable[None]]
Known = Callable[[], Awaitable[Collection[str]]]
Interaction = discord.Interaction

ANSWERED = 2_000
"""Messages whose answer is remembered: a resumed connection repeats events."""
LONGEST_WAIT = 30.0
"""Seconds a request may wait for a rate limit before it fails as throttled."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts to log in while Discord can't be reached."""
LAST_WORDS = 5.0
"""Seconds that answers under way get when the bot stops."""
PERMISSIONS = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, attach_files=True, read_message_history=True
)
"""What the invitation asks for; docs/discord.md says why."""
NO_WORDS = "That message has no text to check."
OLD_BUTTON = "This button is from an older version. Ask again and use the new one."


class AttacheBot(discord.Client):
    """discord.py's client with the desk behind it.

    ``serve`` runs until ``stop`` (or a failure that no retry mends); ``courier`` sends what is owed.
    ``purge`` is called with a guild's id when it removes the bot, also if that happened while the bot was
    away and ``known`` still lists it.
    """

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        clock: Clock,
        *,
        purge: Purge | None,
        known: Known | None,
        patience: float,
        retry_after: float,
        **options: Any,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            max_messages=None,
            **options,
        )
        self.settings = settings
        self.courier = DiscordCourier(self)
        self.tree: app_commands.CommandTree[AttacheBot] = app_commands.CommandTree(self)
        self._desk, self._clock, self._purge, self._known, self._patience = desk, clock, purge, known, patience
        self._retry_after = retry_after
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._undo: list[Callable[[], None]] = []
        self._answered: OrderedDict[int, None] = OrderedDict()
        commands.fill(self.tree, desk, self._run, self._verify)

    async def serve(self) -> None:
        """Connect and listen until ``stop``. Raises ``SettingsError`` if the token or the shards are wrong."""
        token = self.settings.discord_token
        if token is None or not token.get_secret_value().strip():
            raise SettingsError("DISCORD_TOKEN is not set; take the token from the Bot page of your Discord application")
        try:
            if await self._log_in(token.get_secret_value().strip()):
                await self.connect()
        except discord.LoginFailure as error:
            raise SettingsError("DISCORD_TOKEN is not accepted; reset it on the Bot page of your application") from error
        except discord.ConnectionClosed as error:
            raise _closed(error) from error
        finally:
            await self.close()

    async def stop(self) -> None:
        """Leave, once the answers under way are given (5 s at most); ``serve`` returns."""
        self._stopping.set()
        if under_way := {task for task in self._under_way if task is not asyncio.current_task()}:
            await asyncio.wait(under_way, timeout=LAST_WORDS)
        await self.close()

    async def _log_in(self, token: str) -> bool:
        """Try until it succeeds, ever more rarely; false if stopped meanwhile. A refused token raises."""
        wait = self._retry_after
        while not self._stopping.is_set():
            try:
                await self.login(token)
                return True
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                LOG.warning("discord.not_reachable", error=str(error), again_in=wait)
            await self.http.close()
            self.http.connector = discord.utils.MISSING
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(2 * wait, LONGEST_PAUSE)
        return False

    async def login(self, token: str) -> None:
        if not self._undo:
            self._undo.append(point_at(self.settings))
        await super().login(token)

    async def close(self) -> None:
        await super().close()
        while self._undo:
            self._undo.pop()()

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Languages())
        try:
            changed = await commands.sync(self.tree, self)
            LOG.info("discord.commands", changed=changed)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            LOG.error("discord.commands_not_registered", error=str(error))

    async def on_ready(self) -> None:
        invitation = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS)
        LOG.info("discord.ready", guilds=len(self.guilds), invitation=invitation)
        if self._known is None or self._purge is None:
            return
        present = {str(guild.id) for guild in self.guilds}
        for workspace in set(await self._known()) - present - {""}:
            if await self._is_closed_to_us(workspace):
                await self._purge(workspace)

    async def _is_closed_to_us(self, workspace: str) -> bool:
        """Asked of Discord itself before anything is deleted: a list of guilds may be cut short by an outage."""
        try:
            await self.fetch_guild(int(workspace), with_counts=False)
        except (discord.Forbidden, discord.NotFound):
            return True
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            LOG.warning("discord.unsure_of_guild", guild=workspace, error=str(error))
        return False

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        LOG.info("discord.removed", guild=guild.id)
        if self._purge is not None:
            await self._purge(str(guild.id))

    async def on_message(self, message: discord.Message) -> None:
        me = self.user.id if self.user else 0
        if inbound.is_for_us(message, me) and self._first_time(message.id):
            request = inbound.of_message(message, me, self._clock())
            with self._working():
                await answer_message(message, self._desk.answer(request), self._patience)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Presses, choices and forms; commands go through the tree. Everything needed stands in the ids."""
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.component:
            await self._pressed(interaction, action_of(custom_id, data.get("values", ())))
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._submitted(interaction, custom_id, forms.typed(data))

    async def _submitted(self, interaction: Interaction, custom_id: str, words: str) -> None:
        if custom_id.startswith(forms.REPORT):
            action = Action("report", custom_id.removeprefix(forms.REPORT))
            await self._press(interaction, action, words=words, private=True)
        elif custom_id == forms.SETTINGS:
            arguments = {"order": words} if words.strip() else {}
            request = inbound.of_interaction(interaction, self._clock(), command="digest", arguments=arguments, admitted=True)
            await self._answer(interaction, self._desk.answer(request), private=False)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        LOG.exception("discord.event_failed", event=event_method)

    async def _pressed(self, interaction: Interaction, action: Action | None) -> None:
        if action is None or action.verb not in ACTIONS:
            await self._answer(interaction, _said(OLD_BUTTON), private=True)
        elif action.verb == "report":
            await interaction.response.send_modal(forms.report_form(action.argument))
        elif action.verb == "digest" and inbound.may_set(interaction):
            await interaction.response.send_modal(forms.settings_form())
        else:
            hidden = interaction.message is not None and interaction.message.flags.ephemeral
            await self._press(interaction, action, private=hidden)

    async def _press(self, interaction: Interaction, action: Action, *, words: str = "", private: bool) -> None:
        request = inbound.of_interaction(interaction, self._clock(), words=words)
        replaces = action.verb == "choose" and _is_own(interaction)
        await self._answer(interaction, self._desk.press(request, action), private=private, replaces=replaces)

    async def _run(self, interaction: Interaction, command: Command, arguments: Mapping[str, str]) -> None:
        if command is commands.SETTINGS:
            await interaction.response.send_modal(forms.settings_form())
            return
        if command is commands.ASK:
            request = inbound.of_interaction(interaction, self._clock(), words=arguments["question"])
        else:
            request = inbound.of_interaction(
                interaction, self._clock(), command=command.name, arguments=arguments, admitted=command.administrators
            )
        await self._answer(interaction, self._desk.answer(request), private=command.private)

    async def _verify(self, interaction: Interaction, words: str) -> None:
        if not words.strip():
            await self._answer(interaction, _said(NO_WORDS), private=True)
            return
        request = inbound.of_interaction(interaction, self._clock(), command="verify", arguments={"words": words})
        await self._answer(interaction, self._desk.answer(request), private=True)

    async def _answer(self, interaction: Interaction, work: Any, *, private: bool, replaces: bool = False) -> None:
        with self._working():
            await answer_interaction(interaction, work, private=private, patience=self._patience, replaces=replaces)

    @contextmanager
    def _working(self) -> Iterator[None]:
        tasks = {task for task in (asyncio.current_task(),) if task is not None}
        self._under_way |= tasks
        try:
            yield
        finally:
            self._under_way -= tasks

    def _first_time(self, message: int) -> bool:
        if message in self._answered:
            return False
        self._answered[message] = None
        while len(self._answered) > ANSWERED:
            self._answered.popitem(last=False)
        return True


class ShardedAttacheBot(AttacheBot, discord.AutoShardedClient):
    """The same over several gateway connections, for more than 2,500 guilds."""


def build_bot(
    settings: Settings,
    desk: Desk,
    clock: Clock,
    *,
    purge: Purge | None = None,
    known: Known | None = None,
    patience: float = PATIENCE,
    retry_after: float = 1.0,
) -> AttacheBot:
    """The bot, not connected yet. ``DISCORD_SHARDS`` above 1 makes it a sharded one. An answer that is not there
    after ``patience`` seconds is deferred; ``retry_after`` is the first pause when Discord can't be reached."""
    shards = settings.discord_shards
    kind: Callable[..., AttacheBot] = partial(ShardedAttacheBot, shard_count=shards) if shards > 1 else AttacheBot
    return kind(settings, desk, clock, purge=purge, known=known, patience=patience, retry_after=retry_after)


def point_at(settings: Settings) -> Callable[[], None]:
    """Let discord.py talk to the servers of the settings; gives what undoes it. discord.py keeps both addresses
    once for the whole process."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = settings.discord_api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)

    def undo() -> None:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before

    return undo


def _closed(error: discord.ConnectionClosed) -> SettingsError:
    if error.code in (4010, 4011):
        return SettingsError("the bot is in too many servers for one connection; set DISCORD_SHARDS to 1 more per 1,000 servers")
    if error.code == 4004:
        return SettingsError("DISCORD_TOKEN is not accepted; reset it on the Bot page of your application")
    return SettingsError(f"Discord closed the connection for good (code {error.code}); check the application's settings")


def _is_own(interaction: Interaction) -> bool:
    """True if the pressed message answered the person who presses, so that it may be replaced."""
    pressed = interaction.message
    if pressed is None or pressed.interaction_metadata is None:
        return False
    return pressed.interaction_metadata.user.id == interaction.user.id


async def _said(text: str) -> Reply:
    return line(text)
