"""Let the input and output of a call be unknown: some sources tell one of them, or neither."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COMMENTS = {
    "input": "Uncached input tokens; NULL when nobody told what went in",
    "output": "Output tokens, reasoning included; NULL when nobody told",
}


def upgrade() -> None:
    """Take the constraints away. Rows that were kept with 0 stay: what they stand for is seen by their quality."""
    is_server = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("call") as table:
        for name, comment in COMMENTS.items():
            table.alter_column(name, existing_type=sa.BigInteger(), nullable=True)
            if is_server:
                table.alter_column(name, existing_type=sa.BigInteger(), existing_nullable=True, comment=comment)
