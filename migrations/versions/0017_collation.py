"""Lists that later migrations added are compared by their bytes too, as those of the first one are on a server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

ADDED = {
    "contribution": ("sessions",),
    "commit_area": ("areas", "packages"),
    "repository_rules": ("labels",),
    "request": ("earlier",),
}


def upgrade() -> None:
    """A file compares texts by their bytes anyway."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in ADDED.items():
        for column in columns:
            op.alter_column(table, column, type_=postgresql.TEXT(collation="C"), existing_type=sa.Text())
