"""A desk of our own: notes what it is asked and answers from a script."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.model import Request
from bot.replies import Action, Reply
from tests.contract.samples import said

NOON = datetime(2025, 2, 12, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOON


@dataclass
class NotingDesk:
    """``react`` makes the reply to a request; ``gate``, if there is one, must open first."""

    react: Callable[[Request], Reply] = lambda request: said()
    gate: asyncio.Event | None = None
    requests: list[Request] = field(default_factory=list)
    pressed: list[tuple[Request, Action]] = field(default_factory=list)

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        return await self._reply(request)

    async def press(self, request: Request, action: Action) -> Reply:
        self.pressed.append((request, action))
        return await self._reply(request)

    async def _reply(self, request: Request) -> Reply:
        if self.gate is not None:
            await self.gate.wait()
        return self.react(request)

    def complete(self, command: str, argument: str, prefix: str, limit: int = 25) -> list[str]:
        names = [f"{prefix}{n} of {command} {argument}" for n in range(40)]
        return [*names[:20], "x" * 200, *names]
