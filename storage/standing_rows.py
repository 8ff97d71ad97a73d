"""Standing orders as rows and as JSON, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ActorRef, ActorType, Destination, Platform
from bot.standing import Aspect, DigestOrder, Filter, Follow, Happening, Manner, Mode, Standing, Taste
from storage.briefing_tables import destinations

Row = Mapping[Any, Any]


def destination_columns(destination: Destination) -> dict[str, str]:
    """The columns that name a destination."""
    return {
        "platform": str(destination.platform),
        "workspace": destination.workspace,
        "channel": destination.channel,
        "thread": destination.thread or "",
        "person": destination.person or "",
    }


def destination_of(row: Row) -> Destination:
    """The destination of a row."""
    thread, person = row["thread"] or None, row["person"] or None
    return Destination(Platform(row["platform"]), row["workspace"], row["channel"], thread, person)


async def made_destination(connection: AsyncConnection, destination: Destination) -> Row:
    """The destination's row, locked until the transaction ends; made where there is none."""
    columns = destination_columns(destination)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(destinations).values(columns | {"zone": "UTC", "mutes": "[]"})
    await connection.execute(made.on_conflict_do_nothing(index_elements=list(columns)))
    where = [destinations.c[name] == value for name, value in columns.items()]
    return (await connection.execute(select(destinations).where(*where).with_for_update())).mappings().one()


def follow_row(follow: Follow) -> dict[str, str]:
    """A follow without its destination."""
    actor = follow.actor
    named = {"actor": actor.id, "name": actor.name, "type": str(actor.type)}
    happening = json.dumps(asdict(follow.happening)) if follow.happening else ""
    return named | {"topic": follow.topic or "", "mode": str(follow.mode), "by": follow.by, "happening": happening}


def follow_of(row: Row) -> Follow:
    """The follow of a row."""
    actor = ActorRef(row["actor"], row["name"], ActorType(row["type"]))
    held = json.loads(row["happening"]) if row.get("happening") else None
    happening = Happening(tuple(held["types"]), tuple(held["parties"])) if held else None
    return Follow(actor, row["topic"] or None, Mode(row["mode"]), row["by"], happening)


def digest_row(digest: DigestOrder) -> dict[str, Any]:
    """A digest's order without its destination and progress."""
    taste = json.dumps(asdict(digest.taste))
    return {"cadence": digest.cadence, "next_at": digest.next_at, "paused": digest.paused, "by": digest.by, "taste": taste}


def digest_of(row: Row) -> DigestOrder:
    """The digest's order of a row."""
    return DigestOrder(row["cadence"], row["next_at"], row["by"], row["paused"], _taste(row.get("taste") or "{}"))


def _taste(kept: str) -> Taste:
    held = json.loads(kept)
    sorts = [
        tuple(Filter(Aspect(f["aspect"]), f["value"], f["name"]) for f in held.get(name, ())) for name in ("only", "without")
    ]
    return Taste(sorts[0], sorts[1], held.get("items"), held.get("dates"), held.get("role"))


def manner_row(manner: Manner) -> dict[str, Any]:
    """A manner as columns of its destination."""
    quiet = "-".join(f"{edge:%H:%M}" for edge in manner.quiet) if manner.quiet else None
    return {"snoozed_until": manner.snoozed_until, "quiet": quiet, "zone": manner.zone, "mutes": json.dumps(manner.mutes)}


def manner_of(row: Row) -> Manner:
    """The manner of a destination's row."""
    first, _, last = (row["quiet"] or "").partition("-")
    quiet = (time.fromisoformat(first), time.fromisoformat(last)) if last else None
    return Manner(row["snoozed_until"], quiet, row["zone"], tuple(json.loads(row["mutes"])))


def standing_to_json(standing: Standing) -> str:
    """A standing, as it is kept for undo."""
    digest = digest_row(standing.digest) if standing.digest else None
    held = {"follows": [follow_row(f) for f in standing.follows], "digest": digest, "manner": manner_row(standing.manner)}
    return json.dumps(held, default=datetime.isoformat)


def standing_from_json(text: str) -> Standing:
    """The standing that was kept for undo."""
    held = json.loads(text)
    digest, manner = held["digest"], held["manner"]
    if digest:
        digest["next_at"] = datetime.fromisoformat(digest["next_at"])
    if manner["snoozed_until"]:
        manner["snoozed_until"] = datetime.fromisoformat(manner["snoozed_until"])
    return Standing(tuple(map(follow_of, held["follows"])), digest_of(digest) if digest else None, manner_of(manner))
