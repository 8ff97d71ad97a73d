"""Standing orders and deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.bulk_insert(sa.table("counters", sa.column("name"), sa.column("last")), [{"name": "alerted", "last": 0}])
    _destinations()
    _orders()
    _deliveries()


def _destinations() -> None:
    op.create_table(
        "destinations",
        sa.Column("number", BIG, primary_key=True),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("snoozed_until", MOMENT),
        sa.Column("quiet", sa.String(11)),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("mutes", sa.Text, nullable=False),
        sa.Column("gone", sa.Text),
        sa.Column("alerted_at", MOMENT),
        sa.UniqueConstraint("platform", "workspace", "channel", "thread", "person", name="uq_destinations_platform"),
    )


def _orders() -> None:
    op.create_table(
        "follows",
        sa.Column("destination", BIG, sa.ForeignKey("destinations.number"), primary_key=True),
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_index("ix_follows_actor_mode", "follows", ["actor", "mode"])
    op.create_table(
        "digests",
        sa.Column("destination", BIG, sa.ForeignKey("destinations.number"), primary_key=True, autoincrement=False),
        sa.Column("cadence", sa.Text, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("told", BIG, nullable=False),
        sa.Column("spoke_at", MOMENT),
    )
    op.create_index("ix_digests_paused_next_at", "digests", ["paused", "next_at"])
    op.create_table(
        "undos",
        sa.Column("destination", BIG, sa.ForeignKey("destinations.number"), primary_key=True),
        sa.Column("by", sa.Text, primary_key=True),
        sa.Column("before", sa.Text, nullable=False),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("destination", BIG, sa.ForeignKey("destinations.number"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("uncertain", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("settled_at", MOMENT),
    )
    op.create_index("ix_deliveries_destination", "deliveries", ["destination"])
    op.create_index("ix_deliveries_state_next_at", "deliveries", ["state", "next_at"])
    op.create_table(
        "heard",
        sa.Column("destination", BIG, sa.ForeignKey("destinations.number"), primary_key=True),
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_heard_at", "heard", ["at"])
