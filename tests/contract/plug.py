"""What the shared suite needs to know of an adapter: each platform's plug implements this."""

from dataclasses import dataclass, field
from typing import Protocol

from bot.model import Request
from bot.replies import Action, Reply


@dataclass(frozen=True, slots=True)
class Seen:
    """What people on the platform see of a rendered reply, all messages one after the other.

    ``text`` is what is readable: markup resolved as the platform's own client does it (escapes undone).
    ``links`` are addresses that can be clicked, ``mentions`` everything that would ping or point at a person,
    role, group or channel, ``markup`` pieces of source text that the client would show as bold, code and so on.
    ``actions`` are what the buttons and menus do, in order. ``files`` are names of uploads.
    """

    text: str
    links: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    markup: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    files: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())
    """Every breach of a platform limit, in words; empty when the platform would take it."""


class Plug(Protocol):
    """One chat platform under the shared suite."""

    name: str
    ways: tuple[str, ...]
    """Ways in that carry free words, such as ``mention``."""

    def show(self, reply: Reply) -> Seen:
        """Render with the adapter's own renderer, and look at it as the platform would."""

    async def ask(self, way: str, words: str) -> Request:
        """What the desk receives when a person of the platform asks in this way."""
