"""What is sent by itself: which digests and alerts are owed now, and what each of them says.

The database says what is due. Whoever calls ``tick`` (the scheduler, at most a minute apart) only wakes it; any number
of processes may do so on one database.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.asking.naming import Speaking, side_of
from bot.asking.weighing import sendable
from bot.briefing.alerts import alert_reply, owed_to
from bot.briefing.cadence import next_due
from bot.briefing.choosing import Ask, Page, chosen
from bot.briefing.digests import Circumstances, compose, compose_rest, joined
from bot.briefing.editions import MOST, Edition, edition_of, worded
from bot.briefing.matching import Wish, parties
from bot.briefing.memory import PAST, Memory, Stream, read_all
from bot.briefing.notices import closed_notice, correction_notice, report_notice
from bot.briefing.schedules import from_text
from bot.errors import AttacheError
from bot.model import ActorRef, ArticleHead, Cited, CitedEvent
from bot.ports import Library, Scope
from bot.replies import Reply, saying
from bot.reports import EVERYBODY, ReportBook, circle_of
from bot.standing import (
    ANYBODY,
    Alert,
    Aspect,
    Claim,
    Composed,
    Delivery,
    DueDigest,
    Follow,
    OrderBook,
    Standing,
    Step,
    Taste,
)

LATE = timedelta(minutes=15)
"""A digest made so much later than it was due says so."""
_DUE = 500
_BATCH = 50
_CORRECTIONS = 5
_KEPT = 8
"""Editions kept in memory: digests due together share one."""
_VOICES = 20_000
"""Actors whose voices are kept in memory, by day."""
_NO_TASTE = Taste()


Failing = Callable[[], Awaitable[Sequence[str]]]
"""The names of sources that can't be read now."""


class Service:
    """Owes digests and alerts, and composes them when they are sent.

    ``refresh`` is called when articles arrived, before it is asked who speaks for whom.
    """

    def __init__(
        self,
        book: OrderBook,
        library: Library,
        reports: ReportBook,
        who: Speaking,
        *,
        refresh: Callable[[], Awaitable[None]] | None = None,
        failing: Failing | None = None,
    ) -> None:
        self._book = book
        self._library = library
        self._reports = reports
        self._who = who
        self._failing = failing
        self._editions: OrderedDict[tuple[int, int], Edition] = OrderedDict()
        self._stream = Stream(library, book.arrivals)
        self._making = asyncio.Lock()
        self._refresh = refresh
        self._spoken_for: dict[tuple[str, date], frozenset[str]] = {}
        self._heard_of: set[str] = set()

    async def tick(self, now: datetime) -> int:
        """Owe all that is due; how many digests and alerts were owed. What fails keeps nothing else from being owed, and is
        raised then; the next tick tries again."""
        outcomes = [await self._tried(part, now) for part in (self.owe_digests, self.owe_alerts)]
        for outcome in outcomes:
            if isinstance(outcome, AttacheError):
                raise outcome
        return sum(outcome for outcome in outcomes if isinstance(outcome, int))

    async def _tried(self, part: Callable[[datetime], Awaitable[int]], now: datetime) -> int | AttacheError:
        try:
            return await part(now)
        except AttacheError as problem:
            return problem

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
        ids = await self._book.arrivals(after, upto, quiet=False)
        said, happened = await self._arrived(ids), await self._happened(ids)
        if not (said or happened) or not (followed := await self._book.followed()):
            return []
        active = {cited.quotation.speaker.id for cited in said if cited.quotation.speaker}
        active |= {party for cited in happened for party in parties(cited)}
        await self._acquainted(active)
        voices = {actor: self._voices(actor, now.date()) for actor in followed}
        heard = [a for a in followed if a == ANYBODY.id or self._party(a, now.date()) & active]
        listeners = await self._book.listeners(heard)
        wanted = {party for one in listeners if one.follow.happening for party in one.follow.happening.parties}
        voices |= {party: self._party(party, now.date()) for party in wanted}
        fresh = {since: await self._fresh(since, upto) for since in {one.since for one in listeners if one.since > after}}
        owed = owed_to(said, happened, listeners, voices, fresh)
        known = await self._book.heard([(number, mark) for number, hits in owed.items() for mark in hits.marks])
        return [alert for number, hits in owed.items() if (alert := hits.unless_heard(number, known, now))]

    async def compose(self, claim: Claim) -> Composed | None:
        """What a delivery says; ``None`` where there is nothing to say. The same arrivals give the same message."""
        content = json.loads(claim.content)
        match claim.kind:
            case "notice":
                return Composed(closed_notice(content["channel"], content["reason"]))
            case "note":
                return Composed(saying(content["text"]))
            case "report" | "correction":
                return await self._noticed(claim.kind, content["report"])
            case "alert":
                return await self._alert(claim, content)
            case _:
                return await self._digest(claim, content)

    async def _alert(self, claim: Claim, content: dict[str, Any]) -> Composed | None:
        standing = await self._book.standing(claim.destination)
        library = self._library.seen_in(circle_of(claim.destination))
        held = [await library.quotation(number) for number in content["quotations"]]
        on = claim.due_at.date()
        voices = {f.actor.id: self._voices(f.actor.id, on) for f in standing.follows}
        voices |= {p: self._party(p, on) for f in standing.follows if f.happening for p in f.happening.parties}
        events = await self._stored_events(content.get("events", ()))
        articles = [await self._library.article(id) for id in dict.fromkeys(cited.article.id for cited in events)]
        wording = worded(events, {article.id: article.text for article in articles if article})
        found: list[Cited | CitedEvent] = [*events, *(cited for cited in held if cited)]
        reply = alert_reply(found, wording, standing.follows, voices, claim.key)
        return Composed(reply) if reply else None

    async def _stored_events(self, places: Sequence[tuple[str, int]]) -> list[CitedEvent]:
        """Events by article and number, those that are still read so."""
        wanted = {(article, number) for article, number in places}
        articles = tuple(dict.fromkeys(article for article, _ in wanted))
        held = await self._library.events(Scope(articles=articles), limit=10_000) if wanted else []
        return sorted((c for c in held if (c.article.id, c.number) in wanted), key=lambda c: c.number)

    async def _digest(self, claim: Claim, content: dict[str, Any]) -> Composed | None:
        standing = await self._book.standing(claim.destination)
        given = await self._circumstances(claim, content, standing)
        edition = await self.edition(content["after"], content["upto"])
        edition = edition.corrected(await self._reports.corrections(circle_of(claim.destination)))
        choice = await asyncio.to_thread(chosen, edition, given.ask)
        if content.get("part"):
            return Composed(compose_rest(given, choice), content["under"])
        days = from_text(content["cadence"]).days
        if choice.empty and not (given.corrections or given.failing or _speaks_anyway(given, days)):
            return None
        rest = json.dumps(content | {"part": 2}) if choice.rest != Page() else None
        return Composed(replace(compose(edition, given, choice), role=given.ask.taste.role), rest=rest)

    async def _circumstances(self, claim: Claim, content: dict[str, Any], standing: Standing) -> Circumstances:
        cadence = from_text(content["cadence"])
        before = datetime.fromisoformat(content["since"]) if content["since"] else None
        since = before.astimezone(ZoneInfo(cadence.zone)).date() if before else None
        taste = standing.digest.taste if standing.digest else Taste()
        ask = Ask(
            self._matches(standing.follows, claim.due_at), standing.manner.mutes, taste,
            self._taste_voices(taste, claim.due_at.date()), content["first"], since,
        )  # fmt: skip
        return Circumstances(
            claim.due_at, cadence.zone, ask, content["late"], next_due(cadence, claim.due_at).at,
            failing=tuple(await self._failing()) if self._failing else (),
            corrections=await self._corrected(before, claim.due_at, content["after"]) if before else (), key=claim.key,
        )  # fmt: skip

    async def _corrected(self, after: datetime, upto: datetime, told: int) -> tuple[ArticleHead, ...]:
        held = [await self._library.article(id) for id in (await self._book.revised(after, upto, told))[:_CORRECTIONS]]
        return tuple(ArticleHead(a.id, a.outlet, a.title, a.url, a.published_on, a.published_at) for a in held if a)

    def _taste_voices(self, taste: Taste, on: date) -> dict[str, frozenset[str]]:
        """Who speaks for the actors that a taste names."""
        actors = [one.value for one in (*taste.only, *taste.without) if one.aspect is Aspect.ACTOR]
        return {actor: self._voices(actor, on) for actor in actors}

    async def _noticed(self, kind: str, number: int) -> Composed | None:
        report = await self._reports.find(number, EVERYBODY)
        notice = report_notice if kind == "report" else correction_notice
        reply = await notice(report, self._library) if report else None
        return Composed(reply) if reply else None

    async def edition(self, after: int, upto: int) -> Edition:
        """The edition of these arrivals; those who want the same one wait for each other's."""
        async with self._making:
            if (after, upto) not in self._editions:
                memory = await self._stream.upto(after, upto)
                new = await self._book.arrivals(after, upto, quiet=False)
                self._editions[after, upto] = await edition_of(self._library, memory, new, self._sides)
                while len(self._editions) > _KEPT:
                    self._editions.popitem(last=False)
            return self._editions[after, upto]

    async def preview(
        self, on: date, zone: str, taste: Taste = _NO_TASTE, follows: Sequence[Follow] = ()
    ) -> tuple[Reply, Edition]:
        """What a digest on a day would tell of the articles published on it and the day before, and what its thread would."""
        past: list[str] = []
        new: list[str] = []
        async for article in self._library.articles():
            if article.published_on and article.published_on <= on:
                (new if article.published_on >= on - timedelta(days=1) else past).append(article.id)
        memory = Memory()
        for ids in (past[-PAST:], new[-MOST:]):
            memory.take(await read_all(self._library, ids), await self._library.developments(ids))
        edition = await edition_of(self._library, memory, new[-MOST:], self._sides)
        morning = datetime(on.year, on.month, on.day, 8, tzinfo=ZoneInfo(zone))
        ask = Ask(self._matches(follows, morning), (), taste, self._taste_voices(taste, on))
        given = Circumstances(morning, zone, ask, window="published on that day or the day before")
        choice = chosen(edition, ask)
        shown = compose(edition, given, choice)
        return (joined(shown, compose_rest(given, choice)) if choice.rest != Page() else shown), edition

    def _sides(self, actor: ActorRef, on: date) -> tuple[ActorRef, ...]:
        return side_of(actor, self._who, on)

    async def _arrived(self, ids: Sequence[str]) -> list[Cited]:
        """Statements of known speakers in these articles, in order of arrival."""
        found: list[Cited] = []
        for start in range(0, len(ids), _BATCH):
            scope = Scope(articles=tuple(ids[start : start + _BATCH]))
            found += [c for c in await self._library.quotations([], scope, limit=10_000) if sendable(c) and c.quotation.speaker]
        return sorted(found, key=lambda c: c.number)

    async def _happened(self, ids: Sequence[str]) -> list[CitedEvent]:
        """Events in these articles, in order of arrival."""
        found: list[CitedEvent] = []
        for start in range(0, len(ids), _BATCH):
            scope = Scope(articles=tuple(ids[start : start + _BATCH]))
            found += [c for c in await self._library.events(scope, limit=10_000) if c.event.actors]
        return sorted(found, key=lambda c: c.number)

    async def _fresh(self, since: int, upto: int) -> frozenset[str]:
        """The articles that came after a follow was set: only of these it tells."""
        return frozenset(await self._book.arrivals(since, upto, quiet=False))

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

    def _party(self, actor: str, on: date) -> frozenset[str]:
        """Whose deeds are the actor's: those of who speaks for it; a government's are told as its state's."""
        state = self._who.governs(actor)
        return self._voices(actor, on) | ({state} if state else frozenset())

    def _matches(self, follows: Iterable[Follow], at: datetime) -> tuple[Wish, ...]:
        return tuple(Wish(f.actor, self._voices(f.actor.id, at.date()), f.topic) for f in follows if not f.happening)


def _step(digest: DueDigest, upto: int, now: datetime) -> Step:
    content = {
        "after": digest.told,
        "upto": upto,
        "first": digest.spoke_at is None,
        "since": digest.spoke_at.isoformat() if digest.spoke_at else None,
        "late": now - digest.due_at > LATE,
        "cadence": digest.cadence,
    }
    key = f"digest-{digest.number}-{digest.due_at:%Y%m%d%H%M}"
    delivery = Delivery(key, "digest", json.dumps(content), digest.due_at)
    return Step(digest, delivery, next_due(from_text(digest.cadence), now).at, upto)


def _speaks_anyway(given: Circumstances, days: frozenset[int]) -> bool:
    """A quiet digest is silent, but for the first, a late one, and once a week: silence for longer looks like a failure."""
    return given.ask.first or given.late or given.at.astimezone(ZoneInfo(given.zone)).weekday() == min(days)
