"""Sums of the calls, what is dirty by repository, and an index that answers a report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the new tables and indexes; every directory that a call names becomes a place."""
    op.create_table(
        "call_sum",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("occurred_on", TEXT, autoincrement=False, nullable=False, comment="Day of the calls, UTC"),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column("model_raw", TEXT, autoincrement=False, nullable=False, comment="Model as written by the source"),
        sa.Column("calls", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of calls"),
        sa.Column(
            "calls_unpriced",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Calls whose price is unknown",
        ),
        sa.Column(
            "calls_placeholder",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Calls whose output is a placeholder: cost is a lower bound",
        ),
        sa.Column(
            "calls_reported",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Calls whose cost is what a bill, a proxy or a statement said",
        ),
        sa.Column("nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD"),
        sa.PrimaryKeyConstraint("repository_id", "occurred_on", "agent", "model_raw", name=op.f("pk_call_sum")),
        comment="Derived: rollup of the calls themselves by day, agent and model; charges add up to it.",
    )
    op.create_index(op.f("ix_call_sum_occurred_on"), "call_sum", ["occurred_on"], unique=False)
    op.create_table(
        "dirty",
        sa.Column("repository_id", TEXT, nullable=False, comment="The repository"),
        sa.Column(
            "token",
            TEXT,
            nullable=False,
            comment="The post it was, so that a derivation takes away only what it saw",
        ),
        sa.PrimaryKeyConstraint("repository_id", "token", name=op.f("pk_dirty")),
        comment="Repositories that facts were posted about since their conclusions were drawn.",
    )
    op.drop_index(op.f("ix_change_report"), table_name="change")
    op.create_index(
        "ix_change_report",
        "change",
        [
            "basis",
            "lead_model",
            "task_type",
            "repository_id",
            "state",
            "decided_at",
            "stale_at",
            "abandoned_at",
            "opened_at",
            "has_model",
            "cost_known",
            "nusd",
            "cost_sq",
            "is_forge_known",
            "is_verified",
            "durable_at",
            "reverted_at",
            "first_pass",
            "attempts",
            "type_source",
            "calls",
            "lead_agent",
        ],
        unique=False,
    )
    op.create_index(op.f("ix_change_repository_id"), "change", ["repository_id"], unique=False)
    op.create_index(op.f("ix_charge_repository_id"), "charge", ["repository_id"], unique=False)
    op.create_index(op.f("ix_place_repository_id"), "place", ["repository_id"], unique=False)
    op.create_index(op.f("ix_repository_alias_repository_id"), "repository_alias", ["repository_id"], unique=False)
    op.create_index(op.f("ix_rewrite_repository_id"), "rewrite", ["repository_id"], unique=False)
    op.create_index(op.f("ix_session_commit_directory"), "session_commit", ["directory"], unique=False)
    op.create_index(op.f("ix_change_alias_change_id"), "change_alias", ["change_id"], unique=False)
    op.execute(
        "INSERT INTO place (directory) SELECT DISTINCT k.directory FROM call k "
        "WHERE NOT EXISTS (SELECT 1 FROM place p WHERE p.directory = k.directory)"
    )
    op.execute("ALTER TABLE clock RENAME COLUMN at TO noted_at")  # DuckDB reserves the word
    op.add_column(
        "change",
        sa.Column(
            "has_second_review",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),  # until it is derived anew, which this version of the rules does at once
            comment="A model other than the leading one reviewed it",
        ),
    )
