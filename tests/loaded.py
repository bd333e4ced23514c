"""Importing this loads all of the program, what it imports of others only when it is needed, and what tests import."""

from __future__ import annotations

import gc
import importlib
import pkgutil

import ledger

_LATE = ("alembic.command", "genai_prices.data_snapshot", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "pytest")

for _name in (*(found.name for found in pkgutil.walk_packages(ledger.__path__, "ledger.")), *_LATE):
    if not _name.endswith("__main__"):
        importlib.import_module(_name)
gc.freeze()  # so that collecting garbage in a forked process does not copy all of this
