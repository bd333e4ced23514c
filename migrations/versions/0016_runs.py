"""What a run's reports tell besides its conclusion, and whether it was one of the commit at all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

COUNTS = {
    "errors": "Number of tests that broke rather than failed, and of suites or packages that did",
    "skipped": "Number of skipped tests",
    "flaky": "Number of tests that failed and passed when the run tried them again",
    "duration_ms": "How long it took, in milliseconds",
}
WORDS = {
    "evidence": "What the conclusion rests on: outcome, exit-code, api or report; ''",
    "reported": "What its reports of tests say: passed, failed, skipped or unknown; '' without any",
}


def upgrade() -> None:
    """Add the columns; of the runs that are there nobody told these, and they were of their commits."""
    for name, comment in COUNTS.items():
        op.add_column("run", sa.Column(name, sa.BigInteger(), nullable=True, comment=comment))
    for name, comment in WORDS.items():
        op.add_column("run", sa.Column(name, TEXT, nullable=False, server_default="", comment=comment))
    dirty = "The worktree held changes, so that it tells nothing of the commit"
    op.add_column("run", sa.Column("is_dirty", sa.Boolean(), nullable=False, server_default=sa.false(), comment=dirty))
    if op.get_bind().dialect.name == "postgresql":
        seen = "scan, hook, merge (a hook after git merge), reflog, note or session"
        op.alter_column("repository_commit", "evidence", existing_type=TEXT, existing_nullable=False, comment=seen)
