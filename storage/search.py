"""Which rows of a searched table fit: the same conditions for SQLite's FTS5 and PostgreSQL's vectors.

Keys are ordered by day and arrival, so "newest first" is the index read backwards and needs no sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Table, cast, column, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from bot.ports import Scope
from storage.tables import DAY, END, articles, day_of, quotations, quoted


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every group must be met by one of its terms; the terms of ``phrase`` must stand in this order, side by side; one of
    the ``ways``, if there are any, must be met by all of its terms."""

    groups: tuple[tuple[str, ...], ...] = ()
    phrase: tuple[str, ...] = ()
    ways: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups or self.phrase or self.ways)

    @property
    def are_speakers(self) -> bool:
        """Whether nothing is wanted but one of some speakers: an index of their own finds those."""
        return len(self.groups) == 1 and not (self.phrase or self.ways) and all(term.startswith("@") for term in self.groups[0])


def moments(scope: Scope) -> tuple[int, int]:
    """The first moment of the scope and the first after it; an open side takes in what has no date."""
    return day_of(scope.since) << DAY, day_of(scope.until) + 1 << DAY if scope.until else END


def newest(rows: Table, wanted: Wanted, dialect: str, since: int, until: int, ids: Sequence[str], limit: int) -> Select[int]:
    """The keys of fitting rows with ``since <= moment < until``, newest first; ``ids`` keeps to those articles."""
    key: ColumnElement[int] = rows.c.moment
    if dialect != "sqlite" and rows is quotations and wanted.are_speakers:
        found = select(key).where(rows.c.speaker.in_([term[1:] for term in wanted.groups[0]]))
        found = found.where(_within(rows, ids)) if ids else found
    elif wanted and dialect == "sqlite":
        index = table(f"{rows.name}_search", column("rowid"))
        key = index.c.rowid
        found = select(key).where(matching(rows, wanted, dialect))
        if ids:
            found = found.where(key.in_(select(rows.c.moment).where(_within(rows, ids))))
    else:
        found = select(key)
        found = found.where(matching(rows, wanted, dialect)) if wanted else found
        found = found.where(_within(rows, ids)) if ids else found
    if since > 0:
        found = found.where(key >= since)
    if until < END:
        found = found.where(key < until)
    return found.order_by(key.desc()).limit(limit)


def matching(rows: Table, wanted: Wanted, dialect: str) -> ColumnElement[bool]:
    """The condition in the engine's own query language."""
    if dialect == "sqlite":
        return literal_column(f"{rows.name}_search").op("MATCH", is_comparison=True)(_fts5(wanted))
    query: ColumnElement[bool] = rows.c.search.op("@@", is_comparison=True)(cast(_tsquery(wanted), TSQUERY))
    return query


def _within(rows: Table, ids: Sequence[str]) -> ColumnElement[bool]:
    return rows.c.article.in_(select(articles.c.key).where(articles.c.id.in_(ids)))


def _fts5(wanted: Wanted) -> str:
    """https://sqlite.org/fts5.html#full_text_query_syntax; everything is a string, so no word is an operator."""
    parts = ["(" + " OR ".join(_string(term) for term in group) + ")" for group in wanted.groups]
    parts += [_string(" ".join(wanted.phrase))] if wanted.phrase else []
    ways = " OR ".join("(" + " AND ".join(_string(term) for term in way) + ")" for way in wanted.ways)
    return " AND ".join([*parts, *([f"({ways})"] if ways else [])])


def _string(term: str) -> str:
    return '"' + term.replace('"', '""').replace("\x00", "").encode("utf-8", "replace").decode() + '"'


def _tsquery(wanted: Wanted) -> str:
    parts = ["(" + " | ".join(quoted(term) for term in group) + ")" for group in wanted.groups]
    parts += ["(" + " <-> ".join(quoted(term) for term in wanted.phrase) + ")"] if wanted.phrase else []
    ways = " | ".join("(" + " & ".join(quoted(term) for term in way) + ")" for way in wanted.ways)
    return " & ".join([*parts, *([f"({ways})"] if ways else [])])
