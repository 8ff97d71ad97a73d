"""Counts kept beside what they count: articles by the month, statements by the speaker."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "coverage_blocks",
        sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outlet", sa.Text, primary_key=True),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False, server_default=sa.func.now()),
    )
    op.execute(
        "INSERT INTO coverage_blocks (block, outlet, articles, read_at) "
        "SELECT day / 32, outlet, sum(articles), max(read_at) FROM coverage GROUP BY day / 32, outlet"
    )
    op.add_column("actors", sa.Column("said", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE actors SET said = (SELECT count(*) FROM quotations WHERE speaker = actors.id AND statement)")
    op.create_index("ix_actors_said", "actors", ["said"])
