"""What a report rests on, and what it leaves out: the figures of its footer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.domain.retractions import withdrawn
from ledger.domain.rules import INFERRED, WEAK
from ledger.domain.sums import Coverage
from ledger.domain.told import TELLERS
from ledger.store import omissions, reads
from ledger.store.figures import Slice, rows
from ledger.store.fragments import IS_AMBIGUOUS, IS_WEAK, JUDGED, is_of_strength
from ledger.store.parts import in_parts


def _sum_of(condition: str) -> str:
    return f"COALESCE(CAST(SUM(CASE WHEN {condition} THEN h.nusd ELSE 0 END) AS BIGINT), 0)"


_COMMITS = """SELECT COUNT(*) AS commits, COALESCE(SUM(s.hooked), 0) AS hooked FROM (
    SELECT m.oid AS oid, MAX(CASE WHEN m.evidence IN ('hook', 'merge') THEN 1 ELSE 0 END) AS hooked
    FROM repository_commit m WHERE m.{mine} GROUP BY m.oid
    HAVING MAX(CASE WHEN m.evidence = 'scan' THEN 1 ELSE 0 END) = 1) s"""

_CALLS = """SELECT COALESCE(CAST(SUM(k.calls) AS BIGINT), 0) AS calls,
    COALESCE(CAST(SUM(k.calls_unpriced) AS BIGINT), 0) AS unpriced,
    COALESCE(CAST(SUM(k.calls_placeholder) AS BIGINT), 0) AS placeholder,
    COALESCE(CAST(SUM(k.calls_duplicate) AS BIGINT), 0) AS duplicate,
    COALESCE(CAST(SUM(k.calls_estimated) AS BIGINT), 0) AS estimated,
    COALESCE(CAST(SUM(k.calls_aggregate) AS BIGINT), 0) AS aggregate_rows,
    COALESCE(CAST(SUM(k.calls_rollup) AS BIGINT), 0) AS rollup_rows,
    COALESCE(CAST(SUM(k.calls_told) AS BIGINT), 0) AS told
  FROM call_sum k WHERE k.{mine}"""

_CHANGES = f"""SELECT
    COALESCE(SUM(CASE WHEN j.cost_known = 'none' THEN 1 ELSE 0 END), 0) AS unknown_cost,
    COALESCE(SUM(CASE WHEN j.cost_known = 'partial' THEN 1 ELSE 0 END), 0) AS partial_cost,
    COALESCE(SUM(CASE WHEN j.{IS_WEAK} THEN 1 ELSE 0 END), 0) AS weak, COUNT(*) AS changes,
    COALESCE(SUM(CASE WHEN CASE WHEN j.is_draft THEN 1 ELSE 0 END = 1 THEN 1 ELSE 0 END), 0) AS drafts
  FROM ({JUDGED}) j WHERE j.{{mine}}"""

_HUMAN = "SELECT COUNT(*) AS human FROM change c WHERE CASE WHEN c.has_model THEN 1 ELSE 0 END = 0 AND c.{mine}"

_MIXED = "SELECT COUNT(*) AS mixed FROM change c WHERE c.lead_evidence = 'mixed' AND c.{mine}"

_ELSEWHERE = f"""SELECT COUNT(DISTINCT CASE WHEN k.session <> '' THEN k.session END) AS sessions,
    COALESCE(SUM(CASE WHEN k.session = '' THEN 1 ELSE 0 END), 0) AS calls
  FROM place p JOIN call k ON k.directory = p.directory
  WHERE p.repository_id IS NULL AND {{among}}
    AND NOT (k.source IN ({", ".join(f"'{each}'" for each in sorted(TELLERS))}) AND EXISTS
    (SELECT 1 FROM call j JOIN place q ON q.directory = j.directory
     WHERE j.session = k.session AND k.session <> '' AND q.repository_id IS NOT NULL))"""

_REASONS = """SELECT h.reason AS reason, CAST(SUM(h.nusd) AS BIGINT) AS nusd FROM charge h
  WHERE h.change_id = '' AND h.{mine} GROUP BY h.reason ORDER BY 2 DESC, 1"""

_BOOKED = f"""SELECT
    {_sum_of(is_of_strength(INFERRED))} AS inferred, {_sum_of(is_of_strength(WEAK))} AS weak,
    {_sum_of(f"{IS_AMBIGUOUS} = 1")} AS ambiguous
  FROM charge h WHERE h.{{mine}}"""

_UNPRICED = """SELECT k.model_raw AS model, CAST(SUM(k.calls_unpriced) AS BIGINT) AS calls FROM call_sum k
  WHERE k.calls_unpriced > 0 AND k.{mine} GROUP BY k.model_raw ORDER BY 2 DESC, 1"""


def coverage(connection: Connection, moment: datetime, part: Slice) -> Coverage:
    """The footer's figures; sessions elsewhere are those whose directory no repository of this ledger owns.

    What telemetry tells of a session that is in scope is not elsewhere.
    """
    values = {"repository": part.repository_id} if part.repository_id else {}
    mine = "repository_id = :repository" if values else "repository_id IS NOT NULL"

    def asked(sql: str) -> list[dict[str, Any]]:
        text = sql.replace("{mine}", mine)
        bound = {**(values if ":repository" in text else {}), "maturity": part.maturity}
        return rows(connection, text, moment if "{as_of}" in text else None, bound)

    commits, calls, changes = asked(_COMMITS)[0], asked(_CALLS)[0], asked(_CHANGES)[0]
    elsewhere, booked = asked(_ELSEWHERE.replace("{among}", "1 = 1"))[0], asked(_BOOKED)[0]
    times = reads.times(connection)
    return Coverage(
        commits=commits["commits"],
        commits_without_line=commits["commits"] - commits["hooked"],
        calls=calls["calls"],
        calls_unpriced=calls["unpriced"],
        calls_placeholder=calls["placeholder"],
        calls_duplicate=calls["duplicate"],
        calls_estimated=calls["estimated"],
        calls_aggregate=calls["aggregate_rows"],
        calls_rollup=calls["rollup_rows"],
        calls_told=calls["told"],
        changes_cost_unknown=changes["unknown_cost"],
        changes_cost_partial=changes["partial_cost"],
        changes_mixed=asked(_MIXED)[0]["mixed"],
        changes=changes["changes"],
        drafts=changes["drafts"],
        type_inferred_weakly=changes["weak"],
        human_changes=asked(_HUMAN)[0]["human"] + reads.people_uncounted(connection, part.repository_id),
        out_of_scope_sessions=elsewhere["sessions"] - _forgotten_elsewhere(connection),
        out_of_scope_calls=elsewhere["calls"],
        skipped=tuple(omissions.skips(connection)),
        unattributed=tuple((row["reason"], row["nusd"]) for row in asked(_REASONS)),
        inferred_nusd=booked["inferred"],
        weak_nusd=booked["weak"],
        ambiguous_nusd=booked["ambiguous"],
        unpriced_models=tuple((row["model"], row["calls"]) for row in asked(_UNPRICED)),
        logs_read_at=times.get("logs_read_at"),
        posted_at=times.get("posted_at"),
    )


def _forgotten_elsewhere(connection: Connection) -> int:
    """How many of the sessions elsewhere were forgotten."""
    gone = sorted(withdrawn(reads.retractions(connection)).sessions)
    found = 0
    for part in in_parts(gone):
        names = {f"s{place}": each for place, each in enumerate(part)}
        among = f"k.session IN ({', '.join(f':{name}' for name in names)})"
        found += int(rows(connection, _ELSEWHERE.replace("{among}", among), None, names)[0]["sessions"])
    return found
