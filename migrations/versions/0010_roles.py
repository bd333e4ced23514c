"""Keep who was at work within an agent, which role names have, and the reviews of a change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

FACTS = {
    "call.agent_name": "Subagent's definition, mode or command at work; '' when the log does not tell",
    "call.subagent": "The subagent's run within the session; '' for the main thread",
}
TEXTS = {
    "change.second_review_when": "final, early, late or undated; unknown: by a model not known; '' without one",
    "change.models_tried": "The models of its attempts in their order",
    "change.started_by": "model, person or ''",
    "change.started_role": "In which role that model began; '' when unknown",
    "attempt.models": "Every model that worked in it, the attempt's own first",
}
COUNTS = {
    "change.reviews": "Reviews by models",
    "attempt.failed_runs": "Failing runs before the first pass that fell into it",
    "attempt.calls": "Number of calls",
}


def upgrade() -> None:
    """Add the columns and tables; Claude Code's logs are read once more, as far as they are still there."""
    for name, comment in {**FACTS, **TEXTS}.items():
        table, column = name.split(".")
        op.add_column(table, sa.Column(column, TEXT, nullable=False, server_default="", comment=comment))
    for name, comment in COUNTS.items():
        table, column = name.split(".")
        empty = sa.text("0")
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default=empty, comment=comment))
    started = "The model of the first call or commit; NULL when unknown"
    op.add_column("change", sa.Column("started_model", TEXT, nullable=True, comment=started))
    _create_facts()
    _create_reviews()
    op.execute("DELETE FROM cursor WHERE source = 'claude-code'")
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        evidence = "contribution, explicit, name or inferred"
        op.alter_column("charge", "role_evidence", existing_type=TEXT, existing_nullable=False, comment=evidence)


def _create_facts() -> None:
    op.create_table(
        "subagent",
        sa.Column("session", TEXT, nullable=False, comment="Session id; '' when unknown"),
        sa.Column("id", TEXT, nullable=False, comment="The run's id within the session"),
        sa.Column("name", TEXT, nullable=False, comment="The agent definition it ran; '' when unknown"),
        sa.Column("has_written", sa.Boolean(), nullable=False, comment="It wrote a file or made a commit"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="When it was first told of, UTC"),
        sa.PrimaryKeyConstraint("session", "id", name=op.f("pk_subagent")),
        comment="Runs of subagents within a session.",
    )
    op.create_table(
        "session_review",
        sa.Column("id", TEXT, nullable=False, comment="Deterministic id"),
        sa.Column("session", TEXT, nullable=False, comment="Session id; '' when unknown"),
        sa.Column(
            "subagent", TEXT, nullable=False, comment="The subagent's run within the session; '' for the main thread"
        ),
        sa.Column("directory", TEXT, nullable=False, comment="The directory as the agent wrote it"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="When, UTC"),
        sa.Column(
            "request_number",
            sa.BigInteger(),
            nullable=True,
            comment="The request; NULL: that of the branch checked out",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_review")),
        comment="Verdicts on requests that a session gave (`gh pr review`).",
    )
    op.create_index(op.f("ix_session_review_directory"), "session_review", ["directory"], unique=False)
    op.create_table(
        "role_rule",
        sa.Column("repository_id", TEXT, nullable=False, comment="The repository"),
        sa.Column("clone_id", TEXT, nullable=False, comment="The clone whose settings say so"),
        sa.Column("pattern", TEXT, nullable=False, comment="An agent's name in small letters, `*` for any letters"),
        sa.Column("role", TEXT, nullable=False, comment="implement, review or scout; '' when taken back"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="Since when they say so, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "clone_id", "pattern", name=op.f("pk_role_rule")),
        comment="Which role agents of a name have, as each clone's settings say; the latest word holds.",
    )


def _create_reviews() -> None:
    op.create_table(
        "review",
        sa.Column("change_id", TEXT, nullable=False, comment="The change; '' when none"),
        sa.Column(
            "number", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of the request or attempt"
        ),
        sa.Column("agent", TEXT, nullable=False, comment="Harness, e.g. claude-code; '' when unknown"),
        sa.Column("model", TEXT, nullable=False, comment="Normalised model; unknown is NULL, in key columns ''"),
        sa.Column("evidence", TEXT, nullable=False, comment="calls, contribution or event"),
        sa.Column("session", TEXT, nullable=False, comment="Session id; '' when unknown"),
        sa.Column("reviewed_at", sa.DateTime(), nullable=False, comment="When it began, UTC"),
        sa.Column("is_dated", sa.Boolean(), nullable=False, comment="Its time is known, not only when it was told of"),
        sa.Column(
            "is_second",
            sa.Boolean(),
            nullable=True,
            comment="By another model than the lead's; NULL where either is unknown",
        ),
        sa.Column(
            "is_after_last_commit",
            sa.Boolean(),
            nullable=True,
            comment="It began after the last implementing commit; NULL when unknown",
        ),
        sa.Column(
            "is_before_decision",
            sa.Boolean(),
            nullable=True,
            comment="It began before the change landed or was closed; NULL when unknown",
        ),
        sa.Column("verdict", TEXT, nullable=False, comment="approved, changes_requested, commented or ''"),
        sa.Column("calls", sa.BigInteger(), nullable=False, comment="Number of calls"),
        sa.Column("nusd", sa.BigInteger(), nullable=False, comment="Nano-USD"),
        sa.PrimaryKeyConstraint("change_id", "number", name=op.f("pk_review")),
        comment="Derived: reviews of a change by models, and when each came.",
    )
