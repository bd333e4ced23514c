"""Say in the database which rules book a call and who may tell of a commit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

SEEN = "Where a commit was seen: scanned, told by a hook or a reflog, or printed in a session."
COMMENTS = {
    ("repository_commit", "evidence"): "scan, hook, merge (a hook after git merge), reflog, note or session",
    ("charge", "rule"): "The rule that booked it, with (ambiguous) behind it where equal claims were split",
}


def upgrade() -> None:
    """Change the comments; SQLite keeps none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table_comment("repository_commit", SEEN)
    for (table, column), comment in COMMENTS.items():
        op.alter_column(table, column, existing_type=TEXT, existing_nullable=False, comment=comment)
