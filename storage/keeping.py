"""Taking articles out again: what has been kept long enough, and everything that was read in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.citing import parts
from storage.reports import postings, reports
from storage.revisions import revise
from storage.source_tables import quiet
from storage.tables import (
    BLOCK,
    PASSAGE,
    actors,
    articles,
    coverage,
    coverage_blocks,
    events,
    mentions,
    passages,
    quotations,
)


def outlived(connection: Connection, before: datetime | None, characters: int | None, spare: datetime, limit: int) -> list[str]:
    """See ``StoredLibrary.outlived``."""
    newest_first = (articles.c.read_at.desc(), articles.c.key.desc())
    total = func.sum(articles.c.body_end).over(order_by=newest_first)
    held = select(articles.c.id, articles.c.key, articles.c.read_at, total.label("total")).subquery()
    reasons = [held.c.read_at < before] if before else []
    reasons += [held.c.total > characters] if characters is not None else []
    if not reasons:
        return []
    query = select(held.c.id).where(or_(*reasons), held.c.read_at < spare).order_by(held.c.read_at, held.c.key).limit(limit)
    return list(connection.execute(query).scalars())


async def remove(connection: AsyncConnection, ids: Sequence[str]) -> int:
    """Remove these articles and all that was read in them; how many there were.

    Reports stay, they hold the words themselves, and with them what shows whom a correction concerns. Numbers are not given again.
    """
    removed = 0
    for some in parts(sorted(set(ids))):
        found = (await connection.execute(select(articles.c.key).where(articles.c.id.in_(some)))).scalars().all()
        if found:
            await _uncount(connection, found)
            await _clear(connection, found)
            await connection.execute(delete(quiet).where(quiet.c.id.in_(some)))
            await revise(connection)
        removed += len(found)
    return removed


async def _uncount(connection: AsyncConnection, keys: Sequence[int]) -> None:
    """Take the articles out of what is counted beforehand."""
    outlet = func.coalesce(articles.c.outlet, "")
    days = select(articles.c.day, outlet.label("outlet"), func.count().label("by")).where(articles.c.key.in_(keys))
    for day, name, by in (await connection.execute(days.group_by(articles.c.day, outlet))).all():
        for table, period in ((coverage, coverage.c.day == day), (coverage_blocks, coverage_blocks.c.block == day // BLOCK)):
            here = (period, table.c.outlet == name)
            await connection.execute(update(table).where(*here).values(articles=table.c.articles - by))
            await connection.execute(delete(table).where(*here, table.c.articles <= 0))
    said = _statements(keys)
    for speaker, by in (await connection.execute(said)).all():
        await connection.execute(update(actors).where(actors.c.id == speaker).values(said=actors.c.said - by))


def _statements(keys: Sequence[int]) -> Select[Any]:
    mine = (quotations.c.article.in_(keys), quotations.c.statement, quotations.c.speaker.is_not(None))
    return select(quotations.c.speaker, func.count()).where(*mine).group_by(quotations.c.speaker).order_by(quotations.c.speaker)


async def _clear(connection: AsyncConnection, keys: Sequence[int]) -> None:
    numbers = select(quotations.c.number).where(quotations.c.article.in_(keys))
    shown = postings.c.quotation.in_(numbers) & postings.c.quotation.not_in(select(reports.c.quotation))
    await connection.execute(delete(postings).where(shown))
    for rows in (quotations, events, mentions):
        await connection.execute(delete(rows).where(rows.c.article.in_(keys)))
    for key in keys:
        await connection.execute(delete(passages).where(passages.c.key.between(key << PASSAGE, (key + 1 << PASSAGE) - 1)))
    await connection.execute(delete(articles).where(articles.c.key.in_(keys)))
