"""Note when something could not be read last, so that it is forgotten once its file is gone; bring comments in step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
COMMENTS = {
    ("charge", "role_evidence"): "contribution, explicit, name or inferred",
    ("repository_commit", "evidence"): "scan, hook, merge (a hook after git merge), reflog or note",
    ("git_commit", "reverts"): "Object ids that the message says it reverts, and request:NUMBER, JSON",
}
"""What columns came to hold since their comments were written; SQLite keeps no comments."""


def upgrade() -> None:
    """Add the column, empty for what is there already."""
    when = "When it was seen last, UTC; NULL: before that was noted"
    op.add_column("skipped", sa.Column("noted_at", sa.DateTime(), nullable=True, comment=when))
    if op.get_bind().dialect.name == "postgresql":
        for (table, column), words in COMMENTS.items():
            kind = sa.Text() if column == "reverts" else TEXT
            op.alter_column(table, column, existing_type=kind, existing_nullable=False, comment=words)
