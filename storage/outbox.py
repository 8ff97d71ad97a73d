"""Messages owed, from intent to outcome: implements ``bot.standing.Outbox``."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Destination, Platform
from bot.standing import Claim, GivenUp
from storage.briefing_tables import deliveries, destinations, digests
from storage.database import Database
from storage.reports import note_posting
from storage.standing_rows import destination_columns, destination_of, made_destination, manner_of


class StoredOutbox:
    """The outbox on a database; several processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, now: datetime, until: datetime, platforms: Collection[Platform], limit: int) -> list[Claim]:
        """See ``bot.standing.Outbox``."""
        query = (
            select(deliveries, destinations)
            .join(destinations, destinations.c.number == deliveries.c.destination)
            .where(
                deliveries.c.state.in_(("owed", "sending")), deliveries.c.next_at <= now,
                destinations.c.platform.in_([str(platform) for platform in platforms]),
                or_(destinations.c.snoozed_until.is_(None), destinations.c.snoozed_until <= now),
            )
            .order_by(deliveries.c.next_at, deliveries.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True, of=deliveries)
        )  # fmt: skip
        if not await self._anything(now):
            return []
        async with self._database.writing() as connection:
            rows = (await connection.execute(query)).mappings().all()
            await _lease(connection, [row["key"] for row in rows if row["state"] == "owed"], until)
            await _lease(connection, [row["key"] for row in rows if row["state"] == "sending"], until, uncertain=True)
        return [_claim(row, uncertain=row["uncertain"] or row["state"] == "sending") for row in rows]

    async def _anything(self, now: datetime) -> bool:
        """One look that takes no lock: most ticks find nothing."""
        waiting = select(deliveries.c.key).where(deliveries.c.state.in_(("owed", "sending")), deliveries.c.next_at <= now)
        async with self._database.reading() as connection:
            return (await connection.execute(waiting.limit(1))).first() is not None

    async def sent(self, key: str, message: str, at: datetime, quotations: Sequence[int] = (), rest: str | None = None) -> None:
        """See ``bot.standing.Outbox``."""
        async with self._database.writing() as connection:
            mine = deliveries.c.key == key
            await connection.execute(update(deliveries).where(mine).values(state="sent", message=message, settled_at=at))
            await note_posting(connection, key, quotations)
            if rest:
                first = (await connection.execute(select(deliveries).where(mine))).mappings().one()
                await connection.execute(insert(deliveries).values(_following(first, rest, message, at)))

    async def skipped(self, key: str, reason: str, at: datetime) -> None:
        """See ``bot.standing.Outbox``."""
        await self._settle(key, state="skipped", reason=reason, settled_at=at)

    async def later(self, key: str, next_at: datetime, reason: str, *, uncertain: bool, counted: bool) -> None:
        """See ``bot.standing.Outbox``."""
        more = deliveries.c.attempts + int(counted)
        await self._settle(key, state="owed", next_at=next_at, reason=reason, uncertain=uncertain, attempts=more)

    async def dead(self, key: str, reason: str, at: datetime) -> None:
        """See ``bot.standing.Outbox``."""
        await self._settle(key, state="dead", reason=reason, settled_at=at)

    async def gone(self, key: str, reason: str, at: datetime) -> None:
        """See ``bot.standing.Outbox``."""
        async with self._database.writing() as connection:
            which = select(deliveries.c.destination).where(deliveries.c.key == key)
            number = (await connection.execute(which)).scalar_one()
            await self._tell_owner(connection, number, reason, at)
            await connection.execute(update(destinations).where(destinations.c.number == number).values(gone=reason))
            await connection.execute(update(digests).where(digests.c.destination == number).values(paused=True))
            owed = (deliveries.c.destination == number, deliveries.c.state.in_(("owed", "sending")))
            given_up = {"state": "dead", "reason": reason, "settled_at": at}
            await connection.execute(update(deliveries).where(*owed).values(given_up))

    async def _tell_owner(self, connection: AsyncConnection, number: int, reason: str, at: datetime) -> None:
        """Owe a message to whoever set the channel's digest, if it ran."""
        query = select(destinations, digests.c.by).join(digests).where(destinations.c.number == number)
        query = query.where(digests.c.paused.is_(False), digests.c.by != "", destinations.c.person == "")
        row = (await connection.execute(query)).mappings().first()
        if row is None:
            return
        workspace = row["workspace"] if row["platform"] == Platform.SLACK else ""
        owner = Destination(Platform(row["platform"]), workspace, "", person=row["by"])
        told = await made_destination(connection, owner)
        content = json.dumps({"channel": row["channel"], "reason": reason})
        await connection.execute(
            insert(deliveries).values(
                key=f"gone-{number}-{at:%Y%m%d%H%M%S}", destination=told["number"], kind="notice", content=content, state="owed",
                due_at=at, next_at=at, attempts=0, uncertain=False,
            )
        )  # fmt: skip

    async def told(self, destination: Destination, key: str | None) -> Claim | None:
        """See ``bot.standing.Outbox``."""
        here = [destinations.c[name] == value for name, value in destination_columns(destination).items()]
        query = select(deliveries, destinations).join(destinations).where(*here)
        query = query.where(deliveries.c.key == key) if key else query.where(deliveries.c.state == "sent")
        async with self._database.reading() as connection:
            found = await connection.execute(query.order_by(deliveries.c.settled_at.desc()).limit(1))
            row = found.mappings().first()
            return _claim(row, uncertain=False) if row else None

    async def given_up(self, limit: int) -> list[GivenUp]:
        """See ``bot.standing.Outbox``."""
        query = select(deliveries, destinations).join(destinations).where(deliveries.c.state == "dead")
        query = query.order_by(deliveries.c.settled_at.desc(), deliveries.c.key).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [GivenUp(r["key"], r["kind"], destination_of(r), r["reason"] or "", r["settled_at"]) for r in rows]

    async def states(self) -> dict[str, int]:
        """See ``bot.standing.Outbox``."""
        query = select(deliveries.c.state, func.count().label("many")).group_by(deliveries.c.state).order_by(deliveries.c.state)
        async with self._database.reading() as connection:
            return {row.state: row.many for row in await connection.execute(query)}

    async def _settle(self, key: str, **values: Any) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(deliveries).where(deliveries.c.key == key).values(values))


def _claim(row: Mapping[Any, Any], *, uncertain: bool) -> Claim:
    where, manner = destination_of(row), manner_of(row)
    return Claim(row["key"], row["kind"], row["content"], where, manner, row["attempts"], uncertain, row["due_at"])


def _following(first: Mapping[Any, Any], rest: str, message: str, at: datetime) -> dict[str, object]:
    """The delivery that goes on from one that was sent."""
    content = json.dumps(json.loads(rest) | {"under": message})
    kept = {name: first[name] for name in ("destination", "kind", "due_at")}
    new = {"key": f"{first['key']}-2", "content": content, "state": "owed", "next_at": at, "attempts": 0, "uncertain": False}
    return kept | new


async def _lease(connection: AsyncConnection, keys: list[str], until: datetime, *, uncertain: bool | None = None) -> None:
    if keys:
        values: dict[str, object] = {"state": "sending", "next_at": until}
        values |= {"uncertain": True} if uncertain else {}
        await connection.execute(update(deliveries).where(deliveries.c.key.in_(keys)).values(values))
