"""What it takes to count a call once that two sources tell of: its request's index, its task, and what was left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, empty until they are told, and the index."""
    op.add_column(
        "call",
        sa.Column(
            "task_type",
            TEXT,
            nullable=False,
            server_default="",
            comment="Task type that a tag of the source's says; '' when none does",
        ),
    )
    op.create_index(op.f("ix_call_request_id"), "call", ["request_id"], unique=False)
    op.add_column(
        "call_sum",
        sa.Column(
            "calls_duplicate",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="Rows left out because another source seems to tell of the same call",
        ),
    )
