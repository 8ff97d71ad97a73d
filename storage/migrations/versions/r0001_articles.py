"""Articles, what was read in them, and conversations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERMS = sa.Text().with_variant(TSVECTOR(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _articles()
    _quotations()
    _events()
    _mentions()
    _conversations()
    for table in ("quotations", "events"):
        _searched(table)


def _articles() -> None:
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("last", BIG, nullable=False),
    )
    op.bulk_insert(counters, [{"name": name, "last": 0} for name in ("article", "quotation", "event")])
    op.create_table(
        "actors",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("discovered", sa.Boolean, nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("belongs_to", sa.Text),
    )
    op.create_table(
        "articles",
        sa.Column("key", BIG, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("body_start", sa.Integer, nullable=False),
        sa.Column("body_end", sa.Integer, nullable=False),
        sa.Column("outlet", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("published_on", sa.Date),
        sa.Column("published_at", sa.String(40)),
        sa.Column("reader", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("id", name="uq_articles_id"),
    )
    op.create_index("ix_articles_day_key", "articles", ["day", "key"])
    op.create_table(
        "passages",
        sa.Column("key", BIG, primary_key=True, autoincrement=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "coverage",
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outlet", sa.Text, primary_key=True),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False, server_default=sa.func.now()),
    )


def _quotations() -> None:
    op.create_table(
        "quotations",
        sa.Column("moment", BIG, primary_key=True, autoincrement=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("article", BIG, sa.ForeignKey("articles.key"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("speaker", sa.Text, sa.ForeignKey("actors.id")),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("paragraph", sa.Integer, nullable=False),
        sa.Column("statement", sa.Boolean, nullable=False),
        sa.Column("inferred", sa.Boolean, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("said_on", sa.Date),
        sa.Column("date_basis", sa.String(10), nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
        sa.Column("search", TERMS, nullable=False),
        sa.UniqueConstraint("number", name="uq_quotations_number"),
    )
    op.create_index("ix_quotations_article", "quotations", ["article"])
    op.create_index("ix_quotations_speaker_moment", "quotations", ["speaker", "moment"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("moment", BIG, primary_key=True, autoincrement=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("article", BIG, sa.ForeignKey("articles.key"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("mode", sa.Text),
        sa.Column("paragraph", sa.Integer, nullable=False),
        sa.Column("evidence_start", sa.Integer, nullable=False),
        sa.Column("evidence_end", sa.Integer, nullable=False),
        sa.Column("date", sa.String(10)),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("date_basis", sa.String(10), nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("time_class", sa.String(16), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("parties", sa.Text, nullable=False),
        sa.Column("development", sa.Text),
        sa.Column("search", TERMS, nullable=False),
        sa.UniqueConstraint("number", name="uq_events_number"),
    )
    op.create_index("ix_events_article", "events", ["article"])
    op.create_index("ix_events_development", "events", ["development"])


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("article", BIG, sa.ForeignKey("articles.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("paragraph", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, sa.ForeignKey("actors.id")),
        sa.Column("day", sa.Integer, nullable=False),
    )
    op.create_index("ix_mentions_actor_day_article", "mentions", ["actor", "day", "article"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("platform", sa.String(16), primary_key=True),
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("thread", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("inquiry", sa.Text, nullable=False),
        sa.Column("quotations", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
    )
    op.create_index("ix_conversations_kept_at", "conversations", ["kept_at"])


def _searched(table: str) -> None:
    """The full-text index. On SQLite it holds no text of its own; triggers keep it in step with the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(f"ix_{table}_search", table, ["search"], postgresql_using="gin")
        return
    index = f"{table}_search"
    forget = f"INSERT INTO {index} ({index}, rowid, search) VALUES ('delete', old.moment, old.search)"
    learn = f"INSERT INTO {index} (rowid, search) VALUES (new.moment, new.search)"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5(search, content='{table}', content_rowid='moment', "
        "tokenize=\"ascii tokenchars '@#!|-_'\")"
    )
    op.execute(f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab({index}, row)")
    op.execute(f"CREATE TRIGGER {table}_learn AFTER INSERT ON {table} BEGIN {learn}; END")
    op.execute(f"CREATE TRIGGER {table}_forget AFTER DELETE ON {table} BEGIN {forget}; END")
    op.execute(f"CREATE TRIGGER {table}_relearn AFTER UPDATE OF moment, search ON {table} BEGIN {forget}; {learn}; END")
