"""Alembic's own way to a schema, a migration at a time."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from ledger.store.migrate import migrations_dir


def upgrade_to(connection: Connection, revision: str) -> None:
    """Every migration up to this one."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
