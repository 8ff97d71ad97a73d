"""What is wanted of a digest, and follows of events."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("digests", sa.Column("taste", sa.Text, nullable=False, server_default="{}"))
    op.add_column("follows", sa.Column("happening", sa.Text, nullable=False, server_default=""))
