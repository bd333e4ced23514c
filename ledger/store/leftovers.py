"""The charges that were booked to no change, added up."""

from __future__ import annotations

from sqlalchemy import Connection

from ledger.domain.unattributed import Leftover
from ledger.store.figures import Slice, rows
from ledger.store.fragments import REPOSITORIES

_LEFT = f"""SELECT r.name AS repository, h.reason AS reason, h.session AS session, h.agent AS agent, h.model AS model,
    h.branch AS branch, MIN(h.occurred_on) AS first_on, MAX(h.occurred_on) AS last_on,
    CAST(SUM(h.calls) AS BIGINT) AS calls, CAST(SUM(h.calls_unpriced) AS BIGINT) AS calls_unpriced,
    CAST(SUM(h.nusd) AS BIGINT) AS nusd
  FROM charge h JOIN {REPOSITORIES} r ON r.id = h.repository_id
  WHERE h.change_id = '' AND {{mine}}
  GROUP BY r.name, h.repository_id, h.reason, h.session, h.agent, h.model, h.branch"""


def leftovers(connection: Connection, part: Slice) -> list[Leftover]:
    """What reached no change by reason, session, agent, model and branch, in no particular order."""
    values = {"repository": part.repository_id} if part.repository_id else {}
    mine = "h.repository_id = :repository" if values else "1 = 1"
    return [Leftover(**row) for row in rows(connection, _LEFT.replace("{mine}", mine), None, values)]
