"""What path rules say of commits, the rules of each clone, and the areas and packages of changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

TOUCHED = {
    "areas": "All areas that it is known to touch, the most changed lines first",
    "stakes_by": "The areas that say high",
    "package": "Package with the most changed lines; none, or '' when its diff is not known",
    "packages": "All packages that it is known to touch",
}


def upgrade() -> None:
    """Add the tables, and the columns, which are empty until everything is derived anew."""
    op.create_table(
        "commit_area",
        sa.Column("oid", TEXT, nullable=False, comment="Object id of the commit"),
        sa.Column("rules", TEXT, nullable=False, comment="Digest of the path rules"),
        sa.Column("areas", sa.Text(), nullable=False, comment="Name, changed lines and stakes of each area, JSON"),
        sa.Column("packages", sa.Text(), nullable=False, comment="Directory and changed lines of each package, JSON"),
        sa.PrimaryKeyConstraint("oid", "rules", name=op.f("pk_commit_area")),
        comment="What path rules say of a commit: areas and packages with their changed lines.",
    )
    op.create_table(
        "repository_rules",
        sa.Column("repository_id", TEXT, nullable=False, comment="The repository"),
        sa.Column("clone_id", TEXT, nullable=False, comment="The clone whose configuration it is"),
        sa.Column("rules", TEXT, nullable=False, comment="Digest of the path rules"),
        sa.Column(
            "labels", sa.Text(), nullable=False, comment="Labels in lower case with the task type they stand for, JSON"
        ),
        sa.Column(
            "is_configured",
            sa.Boolean(),
            nullable=False,
            comment="A file says so; else these are the rules of every repository",
        ),
        sa.Column("at", sa.DateTime(), nullable=False, comment="When, UTC"),
        sa.PrimaryKeyConstraint("repository_id", "clone_id", name=op.f("pk_repository_rules")),
        comment="The path rules and label map of each clone's configuration; the latest change is in force.",
    )
    for name, comment in TOUCHED.items():
        op.add_column("change", sa.Column(name, TEXT, nullable=False, server_default="", comment=comment))
    if op.get_bind().dialect.name == "postgresql":
        _say_on_the_server()


def _say_on_the_server() -> None:
    """Comments that changed; SQLite keeps none."""
    area = "Area with the most changed lines by the path rules; none, or '' when its diff is not known"
    stakes = "high or normal; '' when its diff is not known"
    op.alter_column("change", "area", existing_type=TEXT, existing_nullable=False, comment=area)
    op.alter_column("change", "stakes", existing_type=TEXT, existing_nullable=False, comment=stakes)
