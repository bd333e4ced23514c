"""The figures of a report: SQL sums, the domain estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, text

from ledger.domain.conclusions import Buckets, Coverage, GroupSums
from ledger.store import reads
from ledger.store.fragments import BUCKET, BUCKETS, JUDGED, SCOPE, as_of, sums
from ledger.store.schema import UtcTime


@dataclass(frozen=True, slots=True)
class Slice:
    """Which changes a report is about: opened in [since, until), of one repository or of all."""

    since: datetime | None = None
    until: datetime | None = None
    repository_id: str | None = None


def group_sums(connection: Connection, moment: datetime, part: Slice, *, by_type: bool) -> list[GroupSums]:
    """The sums per basis and leading model, or per basis, model and task type, judged from `moment`."""
    where, values = _where(part)
    keys = "j.basis, j.lead_model, j.task_type" if by_type else "j.basis, j.lead_model"
    sql = f"SELECT {keys}, {sums()} FROM ({JUDGED}) j WHERE {where} GROUP BY {keys} ORDER BY {keys}"
    wasted = _unattributed(connection, part)
    return [
        GroupSums(
            basis=row.pop("basis"),
            model=(model := row.pop("lead_model")),
            task_type=row.pop("task_type", None),
            unattributed_nusd=0 if by_type else wasted.get(model, 0),
            **row,
        )
        for row in _rows(connection, sql, moment, values)
    ]


def unattributed(connection: Connection, part: Slice) -> dict[str | None, int]:
    """Nano-USD per model that reached no change."""
    return _unattributed(connection, part)


def _unattributed(connection: Connection, part: Slice) -> dict[str | None, int]:
    where = "h.repository_id = :repository" if part.repository_id else "1 = 1"
    sql = f"SELECT h.model AS model, CAST(SUM(h.nusd) AS BIGINT) AS nusd FROM charge h WHERE h.change_id = '' AND {where} GROUP BY h.model"
    values = {"repository": part.repository_id} if part.repository_id else {}
    return {row["model"] or None: row["nusd"] for row in _rows(connection, sql, None, values)}


def buckets(connection: Connection, moment: datetime, part: Slice) -> Buckets:
    """Every priced call in scope by what became of it; the total is summed from the calls themselves."""
    own = "h.repository_id = :repository" if part.repository_id else "1 = 1"
    placed = "p.repository_id = :repository" if part.repository_id else "p.repository_id IS NOT NULL"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT bucket, CAST(SUM(nusd) AS BIGINT) AS nusd FROM (
        SELECT {BUCKET} AS bucket, h.nusd AS nusd FROM charge h LEFT JOIN change c ON c.id = h.change_id WHERE {own}) b GROUP BY bucket"""
    found = {row["bucket"]: row["nusd"] for row in _rows(connection, sql, moment, values)}
    total = f"SELECT COALESCE(CAST(SUM(x.nusd) AS BIGINT), 0) AS nusd {SCOPE} JOIN call_cost x ON x.event_key = k.event_key WHERE {placed}"
    return Buckets(
        **{name: found.get(name, 0) for name in BUCKETS}, total=_rows(connection, total, None, values)[0]["nusd"]
    )


def coverage(connection: Connection, moment: datetime, part: Slice) -> Coverage:
    """What the report rests on, and what it leaves out."""
    own = {"repository": part.repository_id} if part.repository_id else {}
    mine = "{0}repository_id = :repository" if own else "{0}repository_id IS NOT NULL"

    def one(sql: str) -> dict[str, Any]:
        return _rows(connection, sql, moment if "{as_of}" in sql else None, own)[0]

    commits = one(
        f"""SELECT COUNT(DISTINCT oid) AS commits, COUNT(DISTINCT CASE WHEN evidence = 'hook' THEN oid END) AS hooked
        FROM repository_commit WHERE {mine.format("")}"""
    )
    calls = one(
        f"""SELECT COUNT(*) AS calls, COALESCE(SUM(CASE WHEN x.nusd IS NULL THEN 1 ELSE 0 END), 0) AS unpriced,
        COALESCE(SUM(CASE WHEN k.quality = 'placeholder' THEN 1 ELSE 0 END), 0) AS placeholder
        {SCOPE} LEFT JOIN call_cost x ON x.event_key = k.event_key WHERE {mine.format("p.")}"""
    )
    changes = one(
        f"""SELECT COALESCE(SUM(CASE WHEN cost_known = 'none' THEN 1 ELSE 0 END), 0) AS none_known,
        COALESCE(SUM(CASE WHEN cost_known = 'partial' THEN 1 ELSE 0 END), 0) AS partial,
        COALESCE(SUM(CASE WHEN cost_known <> 'known' AND outcome IN ('accepted', 'rejected', 'abandoned') THEN 1 ELSE 0 END), 0)
          AS decided,
        COALESCE(SUM(CASE WHEN type_source IN ('paths', 'commits', 'keywords', 'none') THEN 1 ELSE 0 END), 0) AS weak
        FROM ({JUDGED}) j WHERE {mine.format("j.")}"""
    )
    human = one(
        f"SELECT COUNT(*) AS human FROM change c WHERE CASE WHEN c.has_model THEN 1 ELSE 0 END = 0 AND {mine.format('c.')}"
    )
    elsewhere = _rows(
        connection,
        f"""SELECT COUNT(DISTINCT k.session) AS sessions FROM call k LEFT JOIN place p ON p.directory = k.directory
        WHERE p.repository_id IS NULL{" OR p.repository_id <> :repository" if own else ""}""",
        None,
        own,
    )[0]
    reasons = _rows(
        connection,
        f"""SELECT h.reason AS reason, CAST(SUM(h.nusd) AS BIGINT) AS nusd FROM charge h
        WHERE h.change_id = '' AND {mine.format("h.")} GROUP BY h.reason ORDER BY 2 DESC, 1""",
        None,
        own,
    )
    unpriced = _rows(
        connection,
        f"""SELECT k.model_raw AS model, COUNT(*) AS calls {SCOPE} JOIN call_cost x ON x.event_key = k.event_key
        WHERE x.nusd IS NULL AND {mine.format("p.")} GROUP BY k.model_raw ORDER BY 2 DESC, 1""",
        None,
        own,
    )
    times = reads.times(connection)
    return Coverage(
        commits=commits["commits"],
        commits_without_line=commits["commits"] - commits["hooked"],
        calls=calls["calls"],
        calls_unpriced=calls["unpriced"],
        calls_placeholder=calls["placeholder"],
        changes_cost_unknown=changes["none_known"],
        changes_cost_partial=changes["partial"],
        changes_decided_cost_unknown=changes["decided"],
        type_inferred_weakly=changes["weak"],
        human_changes=human["human"],
        out_of_scope_sessions=elsewhere["sessions"],
        skipped=tuple(reads.skips(connection)),
        unattributed=tuple((row["reason"], row["nusd"]) for row in reasons),
        unpriced_models=tuple((row["model"], row["calls"]) for row in unpriced),
        logs_read_at=times.get("logs_read_at"),
        posted_at=times.get("posted_at"),
    )


def cost_kind(connection: Connection, part: Slice) -> str:
    """`billed` when every priced call's cost is what was paid, else `list`."""
    placed = "p.repository_id = :repository" if part.repository_id else "p.repository_id IS NOT NULL"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT COUNT(*) AS priced, COALESCE(SUM(CASE WHEN x.match = 'reported' THEN 1 ELSE 0 END), 0) AS reported
        {SCOPE} JOIN call_cost x ON x.event_key = k.event_key WHERE x.nusd IS NOT NULL AND {placed}"""
    row = _rows(connection, sql, None, values)[0]
    return "billed" if row["priced"] and row["priced"] == row["reported"] else "list"


def dearest(connection: Connection, part: Slice) -> tuple[str, int] | None:
    """(title, nano-USD) of the change that cost most."""
    where, values = _where(part)
    sql = f"SELECT title, nusd FROM change j WHERE nusd > 0 AND {where} ORDER BY nusd DESC, id LIMIT 1"
    found = _rows(connection, sql, None, values)
    return (found[0]["title"], found[0]["nusd"]) if found else None


def _where(part: Slice) -> tuple[str, dict[str, Any]]:
    tests = {
        "since": ("j.opened_at >= :since", part.since),
        "until": ("j.opened_at < :until", part.until),
        "repository": ("j.repository_id = :repository", part.repository_id),
    }
    wanted = {name: (test, value) for name, (test, value) in tests.items() if value is not None}
    return " AND ".join(test for test, _ in wanted.values()) or "1 = 1", {
        name: value for name, (_, value) in wanted.items()
    }


def _rows(connection: Connection, sql: str, moment: datetime | None, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    statement = text(as_of(sql, ":as_of") if moment else sql)
    bound = {**values, **({"as_of": moment} if moment else {})}
    timed = [bindparam(name, type_=UtcTime) for name, value in bound.items() if isinstance(value, datetime)]
    return [dict(row) for row in connection.execute(statement.bindparams(*timed), bound).mappings()]
