"""What is sent by itself: which digests and alerts are owed now, and what each of them says.

The database says what is due. Whoever calls ``tick`` (the scheduler, at most a minute apart) only wakes it; any number
of processes may do so on one database.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.asking.looking_up import shown
from bot.briefing.alerts import alert_reply, owed_to
from bot.briefing.cadence import next_due
from bot.briefing.digests import Circumstances, Wish, compose, is_empty
from bot.briefing.editions import MOST, PAST, Edition, edition_of
from bot.briefing.notices import closed_notice, correction_notice, report_notice
from bot.briefing.schedules import from_text
from bot.errors import AttacheError
from bot.model import ActorRef, Cited
from bot.ports import Library, Scope
from bot.replies import Reply, saying
from bot.reports import EVERYBODY, ReportBook, circle_of
from bot.standing import Alert, Claim, Delivery, DueDigest, Follow, OrderBook, Step

LATE = timedelta(minutes=15)
"""A digest made so much later than it was due says so."""
_DUE = 500
_BATCH = 50
_KEPT = 8
"""Editions kept in memory: digests due together share one."""
_VOICES = 20_000
"""Actors whose voices are kept in memory, by day."""
_log = structlog.get_logger()


class Voices(Protocol):
    """Who speaks for an actor; ``bot.actors.Registry`` knows."""

    def voices(self, actor: str, on: date) -> tuple[ActorRef, ...]: ...


class Service:
    """Owes digests and alerts, and composes them when they are sent.

    ``refresh`` is called when articles arrived, before it is asked who speaks for whom.
    """

    def __init__(
        self,
        book: OrderBook,
        library: Library,
        reports: ReportBook,
        who: Voices,
        *,
        refresh: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._book = book
        self._library = library
        self._reports = reports
        self._who = who
        self._editions: OrderedDict[tuple[int, int], Edition] = OrderedDict()
        self._making = asyncio.Lock()
        self._refresh = refresh
        self._spoken_for: dict[tuple[str, date], frozenset[str]] = {}
        self._heard_of: set[str] = set()

    async def tick(self, now: datetime) -> int:
        """Owe all that is due; how many digests and alerts were owed. A failure is logged once and tried at the next tick."""
        owed = 0
        for part in (self.owe_digests, self.owe_alerts):
            try:
                owed += await part(now)
            except AttacheError as problem:
                _log.warning("not scheduled, will be tried again", problem=str(problem))
        return owed

    async def owe_digests(self, now: datetime) -> int:
        """One message for every digest that is due, however many runs an outage skipped."""
        owed = 0
        while due := await self._book.due(now, _DUE):
            upto = await self._book.newest()
            moved = await self._book.progress([_step(digest, upto, now) for digest in due])
            owed += moved
            if not moved or len(due) < _DUE:
                break
        return owed

    async def owe_alerts(self, now: datetime) -> int:
        """Match what arrived since the last time against what is followed at once."""
        after, upto = await self._book.alerted(), await self._book.newest()
        if upto <= after:
            return 0
        alerts = await self.matched(after, upto, now)
        return len(alerts) if await self._book.alert(alerts, after, upto, now) else 0

    async def matched(self, after: int, upto: int, now: datetime) -> list[Alert]:
        """What these arrivals tell those who want to hear at once, without what they heard before."""
        said = await self._arrived(await self._book.arrivals(after, upto, quiet=False))
        if not said or not (followed := await self._book.followed()):
            return []
        speaking = {cited.quotation.speaker.id for cited in said if cited.quotation.speaker}
        await self._acquainted(speaking)
        voices = {actor: self._voices(actor, now.date()) for actor in followed}
        listeners = await self._book.listeners([actor for actor in followed if voices[actor] & speaking])
        owed = owed_to(said, listeners, voices)
        known = await self._book.heard([(number, mark) for number, hits in owed.items() for mark in hits.by_mark])
        return [alert for number, hits in owed.items() if (alert := hits.unless_heard(number, known, now))]

    async def compose(self, claim: Claim) -> Reply | None:
        """What a delivery says; ``None`` where there is nothing to say. The same arrivals give the same message."""
        content = json.loads(claim.content)
        if claim.kind == "notice":
            return closed_notice(content["channel"], content["reason"])
        if claim.kind == "note":
            return saying(content["text"])
        if claim.kind in ("report", "correction"):
            return await self._noticed(claim.kind, content["report"])
        circle = circle_of(claim.destination)
        standing = await self._book.standing(claim.destination)
        if claim.kind == "alert":
            library = self._library.seen_in(circle)
            held = [await library.quotation(number) for number in content["quotations"]]
            return alert_reply([cited for cited in held if cited], self._matches(standing.follows, claim.due_at))
        cadence = from_text(content["cadence"])
        given = Circumstances(
            claim.due_at, cadence.zone, self._matches(standing.follows, claim.due_at), standing.manner.mutes,
            content["first"], content["late"], next_due(cadence, claim.due_at).at,
        )  # fmt: skip
        edition = await self.edition(content["after"], content["upto"])
        edition = edition.corrected(await self._reports.corrections(circle))
        if is_empty(edition, given) and not _speaks_anyway(given, cadence.days):
            return None
        return compose(edition, given)

    async def _noticed(self, kind: str, number: int) -> Reply | None:
        report = await self._reports.find(number, EVERYBODY)
        notice = report_notice if kind == "report" else correction_notice
        return await notice(report, self._library) if report else None

    async def edition(self, after: int, upto: int) -> Edition:
        """The edition of these arrivals; those who want the same one wait for each other's."""
        async with self._making:
            if (after, upto) not in self._editions:
                new = await self._book.arrivals(after, upto, quiet=False)
                told = set(new)
                past = [id for id in await self._book.arrivals(max(0, after - PAST), upto) if id not in told]
                self._editions[after, upto] = await edition_of(self._library, past, new)
                while len(self._editions) > _KEPT:
                    self._editions.popitem(last=False)
            return self._editions[after, upto]

    async def preview(self, on: date, zone: str) -> tuple[Reply, Edition]:
        """What a digest on a day would tell of the articles published on it and the day before."""
        past: list[str] = []
        new: list[str] = []
        async for article in self._library.articles():
            if article.published_on and article.published_on <= on:
                (new if article.published_on >= on - timedelta(days=1) else past).append(article.id)
        edition = await edition_of(self._library, past[-PAST:], new[-MOST:])
        morning = datetime(on.year, on.month, on.day, 8, tzinfo=ZoneInfo(zone))
        return compose(edition, Circumstances(morning, zone, window="published on that day or the day before")), edition

    async def _arrived(self, ids: Sequence[str]) -> list[Cited]:
        """Statements of known speakers in these articles, in order of arrival."""
        found: list[Cited] = []
        for start in range(0, len(ids), _BATCH):
            scope = Scope(articles=tuple(ids[start : start + _BATCH]))
            found += [c for c in await self._library.quotations([], scope, limit=10_000) if shown(c) and c.quotation.speaker]
        return sorted(found, key=lambda c: c.number)

    async def _acquainted(self, speaking: set[str]) -> None:
        """A speaker who was not heard of before may speak for somebody: then all that is known of voices is asked anew."""
        if not speaking <= self._heard_of:
            self._heard_of |= speaking
            self._spoken_for.clear()
            if self._refresh:
                await self._refresh()

    def _voices(self, actor: str, on: date) -> frozenset[str]:
        if (actor, on) not in self._spoken_for:
            if len(self._spoken_for) >= _VOICES:
                self._spoken_for.clear()
            self._spoken_for[actor, on] = frozenset({actor, *(voice.id for voice in self._who.voices(actor, on))})
        return self._spoken_for[actor, on]

    def _matches(self, follows: Iterable[Follow], at: datetime) -> tuple[Wish, ...]:
        return tuple(Wish(f.actor, self._voices(f.actor.id, at.date()), f.topic) for f in follows)


def _step(digest: DueDigest, upto: int, now: datetime) -> Step:
    content = {
        "after": digest.told,
        "upto": upto,
        "first": digest.spoke_at is None,
        "late": now - digest.due_at > LATE,
        "cadence": digest.cadence,
    }
    key = f"digest-{digest.number}-{digest.due_at:%Y%m%d%H%M}"
    delivery = Delivery(key, "digest", json.dumps(content), digest.due_at)
    return Step(digest, delivery, next_due(from_text(digest.cadence), now).at, upto)


def _speaks_anyway(given: Circumstances, days: frozenset[int]) -> bool:
    """A quiet digest is silent, but for the first, a late one, and once a week: silence for longer looks like a failure."""
    return given.first or given.late or given.at.astimezone(ZoneInfo(given.zone)).weekday() == min(days)
