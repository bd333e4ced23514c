"""Let a report find the dearest change, what was booked by which rule, and mixed squashes in the order of an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

REPORTED = (
    *("basis", "lead_model", "task_type", "repository_id", "state", "decided_at", "stale_at", "abandoned_at"),
    *("opened_at", "has_model", "cost_known", "nusd", "cost_sq", "is_forge_known", "is_verified", "durable_at"),
    *("reverted_at", "first_pass", "attempts", "type_source", "calls", "lead_agent", "reverted_after", "is_draft"),
    "lead_evidence",
)


def upgrade() -> None:
    """Indexes only: every row stays what it is."""
    op.drop_index("ix_change_report", table_name="change")
    op.create_index("ix_change_report", "change", [*REPORTED], unique=False)
    op.create_index("ix_change_dearest", "change", [sa.text("nusd DESC"), "id"], unique=False)
    op.drop_index(op.f("ix_charge_repository_id"), table_name="charge")
    op.create_index("ix_charge_booked", "charge", ["repository_id", "rule", "nusd"], unique=False)
