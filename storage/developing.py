"""Which development each article went to: written once, so that a story keeps its name from day to day and over restarts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.citing import parts
from storage.tables import articles

_HELD = select(articles.c.id, articles.c.development).where(
    articles.c.id.in_(bindparam("ids", expanding=True)), articles.c.development.is_not(None)
)
_WENT = (
    update(articles)
    .where(articles.c.id == bindparam("article"), articles.c.development.is_(None))
    .values(development=bindparam("name"))
)


def developments_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """See ``bot.ports.Library.developments``."""
    found: dict[str, str] = {}
    for some in parts(ids):
        found |= {row.id: row.development for row in connection.execute(_HELD, {"ids": some})}
    return found


async def develop(connection: AsyncConnection, went: Mapping[str, str]) -> None:
    """See ``bot.ports.Library.develop``."""
    await connection.execute(_WENT, [{"article": article, "name": name} for article, name in went.items()])
