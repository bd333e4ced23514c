"""Checks of the stored rows against each other and by the engine itself."""

from __future__ import annotations

import os

from sqlalchemy import Connection, text

from ledger.store.engine import Ledger
from ledger.store.views import HASH

_LARGE = 500 * 2**20
"""Above this a full check takes minutes; the quick one is said to be quick."""

_SUMS = {
    "changes whose cost is not the sum of their charges": """SELECT COUNT(*) FROM change c LEFT JOIN
        (SELECT change_id, SUM(nusd) AS nusd FROM charge GROUP BY change_id) h ON h.change_id = c.id
        WHERE c.nusd <> COALESCE(h.nusd, 0)""",
    "charges of changes that are not there": """SELECT COUNT(*) FROM charge h LEFT JOIN change c ON c.id = h.change_id
        WHERE h.change_id <> '' AND c.id IS NULL""",
    "changes whose rollup differs": """SELECT COUNT(*) FROM change c LEFT JOIN
        (SELECT change_id, SUM(nusd) AS nusd FROM change_spend GROUP BY change_id) s ON s.change_id = c.id
        WHERE c.nusd <> COALESCE(s.nusd, 0)""",
    "repositories whose charges do not add up to their calls": """SELECT COUNT(*) FROM
        (SELECT repository_id, SUM(nusd) AS nusd FROM call_sum GROUP BY repository_id) k LEFT JOIN
        (SELECT repository_id, SUM(nusd) AS nusd FROM charge GROUP BY repository_id) h
        ON h.repository_id = k.repository_id WHERE k.nusd <> COALESCE(h.nusd, 0)""",
    "repositories whose calls do not add up to their sums": """SELECT COUNT(*) FROM
        (SELECT p.repository_id, COUNT(*) AS calls, COALESCE(SUM(x.nusd), 0) AS nusd FROM call k
          JOIN place p ON p.directory = k.directory JOIN call_cost x ON x.event_key = k.event_key
          WHERE p.repository_id IS NOT NULL AND x.match NOT IN ('joined', 'possible duplicate')
          GROUP BY p.repository_id) k LEFT JOIN
        (SELECT repository_id, SUM(calls - calls_shared) AS calls, SUM(nusd - shared_nusd) AS nusd
          FROM call_sum GROUP BY repository_id) s
        ON s.repository_id = k.repository_id WHERE k.nusd <> COALESCE(s.nusd, 0) OR k.calls <> COALESCE(s.calls, 0)""",
    "commits of changes that are not there": """SELECT COUNT(*) FROM change_commit m LEFT JOIN change c
        ON c.id = m.change_id WHERE c.id IS NULL""",
    "calls whose place is not there": """SELECT COUNT(*) FROM call k LEFT JOIN place p ON p.directory = k.directory
        WHERE p.directory IS NULL""",
}


def integrity(ledger: Ledger, *, whole: bool) -> list[str]:
    """What SQLite finds wrong with the file; nothing for a server, which checks its own pages."""
    if ledger.is_shared:
        return []
    quick = not whole and os.path.getsize(ledger.where) > _LARGE
    with ledger.read() as connection:
        pragma = "quick_check" if quick else "integrity_check"
        said = list(connection.exec_driver_sql(f"PRAGMA {pragma}(10)").scalars())
        said += [f"foreign key of {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    return [line for line in said if line != "ok"]


def views(connection: Connection) -> list[str]:
    """Whether the views are this program's."""
    known = connection.execute(text("SELECT text FROM ledger_meta WHERE name = 'views_hash'")).scalar()
    return [] if known == HASH else ["they are another version's; run ledger db upgrade"]


def sums(connection: Connection) -> list[str]:
    """The identities that must hold between the tables, each with how often it does not."""
    found = ((what, connection.exec_driver_sql(sql).scalar_one()) for what, sql in _SUMS.items())
    return [f"{count:,} {what}" for what, count in found if count]
