"""PostgreSQL as a team's ledger: opened by everybody, changed by whoever runs `ledger db upgrade`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from ledger.errors import DatabaseUnusable
from ledger.store.schema import APPLICATION_ID, HEAD

_PATIENCE_SECONDS = 10
_NAMES = ("postgresql", "postgres")


def shown(url: URL) -> str:
    """The URL as it may be printed."""
    return url.render_as_string(hide_password=True)


def server_engine(url: URL) -> Engine:
    """An engine for PostgreSQL through psycopg 3; raises DatabaseUnusable for other databases or without psycopg.

    What the URL says of TLS (`?sslmode=verify-full&sslrootcert=…`) reaches libpq as it is.
    """
    if url.drivername in _NAMES:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        raise DatabaseUnusable(f"{shown(url)} names a kind of database that is not known; SQLite and PostgreSQL are.")
    try:
        defaults = {"connect_timeout": _PATIENCE_SECONDS, "application_name": "ledger"}
        return create_engine(url, connect_args={name: it for name, it in defaults.items() if name not in url.query})
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            f"{shown(url)} needs the Python package psycopg; install git-ledger[postgresql]."
        ) from error
    except ArgumentError as error:
        raise DatabaseUnusable(f"{shown(url)} cannot be read as the URL of a database.") from error


def check_version(connection: Connection, where: str) -> bool:
    """Whether the database holds a ledger at head; False where it holds nothing yet. Raises DatabaseUnusable else."""
    has_versions, has_meta = (
        connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name}).scalar_one()
        for name in ("alembic_version", "ledger_meta")
    )
    if has_versions and not has_meta:
        raise DatabaseUnusable(
            f"{where} belongs to another application; name another database, "
            "or a schema of its own with ?options=-csearch_path%3Dledger."
        )
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if has_versions else None
    if version is None:
        return False
    if version > HEAD:
        raise DatabaseUnusable(f"{where} was written by a newer ledger; upgrade git-ledger to read it.")
    if version < HEAD:
        raise DatabaseUnusable(
            f"{where} has schema {version} and this program needs {HEAD}; whoever owns it runs ledger db upgrade."
        )
    return True


def lock_schema(connection: Connection) -> None:
    """Only one program changes the schema at a time; the lock ends with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:application)"), {"application": APPLICATION_ID})


def grants(connection: Connection, names: list[str]) -> list[str]:
    """The GRANT statements that give back what is granted on these views, which dropping them takes away."""
    asked = text(
        """SELECT format('GRANT %s ON %I TO %s%s', a.privilege_type, c.relname,
             CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
             CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
           FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
           WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v' AND c.relname = ANY(:names)
             AND a.grantee <> c.relowner ORDER BY 1"""
    )
    return list(connection.execute(asked, {"names": names}).scalars())


def dependants(error: DBAPIError) -> str | None:
    """What others built on our views, as the server names it; None for another error."""
    diagnosis: Any = getattr(error.orig, "diag", None)
    if diagnosis is None or diagnosis.sqlstate != "2BP01":
        return None
    return " ".join(str(diagnosis.message_detail).split())
