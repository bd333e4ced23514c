"""Say in the schema that a reflog tells of commits too; nothing but comments, which SQLite keeps none of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the comments on a server."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table_comment(
        "repository_commit", "Which repository a commit was seen in, by scanning, by a hook's line or in a reflog."
    )
    op.alter_column(
        "repository_commit",
        "evidence",
        existing_type=sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"),
        existing_nullable=False,
        comment="scan, hook or reflog",
    )
