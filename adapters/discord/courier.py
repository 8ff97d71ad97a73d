"""The way out: digests and alerts, each posted once.

A message carries a nonce made of its parcel's key: for a few minutes Discord answers a repeat with the
message it has. After that the key is recognised by the id of the message's first component, which
``find`` looks for in the channel. Ids of a parcel that took several messages are joined by ``+``.
"""

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import aiohttp
import discord
import structlog

from adapters.discord.answering import missing_permissions
from adapters.discord.layout import Message, message
from adapters.discord.render import Page, render
from bot.errors import Ambiguous, DeliveryError, Gone, Throttled, Unreachable
from bot.model import Destination
from bot.ports import Parcel
from bot.replies import Heading, Reply

LOG = structlog.get_logger()
LOOK_BACK = 100
"""Messages of a channel that ``find`` looks through."""
REMEMBERED = 1_000
"""Parcels whose posted pages are kept in memory."""
CLOSED_FOR_EVER = frozenset({50083, 160005, 30046, 50024, 50008})
"""Archived or locked thread, and channels that take no messages: refused as 400, but not our payload's fault."""
PATIENCE_AFTER_429 = 60.0
_THREAD = "The rest"
"""The name of a thread that a long message goes on in."""

Writable = (
    discord.TextChannel
    | discord.VoiceChannel
    | discord.StageChannel
    | discord.Thread
    | discord.DMChannel
    | discord.PartialMessageable
)
Channel = Writable | discord.ForumChannel


class DiscordCourier:
    """``bot.ports.Courier`` over a client that is logged in."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._posted: OrderedDict[str, dict[int, str]] = OrderedDict()

    async def send(self, parcel: Parcel) -> str:
        """Post every page that is not posted yet, in order. Raises a ``DeliveryError``."""
        pages = render(parcel.reply)
        posted = self._posted_of(parcel)
        with delivery_errors():
            channel: Channel = await self._channel(parcel.destination)
        with delivery_errors(channel):
            channel = await self._thread(channel, parcel, open_it=True)
            for number, page in enumerate(pages):
                if isinstance(channel, discord.ForumChannel):
                    posted[0] = posted.get(0) or str((await self._open_post(channel, parcel, page)).id)
                    channel = self._client.get_partial_messageable(int(posted[0]))
                elif number not in posted:
                    posted[number] = await self._post(channel, parcel.key, number, page, parcel.reply.role)
        return "+".join(posted[number] for number in range(len(pages)))

    async def find(self, parcel: Parcel) -> str | None:
        """The ids if all pages are there. What is there only in part is remembered: ``send`` adds the rest."""
        wanted = {mark_of(parcel.key, number): number for number in range(len(render(parcel.reply)))}
        posted = self._posted_of(parcel)
        with delivery_errors():
            channel = await self._thread(await self._channel(parcel.destination), parcel)
            if isinstance(channel, discord.ForumChannel):
                return await self._find_post(channel, parcel)
            with suppress(discord.Forbidden):
                async for old in channel.history(limit=LOOK_BACK):
                    if (mark := self._mark_on(old)) in wanted:
                        posted[wanted[mark]] = str(old.id)
        return "+".join(posted[n] for n in range(len(wanted))) if len(posted) == len(wanted) else None

    async def edit(self, destination: Destination, message: str, reply: Reply) -> None:
        """Replace what was sent: pages too many are deleted, pages too few are posted after it."""
        ids = [int(part) for part in message.split("+")]
        pages = render(reply)
        with delivery_errors():
            channel = await self._channel(destination)
            if isinstance(channel, discord.ForumChannel):
                channel = self._client.get_partial_messageable(ids[0])
            for number, page in enumerate(pages):
                if number < len(ids):
                    await self._replace(channel, ids[number], page, mark_of(message, number))
                else:
                    await self._post(channel, message, number, page)
            for surplus in ids[len(pages) :]:
                await self._old(channel, surplus).delete()

    async def _replace(self, channel: Writable, id: int, page: Page, mark: int) -> None:
        shown = message(page, mark)
        await self._old(channel, id).edit(
            view=shown["view"], attachments=shown["files"], allowed_mentions=shown["allowed_mentions"]
        )

    def _old(self, channel: Writable, id: int) -> discord.PartialMessage:
        return self._client.get_partial_messageable(channel.id).get_partial_message(id)

    async def _post(self, channel: Writable, key: str, number: int, page: Page, role: str | None = None) -> str:
        sent = await channel.send(**message(page, mark_of(key, number), role), nonce=nonce_of(key, number))
        await _publish(channel, sent)
        return str(sent.id)

    async def _open_post(self, forum: discord.ForumChannel, parcel: Parcel, page: Page) -> discord.Thread:
        """A forum takes posts only: the first page opens one, named after the reply's heading."""
        heading = next(
            (block.text for block in parcel.reply.blocks if isinstance(block, Heading) and block.text.strip()), "Briefing"
        )
        shown: Message = message(page, mark_of(parcel.key, 0), parcel.reply.role)
        tags = forum.available_tags[:1] if forum.flags.require_tag else []
        return (await forum.create_thread(name=" ".join(heading.split())[:100], **shown, applied_tags=tags)).thread

    async def _find_post(self, forum: discord.ForumChannel, parcel: Parcel) -> str | None:
        for thread in sorted(forum.threads, key=lambda thread: -thread.id)[:10]:
            with suppress(discord.NotFound, discord.Forbidden):
                if self._mark_on(await thread.fetch_message(thread.id)) == mark_of(parcel.key, 0):
                    return str(thread.id)
        return None

    async def _thread(self, channel: Channel, parcel: Parcel, *, open_it: bool = False) -> Channel:
        """For what goes on from a message: the thread on it, which has the message's id; the channel where there is none and
        none may be opened."""
        if parcel.under is None or not isinstance(channel, discord.TextChannel | discord.ForumChannel):
            return channel
        first = int(parcel.under.split("+")[0])
        with suppress(discord.NotFound, discord.Forbidden):
            there = self._client.get_channel(first) or await self._client.fetch_channel(first)
            return there if isinstance(there, discord.Thread) else channel
        if open_it and isinstance(channel, discord.TextChannel):
            with suppress(discord.Forbidden):
                return await channel.get_partial_message(first).create_thread(name=_THREAD)
        return channel

    async def _channel(self, destination: Destination) -> Channel:
        if self._client.is_closed() or self._client.user is None:
            raise Unreachable("Discord is not connected; the message is kept for later")
        if destination.person:
            return await self._client.create_dm(discord.Object(int(destination.person)))
        number = int(destination.thread or destination.channel)
        channel = self._client.get_channel(number) or await self._client.fetch_channel(number)
        guild = getattr(channel, "guild", None)
        if destination.workspace and str(guild.id if guild else "") != destination.workspace:
            raise Gone("that channel belongs to another server")
        if not isinstance(channel, Writable | discord.ForumChannel):
            raise Gone("that channel takes no messages; choose a text channel")
        return channel

    def _mark_on(self, old: discord.Message) -> int:
        """The mark of a message of ours; 0 for everybody else's."""
        ours = self._client.user is not None and old.author.id == self._client.user.id
        return int(getattr(old.components[0], "id", 0) or 0) if ours and old.components else 0

    def _posted_of(self, parcel: Parcel) -> dict[int, str]:
        posted = self._posted.setdefault(parcel.key, {})
        self._posted.move_to_end(parcel.key)
        while len(self._posted) > REMEMBERED:
            self._posted.popitem(last=False)
        return posted


def nonce_of(key: str, number: int) -> str:
    """24 characters that stand for one page of a parcel; Discord takes 25."""
    digest = hashlib.sha256(f"{key}/{number}".encode()).digest()
    return base64.b32encode(digest)[:24].decode().lower()


def mark_of(key: str, number: int) -> int:
    """A component id, 1 to 2**31-1, that stands for one page of a parcel."""
    digest = hashlib.sha256(f"{key}/{number}".encode()).digest()
    return int.from_bytes(digest[-4:], "big") % (2**31 - 1) + 1


async def _publish(channel: object, sent: discord.Message) -> None:
    """Announcement channels reach their followers only when a message is published."""
    if isinstance(channel, discord.TextChannel) and channel.is_news():
        try:
            await sent.publish()
        except discord.HTTPException as error:
            LOG.info("discord.not_published", channel=channel.id, code=error.code)


@contextmanager
def delivery_errors(channel: Channel | None = None) -> Iterator[None]:
    """discord.py's and the network's failures as ``DeliveryError``s; ``channel`` helps to say what is missing."""
    try:
        yield
    except discord.RateLimited as error:
        raise Throttled(error.retry_after) from error
    except discord.HTTPException as error:
        raise _refusal(error, missing_permissions(channel)) from error
    except discord.InvalidData as error:
        raise Gone("Discord knows no such channel") from error
    except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError) as error:
        raise (Unreachable if isinstance(error, aiohttp.ClientConnectorError) else Ambiguous)(
            "Discord can't be reached"
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Ambiguous("the connection to Discord broke; the message may have arrived") from error


def _refusal(error: discord.HTTPException, missing: str) -> DeliveryError:
    if error.status == 429:
        return Throttled(_seconds(error.response.headers.get("Retry-After")))
    if error.status == 401:
        return Unreachable("Discord does not accept the bot's token; check DISCORD_TOKEN")
    if error.status == 403 and missing:
        return Gone(f"the bot may not post in that channel: an administrator must allow it {missing} there")
    if error.status in (403, 404) or error.code in CLOSED_FOR_EVER:
        return Gone(f"the channel is closed to the bot or gone (Discord's code {error.code}); check its permissions there")
    if error.status >= 500:
        return Ambiguous(f"Discord failed ({error.status}); the message may have arrived")
    return DeliveryError(f"Discord refuses the message (code {error.code}); please report this")


def _seconds(header: str | None) -> float:
    try:
        return float(header or PATIENCE_AFTER_429)
    except ValueError:
        return PATIENCE_AFTER_429
