"""Reports of errors with the corrections that came of them, and which quotations each message showed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("number", _BIG, primary_key=True),
        sa.Column("circle", sa.Text, nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("quotation", _BIG, nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("paragraph", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("speaker", sa.Text),
        sa.Column("settled_by", sa.Text),
        sa.Column("settled_at", _INSTANT),
    )
    op.create_index("ix_reports_circle_state", "reports", ["circle", "state"])
    op.create_table(
        "postings",
        sa.Column("quotation", _BIG, primary_key=True, autoincrement=False),
        sa.Column("delivery", sa.String(80), sa.ForeignKey("deliveries.key"), primary_key=True),
    )
    op.create_index("ix_postings_delivery", "postings", ["delivery"])
