"""Standing orders: implements ``bot.standing.OrderBook``."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Destination, Platform
from bot.standing import Alert, DigestOrder, DueDigest, Listener, Standing, Step
from storage.briefing_tables import deliveries, destinations, digests, follows, heard, undos
from storage.database import Database
from storage.reports import postings
from storage.source_tables import quiet as quietened
from storage.standing_rows import (
    destination_columns,
    destination_of,
    digest_of,
    digest_row,
    follow_of,
    follow_row,
    made_destination,
    manner_of,
    manner_row,
    standing_from_json,
    standing_to_json,
)
from storage.tables import articles, counters

_MANY = 400
"""Keys in one statement: well under every engine's limit of parameters."""
_APART = timedelta(minutes=5)
"""Alerts to one destination are at least so far apart; what comes between is gathered into the next."""
_REMEMBERED = timedelta(days=14)
"""How long a wire copy of something heard is recognised."""
_FIRST = timedelta(days=1)
"""How far back a first digest looks."""


class StoredOrders:
    """Standing orders on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = sqlite if database.dialect == "sqlite" else postgresql

    async def standing(self, destination: Destination) -> Standing:
        """See ``bot.standing.OrderBook``."""
        async with self._database.reading(snapshot=True) as connection:
            row = await _found(connection, destination)
            return await _standing(connection, row) if row else Standing()

    async def change(self, destination: Destination, by: str, at: datetime, change: Callable[[Standing], Standing]) -> Standing:
        """See ``bot.standing.OrderBook``."""
        async with self._database.writing() as connection:
            row = await made_destination(connection, destination)
            before = await _standing(connection, row)
            after = change(before)
            if after != before:
                await self._replace(connection, row["number"], before, after, at)
                await self._keep_undo(connection, row["number"], by, before)
        return after

    async def undo(self, destination: Destination, by: str) -> Standing | None:
        """See ``bot.standing.OrderBook``."""
        async with self._database.writing() as connection:
            row = await _found(connection, destination)
            if row is None:
                return None
            mine = (undos.c.destination == row["number"], undos.c.by == by)
            kept = (await connection.execute(select(undos.c.before).where(*mine))).scalar()
            if kept is None:
                return None
            before = standing_from_json(kept)
            await self._replace(connection, row["number"], await _standing(connection, row), before, None)
            await connection.execute(delete(undos).where(*mine))
        return before

    async def follows_in(self, platform: Platform, workspace: str) -> int:
        """See ``bot.standing.OrderBook``."""
        query = select(func.count()).select_from(follows.join(destinations))
        async with self._database.reading() as connection:
            found = await connection.execute(
                query.where(destinations.c.platform == platform, destinations.c.workspace == workspace)
            )
            return int(found.scalar_one())

    async def digests_in(self, platform: Platform, workspace: str) -> list[tuple[Destination, DigestOrder]]:
        """See ``bot.standing.OrderBook``."""
        here = (destinations.c.platform == platform, destinations.c.workspace == workspace)
        query = select(destinations, digests).join_from(digests, destinations).where(*here)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(destinations.c.channel, destinations.c.number))).mappings()
            return [(destination_of(row), digest_of(row)) for row in rows]

    async def due(self, now: datetime, limit: int) -> list[DueDigest]:
        """See ``bot.standing.OrderBook``."""
        query = (
            select(digests, destinations)
            .join(destinations)
            .where(digests.c.paused.is_(False), digests.c.next_at <= now, destinations.c.gone.is_(None))
            .order_by(digests.c.next_at, digests.c.destination)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [_due_of(row) for row in (await connection.execute(query)).mappings()]

    async def progress(self, steps: Sequence[Step]) -> int:
        """See ``bot.standing.OrderBook``."""
        moved = 0
        async with self._database.writing() as connection:
            for step in steps:
                moved += await self._step(connection, step)
        return moved

    async def _step(self, connection: AsyncConnection, step: Step) -> int:
        """Move on and owe the message. A run that was owed before (its order was put back) moves on alone: what arrived
        since then stays for the next one."""
        digest = step.digest
        made = self._dialect.insert(deliveries).values(
            key=step.delivery.key, destination=digest.number, kind=step.delivery.kind, content=step.delivery.content,
            state="owed", due_at=step.delivery.due_at, next_at=step.delivery.due_at, attempts=0, uncertain=False,
        )  # fmt: skip
        where = (
            digests.c.destination == digest.number, digests.c.next_at == digest.due_at, digests.c.told == digest.told,
            digests.c.paused.is_(False),
        )  # fmt: skip
        if not (await connection.execute(update(digests).where(*where).values(next_at=step.next_at))).rowcount:
            return 0
        owed = await connection.execute(made.on_conflict_do_nothing(index_elements=["key"]))
        if owed.rowcount:
            told = {"told": step.told, "spoke_at": step.delivery.due_at}
            await connection.execute(update(digests).where(digests.c.destination == digest.number).values(told))
        return 1

    async def newest(self) -> int:
        """See ``bot.standing.OrderBook``."""
        return await self._counter("article")

    async def revised(self, after: datetime, upto: datetime, told: int) -> list[str]:
        """See ``bot.standing.OrderBook``."""
        query = select(articles.c.id).where(articles.c.revision > 1, articles.c.key <= told)
        query = query.where(articles.c.read_at > after, articles.c.read_at <= upto, articles.c.id.not_in(select(quietened.c.id)))
        query = query.order_by(articles.c.read_at, articles.c.key)
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def alerted(self) -> int:
        """See ``bot.standing.OrderBook``."""
        return await self._counter("alerted")

    async def _counter(self, name: str) -> int:
        async with self._database.reading() as connection:
            found = await connection.execute(select(counters.c.last).where(counters.c.name == name))
            return int(found.scalar_one())

    async def arrivals(self, after: int, upto: int, *, quiet: bool = True) -> list[str]:
        """See ``bot.standing.OrderBook``."""
        query = select(articles.c.id).where(articles.c.key > after, articles.c.key <= upto).order_by(articles.c.key)
        query = query if quiet else query.where(articles.c.id.not_in(select(quietened.c.id)))
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def followed(self) -> list[str]:
        """See ``bot.standing.OrderBook``. Jumps from actor to actor in the index: the follows are many, the actors few."""
        found = select(func.min(follows.c.actor).label("actor")).cte("found", recursive=True)
        following = select(func.min(follows.c.actor)).where(follows.c.actor > found.c.actor).scalar_subquery()
        found = found.union_all(select(following).where(found.c.actor.is_not(None)))
        async with self._database.reading() as connection:
            return list((await connection.execute(select(found.c.actor).where(found.c.actor.is_not(None)))).scalars())

    async def listeners(self, actors: Collection[str]) -> list[Listener]:
        """See ``bot.standing.OrderBook``."""
        found: list[Listener] = []
        wanted = sorted(actors)
        async with self._database.reading() as connection:
            for start in range(0, len(wanted), _MANY):
                some = follows.c.actor.in_(wanted[start : start + _MANY])
                query = select(follows, destinations).join(destinations)
                query = query.where(some, follows.c.mode == "at once", destinations.c.gone.is_(None))
                rows = (await connection.execute(query)).mappings()
                found += [Listener(row["number"], follow_of(row), manner_of(row), row["since"]) for row in rows]
        return found

    async def heard(self, marks: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
        """See ``bot.standing.OrderBook``."""
        asked, known = sorted(marks), set[tuple[int, str]]()
        async with self._database.reading() as connection:
            for start in range(0, len(asked), _MANY):
                some = tuple_(heard.c.destination, heard.c.mark).in_(asked[start : start + _MANY])
                rows = await connection.execute(select(heard.c.destination, heard.c.mark).where(some))
                known |= {(number, mark) for number, mark in rows}
        return known

    async def alert(self, alerts: Sequence[Alert], after: int, upto: int, now: datetime) -> bool:
        """See ``bot.standing.OrderBook``."""
        async with self._database.writing() as connection:
            mine = (counters.c.name == "alerted", counters.c.last == after)
            if not (await connection.execute(update(counters).where(*mine).values(last=upto))).rowcount:
                return False
            await connection.execute(delete(heard).where(heard.c.at < now - _REMEMBERED))
            for alert in alerts:
                await self._owe(connection, alert, upto)
                told = [{"destination": alert.number, "mark": mark, "at": now} for mark in dict.fromkeys(alert.marks)]
                await connection.execute(self._dialect.insert(heard).on_conflict_do_nothing(), told)
        return True

    async def _owe(self, connection: AsyncConnection, alert: Alert, upto: int) -> None:
        """Gather into the alert that waits, or owe one of its own, not sooner than the last allows."""
        waiting = select(deliveries.c.key, deliveries.c.content).where(
            deliveries.c.destination == alert.number, deliveries.c.kind == "alert", deliveries.c.state == "owed",
            deliveries.c.attempts == 0, deliveries.c.uncertain.is_(False),
        )  # fmt: skip
        row = (await connection.execute(waiting.with_for_update(skip_locked=True))).first()
        if row:
            content = json.loads(row.content)
            content["quotations"] += alert.quotations
            content["events"] = [*content.get("events", ()), *alert.events]
            await connection.execute(update(deliveries).where(deliveries.c.key == row.key).values(content=json.dumps(content)))
            return
        here = destinations.c.number == alert.number
        last = (await connection.execute(select(destinations.c.alerted_at).where(here))).scalar()
        at = max(alert.due_at, last + _APART) if last else alert.due_at
        await connection.execute(update(destinations).where(here).values(alerted_at=at))
        await connection.execute(
            insert(deliveries).values(
                key=f"alert-{alert.number}-{upto}", destination=alert.number, kind="alert",
                content=json.dumps({"quotations": alert.quotations, "events": alert.events}), state="owed", due_at=alert.due_at, next_at=at,
                attempts=0, uncertain=False,
            )
        )  # fmt: skip

    async def forget(self, platform: Platform, person: str, workspace: str | None = None) -> int:
        """Remove the orders of a person's own messages, and their name from what they set in channels; how many orders.

        A terminal is its person's own.
        """
        within = _within(platform, workspace)
        async with self._database.writing() as connection:
            whose = within if platform is Platform.CONSOLE else within & (destinations.c.person == person)
            removed = await _remove(connection, whose)
            here = select(destinations.c.number).where(within).scalar_subquery()
            for rows in (follows, digests):
                await connection.execute(update(rows).where(rows.c.by == person, rows.c.destination.in_(here)).values(by=""))
            await connection.execute(delete(undos).where(undos.c.by == person, undos.c.destination.in_(here)))
        return removed

    async def purge(self, connection: AsyncConnection, platform: Platform, workspace: str) -> None:
        """Remove all of a workspace that the bot has left."""
        await _remove(connection, (destinations.c.platform == platform) & (destinations.c.workspace == workspace))

    async def workspaces(self, platform: Platform) -> list[str]:
        """Workspaces of a platform that have orders, in order."""
        held = select(destinations.c.workspace).where(destinations.c.platform == platform, destinations.c.workspace != "")
        async with self._database.reading() as connection:
            return list((await connection.execute(held.distinct().order_by(destinations.c.workspace))).scalars())

    async def _replace(
        self, connection: AsyncConnection, number: int, before: Standing, after: Standing, at: datetime | None
    ) -> None:
        manner = manner_row(after.manner) | {"gone": None}
        await connection.execute(update(destinations).where(destinations.c.number == number).values(manner))
        if after.follows != before.follows:
            await self._put_follows(connection, number, after)
        if after.digest != before.digest:
            await self._put_digest(connection, number, after, at)

    async def _put_follows(self, connection: AsyncConnection, number: int, after: Standing) -> None:
        """A follow that was there goes on from where it was set; a new one from now."""
        here = follows.c.destination == number
        held = await connection.execute(select(follows.c.actor, follows.c.topic, follows.c.since).where(here))
        since = {(row.actor, row.topic): row.since for row in held}
        newest = (await connection.execute(select(counters.c.last).where(counters.c.name == "article"))).scalar_one()
        await connection.execute(delete(follows).where(here))
        rows = [
            follow_row(f) | {"destination": number, "since": since.get((f.actor.id, f.topic or ""), newest)}
            for f in after.follows
        ]
        if rows:
            await connection.execute(insert(follows), rows)

    async def _put_digest(self, connection: AsyncConnection, number: int, after: Standing, at: datetime | None) -> None:
        if after.digest is None:
            await connection.execute(delete(digests).where(digests.c.destination == number))
            return
        values = digest_row(after.digest)
        moved = await connection.execute(update(digests).where(digests.c.destination == number).values(values))
        if not moved.rowcount:
            told = select(func.coalesce(func.max(articles.c.key), 0))
            told = told.where(articles.c.read_at < at - _FIRST) if at else told
            start = (await connection.execute(told)).scalar_one()
            await connection.execute(insert(digests).values(values | {"destination": number, "told": start}))

    async def _keep_undo(self, connection: AsyncConnection, number: int, by: str, before: Standing) -> None:
        """Keep what was, in place of what this person changed before, here or elsewhere on the platform."""
        place = select(destinations.c.platform, destinations.c.workspace).where(destinations.c.number == number)
        platform, workspace = (await connection.execute(place)).one()
        within = _within(platform, workspace if platform == Platform.SLACK else None)
        anywhere = select(destinations.c.number).where(within)
        await connection.execute(delete(undos).where(undos.c.by == by, undos.c.destination.in_(anywhere)))
        await connection.execute(insert(undos).values(before=standing_to_json(before), destination=number, by=by))


def _within(platform: str, workspace: str | None) -> ColumnElement[bool]:
    """Destinations of a platform, or of one workspace: on Slack ids of people are unique in theirs only."""
    within = destinations.c.platform == platform
    return within if workspace is None else within & (destinations.c.workspace == workspace)


async def _found(connection: AsyncConnection, destination: Destination) -> Mapping[Any, Any] | None:
    where = [destinations.c[name] == value for name, value in destination_columns(destination).items()]
    return (await connection.execute(select(destinations).where(*where))).mappings().first()


async def _standing(connection: AsyncConnection, row: Mapping[Any, Any]) -> Standing:
    number = row["number"]
    query = select(follows).where(follows.c.destination == number).order_by(follows.c.name, follows.c.topic)
    wanted = (await connection.execute(query)).mappings().all()
    digest = (await connection.execute(select(digests).where(digests.c.destination == number))).mappings().first()
    return Standing(tuple(map(follow_of, wanted)), digest_of(digest) if digest else None, manner_of(row))


async def _remove(connection: AsyncConnection, whose: ColumnElement[bool]) -> int:
    """Remove destinations with all that hangs on them; how many follows and digests there were."""
    numbers = select(destinations.c.number).where(whose).scalar_subquery()
    removed = 0
    sent = select(deliveries.c.key).where(deliveries.c.destination.in_(numbers))
    await connection.execute(delete(postings).where(postings.c.delivery.in_(sent)))
    for rows in (follows, digests, undos, heard, deliveries):
        gone = (await connection.execute(delete(rows).where(rows.c.destination.in_(numbers)))).rowcount
        removed += gone if rows in (follows, digests) else 0
    await connection.execute(delete(destinations).where(whose))
    return removed


def _due_of(row: Mapping[Any, Any]) -> DueDigest:
    return DueDigest(row["number"], destination_of(row), row["cadence"], row["next_at"], row["told"], row["spoke_at"])
