"""Keep what clones tell of their sessions' usage, and who told what through the shared refs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

SHARED = {
    "calls_shared": "Of the calls, those that only another clone's sums are known of",
    "shared_nusd": "Of the cost, nano-USD of those calls",
}


def upgrade() -> None:
    """Make the tables and add the columns; until something is shared there are no such calls."""
    op.create_table(
        "usage",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("clone_id", TEXT, autoincrement=False, nullable=False, comment="The clone that told it"),
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Hash over the session's id"),
        sa.Column(
            "sums",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="(words, figures) of each sum, JSON; docs/sharing.md lists them",
        ),
        sa.Column(
            "at", sa.DateTime(), autoincrement=False, nullable=False, comment="When the clone drew the sums up, UTC"
        ),
        sa.PrimaryKeyConstraint("repository_id", "clone_id", "session", name=op.f("pk_usage")),
        comment="What a clone told of a session's usage: sums per change, model and day, no path or name of a host.",
    )
    op.create_table(
        "told",
        sa.Column("fact_id", TEXT, nullable=False, comment="sha256 over the kind and the natural key, as in an entry"),
        sa.Column("origin", TEXT, nullable=False, comment="w/CLONE for a clone, ci for a CI job"),
        sa.PrimaryKeyConstraint("fact_id", "origin", name=op.f("pk_told")),
        comment="Which clone or CI job told which fact through the shared refs; read from them again when it is lost.",
    )
    for name, comment in SHARED.items():
        op.add_column("call_sum", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0", comment=comment))
