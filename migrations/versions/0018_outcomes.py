"""Tell apart what two people did at one moment, keep which forge settings name, and the branch that a verdict names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


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
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        number = "The request; NULL: that of a branch"
        op.alter_column(
            "session_review", "request_number", existing_type=sa.BigInteger(), existing_nullable=True, comment=number
        )
