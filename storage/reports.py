"""Reports of errors: implements ``bot.reports.ReportBook``."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import UsageError
from bot.model import ActorRef, ActorType, Cited, Destination, Platform
from bot.reports import EVERYBODY, MOST, Report, State, circle_of
from storage.briefing_tables import deliveries, destinations, digests
from storage.database import Database
from storage.revisions import revise
from storage.standing_rows import destination_columns, destination_of, made_destination
from storage.tables import METADATA, Big, Instant, conversations

reports = Table(
    "reports",
    METADATA,
    Column("number", Big, primary_key=True),
    Column("circle", Text, nullable=False),
    Column("platform", String(16), nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("quotation", Big, nullable=False),
    Column("article", Text, nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("speaker", Text),
    Column("settled_by", Text),
    Column("settled_at", Instant),
    Index(None, "circle", "state"),
)
"""``words`` is a JSON list, ``speaker`` one of id, name and type. Settled reports are the corrections."""

postings = Table(
    "postings",
    METADATA,
    Column("quotation", Big, primary_key=True, autoincrement=False),
    Column("delivery", String(80), ForeignKey("deliveries.key"), primary_key=True),
    Index(None, "delivery"),
)
"""Which quotations a message that was sent showed."""

_CORRECTING = (State.SPEAKER, State.WITHDRAWN)


def corrections_in(connection: Connection, circle: str | None) -> list[Report]:
    """The corrections that hold in a circle, its own before everybody's; none for ``None``."""
    if circle is None:
        return []
    query = select(reports).where(reports.c.circle.in_({circle, EVERYBODY}), reports.c.state.in_(_CORRECTING))
    found = connection.execute(query.order_by(reports.c.circle.desc(), reports.c.settled_at.desc()))
    return [_report_of(row) for row in found.mappings()]


class StoredReports:
    """Reports on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def file(self, place: Destination, by: str, at: datetime, cited: Cited, problem: str) -> int:
        """See ``bot.reports.ReportBook``."""
        circle = circle_of(place)
        row = destination_columns(place) | {
            "circle": circle, "by": by, "at": at, "quotation": cited.number, "article": cited.article.id,
            "paragraph": cited.quotation.paragraph, "words": json.dumps(cited.words), "problem": problem, "state": State.OPEN,
        }  # fmt: skip
        async with self._database.writing() as connection:
            mine = (reports.c.circle == circle, reports.c.by == by, reports.c.state == State.OPEN)
            if (await connection.execute(select(func.count()).select_from(reports).where(*mine))).scalar_one() >= MOST:
                raise UsageError(f"You have {MOST} open reports here; the administrators come to them first.")
            number = (await connection.execute(insert(reports).values(row).returning(reports.c.number))).scalar_one()
            for owner in await _administrators(connection, circle, place, but=by):
                await _owe(connection, owner, "report", number, at)
        return int(number)

    async def find(self, number: int, circle: str) -> Report | None:
        """See ``bot.reports.ReportBook``."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_seen(circle).where(reports.c.number == number))).mappings().first()
        return _report_of(row) if row else None

    async def waiting(self, circle: str, limit: int) -> list[Report]:
        """See ``bot.reports.ReportBook``."""
        query = _seen(circle).where(reports.c.state == State.OPEN).order_by(reports.c.number).limit(limit)
        async with self._database.reading() as connection:
            return [_report_of(row) for row in (await connection.execute(query)).mappings()]

    async def corrections(self, circle: str) -> list[Report]:
        """See ``bot.reports.ReportBook``."""
        return await self._database.read(lambda connection: corrections_in(connection, circle))

    async def settle(self, report: Report, by: str, at: datetime) -> None:
        """See ``bot.reports.ReportBook``."""
        speaker = json.dumps([report.speaker.id, report.speaker.name, report.speaker.type]) if report.speaker else None
        values = {"state": report.state, "speaker": speaker, "settled_by": by, "settled_at": at}
        async with self._database.writing() as connection:
            await connection.execute(update(reports).where(reports.c.number == report.number).values(values))
            await revise(connection)
            told = await _told_before(connection, report.number)
            if report.state is not State.OPEN:
                told |= {place} if (place := _person(report.place, report.by)) else set()
            if report.state in _CORRECTING:
                told |= await _shown_in(connection, report.quotation, circle_of(report.place))
            for destination in sorted(told, key=str):
                if destination.person != by:
                    await _owe(connection, destination, "correction", report.number, at)

    async def forget(self, platform: Platform, person: str, workspace: str | None = None) -> int:
        """Remove who a person's reports are by, and their open ones altogether; how many there were."""
        here = [reports.c.platform == platform]
        here += [] if workspace is None else [reports.c.workspace == workspace]
        mine = (*here, reports.c.by == person)
        async with self._database.writing() as connection:
            opened = await connection.execute(delete(reports).where(*mine, reports.c.state == State.OPEN))
            kept = await connection.execute(update(reports).where(*mine).values(by="", problem=""))
            settled = (*here, reports.c.settled_by == person)
            await connection.execute(update(reports).where(*settled).values(settled_by=""))
            await revise(connection)
        return opened.rowcount + kept.rowcount

    async def purge(self, connection: AsyncConnection, platform: Platform, workspace: str) -> None:
        """Remove every report of a workspace that the bot has left."""
        await connection.execute(delete(reports).where(reports.c.platform == platform, reports.c.workspace == workspace))
        await revise(connection)


async def note_posting(connection: AsyncConnection, delivery: str, quotations: Sequence[int]) -> None:
    """Keep which quotations a message showed."""
    rows = [{"quotation": number, "delivery": delivery} for number in dict.fromkeys(quotations)]
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        await connection.execute(dialect.insert(postings).on_conflict_do_nothing(), rows)


def _seen(circle: str) -> Select[Any]:
    query = select(reports)
    return query if circle == EVERYBODY else query.where(reports.c.circle == circle)


async def _administrators(connection: AsyncConnection, circle: str, place: Destination, but: str) -> list[Destination]:
    """Those who set a digest for a channel of the circle: whom it concerns if a quotation is wrong."""
    if circle == EVERYBODY or not place.workspace:
        return []
    here = (destinations.c.platform == place.platform, destinations.c.workspace == place.workspace, destinations.c.person == "")
    query = select(digests.c.by).join(destinations).where(*here, digests.c.by.not_in(["", but])).distinct()
    people = (await connection.execute(query.order_by(digests.c.by).limit(MOST))).scalars()
    return [owner for person in people if (owner := _person(place, person))]


def _person(place: Destination, person: str) -> Destination | None:
    """Where to write to a person; ``None`` where that is not possible."""
    if place.platform is Platform.CONSOLE or not person:
        return None
    return Destination(place.platform, place.workspace if place.platform is Platform.SLACK else "", "", person=person)


async def _told_before(connection: AsyncConnection, report: int) -> set[Destination]:
    """Destinations that were told an earlier outcome; those not told yet never will be."""
    mine = deliveries.c.key.like(f"correction-{report}-%")
    stale = {"state": "skipped", "reason": "settled otherwise before it was sent"}
    await connection.execute(update(deliveries).where(mine, deliveries.c.state == "owed").values(stale))
    query = select(destinations).join(deliveries).where(mine, deliveries.c.state.in_(("sending", "sent")))
    return {destination_of(row) for row in (await connection.execute(query)).mappings()}


async def _shown_in(connection: AsyncConnection, quotation: int, circle: str) -> set[Destination]:
    """Destinations of the circle that a message showed the quotation to, and people whom an answer did."""
    query = select(destinations).join(deliveries, deliveries.c.destination == destinations.c.number)
    query = query.join(postings, postings.c.delivery == deliveries.c.key).where(
        postings.c.quotation == quotation, destinations.c.gone.is_(None)
    )
    posted = [destination_of(row) for row in (await connection.execute(query)).mappings()]
    told = {place for place in posted if circle in (EVERYBODY, circle_of(place))}
    for row in (await connection.execute(select(conversations))).mappings():
        place = Destination(Platform(row["platform"]), row["workspace"], row["channel"], person=row["person"])
        if circle in (EVERYBODY, circle_of(place)) and quotation in json.loads(row["quotations"]):
            told |= {person} if (person := _person(place, row["person"])) else set()
    return told


async def _owe(connection: AsyncConnection, destination: Destination, kind: str, report: int, at: datetime) -> None:
    told = await made_destination(connection, destination)
    key = f"{kind}-{report}-{told['number']}-{at:%Y%m%d%H%M%S%f}"
    row = {
        "key": key, "destination": told["number"], "kind": kind, "content": json.dumps({"report": report}), "state": "owed",
        "due_at": at, "next_at": at, "attempts": 0, "uncertain": False,
    }  # fmt: skip
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    await connection.execute(dialect.insert(deliveries).values(row).on_conflict_do_nothing())


def _report_of(row: Mapping[Any, Any]) -> Report:
    id, name, kind = json.loads(row["speaker"] or "[null, null, null]")
    return Report(
        row["number"], destination_of(row), row["by"], row["at"], row["quotation"], row["article"], row["paragraph"],
        tuple(json.loads(row["words"])), row["problem"], State(row["state"]), ActorRef(id, name, ActorType(kind)) if id else None,
    )  # fmt: skip
