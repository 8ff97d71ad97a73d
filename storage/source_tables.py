"""The tables of sources and of what was taken from them."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from storage.tables import METADATA, Big, Instant

sources = Table(
    "sources",
    METADATA,
    Column("number", Big, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("outlet", Text),
    Column("floor", Integer, nullable=False),
    Column("ceiling", Integer, nullable=False),
    Column("every", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("read_at", Instant),
    Column("new_at", Instant),
    Column("usual", Integer),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant),
    Column("cause", Text),
    Column("paused", Boolean, nullable=False),
    Column("told", String(16)),
    Column("by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Index(None, "paused", "next_at"),
)
"""What is read by itself. Spans are seconds; ``ready`` once its first run is over; ``told`` the trouble that administrators were
told of; ``by`` is the JSON of the place and person it was added from, "" for the command line."""

entries = Table(
    "entries",
    METADATA,
    Column("feed", Text, primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("mark", String(32), nullable=False),
    Column("text", String(32)),
    Column("tries", Integer, nullable=False),
    Column("tried_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False, index=True),
    Index(None, "feed", "text"),
)
"""Entries of feeds that were taken in: ``text`` marks the article's text, none where it was not to be had.
``tries`` counts the visits in a row, until ``tried_at``, that brought nothing new."""

quiet = Table("quiet", METADATA, Column("id", Text, primary_key=True))
"""Ids of articles that nobody is told of: they came with the first run of a source."""
