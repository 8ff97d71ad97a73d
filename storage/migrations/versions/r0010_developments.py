"""Which development an article went to; events, which say it of their article, need not."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("articles", sa.Column("development", sa.Text))
    op.drop_index("ix_events_development", "events")
    op.drop_column("events", "development")
