"""Keep what notes and messages say of a contribution besides its model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

WORDS = {
    "variant": "How the model was called, e.g. 1m, high, fast; ''",
    "scope": "mixed: it stands in the squash of several commits, and not for each of them; ''",
    "task_type": "Task type that a note says; '' when none does",
}


def upgrade() -> None:
    """Add the columns, empty: earlier versions read no notes, and variants are parts of the model as written."""
    for name, comment in WORDS.items():
        op.add_column("contribution", sa.Column(name, TEXT, nullable=False, server_default="", comment=comment))
    lines = "Lines that a note says are the model's; NULL without one"
    op.add_column("contribution", sa.Column("lines", sa.BigInteger(), nullable=True, comment=lines))
    named = "Sessions of the agent that a note names, JSON"
    op.add_column("contribution", sa.Column("sessions", sa.Text(), nullable=False, server_default="[]", comment=named))
    if op.get_bind().dialect.name == "postgresql":
        _say_on_the_server()


def _say_on_the_server() -> None:
    """Comments that changed; SQLite keeps none."""
    seen = "scan, hook, reflog or note"
    op.alter_column("repository_commit", "evidence", existing_type=TEXT, existing_nullable=False, comment=seen)
    led = "lines, charges or only; mixed: a squash of several commits names models for some only"
    op.alter_column("change", "lead_evidence", existing_type=TEXT, existing_nullable=True, comment=led)
