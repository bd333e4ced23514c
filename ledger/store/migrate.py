"""Bringing a database to the newest schema, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

import ledger
from ledger.store.schema import APPLICATION_ID, EPOCH
from ledger.store.views import create_views, drop_views


def migrate(engine: Engine) -> None:
    """Upgrade to head in one transaction: views dropped, tables migrated, views created.

    On SQLite foreign keys are off meanwhile: a table that is rebuilt would take its children with it (storage.md §2).
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            raw = connection.connection.cursor()
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.close()
        with connection.begin():
            drop_views(connection)
            config = Config()
            config.set_main_option("script_location", str(migrations_dir()))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            create_views(connection)
            if is_sqlite:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {EPOCH}")
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def migrations_dir() -> Path:
    """The migration scripts: inside the installed package, or beside it in a checkout."""
    package = Path(ledger.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"
