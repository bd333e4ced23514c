"""Keep which session a fork or subagent goes back to: what its log repeats is found when conclusions are drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, empty: files that were read before told no parents."""
    op.create_table(
        "session_parent",
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column(
            "parent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="The session it was forked from or worked for",
        ),
        sa.Column(
            "kind",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="fork, subagent, or apart: a subagent that repeats nothing of the other",
        ),
        sa.PrimaryKeyConstraint("session", "parent", name=op.f("pk_session_parent")),
        comment="Sessions that go back to another one: forks and subagents.",
    )
    op.create_index(op.f("ix_session_parent_parent"), "session_parent", ["parent"])
