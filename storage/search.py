"""Which rows of a searched table fit: the same conditions for SQLite's FTS5 and PostgreSQL's vectors.

Keys are ordered by day and arrival, so "newest first" is the index read backwards and needs no sorting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from bot.ports import Scope
from storage.tables import DAY, END, articles, day_of, quotations, quoted


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every group must be met by one of its terms; the terms of ``phrase`` must stand in this order, side by side; of the
    terms ``among`` there must be at least ``many``."""

    groups: tuple[tuple[str, ...], ...] = ()
    phrase: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    many: int = 0

    def __bool__(self) -> bool:
        return bool(self.groups or self.phrase or self.among)

    @property
    def are_speakers(self) -> bool:
        """Whether nothing is wanted but one of some speakers: an index of their own finds those."""
        return len(self.groups) == 1 and not (self.phrase or self.among) and all(term.startswith("@") for term in self.groups[0])


def moments(scope: Scope) -> tuple[int, int]:
    """The first moment of the scope and the first after it; an open side takes in what has no date."""
    return day_of(scope.since) << DAY, day_of(scope.until) + 1 << DAY if scope.until else END


def newest(
    connection: Connection, rows: Table, wanted: Wanted, since: int, until: int, ids: Sequence[str], limit: int
) -> list[int]:
    """The keys of fitting rows with ``since <= moment < until``, newest first; ``ids`` keeps to those articles."""
    dialect = connection.dialect.name
    by_speaker = rows is quotations and wanted.are_speakers and (dialect != "sqlite" or bool(ids))
    query = _newest(rows, dialect, bool(wanted), by_speaker, bool(ids), since > 0, until < END)
    given: dict[str, Any] = {"since": since, "until": until, "ids": list(ids), "limit": limit}
    if by_speaker:
        given["speakers"] = [term[1:] for term in wanted.groups[0]]
    elif wanted:
        given["sought"] = _fts5(wanted) if dialect == "sqlite" else _tsquery(wanted)
    return list(connection.execute(query, given).scalars().all())


@cache
def _newest(rows: Table, dialect: str, wanted: bool, by_speaker: bool, within: bool, since: bool, until: bool) -> Select[int]:
    """The search of this shape; a statement that is made once is compiled once."""
    key: ColumnElement[int] = rows.c.moment
    through_index = wanted and not by_speaker and dialect == "sqlite"
    if through_index:
        index = table(f"{rows.name}_search", column("rowid"))
        key = index.c.rowid
    found = select(key)
    if by_speaker:
        # of some articles their few rows are gone through, never the many of a speaker: a bare column would invite to that index
        speaker = func.coalesce(rows.c.speaker, "") if within else rows.c.speaker
        found = found.where(speaker.in_(bindparam("speakers", expanding=True)))
    elif wanted:
        found = found.where(_matching(rows, dialect))
    if within and through_index:
        found = found.where(key.in_(select(rows.c.moment).where(_within(rows))))
    elif within:
        found = found.where(_within(rows))
    if since:
        found = found.where(key >= bindparam("since"))
    if until:
        found = found.where(key < bindparam("until"))
    return found.order_by(key.desc()).limit(bindparam("limit"))


def _matching(rows: Table, dialect: str) -> ColumnElement[bool]:
    """The condition in the engine's own query language."""
    sought: BindParameter[str] = bindparam("sought")
    if dialect == "sqlite":
        return literal_column(f"{rows.name}_search").op("MATCH", is_comparison=True)(sought)
    query: ColumnElement[bool] = rows.c.search.op("@@", is_comparison=True)(cast(sought, TSQUERY))
    return query


def _within(rows: Table) -> ColumnElement[bool]:
    return rows.c.article.in_(select(articles.c.key).where(articles.c.id.in_(bindparam("ids", expanding=True))))


def _fts5(wanted: Wanted) -> str:
    """https://sqlite.org/fts5.html#full_text_query_syntax; everything is a string, so no word is an operator."""
    return _written(wanted, _string, " AND ", " OR ", _string(" ".join(wanted.phrase)))


def _tsquery(wanted: Wanted) -> str:
    return _written(wanted, quoted, " & ", " | ", f"({' <-> '.join(map(quoted, wanted.phrase))})")


def _written(wanted: Wanted, term: Callable[[str], str], both: str, either: str, phrase: str) -> str:
    """What is wanted in an engine's language, given how that writes a term, its operators and the phrase."""
    parts = [_at_least(1, list(map(term, group)), both, either) for group in wanted.groups]
    parts += [phrase] if wanted.phrase else []
    parts += [_at_least(wanted.many, list(map(term, wanted.among)), both, either)] if wanted.among else []
    return both.join(parts)


def _at_least(many: int, terms: Sequence[str], both: str, either: str) -> str:
    """A query for so many of the terms: the first one with one less of the rest, or as many of the rest."""
    if many == 1 or many == len(terms):
        return f"({(either if many == 1 else both).join(terms)})"
    first, *rest = terms
    return f"(({first}{both}{_at_least(many - 1, rest, both, either)}){either}{_at_least(many, rest, both, either)})"


def _string(term: str) -> str:
    return '"' + term.replace('"', '""').replace("\x00", "").encode("utf-8", "replace").decode() + '"'
