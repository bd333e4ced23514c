"""Note when something could not be read last, so that it is forgotten once its file is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, empty for what is there already."""
    when = "When it was seen last, UTC; NULL: before that was noted"
    op.add_column("skipped", sa.Column("noted_at", sa.DateTime(), nullable=True, comment=when))
