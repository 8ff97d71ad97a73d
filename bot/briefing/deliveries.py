"""Sending what is owed: claim, compose, send, settle. At least once is certain, once as far as the platform tells.

Whatever ends a try between claiming and settling leaves a lease that runs out: the message is then looked for on the
platform before it is sent again. Patience that a platform asks for costs no try.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.briefing.peace import quiet_until
from bot.errors import Ambiguous, AttacheError, DeliveryError, Gone, Throttled, Unreachable
from bot.model import Destination, Platform
from bot.ports import Courier, Parcel
from bot.standing import Claim, Composed, Outbox

LEASE = timedelta(minutes=5)
PATIENCE = 60.0
"""Seconds for one send; well within the lease."""
TRIES = 30
"""Failed tries until a delivery is given up: most of a day."""
PACE = {Platform.DISCORD: 40.0, Platform.SLACK: 5.0, Platform.CONSOLE: 1_000.0}
"""Messages a second to one platform."""
SETTLING = 30.0
"""Seconds until a message that may have arrived is looked for: by then it is there or will not be."""
_BATCH = 200
_AT_ONCE = 16
_log = structlog.get_logger()

Compose = Callable[[Claim], Awaitable[Composed | None]]


class Pacer:
    """Lets callers through evenly, ``rate`` a second."""

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._gap = 1.0 / rate
        self._clock = clock
        self._sleep = sleep
        self._free = clock()

    async def turn(self) -> None:
        """Wait for the next free place; places follow each other by the gap."""
        now = self._clock()
        place = max(now, self._free)
        self._free = place + self._gap
        if place > now:
            await self._sleep(place - now)


def pacers(clock: Callable[[], float]) -> dict[Platform, Pacer]:
    """One for each platform, on the event loop's clock."""
    return {platform: Pacer(rate, clock, asyncio.sleep) for platform, rate in PACE.items()}


class Deliveries:
    """Empties an outbox through the couriers of the platforms that this process serves."""

    def __init__(
        self,
        outbox: Outbox,
        compose: Compose,
        couriers: Mapping[Platform, Courier],
        clock: Callable[[], datetime],
        *,
        pacers: Mapping[Platform, Pacer] | None = None,
        chance: random.Random | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._outbox = outbox
        self._compose = compose
        self._couriers = couriers
        self._clock = clock
        self._pacers = pacers or {}
        self._chance = chance or random.Random()
        self._lease = lease

    async def deliver(self) -> int:
        """Send all that is due; how many deliveries were handled. Those of one destination go in order."""
        handled = 0
        while True:
            now = self._clock()
            until = now + self._lease
            claims = await self._outbox.claim(now, until, list(self._couriers), _BATCH)
            if not claims:
                return handled
            places: dict[Destination, list[Claim]] = {}
            for claim in claims:
                places.setdefault(claim.destination, []).append(claim)
            gate = asyncio.Semaphore(_AT_ONCE)
            await asyncio.gather(*(self._in_order(gate, mine, until) for mine in places.values()))
            handled += len(claims)

    async def _in_order(self, gate: asyncio.Semaphore, claims: Sequence[Claim], until: datetime) -> None:
        async with gate:
            for claim in claims:
                if self._clock() + timedelta(seconds=PATIENCE) > until:
                    return  # The lease may end during the send: whoever takes these next looks them up first.
                try:
                    await self._guarded(claim)
                except AttacheError as problem:
                    _log.warning("delivery not settled, will be looked up", key=claim.key, problem=str(problem))

    async def _guarded(self, claim: Claim) -> None:
        """One delivery; a fault of ours in it costs it a try and leaves all others alone."""
        try:
            await self._one(claim)
        except AttacheError:
            raise
        except Exception as fault:
            _log.exception("delivery failed", key=claim.key)
            await self._again(claim, f"fault: {type(fault).__name__}", uncertain=True)

    async def _one(self, claim: Claim) -> None:
        now = self._clock()
        if claim.kind == "alert" and (end := quiet_until(claim.manner, now)):
            await self._outbox.later(claim.key, end, "quiet hours", uncertain=claim.uncertain, counted=False)
            return
        composed = await self._compose(claim)
        if composed is None:
            await self._outbox.skipped(claim.key, "nothing new to say", now)
            return
        await self._send(claim, Parcel(claim.key, claim.destination, composed.reply, composed.under), composed.rest)

    async def _send(self, claim: Claim, parcel: Parcel, rest: str | None) -> None:
        key, courier = claim.key, self._couriers[claim.destination.platform]
        try:
            message = await self._posted(claim, parcel, courier)
        except Throttled as wait:
            at = self._clock() + timedelta(seconds=wait.retry_after * (1 + self._chance.random() / 10))
            await self._outbox.later(key, at, str(wait), uncertain=claim.uncertain, counted=False)
        except Gone as gone:
            _log.warning("destination is gone, nothing more is sent there", key=key, problem=str(gone))
            await self._outbox.gone(key, str(gone), self._clock())
        except Unreachable as problem:
            await self._again(claim, str(problem), uncertain=claim.uncertain)
        except (Ambiguous, TimeoutError) as problem:
            await self._again(claim, str(problem) or "no answer in time", uncertain=True)
        except DeliveryError as problem:
            _log.warning("message refused, given up", key=key, problem=str(problem))
            await self._outbox.dead(key, str(problem), self._clock())
        else:
            await self._outbox.sent(key, message, self._clock(), parcel.reply.quotations, rest)

    async def _posted(self, claim: Claim, parcel: Parcel, courier: Courier) -> str:
        pacer = self._pacers.get(claim.destination.platform)
        if pacer:
            await pacer.turn()
        async with asyncio.timeout(PATIENCE):
            found = await courier.find(parcel) if claim.uncertain else None
            return found or await courier.send(parcel)

    async def _again(self, claim: Claim, reason: str, *, uncertain: bool) -> None:
        if claim.attempts + 1 >= TRIES:
            _log.warning("given up", key=claim.key, tries=TRIES, problem=reason)
            await self._outbox.dead(claim.key, f"given up after {TRIES} tries: {reason}", self._clock())
            return
        shortest = SETTLING if uncertain else 5.0
        seconds = min(3_600.0, shortest * 2**claim.attempts) * (1 + self._chance.random() / 2)
        at = self._clock() + timedelta(seconds=seconds)
        await self._outbox.later(claim.key, at, reason, uncertain=uncertain, counted=True)
