"""Sources that are read by themselves, and what was taken from them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("number", _BIG, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("outlet", sa.Text),
        sa.Column("floor", sa.Integer, nullable=False),
        sa.Column("ceiling", sa.Integer, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("read_at", _INSTANT),
        sa.Column("new_at", _INSTANT),
        sa.Column("usual", sa.Integer),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", _INSTANT),
        sa.Column("cause", sa.Text),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("told", sa.String(16)),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("url", name="uq_sources_url"),
    )
    op.create_index("ix_sources_paused_next_at", "sources", ["paused", "next_at"])
    op.create_table(
        "entries",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("text", sa.String(32)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_entries_seen_at", "entries", ["seen_at"])
    op.create_index("ix_entries_feed_text", "entries", ["feed", "text"])
    op.create_table("quiet", sa.Column("id", sa.Text, primary_key=True))
