"""The tables of articles, what was read in them, and conversations. Other parts add theirs to ``METADATA``."""

import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeDecorator

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)
DAY = 24
"""A moment is ``date.toordinal() << DAY | sequence``: ordered by day, then by arrival; day 0 is "not known"."""
END = 1 << 62
"""Later than every moment."""
BLOCK = 32
PASSAGE = 24
"""A passage's key is ``article << PASSAGE | paragraph``."""

Big = BigInteger().with_variant(Integer(), "sqlite")


class Verbatim(TypeDecorator[str]):
    """Text kept to the last code point, NUL and lone surrogates included, which no database's text type does."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else bytes(value).decode("utf-8", "surrogatepass")


class Terms(TypeDecorator[tuple[str, ...]]):
    """Search terms in order, read back in any. SQLite keeps them as words for its index, PostgreSQL as a vector with positions."""

    impl = Text
    cache_ok = True
    _FURTHEST = 16_383
    """PostgreSQL keeps no position beyond this one."""

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...] | None:
        if value is None or dialect.name != "postgresql":
            return None if value is None else tuple(value.split(" "))
        return tuple(term.replace("''", "'").replace("\\\\", "\\") for term in _LEXEME.findall(value))

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return None if value is None else " ".join(value)
        places: dict[str, list[str]] = {}
        for position, term in enumerate(value[: self._FURTHEST], 1):
            places.setdefault(term, []).append(str(position))
        return " ".join(f"{quoted(term)}:{','.join(found[:255])}" for term, found in places.items())


_LEXEME = re.compile(r"'((?:[^']|'')*)'(?::|\s|$)")
"""A term as PostgreSQL writes vectors: https://www.postgresql.org/docs/current/datatype-textsearch.html"""


def quoted(term: str) -> str:
    """A term as PostgreSQL's vectors and queries write it."""
    escaped = term.replace("\x00", "").encode("utf-8", "replace").decode().replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


class Instant(TypeDecorator[datetime]):
    """An aware time; SQLite keeps it as UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value


class Written(TypeDecorator[datetime]):
    """A time as its source gave it: its offset, or that it has none, is kept."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def day_of(day: date | None) -> int:
    """A day as a number; 0 where it is not known."""
    return day.toordinal() if day else 0


counters = Table(
    "counters",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("last", Big, nullable=False),
)
"""The last number given out for articles, quotations and events, and the revision of all of them (``storage.revisions``). Its
rows are the lock of whoever adds articles."""

actors = Table(
    "actors",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", String(16), nullable=False),
    Column("discovered", Boolean, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("belongs_to", Text),
    Column("said", Integer, nullable=False, server_default="0", index=True),
)
"""Whoever the readings name. ``discovered`` ones are not in the catalogue; ``aliases`` is a JSON list; ``said`` counts statements."""

articles = Table(
    "articles",
    METADATA,
    Column("key", Big, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("day", Integer, nullable=False),
    Column("body_start", Integer, nullable=False),
    Column("body_end", Integer, nullable=False),
    Column("outlet", Text),
    Column("title", Text),
    Column("url", Text),
    Column("published_on", Date),
    Column("published_at", Written),
    Column("reader", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("development", Text),
    Column("read_at", Instant, nullable=False, server_default=func.now()),
    Index(None, "day", "key"),
)

passages = Table(
    "passages",
    METADATA,
    Column("key", Big, primary_key=True, autoincrement=False),
    Column("start", Integer, nullable=False),
    Column("text", Verbatim, nullable=False),
)
"""An article's text in pieces: passage n is paragraph n and all up to the next; 0 is what stands before the first."""

coverage = Table(
    "coverage",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("outlet", Text, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("read_at", Instant, nullable=False, server_default=func.now()),
)
"""How many articles there are per day and outlet, so that "nothing found" need not count them."""

coverage_blocks = Table(
    "coverage_blocks",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("outlet", Text, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("read_at", Instant, nullable=False, server_default=func.now()),
)
"""The sums of ``coverage`` by blocks of ``BLOCK`` days: years are added up from a few rows. Block n starts with day n * BLOCK."""

quotations = Table(
    "quotations",
    METADATA,
    Column("moment", Big, primary_key=True, autoincrement=False),
    Column("number", Big, nullable=False, unique=True),
    Column("article", Big, ForeignKey("articles.key"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("speaker", Text, ForeignKey("actors.id")),
    Column("kind", String(8), nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("statement", Boolean, nullable=False),
    Column("inferred", Boolean, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("said_on", Date),
    Column("date_basis", String(10), nullable=False),
    Column("spans", Text, nullable=False),
    Column("search", Terms(), nullable=False),
    Index(None, "speaker", "moment"),
    Index("ix_quotations_search", "search", postgresql_using="gin").ddl_if(dialect="postgresql"),
)

events = Table(
    "events",
    METADATA,
    Column("moment", Big, primary_key=True, autoincrement=False),
    Column("number", Big, nullable=False, unique=True),
    Column("article", Big, ForeignKey("articles.key"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("type", String(40), nullable=False),
    Column("mode", Text),
    Column("paragraph", Integer, nullable=False),
    Column("evidence_start", Integer, nullable=False),
    Column("evidence_end", Integer, nullable=False),
    Column("date", String(10)),
    Column("ends", Integer, nullable=False),
    Column("date_basis", String(10), nullable=False),
    Column("place", Text),
    Column("status", String(16), nullable=False),
    Column("time_class", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("parties", Text, nullable=False),
    Column("search", Terms(), nullable=False),
    Index("ix_events_search", "search", postgresql_using="gin").ddl_if(dialect="postgresql"),
)
"""``ends`` is the last day of ``date``; the moment is ordered by the first. ``parties`` holds ids by role, as JSON."""

mentions = Table(
    "mentions",
    METADATA,
    Column("article", Big, ForeignKey("articles.key"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("actor", Text, ForeignKey("actors.id")),
    Column("day", Integer, nullable=False),
    Index(None, "actor", "day", "article"),
)

conversations = Table(
    "conversations",
    METADATA,
    Column("platform", String(16), primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("inquiry", Text, nullable=False),
    Column("quotations", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("kept_at", Instant, nullable=False, index=True),
)
