"""The first schema: facts, conclusions, cursors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "attempt",
        sa.Column("change_id", TEXT, autoincrement=False, nullable=False, comment="The change; '' when none"),
        sa.Column(
            "number", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of the request or attempt"
        ),
        sa.Column(
            "model",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Normalised model; unknown is NULL, in key columns ''",
        ),
        sa.Column("started_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it began, UTC"),
        sa.Column("ended_by", TEXT, autoincrement=False, nullable=False, comment="failed-run, other-model or end"),
        sa.Column("nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD"),
        sa.PrimaryKeyConstraint("change_id", "number", name=op.f("pk_attempt")),
        comment="Derived: tries at a change, one model each.",
    )
    op.create_table(
        "branch_range",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column("tip", TEXT, autoincrement=False, nullable=False, comment="Object id of the branch's head"),
        sa.Column(
            "base",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Merge base with the target when it was read",
        ),
        sa.Column(
            "patch_id",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Stable patch-id; NULL when there is nothing to hash",
        ),
        sa.Column("seen_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it was first read, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "branch", "tip", name=op.f("pk_branch_range")),
        comment="The commits of a branch over its target, kept because branches are deleted.",
    )
    op.create_table(
        "call",
        sa.Column(
            "event_key",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Source and natural id: the call's identity over all files",
        ),
        sa.Column("source", TEXT, autoincrement=False, nullable=False, comment="The source that told it"),
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column(
            "directory", TEXT, autoincrement=False, nullable=False, comment="The directory as the agent wrote it"
        ),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="Time of the earliest copy, UTC"),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column("agent_version", TEXT, autoincrement=False, nullable=True, comment="Version of the harness"),
        sa.Column("model_raw", TEXT, autoincrement=False, nullable=False, comment="Model as written by the source"),
        sa.Column(
            "model",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Normalised model; unknown is NULL, in key columns ''",
        ),
        sa.Column("provider", TEXT, autoincrement=False, nullable=True, comment="Who made the model"),
        sa.Column("family", TEXT, autoincrement=False, nullable=True, comment="The model without its version"),
        sa.Column(
            "role",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="implement, review or scout; '' when unknown",
        ),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Subject line, or what it is about: an object id or request:N",
        ),
        sa.Column("is_subagent", sa.Boolean(), autoincrement=False, nullable=False, comment="A subagent made it"),
        sa.Column("input", sa.BigInteger(), autoincrement=False, nullable=False, comment="Uncached input tokens"),
        sa.Column(
            "cache_read", sa.BigInteger(), autoincrement=False, nullable=False, comment="Tokens read from the cache"
        ),
        sa.Column(
            "cache_write_5m",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Tokens written to the 5-minute cache",
        ),
        sa.Column(
            "cache_write_1h",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Tokens written to the 1-hour cache",
        ),
        sa.Column(
            "output", sa.BigInteger(), autoincrement=False, nullable=False, comment="Output tokens, reasoning included"
        ),
        sa.Column(
            "reasoning", sa.BigInteger(), autoincrement=False, nullable=True, comment="Reasoning tokens within output"
        ),
        sa.Column(
            "web_searches",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Web searches made by the server",
        ),
        sa.Column("speed", TEXT, autoincrement=False, nullable=False, comment="standard, fast or ''"),
        sa.Column("service_tier", TEXT, autoincrement=False, nullable=False, comment="Service tier as logged"),
        sa.Column(
            "region", TEXT, autoincrement=False, nullable=False, comment="Where inference ran, if priced by place"
        ),
        sa.Column("request_id", TEXT, autoincrement=False, nullable=False, comment="The provider's request id"),
        sa.Column(
            "reported_nusd",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="Cost as the source reported it, nano-USD",
        ),
        sa.Column(
            "reported_kind",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="What the reported cost is: list, billed, proxy, credits",
        ),
        sa.Column(
            "quality",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="final, placeholder, estimated, aggregate or rollup",
        ),
        sa.Column(
            "best_rank",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Rank of the copy that the numbers came from, JSON",
        ),
        sa.Column(
            "owner_rank",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Rank of the copy that the ownership came from, JSON",
        ),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_call")),
        comment="Billable model calls, one row each; tokens in disjoint buckets.",
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_directory"), ["directory"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_session"), ["session"], unique=False)

    op.create_table(
        "call_cost",
        sa.Column("event_key", TEXT, autoincrement=False, nullable=False, comment="The call"),
        sa.Column(
            "nusd",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="Its list cost, nano-USD; NULL: no price is known",
        ),
        sa.Column("match", TEXT, autoincrement=False, nullable=False, comment="How the price was found"),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_call_cost")),
        comment="Derived: the cost of each call in scope.",
    )
    op.create_table(
        "change",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("basis", TEXT, autoincrement=False, nullable=False, comment="request, branch or trunk: never pooled"),
        sa.Column(
            "number", sa.BigInteger(), autoincrement=False, nullable=True, comment="Number of the request or attempt"
        ),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column("title", TEXT, autoincrement=False, nullable=False, comment="Title"),
        sa.Column("opened_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it was opened, UTC"),
        sa.Column("state", TEXT, autoincrement=False, nullable=False, comment="landed, closed or undecided"),
        sa.Column("landed_oid", TEXT, autoincrement=False, nullable=True, comment="The landing commit"),
        sa.Column(
            "landed_by",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="merge, squash, rebase, fast-forward or direct",
        ),
        sa.Column(
            "decided_at", sa.DateTime(), autoincrement=False, nullable=True, comment="When it landed or was closed, UTC"
        ),
        sa.Column(
            "stale_at",
            sa.DateTime(),
            autoincrement=False,
            nullable=False,
            comment="From then on an undecided request is stale, UTC",
        ),
        sa.Column(
            "abandoned_at",
            sa.DateTime(),
            autoincrement=False,
            nullable=True,
            comment="From then on an undecided branch is abandoned, UTC; NULL where git cannot know",
        ),
        sa.Column(
            "durable_at",
            sa.DateTime(),
            autoincrement=False,
            nullable=True,
            comment="When a landed change is old enough to be called durable, UTC",
        ),
        sa.Column(
            "reverted_at",
            sa.DateTime(),
            autoincrement=False,
            nullable=True,
            comment="When the revert that stands landed, UTC",
        ),
        sa.Column(
            "is_forge_known",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="The forge's word on it is in the ledger",
        ),
        sa.Column("is_draft", sa.Boolean(), autoincrement=False, nullable=False, comment="It is a draft"),
        sa.Column(
            "is_verified",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="The last run of each required check on the landed head passed",
        ),
        sa.Column("first_pass", sa.Boolean(), autoincrement=False, nullable=True, comment="The first run on it passed"),
        sa.Column("task_type", TEXT, autoincrement=False, nullable=False, comment="Task type"),
        sa.Column("type_source", TEXT, autoincrement=False, nullable=False, comment="The rule that gave the task type"),
        sa.Column("area", TEXT, autoincrement=False, nullable=False, comment="Sensitive part by path rules"),
        sa.Column("stakes", TEXT, autoincrement=False, nullable=False, comment="high or normal"),
        sa.Column(
            "has_model",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="A model contributed or a charge was booked",
        ),
        sa.Column(
            "lead_model",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Model with the most changed lines as implementer",
        ),
        sa.Column("lead_agent", TEXT, autoincrement=False, nullable=True, comment="Its agent"),
        sa.Column("lead_provider", TEXT, autoincrement=False, nullable=True, comment="Its provider"),
        sa.Column("lead_family", TEXT, autoincrement=False, nullable=True, comment="Its family"),
        sa.Column("lead_evidence", TEXT, autoincrement=False, nullable=True, comment="lines, charges or only"),
        sa.Column("first_model", TEXT, autoincrement=False, nullable=True, comment="The model that tried first"),
        sa.Column("lineup", TEXT, autoincrement=False, nullable=False, comment="Every model on it with its role"),
        sa.Column(
            "cost_known",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="known, partial (a lower bound) or none",
        ),
        sa.Column("nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD"),
        sa.Column("cost_sq", sa.Double(), autoincrement=False, nullable=False, comment="Square of its cost in USD"),
        sa.Column(
            "nusd_implement",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Nano-USD of implementing calls",
        ),
        sa.Column(
            "nusd_review", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD of reviewing calls"
        ),
        sa.Column(
            "nusd_scout", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD of scouting calls"
        ),
        sa.Column("calls", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of calls"),
        sa.Column(
            "calls_unpriced",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Calls whose price is unknown",
        ),
        sa.Column("attempts", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of attempts"),
        sa.Column(
            "failed_runs",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Failing runs before the first pass",
        ),
        sa.Column("added", sa.BigInteger(), autoincrement=False, nullable=True, comment="Lines added"),
        sa.Column("deleted", sa.BigInteger(), autoincrement=False, nullable=True, comment="Lines deleted"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        comment="Derived: the unit of acceptance.",
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_change_report", ["basis", "lead_model", "task_type", "state", "cost_known", "nusd"], unique=False
        )

    op.create_table(
        "change_alias",
        sa.Column("alias", TEXT, autoincrement=False, nullable=False, comment="The other name"),
        sa.Column("change_id", TEXT, autoincrement=False, nullable=False, comment="The change; '' when none"),
        sa.PrimaryKeyConstraint("alias", "change_id", name=op.f("pk_change_alias")),
        comment="Derived: other ids of a change.",
    )
    op.create_table(
        "change_commit",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column("change_id", TEXT, autoincrement=False, nullable=False, comment="The change; '' when none"),
        sa.Column(
            "is_head", sa.Boolean(), autoincrement=False, nullable=False, comment="In what landed or in the last head"
        ),
        sa.PrimaryKeyConstraint("repository_id", "oid", name=op.f("pk_change_commit")),
        comment="Derived: the commits of a change; each in exactly one.",
    )
    op.create_table(
        "change_spend",
        sa.Column("change_id", TEXT, autoincrement=False, nullable=False, comment="The change; '' when none"),
        sa.Column(
            "model",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Normalised model; unknown is NULL, in key columns ''",
        ),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column(
            "role",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="implement, review or scout; '' when unknown",
        ),
        sa.Column("calls", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of calls"),
        sa.Column(
            "calls_unpriced",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Calls whose price is unknown",
        ),
        sa.Column("nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD"),
        sa.PrimaryKeyConstraint("change_id", "model", "agent", "role", name=op.f("pk_change_spend")),
        comment="Derived: rollup of charges by change, model, agent and role.",
    )
    op.create_table(
        "charge",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("change_id", TEXT, autoincrement=False, nullable=False, comment="The change; '' when none"),
        sa.Column(
            "attempt",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Number of the attempt; 0 when unattributed",
        ),
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column(
            "model",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Normalised model; unknown is NULL, in key columns ''",
        ),
        sa.Column("provider", TEXT, autoincrement=False, nullable=False, comment="Who made the model"),
        sa.Column(
            "role",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="implement, review or scout; '' when unknown",
        ),
        sa.Column(
            "role_evidence",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="explicit, contribution or inferred",
        ),
        sa.Column("rule", TEXT, autoincrement=False, nullable=False, comment="The rule that booked it"),
        sa.Column("reason", TEXT, autoincrement=False, nullable=False, comment="Why it is unattributed"),
        sa.Column("occurred_on", TEXT, autoincrement=False, nullable=False, comment="Day of the calls, UTC"),
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
        sa.Column("nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        comment="Derived: cost booked to exactly one change and attempt, or to none.",
    )
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charge_change_id"), ["change_id"], unique=False)

    op.create_table(
        "clock",
        sa.Column("name", TEXT, nullable=False, comment="posted_at or logs_read_at"),
        sa.Column("at", sa.DateTime(), nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clock")),
        comment="When things happened to this ledger: the last post, the last reading of the agents' logs.",
    )
    op.create_table(
        "commit_diff",
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column("added", sa.BigInteger(), autoincrement=False, nullable=False, comment="Lines added"),
        sa.Column("deleted", sa.BigInteger(), autoincrement=False, nullable=False, comment="Lines deleted"),
        sa.Column("kinds", TEXT, autoincrement=False, nullable=False, comment="Changed lines by kind of path, JSON"),
        sa.Column(
            "paths", TEXT, autoincrement=False, nullable=False, comment="Keyed hashes of the touched paths, JSON"
        ),
        sa.Column(
            "patch_id",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Stable patch-id; NULL when there is nothing to hash",
        ),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_commit_diff")),
        comment="What a commit changed, read only where attribution needs it; paths are keyed hashes.",
    )
    op.create_table(
        "contribution",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Subject line, or what it is about: an object id or request:N",
        ),
        sa.Column(
            "role",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="implement, review or scout; '' when unknown",
        ),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column("model_raw", TEXT, autoincrement=False, nullable=False, comment="Model as written by the source"),
        sa.Column(
            "model",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Normalised model; unknown is NULL, in key columns ''",
        ),
        sa.Column("provider", TEXT, autoincrement=False, nullable=True, comment="Who made the model"),
        sa.Column("family", TEXT, autoincrement=False, nullable=True, comment="The model without its version"),
        sa.Column("evidence", TEXT, autoincrement=False, nullable=False, comment="How we know"),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint(
            "repository_id", "subject", "role", "agent", "model_raw", "evidence", name=op.f("pk_contribution")
        ),
        comment="A model's part in a commit or request, with the evidence for it.",
    )
    op.create_table(
        "cursor",
        sa.Column("source", TEXT, nullable=False, comment="The source that told it"),
        sa.Column("name", TEXT, nullable=False, comment="What was read"),
        sa.Column("text", TEXT, nullable=False, comment="Text as kept"),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("pk_cursor")),
        comment="Where each source stopped reading.",
    )
    op.create_table(
        "entry",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column("kind", TEXT, autoincrement=False, nullable=False, comment="Which kind of it"),
        sa.Column("text", TEXT, autoincrement=False, nullable=False, comment="Text as kept"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        comment="Entries kept word for word: unknown kinds, later versions, retractions.",
    )
    op.create_table(
        "event",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Subject line, or what it is about: an object id or request:N",
        ),
        sa.Column(
            "kind",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="opened, merged, closed, reopened, reviewed …",
        ),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="When, UTC"),
        sa.Column("actor", TEXT, autoincrement=False, nullable=False, comment="Keyed hash of who did it"),
        sa.Column("verdict", TEXT, autoincrement=False, nullable=False, comment="A review's verdict"),
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.PrimaryKeyConstraint("repository_id", "subject", "kind", "at", name=op.f("pk_event")),
        comment="What a forge or git said about a request or commit.",
    )
    op.create_table(
        "git_commit",
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column("parents", TEXT, autoincrement=False, nullable=False, comment="Object ids of the parents, JSON"),
        sa.Column(
            "author",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Keyed hash of the author's address, or the address",
        ),
        sa.Column("authored_at", sa.DateTime(), autoincrement=False, nullable=False, comment="Author date, UTC"),
        sa.Column("committed_at", sa.DateTime(), autoincrement=False, nullable=False, comment="Committer date, UTC"),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Subject line, or what it is about: an object id or request:N",
        ),
        sa.Column(
            "request_number",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="Request that the message names",
        ),
        sa.Column(
            "merged_branch",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="Branch that the merge message names",
        ),
        sa.Column(
            "reverts",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Object ids that the message says it reverts, JSON",
        ),
        sa.Column(
            "picked_from", TEXT, autoincrement=False, nullable=True, comment="Object id it was cherry-picked from"
        ),
        sa.Column(
            "squashed",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Object ids that a squash message lists, JSON",
        ),
        sa.Column("task_type", TEXT, autoincrement=False, nullable=True, comment="Ledger-Task trailer"),
        sa.Column("sessions", TEXT, autoincrement=False, nullable=False, comment="Session ids in trailers, JSON"),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_git_commit")),
        comment="Git commits.",
    )
    op.create_table(
        "ledger_meta",
        sa.Column("name", TEXT, nullable=False, comment="Name of the fact"),
        sa.Column("text", TEXT, nullable=False, comment="Text as kept"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ledger_meta")),
        comment="Facts about this ledger itself: epoch, views' hash, derivation, times.",
    )
    op.create_table(
        "place",
        sa.Column(
            "directory", TEXT, autoincrement=False, nullable=False, comment="The directory as the agent wrote it"
        ),
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=True, comment="The repository"),
        sa.Column("worktree", TEXT, autoincrement=False, nullable=True, comment="Top directory of the worktree"),
        sa.PrimaryKeyConstraint("directory", name=op.f("pk_place")),
        comment="Directories that agents worked in and git's worktrees; local, never shared.",
    )
    op.create_table(
        "price",
        sa.Column("provider", TEXT, autoincrement=False, nullable=False, comment="Who made the model"),
        sa.Column("model_raw", TEXT, autoincrement=False, nullable=False, comment="Model as written by the source"),
        sa.Column("day", TEXT, autoincrement=False, nullable=False, comment="Day the rates hold for, UTC"),
        sa.Column("speed", TEXT, autoincrement=False, nullable=False, comment="Speed they hold for"),
        sa.Column("service_tier", TEXT, autoincrement=False, nullable=False, comment="Service tier they hold for"),
        sa.Column("region", TEXT, autoincrement=False, nullable=False, comment="Region they hold for"),
        sa.Column(
            "priced_as",
            TEXT,
            autoincrement=False,
            nullable=True,
            comment="The price table's id of the model; NULL: unpriced",
        ),
        sa.Column("match", TEXT, autoincrement=False, nullable=False, comment="exact, fuzzy, override or missing"),
        sa.Column(
            "tiers",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Thresholds and nano-USD per million tokens, JSON",
        ),
        sa.Column(
            "web_search_nusd", sa.BigInteger(), autoincrement=False, nullable=False, comment="Nano-USD per web search"
        ),
        sa.Column(
            "table_version", TEXT, autoincrement=False, nullable=False, comment="The price table and its version"
        ),
        sa.PrimaryKeyConstraint(
            "provider", "model_raw", "day", "speed", "service_tier", "region", name=op.f("pk_price")
        ),
        comment="The rates that list cost is computed with, kept so that a rebuild needs no price table.",
    )
    op.create_table(
        "repository",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column("name", TEXT, autoincrement=False, nullable=False, comment="Name shown to people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository")),
        comment="A repository by its local surrogate id.",
    )
    op.create_table(
        "repository_alias",
        sa.Column("alias", TEXT, autoincrement=False, nullable=False, comment="The other name"),
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("kind", TEXT, autoincrement=False, nullable=False, comment="remote, forge or root"),
        sa.PrimaryKeyConstraint("alias", "repository_id", name=op.f("pk_repository_alias")),
        comment="Other names of a repository: normalised remotes, a forge's id, root commits.",
    )
    op.create_table(
        "repository_commit",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column("evidence", TEXT, autoincrement=False, nullable=False, comment="scan or hook"),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column("worktree", TEXT, autoincrement=False, nullable=False, comment="Top directory of the worktree"),
        sa.PrimaryKeyConstraint("repository_id", "oid", "evidence", name=op.f("pk_repository_commit")),
        comment="Which repository a commit was seen in, by scanning or by a hook's line.",
    )
    with op.batch_alter_table("repository_commit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repository_commit_oid"), ["oid"], unique=False)

    op.create_table(
        "repository_label",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("label", TEXT, autoincrement=False, nullable=False, comment="Key of the label"),
        sa.Column("text", TEXT, autoincrement=False, nullable=False, comment="Text as kept"),
        sa.PrimaryKeyConstraint("repository_id", "label", name=op.f("pk_repository_label")),
        comment="Labels that an organisation gives a repository.",
    )
    op.create_table(
        "request",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column(
            "number", sa.BigInteger(), autoincrement=False, nullable=False, comment="Number of the request or attempt"
        ),
        sa.Column("title", TEXT, autoincrement=False, nullable=False, comment="Title"),
        sa.Column("state", TEXT, autoincrement=False, nullable=False, comment="open, closed or merged"),
        sa.Column("head_ref", TEXT, autoincrement=False, nullable=False, comment="Name of the head branch"),
        sa.Column("head_oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the head"),
        sa.Column("base_ref", TEXT, autoincrement=False, nullable=False, comment="Name of the base branch"),
        sa.Column("merge_oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the landing commit"),
        sa.Column("opened_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it was opened, UTC"),
        sa.Column("merged_at", sa.DateTime(), autoincrement=False, nullable=True, comment="When it was merged, UTC"),
        sa.Column("closed_at", sa.DateTime(), autoincrement=False, nullable=True, comment="When it was closed, UTC"),
        sa.Column("labels", TEXT, autoincrement=False, nullable=False, comment="Labels, JSON"),
        sa.Column("is_draft", sa.Boolean(), autoincrement=False, nullable=False, comment="It is a draft"),
        sa.Column("commits", TEXT, autoincrement=False, nullable=False, comment="Object ids of its commits, JSON"),
        sa.Column(
            "at", sa.DateTime(), autoincrement=False, nullable=False, comment="When the forge described it so, UTC"
        ),
        sa.PrimaryKeyConstraint("repository_id", "number", name=op.f("pk_request")),
        comment="Pull and merge requests as the forge described them last.",
    )
    op.create_table(
        "rewrite",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("old", TEXT, autoincrement=False, nullable=False, comment="The commit that was rewritten"),
        sa.Column("new", TEXT, autoincrement=False, nullable=False, comment="The commit it became"),
        sa.Column("kind", TEXT, autoincrement=False, nullable=False, comment="amend, rebase, squash or cherry-pick"),
        sa.Column("evidence", TEXT, autoincrement=False, nullable=False, comment="How we know"),
        sa.PrimaryKeyConstraint("old", "new", "kind", name=op.f("pk_rewrite")),
        comment="Edges from an old commit to the new one it became.",
    )
    op.create_table(
        "run",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("run", TEXT, autoincrement=False, nullable=False, comment="The provider's id of run and job"),
        sa.Column(
            "attempt",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="Number of the attempt; 0 when unattributed",
        ),
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column(
            "request_number",
            sa.BigInteger(),
            autoincrement=False,
            nullable=True,
            comment="Number of the request it belongs to",
        ),
        sa.Column("name", TEXT, autoincrement=False, nullable=False, comment="Name shown to people"),
        sa.Column(
            "conclusion",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="passed, failed, cancelled, skipped or unknown",
        ),
        sa.Column("is_required", sa.Boolean(), autoincrement=False, nullable=False, comment="The check is required"),
        sa.Column("tests", sa.BigInteger(), autoincrement=False, nullable=True, comment="Number of tests"),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=True, comment="Number of failing tests"),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "run", "attempt", name=op.f("pk_run")),
        comment="Test runs on a commit.",
    )
    op.create_table(
        "session",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column("agent_version", TEXT, autoincrement=False, nullable=True, comment="Version of the harness"),
        sa.Column("started_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it began, UTC"),
        sa.Column("ended_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it ended, UTC"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        comment="Runs of an agent.",
    )
    op.create_table(
        "session_commit",
        sa.Column("id", TEXT, autoincrement=False, nullable=False, comment="Deterministic id"),
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column(
            "directory", TEXT, autoincrement=False, nullable=False, comment="The directory as the agent wrote it"
        ),
        sa.Column("started_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it began, UTC"),
        sa.Column("ended_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it ended, UTC"),
        sa.Column(
            "printed_id",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Abbreviated object id that git printed",
        ),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column(
            "subject",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Subject line, or what it is about: an object id or request:N",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_commit")),
        comment="`git commit` calls made in a session.",
    )
    op.create_table(
        "session_write",
        sa.Column("session", TEXT, autoincrement=False, nullable=False, comment="Session id; '' when unknown"),
        sa.Column("path", TEXT, autoincrement=False, nullable=False, comment="Keyed hash of the path"),
        sa.Column("at", sa.DateTime(), autoincrement=False, nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint("session", "path", name=op.f("pk_session_write")),
        comment="Files that a session wrote; paths are keyed hashes.",
    )
    op.create_table(
        "skipped",
        sa.Column("source", TEXT, nullable=False, comment="The source that told it"),
        sa.Column("what", TEXT, nullable=False, comment="The kind of thing"),
        sa.Column("place", TEXT, nullable=False, comment="File and line, or reference"),
        sa.Column("why", TEXT, nullable=False, comment="Why, and what to do"),
        sa.PrimaryKeyConstraint("source", "what", "place", name=op.f("pk_skipped")),
        comment="What could not be read.",
    )
    op.create_table(
        "tip",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("clone_id", TEXT, autoincrement=False, nullable=False, comment="The clone whose ref it is"),
        sa.Column("ref", TEXT, autoincrement=False, nullable=False, comment="Full name of the ref"),
        sa.Column("oid", TEXT, autoincrement=False, nullable=False, comment="Object id of the commit"),
        sa.Column("is_target", sa.Boolean(), autoincrement=False, nullable=False, comment="It is a target branch"),
        sa.PrimaryKeyConstraint("repository_id", "clone_id", "ref", name=op.f("pk_tip")),
        comment="Where the refs of each clone stood when they were last read; replaced on each post.",
    )
    op.create_table(
        "use_period",
        sa.Column("repository_id", TEXT, autoincrement=False, nullable=False, comment="The repository"),
        sa.Column("worktree", TEXT, autoincrement=False, nullable=False, comment="Top directory of the worktree"),
        sa.Column("started_at", sa.DateTime(), autoincrement=False, nullable=False, comment="When it began, UTC"),
        sa.Column("until", sa.DateTime(), autoincrement=False, nullable=False, comment="When it ends, UTC"),
        sa.Column(
            "branch",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Short name of the branch; '' or NULL when unknown",
        ),
        sa.Column(
            "agent",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="Harness, e.g. claude-code; '' when unknown",
        ),
        sa.Column("model_raw", TEXT, autoincrement=False, nullable=False, comment="Model as written by the source"),
        sa.Column(
            "role",
            TEXT,
            autoincrement=False,
            nullable=False,
            comment="implement, review or scout; '' when unknown",
        ),
        sa.Column("task_type", TEXT, autoincrement=False, nullable=False, comment="Task type"),
        sa.PrimaryKeyConstraint("repository_id", "worktree", "started_at", name=op.f("pk_use_period")),
        comment="What `ledger use` declared: a model in a worktree for a time.",
    )
