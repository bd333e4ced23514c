"""Bringing a database to the newest schema, all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect
from sqlalchemy.exc import DBAPIError

import ledger
from ledger.errors import DatabaseUnusable
from ledger.store.filesystem import journal_mode
from ledger.store.schema import APPLICATION_ID, EPOCH, HEAD, metadata
from ledger.store.server import dependants, grants, lock_schema
from ledger.store.views import VIEWS, create_views, drop_views

_REVISION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""


def migrate(engine: Engine) -> None:
    """Make it, or upgrade it to head, in one transaction: views dropped, tables migrated, views created.

    Raises DatabaseUnusable.

    On SQLite foreign keys are off meanwhile: a table that is rebuilt would take its children with it (storage.md §2).
    """
    (_migrate_file if engine.dialect.name == "sqlite" else _migrate_server)(engine)


def _migrate_file(engine: Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute(f"PRAGMA journal_mode = {journal_mode(str(engine.url.database))}")
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.close()
        with connection.begin():
            drop_views(connection)
            _upgrade(connection)
            create_views(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {EPOCH}")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _migrate_server(engine: Engine) -> None:
    """One program at a time; grants on the views are kept, and what others built on them stops it and is named."""
    with engine.begin() as connection:
        lock_schema(connection)
        granted = grants(connection, list(VIEWS))
        try:
            drop_views(connection)
        except DBAPIError as error:
            others = dependants(error)
            if others is None:
                raise
            raise DatabaseUnusable(
                f"The views cannot be replaced, because something was built on them: {others}. "
                "Drop it, run ledger db upgrade again, and make it anew."
            ) from error
        _upgrade(connection)
        create_views(connection)
        for statement in granted:
            connection.exec_driver_sql(statement)


def _upgrade(connection: Connection) -> None:
    """Every migration from where it is; an empty one gets at once the tables that they lead to."""
    if not inspect(connection).has_table(_REVISION.name):
        metadata.create_all(connection, checkfirst=False)
        _REVISION.create(connection, checkfirst=False)
        connection.execute(insert(_REVISION).values(version_num=HEAD))
        return
    from alembic import command  # it takes longer to import than a report to print, and most ledgers never need it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migrations_dir() -> Path:
    """The migration scripts: inside the installed package, or beside it in a checkout."""
    package = Path(ledger.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"
