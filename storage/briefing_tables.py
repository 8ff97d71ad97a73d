"""The tables of standing orders and deliveries."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.tables import METADATA, Big, Instant

destinations = Table(
    "destinations",
    METADATA,
    Column("number", Big, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("snoozed_until", Instant),
    Column("quiet", String(11)),
    Column("zone", Text, nullable=False),
    Column("mutes", Text, nullable=False),
    Column("gone", Text),
    Column("alerted_at", Instant),
    UniqueConstraint("platform", "workspace", "channel", "thread", "person", name="uq_destinations_platform"),
)
"""Where messages go, with its manner: ``quiet`` is "22:00-07:00", ``mutes`` a JSON list, ``gone`` why it is closed."""

follows = Table(
    "follows",
    METADATA,
    Column("destination", Big, ForeignKey("destinations.number"), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", String(16), nullable=False),
    Column("mode", String(8), nullable=False),
    Column("by", Text, nullable=False),
    Column("happening", Text, nullable=False, server_default=""),
    Column("since", Big, nullable=False, server_default="0"),
    Index(None, "actor", "mode"),
)
"""``since`` is the last arrival before it was set. ``happening`` is empty for statements, else what kind of event is wanted, as JSON."""

digests = Table(
    "digests",
    METADATA,
    Column("destination", Big, ForeignKey("destinations.number"), primary_key=True, autoincrement=False),
    Column("cadence", Text, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("told", Big, nullable=False),
    Column("spoke_at", Instant),
    Column("taste", Text, nullable=False, server_default="{}"),
    Index(None, "paused", "next_at"),
)
"""``taste`` is what is wanted of it, as JSON; absent keys are as usual."""

undos = Table(
    "undos",
    METADATA,
    Column("destination", Big, ForeignKey("destinations.number"), primary_key=True),
    Column("by", Text, primary_key=True),
    Column("before", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("key", String(80), primary_key=True),
    Column("destination", Big, ForeignKey("destinations.number"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Boolean, nullable=False),
    Column("reason", Text),
    Column("message", Text),
    Column("settled_at", Instant),
    Index(None, "state", "next_at"),
)
"""``state``: owed (from ``next_at`` on), sending (leased until ``next_at``), sent, skipped, dead."""

heard = Table(
    "heard",
    METADATA,
    Column("destination", Big, ForeignKey("destinations.number"), primary_key=True),
    Column("mark", String(32), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
"""What a destination was told at once, so that a wire copy is not told again."""
