"""Keep what people say with `ledger tag`, and tell of each charge its branch, time and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

TOKENS = {
    "input": "Uncached input tokens of the calls; NULL where one of them does not tell it",
    "cache_read": "Tokens that the calls read from the cache",
    "cache_write_5m": "Tokens that the calls wrote to the 5-minute cache",
    "cache_write_1h": "Tokens that the calls wrote to the 1-hour cache",
    "output": "Output tokens of the calls, reasoning included; NULL where one of them does not tell it",
}
UNTOLD = ("input", "output")
TIMES = {"first_at": "Time of the earliest of the calls, UTC", "last_at": "Time of the latest of the calls, UTC"}


def upgrade() -> None:
    """Make the table and add the columns; charges are derived, and drawn anew by this version of the rules at once."""
    op.create_table(
        "tag",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="What it is about: an object id, request:N or session:ID",
        ),
        sa.Column(
            "name",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="task; of a session also role, and change: what its calls are booked to",
        ),
        sa.Column(
            "text",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="A task type, a role, an object id or request:N",
        ),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "subject", "name", "text", name=op.f("pk_tag")),
        comment="What `ledger tag` said of a commit, request or session: its task type, role or change.",
    )
    branch = "Short name of the branch; '' or NULL when unknown"
    op.add_column("charge", sa.Column("branch", TEXT, nullable=False, server_default="", comment=branch))
    for name, comment in TIMES.items():
        begun = sa.text("'1970-01-01 00:00:00'")
        op.add_column("charge", sa.Column(name, sa.DateTime(), nullable=False, server_default=begun, comment=comment))
    for name, comment in TOKENS.items():
        zero = None if name in UNTOLD else sa.text("0")
        is_null = name in UNTOLD
        column = sa.Column(name, sa.BigInteger(), nullable=is_null, server_default=zero, comment=comment)
        op.add_column("charge", column)
    if op.get_bind().dialect.name == "postgresql":
        author = "Keyed hash of the author's address, or the address; forgotten"
        op.alter_column("git_commit", "author", existing_type=TEXT, existing_nullable=False, comment=author)
        reverts = "Object ids that the message says it reverts, and request:NUMBER, JSON"
        op.alter_column("git_commit", "reverts", existing_type=sa.Text(), existing_nullable=False, comment=reverts)
        seen = "scan, hook, merge (a hook after git merge), reflog, note or session"
        op.alter_column("repository_commit", "evidence", existing_type=TEXT, existing_nullable=False, comment=seen)
        led = "tag, lines, charges or only; mixed: squashed from commits of which only some name models"
        op.alter_column("change", "lead_evidence", existing_type=TEXT, existing_nullable=True, comment=led)
