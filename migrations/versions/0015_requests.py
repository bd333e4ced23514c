"""Keep of each request which details its newest description left out, so that a shorter list takes nothing back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; what is there told all of its fields."""
    earlier = "Details that the newest description left out, and when each was told last; '' is never; JSON"
    op.add_column("request", sa.Column("earlier", sa.Text(), nullable=False, server_default="[]", comment=earlier))
    if op.get_bind().dialect.name == "postgresql":
        actor = "Who did it: a person's keyed hash, a bot's login"
        seen = "scan, hook, merge (a hook after git merge), reflog, note or session"
        op.alter_column("repository_commit", "evidence", existing_type=TEXT, existing_nullable=False, comment=seen)
        op.alter_column("event", "actor", existing_type=TEXT, existing_nullable=False, comment=actor)
