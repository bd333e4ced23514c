"""The figures of a report: SQL sums, the domain estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, select, text

from ledger.domain.conclusions import OwnSpend
from ledger.domain.costing import Judged, Spent
from ledger.domain.outcomes import MATURITY
from ledger.domain.sums import Buckets, CallTotals, GroupSums
from ledger.store.dimensions import CHARGED, LINEUP, WHO, chosen, part_of
from ledger.store.fragments import BUCKETS, COUNTED, JUDGED, JUDGED_ONCE, OUTCOME, as_of, sums
from ledger.store.schema import UtcTime, tables

Only = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension (ledger.store.dimensions) and which of its names are wanted; of several dimensions, all have to fit."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which changes a report is about: opened in [since, until), of one repository or of all."""

    since: datetime | None = None
    until: datetime | None = None
    repository_id: str | None = None
    only: Only = ()
    maturity: int = MATURITY.days
    """Days after which an undecided request is stale, a silent branch abandoned, and what landed durable."""
    has_drafts: bool = True
    """Requests that are drafts are among them."""


_INSTANT, _DAY = timedelta(microseconds=1), timedelta(days=1)

CREDITED = {"lead": "j.lead_model", "first": "j.first_model", "lineup": LINEUP}
"""Credit → whom a change is credited to; `own` goes by the charges instead (`own_spends`)."""

_OWN = """CAST(COUNT(DISTINCT j.id) AS BIGINT) AS changes, CAST(SUM(s.calls) AS BIGINT) AS calls,
    CAST(SUM(s.calls_unpriced) AS BIGINT) AS calls_unpriced,
    CAST(SUM(CASE WHEN j.outcome = 'accepted' THEN s.nusd ELSE 0 END) AS BIGINT) AS accepted_nusd,
    CAST(SUM(CASE WHEN j.outcome IN ('rejected', 'abandoned') THEN s.nusd ELSE 0 END) AS BIGINT) AS failed_nusd,
    CAST(SUM(CASE WHEN j.outcome IN ('open', 'stale', 'unknown') THEN s.nusd ELSE 0 END) AS BIGINT) AS undecided_nusd,
    0 AS unattributed_nusd"""
_STRAY = """0 AS changes, CAST(SUM(h.calls) AS BIGINT) AS calls,
    CAST(SUM(h.calls_unpriced) AS BIGINT) AS calls_unpriced, 0 AS accepted_nusd, 0 AS failed_nusd, 0 AS undecided_nusd,
    CAST(SUM(h.nusd) AS BIGINT) AS unattributed_nusd"""


def group_sums(
    connection: Connection,
    moment: datetime,
    part: Slice,
    by: str = "task_type",
    credit: str = "lead",
    whom: str = "model",
) -> list[GroupSums]:
    """The sums per basis, whoever is credited and part; judged from `moment`.

    `by` is a key of ledger.store.dimensions.PARTS or label:KEY, `credit` one of CREDITED, `whom` a key of WHO: other
    than by model, changes can be told of who led them only.
    """
    where, values = within(part)
    key, joined, bound = part_of(by)
    who = credited(credit, whom)
    keys = f"j.basis, {who}, {key}"
    sql = f"""SELECT j.basis AS basis, {who} AS model, {key} AS part, {sums()}
        FROM ({JUDGED_ONCE}) j {joined} WHERE {where} GROUP BY {keys} ORDER BY {keys}"""
    return [GroupSums(unattributed_nusd=0, **row) for row in rows(connection, sql, moment, values | bound)]


def credited(credit: str, whom: str = "model") -> str:
    """Whom judged change `j` is told under: an expression."""
    return WHO[whom] if whom != "model" else CREDITED.get(credit, "NULL")


def own_spends(connection: Connection, moment: datetime, part: Slice, by: str = "task_type") -> list[OwnSpend]:
    """What each model cost in each role on the changes of the slice, by part; and, without a part, on no change.

    Where only some changes are wanted, what reached none is not told.
    """
    where, values = within(part)
    key, joined, bound = ("s.role", "", {}) if by == "role" else part_of(by)
    keys = f"s.model, s.role, {key}"
    sql = f"""SELECT s.model AS model, s.role AS role, {key} AS part, {_OWN}
        FROM change_spend s JOIN ({JUDGED}) j ON j.id = s.change_id {joined}
        WHERE {where} GROUP BY {keys} ORDER BY {keys}"""
    own, mine = _stray(part, moment)
    stray = f"""SELECT h.model AS model, h.role AS role, {_STRAY} FROM charge h
        WHERE {own} GROUP BY h.model, h.role ORDER BY h.model, h.role"""
    found = rows(connection, sql, moment, values | bound)
    if not part.only:
        found += [{**row, "part": None} for row in rows(connection, stray, None, mine)]
    return [OwnSpend(**{**row, "model": row["model"] or None, "role": row["role"] or None}) for row in found]


def unattributed(connection: Connection, moment: datetime, part: Slice, whom: str = "model") -> dict[str | None, int]:
    """Nano-USD per model or agent, spent in the slice's time, that reached no change; none by other than these."""
    if whom not in CHARGED:
        return {}
    where, values = _stray(part, moment)
    sql = f"""SELECT {CHARGED[whom]} AS who, CAST(SUM(h.nusd) AS BIGINT) AS nusd FROM charge h
        WHERE {where} GROUP BY {CHARGED[whom]}"""
    return {row["who"] or None: row["nusd"] for row in rows(connection, sql, None, values)}


def _timed(part: Slice, moment: datetime) -> tuple[list[str], dict[str, Any]]:
    """(conditions on charge `h` that its calls were made in the slice's time and by the moment, bound values).

    What reached no change was opened at no time, so its own counts. A session's calls of one day are one charge, and
    go by the first of them. What was spent since then is no more of the report than changes opened since.
    """
    tests = {
        "since": ("h.first_at >= :since", part.since),
        "until": ("h.first_at < :until", part.until),
        "by": ("h.first_at <= :by", moment),
    }
    told = {name: pair for name, pair in tests.items() if pair[1] is not None}
    return [test for test, _ in told.values()], {name: value for name, (_, value) in told.items()}


def _stray(part: Slice, moment: datetime) -> tuple[str, dict[str, Any]]:
    """(the condition on charge `h` that it reached no change and is in the slice, bound values)."""
    tests, values = _timed(part, moment)
    if part.repository_id:
        tests, values = [*tests, "h.repository_id = :repository"], {**values, "repository": part.repository_id}
    return " AND ".join(["h.change_id = ''", *tests]), values


def buckets(connection: Connection, moment: datetime, part: Slice, total: int) -> Buckets:
    """Every priced call in scope by what became of it, beside their `total`, which is summed from the calls."""
    own = "c.repository_id = :repository" if part.repository_id else "1 = 1"
    left = "h.repository_id = :repository" if part.repository_id else "1 = 1"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT bucket, CAST(SUM(nusd) AS BIGINT) AS nusd FROM (
        SELECT {OUTCOME} AS bucket, c.nusd AS nusd FROM {{change}} c WHERE {own}
        UNION ALL SELECT 'unattributed', h.nusd FROM charge h WHERE h.change_id = '' AND {left}) b GROUP BY bucket"""
    found = {row["bucket"]: row["nusd"] for row in rows(connection, sql, moment, values | {"maturity": part.maturity})}
    return Buckets(**{name: found.get(name, 0) for name in BUCKETS}, total=total)


def call_totals(connection: Connection, part: Slice) -> CallTotals:
    """What is asked of all calls in scope, in one pass over their daily sums."""
    called = "k.repository_id = :repository" if part.repository_id else "1 = 1"
    values = {"repository": part.repository_id} if part.repository_id else {}
    names = [field.name for field in fields(CallTotals)]
    wanted = ", ".join(f"COALESCE(CAST(SUM(k.{name}) AS BIGINT), 0) AS {name}" for name in names)
    return CallTotals(**rows(connection, f"SELECT {wanted} FROM call_sum k WHERE {called}", None, values)[0])


def called_by(connection: Connection, part: Slice, whom: str) -> list[tuple[str, int, int]]:
    """(model as written or agent, calls of known cost, nano-USD) of all calls made in the slice's time, by whole days.

    Whatever they were booked to: on a change that one model leads, others' calls are as many. `whom` is model or agent.
    """
    name = {"model": "k.model_raw", "agent": "k.agent"}[whom]
    ends = {
        "repository": ("k.repository_id = :repository", part.repository_id),
        "since": ("k.occurred_on >= :since", part.since and part.since.date().isoformat()),
        "until": ("k.occurred_on < :until", part.until and (part.until - _INSTANT + _DAY).date().isoformat()),
    }
    told = {key: pair for key, pair in ends.items() if pair[1] is not None}
    sql = f"""SELECT {name} AS who, CAST(SUM(k.calls - k.calls_unpriced) AS BIGINT) AS calls,
        CAST(SUM(k.nusd) AS BIGINT) AS nusd
      FROM call_sum k WHERE {" AND ".join(test for test, _ in told.values()) or "1 = 1"} GROUP BY {name} ORDER BY 1"""
    found = rows(connection, sql, None, {key: value for key, (_, value) in told.items()})
    return [(row["who"], row["calls"], row["nusd"]) for row in found]


def cost_kind(connection: Connection, part: Slice) -> str:
    """`billed` when every priced call's cost is what was paid, else `list`."""
    return call_totals(connection, part).cost_kind


def listed(connection: Connection, part: Slice) -> dict[tuple[str, str], tuple[int, int]]:
    """(agent, month) → list cost of its calls in the slice, and of its calls in other repositories of the ledger."""
    mine = (
        "CASE WHEN k.repository_id = :repository THEN k.list_nusd ELSE 0 END" if part.repository_id else "k.list_nusd"
    )
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT k.agent AS agent, SUBSTR(k.occurred_on, 1, 7) AS spent_month,
        CAST(SUM({mine}) AS BIGINT) AS here, CAST(SUM(k.list_nusd) AS BIGINT) AS whole
      FROM call_sum k GROUP BY k.agent, SUBSTR(k.occurred_on, 1, 7)"""
    found = rows(connection, sql, None, values)
    return {(row["agent"], row["spent_month"]): (row["here"], row["whole"] - row["here"]) for row in found}


def spent(connection: Connection, moment: datetime, part: Slice) -> list[Spent]:
    """The charges in scope by change or reason, model, agent, role and month, each kind of cost apart.

    What reached no change is of all time, and told apart by whether it was spent in the slice's.
    """
    where = "h.repository_id = :repository" if part.repository_id else "1 = 1"
    tests, values = _timed(part, moment)
    values |= {"repository": part.repository_id} if part.repository_id else {}
    timely = " AND ".join(tests)
    keys = "h.change_id, h.reason, h.model, h.agent, h.role, SUBSTR(h.occurred_on, 1, 7), h.is_at_other_time"
    names = {"list_nusd": "list_nusd", "paid_nusd": "paid_nusd", "unlisted": "parts_unlisted", "unpaid": "parts_unpaid"}
    added = ", ".join(f"CAST(SUM(h.{column}) AS BIGINT) AS {name}" for name, column in names.items())
    sql = f"""SELECT h.change_id AS change_id, h.reason AS reason, h.model AS model, h.agent AS agent,
        h.role AS role, SUBSTR(h.occurred_on, 1, 7) AS month, h.is_at_other_time AS is_at_other_time, {added}
      FROM (SELECT h.*, CASE WHEN h.change_id <> '' OR ({timely}) THEN 0 ELSE 1 END AS is_at_other_time
        FROM charge h WHERE {where}) h
      GROUP BY {keys} ORDER BY {keys}"""
    found = rows(connection, sql, None, values)
    return [Spent(**{**row, "is_at_other_time": bool(row["is_at_other_time"])}) for row in found]


def spent_by_month(connection: Connection, part: Slice) -> dict[tuple[str, str], tuple[int, int]]:
    """(agent, month) → at list price, and what bills and gateways told; summed from the calls, not from charges."""
    where = "k.repository_id = :repository" if part.repository_id else "1 = 1"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"""SELECT k.agent AS agent, SUBSTR(k.occurred_on, 1, 7) AS spent_month,
        CAST(SUM(k.list_nusd) AS BIGINT) AS listed, CAST(SUM(k.billed_nusd + k.proxy_nusd) AS BIGINT) AS paid
      FROM call_sum k WHERE {where} GROUP BY k.agent, SUBSTR(k.occurred_on, 1, 7)"""
    found = rows(connection, sql, None, values)
    return {(row["agent"], row["spent_month"]): (row["listed"], row["paid"]) for row in found}


def judged(
    connection: Connection,
    moment: datetime,
    part: Slice,
    by: str = "task_type",
    credit: str = "lead",
    whom: str = "model",
) -> list[Judged]:
    """The changes that stand in groups, one by one, with the group's model and part as in `group_sums`."""
    where, values = within(part)
    key, joined, bound = part_of(by)
    sql = f"""SELECT j.id AS change_id, j.basis AS basis, {credited(credit, whom)} AS model, {key} AS part,
        j.outcome AS outcome, CASE WHEN {COUNTED} THEN 1 ELSE 0 END AS is_counted, j.cost_known AS cost_known,
        j.repository_id AS repository_id
      FROM ({JUDGED}) j {joined} WHERE {where} ORDER BY j.id"""
    found = rows(connection, sql, moment, values | bound)
    return [Judged(**{**row, "is_counted": bool(row["is_counted"])}) for row in found]


def outcomes(connection: Connection, moment: datetime, part: Slice) -> dict[str, str]:
    """Every change's outcome, those of people alone included."""
    own = "c.repository_id = :repository" if part.repository_id else "1 = 1"
    values = {"repository": part.repository_id} if part.repository_id else {}
    sql = f"SELECT c.id AS id, {OUTCOME} AS outcome FROM {{change}} c WHERE {own}"
    return {row["id"]: row["outcome"] for row in rows(connection, sql, moment, {**values, "maturity": part.maturity})}


def title(connection: Connection, change_id: str) -> str:
    """What a change is called; '' where there is none."""
    found = rows(connection, "SELECT title FROM change WHERE id = :id", None, {"id": change_id})
    return str(found[0]["title"]) if found else ""


def dearest(connection: Connection, moment: datetime, part: Slice) -> tuple[str, int] | None:
    """(title, nano-USD) of the change that cost most, of those opened by the moment."""
    where, values = within(part)
    sql = f"""SELECT title, nusd FROM change j WHERE nusd > 0 AND j.opened_at <= {{as_of}} AND {where}
      ORDER BY nusd DESC, id LIMIT 1"""
    found = rows(connection, sql, moment, values)
    return (found[0]["title"], found[0]["nusd"]) if found else None


def within(part: Slice) -> tuple[str, dict[str, Any]]:
    """(the condition on judged change `j` that it is in the slice, bound values)."""
    tests = {
        "since": ("j.opened_at >= :since", part.since),
        "until": ("j.opened_at < :until", part.until),
        "repository": ("j.repository_id = :repository", part.repository_id),
    }
    wanted = {name: (test, value) for name, (test, value) in tests.items() if value is not None}
    drafts = [] if part.has_drafts else ["CASE WHEN j.is_draft THEN 1 ELSE 0 END = 0"]
    named, names = chosen(part.only)
    return " AND ".join([*(test for test, _ in wanted.values()), *drafts, *named]) or "1 = 1", {
        **{name: value for name, (_, value) in wanted.items()},
        **names,
        "maturity": part.maturity,
    }


def rows(connection: Connection, sql: str, moment: datetime | None, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a statement, judged from `moment` where it says `{as_of}`; the value `maturity` is in days."""
    return [dict(row) for row in answer(connection, sql, moment, values).mappings()]


def answer(connection: Connection, sql: str, moment: datetime | None, values: Mapping[str, Any]) -> CursorResult[Any]:
    """The same, for whoever reads many rows of which each needs little."""
    bound = dict(values)
    maturity = bound.pop("maturity", MATURITY.days)
    if moment:
        bound["as_of"] = moment
        is_usual = maturity == MATURITY.days or "{matured}" not in sql
        bound |= {} if is_usual else {"matured": moment - timedelta(days=maturity) + MATURITY}
        is_before = "{change}" in sql and _is_before(connection, moment)
        sql = as_of(sql, ":as_of", matured="" if is_usual else ":matured", days=maturity, is_before=is_before)
    timed = [bindparam(name, type_=UtcTime) for name, value in bound.items() if isinstance(value, datetime)]
    return connection.execute(text(sql).bindparams(*timed), bound)


def _is_before(connection: Connection, moment: datetime) -> bool:
    """Whether a change may have stood otherwise then than its own dates tell; nearly always one asks of today."""
    stood = tables["change_before"].c.until_at
    return connection.execute(select(stood).where(stood > moment).limit(1)).first() is not None
