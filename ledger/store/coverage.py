"""What a report rests on, and what it leaves out: the figures of its footer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.domain.retractions import withdrawn
from ledger.domain.rules import INFERRED, WEAK, is_ambiguous, strength
from ledger.domain.sums import CallTotals, Coverage
from ledger.domain.told import TELLERS
from ledger.store import omissions, reads
from ledger.store.figures import Slice, rows, within
from ledger.store.fragments import IN_GROUPS, IS_WEAK
from ledger.store.parts import in_parts

_COMMITS = """SELECT COUNT(*) AS commits, COALESCE(SUM(s.hooked), 0) AS hooked FROM (
    SELECT m.oid AS oid, MAX(CASE WHEN m.evidence IN ('hook', 'merge') THEN 1 ELSE 0 END) AS hooked
    FROM repository_commit m WHERE m.{mine} GROUP BY m.oid
    HAVING MAX(CASE WHEN m.evidence = 'scan' THEN 1 ELSE 0 END) = 1) s"""


def _changes_with(condition: str, asked: str = "is_asked") -> str:
    """How many changes of the tables meet a condition, which is looked at first: few do."""
    return f"COALESCE(SUM(CASE WHEN {condition} AND c.{asked} = 1 AND {IN_GROUPS} THEN 1 ELSE 0 END), 0)"


_DRAFT = "CASE WHEN c.is_draft THEN 1 ELSE 0 END = 1"
_CHANGES = f"""SELECT COALESCE(SUM(CASE WHEN c.is_asked = 1 AND {IN_GROUPS} THEN 1 ELSE 0 END), 0) AS changes,
    {_changes_with("c.cost_known = 'none'")} AS unknown_cost,
    {_changes_with("c.cost_known = 'partial'")} AS partial_cost,
    {_changes_with(f"c.{IS_WEAK}")} AS weak, {_changes_with(_DRAFT, "is_asked_as_draft")} AS drafts,
    COALESCE(SUM(CASE WHEN c.has_model THEN 0 ELSE 1 END), 0) AS human,
    COALESCE(SUM(CASE WHEN c.lead_evidence = 'mixed' THEN 1 ELSE 0 END), 0) AS mixed
  FROM (SELECT j.*, CASE WHEN {{asked}} THEN 1 ELSE 0 END AS is_asked,
      CASE WHEN {{as_draft}} THEN 1 ELSE 0 END AS is_asked_as_draft FROM {{change}} j WHERE j.{{mine}}) c"""
"""What is counted of changes, in one pass; people's changes and mixed squashes whenever they were opened."""

_ELSEWHERE = f"""SELECT COUNT(DISTINCT CASE WHEN k.session <> '' THEN k.session END) AS sessions,
    COALESCE(SUM(CASE WHEN k.session = '' THEN 1 ELSE 0 END), 0) AS calls
  FROM place p JOIN call k ON k.directory = p.directory
  WHERE p.repository_id IS NULL AND {{among}}
    AND NOT (k.source IN ({", ".join(f"'{each}'" for each in sorted(TELLERS))}) AND EXISTS
    (SELECT 1 FROM call j JOIN place q ON q.directory = j.directory
     WHERE j.session = k.session AND k.session <> '' AND q.repository_id IS NOT NULL))"""

_REASONS = """SELECT h.reason AS reason, CAST(SUM(h.nusd) AS BIGINT) AS nusd FROM charge h
  WHERE h.change_id = '' AND h.{mine} GROUP BY h.reason ORDER BY 2 DESC, 1"""

_BOOKED = """SELECT b.rule AS rule, CAST(SUM(b.nusd) AS BIGINT) AS nusd FROM (
    SELECT h.repository_id AS repository_id, h.rule AS rule, CAST(SUM(h.nusd) AS BIGINT) AS nusd
    FROM charge h WHERE h.{mine} GROUP BY h.repository_id, h.rule) b
  GROUP BY b.rule"""
"""In the order of the index of charges first, so that many of them need no sorting."""

_UNPRICED = """SELECT k.model_raw AS model, CAST(SUM(k.calls_unpriced) AS BIGINT) AS calls FROM call_sum k
  WHERE k.calls_unpriced > 0 AND k.{mine} GROUP BY k.model_raw ORDER BY 2 DESC, 1"""


def coverage(connection: Connection, moment: datetime, part: Slice, called: CallTotals) -> Coverage:
    """The footer's figures; `called` are those of all calls in scope, which other parts of a report need too.

    Sessions elsewhere are those whose directory no repository of this ledger owns. What telemetry tells of a session
    that is in scope is not elsewhere.
    """
    values = {"repository": part.repository_id} if part.repository_id else {}
    mine = "repository_id = :repository" if values else "repository_id IS NOT NULL"

    def asked(sql: str) -> list[dict[str, Any]]:
        text = sql.replace("{mine}", mine)
        bound = {**(values if ":repository" in text else {}), "maturity": part.maturity}
        return rows(connection, text, moment if "{as_of}" in text else None, bound)

    commits, changes = asked(_COMMITS)[0], _changes(connection, moment, part, mine)
    elsewhere, booked = asked(_ELSEWHERE.replace("{among}", "1 = 1"))[0], asked(_BOOKED)
    times = reads.times(connection)
    return Coverage(
        commits=commits["commits"],
        commits_without_line=commits["commits"] - commits["hooked"],
        calls=called.calls,
        calls_unpriced=called.calls_unpriced,
        calls_placeholder=called.calls_placeholder,
        calls_duplicate=called.calls_duplicate,
        calls_estimated=called.calls_estimated,
        calls_aggregate=called.calls_aggregate,
        calls_rollup=called.calls_rollup,
        calls_told=called.calls_told,
        changes_cost_unknown=changes["unknown_cost"],
        changes_cost_partial=changes["partial_cost"],
        changes_mixed=changes["mixed"],
        changes=changes["changes"],
        drafts=changes["drafts"],
        type_inferred_weakly=changes["weak"],
        human_changes=changes["human"] + reads.people_uncounted(connection, part.repository_id),
        out_of_scope_sessions=elsewhere["sessions"] - _forgotten_elsewhere(connection),
        out_of_scope_calls=elsewhere["calls"],
        skipped=tuple(omissions.skips(connection)),
        unattributed=tuple((row["reason"], row["nusd"]) for row in asked(_REASONS)),
        inferred_nusd=sum(row["nusd"] for row in booked if strength(row["rule"]) == INFERRED),
        weak_nusd=sum(row["nusd"] for row in booked if strength(row["rule"]) == WEAK),
        ambiguous_nusd=sum(row["nusd"] for row in booked if is_ambiguous(row["rule"])),
        unpriced_models=tuple((row["model"], row["calls"]) for row in asked(_UNPRICED)),
        logs_read_at=times.get("logs_read_at"),
        posted_at=times.get("posted_at"),
    )


def _changes(connection: Connection, moment: datetime, part: Slice, mine: str) -> dict[str, Any]:
    """What is counted of changes: of those that the tables are asked about, drafts whether they are in them or not."""
    (where, values), (as_draft, _) = within(part), within(replace(part, has_drafts=True))
    sql = _CHANGES.replace("{mine}", mine).replace("{asked}", where).replace("{as_draft}", as_draft)
    return rows(connection, sql, moment, values)[0]


def _forgotten_elsewhere(connection: Connection) -> int:
    """How many of the sessions elsewhere were forgotten."""
    gone = sorted(withdrawn(reads.retractions(connection)).sessions)
    found = 0
    for part in in_parts(gone):
        names = {f"s{place}": each for place, each in enumerate(part)}
        among = f"k.session IN ({', '.join(f':{name}' for name in names)})"
        found += int(rows(connection, _ELSEWHERE.replace("{among}", among), None, names)[0]["sessions"])
    return found
