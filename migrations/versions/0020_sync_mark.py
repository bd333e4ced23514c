"""Keep up to when a forge was asked by those whose facts were pulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; until a mark is pulled, everything is asked for."""
    op.create_table(
        "sync_mark",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("host", TEXT, autoincrement=False, nullable=False, comment="The forge's host"),
        sa.Column(
            "at",
            sa.DateTime(),
            autoincrement=False,
            nullable=False,
            comment="When the newest request was updated that was asked for, UTC",
        ),
        sa.PrimaryKeyConstraint("repository_id", "host", name=op.f("pk_sync_mark")),
        comment="Up to when all that a forge knows is among the facts: who shares them need not ask for it again.",
    )
