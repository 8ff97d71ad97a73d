"""SIGKILL a delivering process at random points, and count what two local platforms saw.

One platform knows nonces for three minutes, as Discord does; the other only keeps the key with the message, as Slack's
metadata does. Both lose replies, answer 429 and 500, and hang. Every round owes some first digests and kills the process
that sends them; at the end one process is left to finish. Each destination must have its message, and none twice.
"""

import asyncio
import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.briefing.deliveries import Deliveries
from bot.briefing.service import Service
from bot.errors import Ambiguous, Throttled, Unreachable
from bot.model import ActorRef, Destination, Platform
from bot.ports import Parcel
from bot.replies import plain
from bot.standing import DigestOrder, Standing
from storage import Storage, open_storage

FASTER = 200
"""Seconds of the process's clock in a second: a lease of five minutes runs out in one and a half seconds."""
EPOCH = datetime(2025, 2, 13, 7, 0, tzinfo=UTC)
NEXT_WEEK = "2 08:00 UTC"
"""A cadence whose next run is due after the longest trial: each destination is owed exactly one message."""
NONCE_KEPT = 180 / FASTER
LOST, REFUSED, THROTTLED, HUNG = 0.05, 0.03, 0.03, 0.01
TOO_LONG = ClientTimeout(total=0.25)
PLATFORMS = (Platform.DISCORD, Platform.SLACK)


class Silent:
    """Nobody speaks for anybody."""

    def voices(self, actor: str, on: date) -> tuple[ActorRef, ...]:
        return ()

    def speaks_for(self, actor: str) -> str | None:
        return None

    def governs(self, actor: str) -> str | None:
        return None


class HttpCourier:
    """A courier to the local platform."""

    def __init__(self, session: ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def send(self, parcel: Parcel) -> str:
        """See ``bot.ports.Courier``."""
        body = {"channel": parcel.destination.channel, "key": parcel.key, "text": plain(parcel.reply)}
        try:
            async with self._session.post(self._address, json=body, timeout=TOO_LONG) as answer:
                if answer.status == 429:
                    raise Throttled(float(answer.headers["Retry-After"]))
                if answer.status >= 500:
                    raise Ambiguous(f"status {answer.status}")
                return str((await answer.json())["id"])
        except (ClientError, TimeoutError) as error:
            raise Ambiguous(f"no answer ({type(error).__name__})") from error

    async def find(self, parcel: Parcel) -> str | None:
        """See ``bot.ports.Courier``."""
        query = {"channel": parcel.destination.channel}
        try:
            async with self._session.get(self._address, params=query, timeout=TOO_LONG) as answer:
                return next((m["id"] for m in await answer.json() if m["key"] == parcel.key), None)
        except (ClientError, TimeoutError) as error:
            raise Unreachable("the platform can't be asked") from error

    async def edit(self, destination: Destination, message: str, reply: object) -> None:
        """Nothing is edited here."""


@dataclass(slots=True)
class LocalPlatform:
    """What a platform saw: visible messages by channel; it misbehaves by its own dice."""

    nonces: bool
    dice: random.Random
    messages: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    seen: dict[str, tuple[float, str]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a message; perhaps refuse it, or take it and lose the answer."""
        body = await request.json()
        chance = self.dice.random()
        if chance < THROTTLED:
            self.answers["429"] += 1
            return web.Response(status=429, headers={"Retry-After": "2"})
        if chance < THROTTLED + REFUSED / 2:
            self.answers["500, not taken"] += 1
            return web.Response(status=500)
        number = self._take(body)
        if chance < THROTTLED + REFUSED:
            self.answers["500, taken"] += 1
            return web.Response(status=500)
        if chance < THROTTLED + REFUSED + LOST and request.transport:
            self.answers["taken, answer lost"] += 1
            request.transport.close()
        if chance > 1 - HUNG:
            self.answers["taken, hung"] += 1
            await asyncio.sleep(0.4)
        return web.json_response({"id": number})

    def _take(self, body: dict[str, str]) -> str:
        now = time.monotonic()
        at, number = self.seen.get(body["key"], (-1e9, ""))
        if self.nonces and now - at < NONCE_KEPT:
            self.answers["repeat, known by its nonce"] += 1
            return number
        here = self.messages.setdefault(body["channel"], [])
        number = f"{body['channel']}-{len(here)}"
        here.append({"id": number, "key": body["key"]})
        self.seen[body["key"]] = (now, number)
        self.answers["taken"] += 1
        return number

    async def history(self, request: web.Request) -> web.Response:
        """The messages of a channel."""
        self.answers["looked up"] += 1
        return web.json_response(self.messages.get(request.query["channel"], []))


def clock_from(start: float) -> Callable[[], datetime]:
    """The fast clock that all processes of a trial share."""
    return lambda: EPOCH + timedelta(seconds=(time.monotonic() - start) * FASTER)


def deliver_for_ever(url: str, address: str, start: float) -> None:
    """The process that is killed: schedules and delivers until it is."""
    asyncio.run(_delivering(url, address, start))


async def _delivering(url: str, address: str, start: float) -> None:
    storage = await open_storage(url)
    clock = clock_from(start)
    service = Service(storage.orders, storage.library, storage.reports, Silent())
    async with ClientSession() as session:
        couriers = {platform: HttpCourier(session, f"{address}/{platform}") for platform in PLATFORMS}
        deliveries = Deliveries(storage.outbox, service.compose, couriers, clock)
        while True:
            await service.tick(clock())
            await deliveries.deliver()
            await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial showed; ``log`` is a JSON line for each kill and for what each platform saw."""

    kills: int
    owed: int
    lost: int
    doubled: int
    given_up: int
    answers: dict[str, Counter[str]]
    log: str


async def trial(folder: Path, kills: int, each: int, seed: int) -> Outcome:
    """Run one trial in an empty folder."""
    url = f"sqlite+aiosqlite:///{folder / 'fault.db'}"
    dice = random.Random(seed)
    platforms = {p: LocalPlatform(p is Platform.DISCORD, random.Random(seed + n)) for n, p in enumerate(PLATFORMS)}
    runner, address = await _listening(platforms)
    storage = await open_storage(url)
    start = time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tools.fault_trial"])

    def born() -> BaseProcess:
        process = context.Process(target=deliver_for_ever, args=(url, address, start), daemon=True)
        process.start()
        return process

    deaths: list[dict[str, object]] = []
    for number in range(kills):
        await _owe(storage, number, each, clock_from(start)())
        process = born()
        await asyncio.sleep(dice.uniform(0.05, 0.35))
        os.kill(process.pid or 0, signal.SIGKILL)
        await asyncio.to_thread(process.join)
        deaths.append({"kill": number, "after": round(time.monotonic() - start, 3), "states": await storage.outbox.states()})
    await _finish(storage, born(), kills * each)
    outcome = await _counted(storage, platforms, deaths, each)
    await storage.close()
    await runner.cleanup()
    return outcome


async def _listening(platforms: dict[Platform, LocalPlatform]) -> tuple[web.AppRunner, str]:
    app = web.Application()
    for name, platform in platforms.items():
        app.router.add_post(f"/{name}", platform.post)
        app.router.add_get(f"/{name}", platform.history)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _owe(storage: Storage, number: int, each: int, at: datetime) -> None:
    """Order digests that are due at once, in channels of their own."""
    digest = DigestOrder(NEXT_WEEK, at, "me")
    for n in range(each):
        channel = f"c{number}-{n}"
        here = Destination(PLATFORMS[n % 2], "w", channel)
        await storage.orders.change(here, "me", at, lambda _: Standing(digest=digest))


async def _finish(storage: Storage, process: BaseProcess, owed: int) -> None:
    """Let the last process work until nothing is open, then end it; at most two minutes."""
    for _ in range(1_200):
        states = await storage.outbox.states()
        if sum(states.values()) >= owed and not states.keys() & {"owed", "sending"}:
            break
        await asyncio.sleep(0.1)
    os.kill(process.pid or 0, signal.SIGKILL)
    await asyncio.to_thread(process.join)


async def _counted(
    storage: Storage, platforms: dict[Platform, LocalPlatform], deaths: list[dict[str, object]], each: int
) -> Outcome:
    channels = [
        platforms[PLATFORMS[n % 2]].messages.get(f"c{number}-{n}", []) for number in range(len(deaths)) for n in range(each)
    ]
    repeated = [Counter(message["key"] for message in channel).most_common(1) for channel in channels]
    lost, doubled = channels.count([]), sum(most[0][1] > 1 for most in repeated if most)
    given_up = (await storage.outbox.states()).get("dead", 0)
    answers = {str(name): platform.answers for name, platform in platforms.items()}
    seen = [{"platform": str(name), "messages": platform.messages} for name, platform in platforms.items()]
    log = "".join(json.dumps(line) + "\n" for line in (*deaths, *seen))
    return Outcome(len(deaths), len(channels), lost, doubled, given_up, answers, log)
