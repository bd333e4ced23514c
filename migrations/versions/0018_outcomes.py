"""Tell two people's events of one moment apart, keep which forge settings name, and how changes stood before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

REPORTED = (
    *("basis", "lead_model", "task_type", "repository_id", "state", "decided_at", "stale_at", "abandoned_at"),
    *("opened_at", "has_model", "cost_known", "nusd", "cost_sq", "is_forge_known", "is_verified", "durable_at"),
    *("reverted_at", "first_pass", "attempts", "type_source", "calls", "lead_agent", "reverted_after", "is_draft"),
)


def upgrade() -> None:
    """Rows stay what they are: a longer key holds for all of them, and what nobody told is ''."""
    with op.batch_alter_table("event") as event:
        event.drop_constraint("pk_event", type_="primary")
        event.create_primary_key("pk_event", ["repository_id", "subject", "kind", "at", "actor"])
    named = "The branch that was named in place of a number; '' for the one checked out"
    op.add_column("session_review", sa.Column("branch", TEXT, nullable=False, server_default="", comment=named))
    op.create_table(
        "forge_rule",
        sa.Column("repository_id", TEXT, nullable=False, comment="The repository"),
        sa.Column("clone_id", TEXT, nullable=False, comment="The clone whose settings say so"),
        sa.Column("forge", TEXT, nullable=False, comment="github, gitlab … or none; '' when taken back"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="Since when they say so, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "clone_id", name=op.f("pk_forge_rule")),
        comment="Which forge a repository is on, as each clone's settings say; the latest word holds.",
    )
    _create_before()
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        _say_anew()


def _say_anew() -> None:
    """What the words of some columns leave out by now."""
    number = "The request; NULL: that of a branch"
    op.alter_column(
        "session_review", "request_number", existing_type=sa.BigInteger(), existing_nullable=True, comment=number
    )
    seen = "scan, hook, merge (a hook after git merge), reflog, note, session or forge"
    op.alter_column("repository_commit", "evidence", existing_type=TEXT, existing_nullable=False, comment=seen)
    op.create_table_comment(
        "repository_commit", "Where a commit was seen: scanned, told by hook, reflog or forge, or printed in a session."
    )


def _create_before() -> None:
    after = "Whole days from landing to that revert"
    op.add_column("change", sa.Column("reverted_after", sa.BigInteger(), nullable=True, comment=after))
    op.create_table(
        "change_before",
        sa.Column("change_id", TEXT, nullable=False, comment="The change; '' when none"),
        sa.Column("until_at", sa.DateTime(), nullable=False, comment="It stood so until then, UTC"),
        sa.Column("since_at", sa.DateTime(), nullable=False, comment="It stood so from then on, UTC"),
        sa.Column("state", TEXT, nullable=False, comment="landed, closed or undecided"),
        sa.Column("decided_at", sa.DateTime(), nullable=True, comment="When it had landed or been closed, UTC"),
        sa.Column(
            "abandoned_at",
            sa.DateTime(),
            nullable=True,
            comment="From then on it was abandoned, UTC; NULL where git cannot know",
        ),
        sa.Column("reverted_at", sa.DateTime(), nullable=True, comment="When the revert that stood had landed, UTC"),
        sa.Column("reverted_after", sa.BigInteger(), nullable=True, comment=after),
        sa.Column(
            "is_verified",
            sa.Boolean(),
            nullable=True,
            comment="The last run of each required check on the landed head had passed",
        ),
        sa.Column("first_pass", sa.Boolean(), nullable=True, comment="The first run on it had passed"),
        sa.PrimaryKeyConstraint("change_id", "until_at", name=op.f("pk_change_before")),
        comment="Derived: stretches of time in which a change stood otherwise than its own dates tell.",
    )
    op.create_index(op.f("ix_change_before_until_at"), "change_before", ["until_at"], unique=False)
    op.drop_index("ix_change_report", table_name="change")
    op.create_index("ix_change_report", "change", [*REPORTED], unique=False)
