"""From which arrival on a follow tells."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("follows", sa.Column("since", BIG, nullable=False, server_default="0"))
