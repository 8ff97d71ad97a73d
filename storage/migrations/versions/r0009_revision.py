"""The library's revision, for what is remembered of it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.bulk_insert(sa.table("counters", sa.column("name"), sa.column("last")), [{"name": "library", "last": 0}])
