"""The views: the public contract, one SQL text for every engine, kept in step with a hash.

Views are code, not migrations: they are dropped before a migration and created after it, in its transaction, and
created anew when their text has changed.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text

from ledger.domain import reasons
from ledger.domain.rules import INFERRED, WEAK
from ledger.store.fragments import (
    FAILED_TRY,
    IS_AMBIGUOUS,
    JUDGED,
    OUTCOME,
    REPOSITORIES,
    RETRIED,
    RETRIES,
    REVIEWED_WHEN,
    RULE,
    STRENGTH,
    TRIES,
    as_of,
    is_of_strength,
    sums,
)

_USD = "1000000000.0"


def _usd(expression: str) -> str:
    return f"{expression} / {_USD}"


def _text(words: str) -> str:
    """A text of ours in SQL."""
    return "'" + words.replace("'", "''") + "'"


def _day(column: str) -> str:
    return f"SUBSTR(CAST({column} AS VARCHAR(30)), 1, 10)"


def _month(column: str) -> str:
    return f"SUBSTR(CAST({column} AS VARCHAR(30)), 1, 7)"


_TOTALS = ",\n    ".join(
    f"CAST(SUM(k.{name}) AS BIGINT) AS {name}"
    for name in (
        *("calls", "calls_unpriced", "calls_placeholder", "calls_estimated", "calls_aggregate", "calls_rollup"),
        *("calls_told", "list_nusd", "billed_nusd", "proxy_nusd", "told_nusd", "nano_credits", "nano_premium"),
    )
)

_LABELS = """LEFT JOIN repository_label t ON t.repository_id = r.id AND t.label = 'team'
  LEFT JOIN repository_label o ON o.repository_id = r.id AND o.label = 'cost_centre'"""


def _if_known(nusd: str) -> str:
    """A cost of change `c` in USD; NULL where none of its cost is known."""
    return f"CASE WHEN c.cost_known = 'none' THEN NULL ELSE {_usd(nusd)} END"


_SECOND_REVIEW = """CASE WHEN {0}.has_second_review THEN 1
    WHEN {0}.second_review_when = 'unknown' THEN NULL ELSE 0 END"""

_CHANGES = f"""SELECT c.id, r.name AS repository, c.basis, c.number, c.branch, c.title,
  {OUTCOME} AS outcome,
  c.task_type, c.type_source,
  CASE WHEN c.area = '' THEN NULL ELSE c.area END AS area, c.areas,
  CASE WHEN c.stakes = '' THEN NULL ELSE c.stakes END AS stakes, c.stakes_by,
  CASE WHEN c.package = '' THEN NULL ELSE c.package END AS package, c.packages,
  c.lead_model, c.lead_agent, c.lead_provider, c.lead_family, c.lead_evidence, c.first_model, c.lineup,
  c.cost_known,
  {_if_known("c.nusd")} AS cost_usd,
  {_if_known("c.nusd_implement")} AS cost_implement_usd,
  {_if_known("c.nusd_review")} AS cost_review_usd,
  {_if_known("c.nusd_scout")} AS cost_scout_usd,
  c.calls, c.calls_unpriced, c.attempts, c.failed_runs,
  CASE WHEN c.has_model THEN 1 ELSE 0 END AS has_model,
  CASE WHEN c.is_verified THEN 1 WHEN c.is_verified IS NULL THEN NULL ELSE 0 END AS verified,
  CASE WHEN c.first_pass THEN 1 WHEN c.first_pass IS NULL THEN NULL ELSE 0 END AS first_pass,
  CASE WHEN c.reverted_at <= {{as_of}} THEN 1 ELSE 0 END AS reverted,
  c.added, c.deleted, c.landed_by, c.landed_oid,
  {_day("c.opened_at")} AS opened_on, {_day("c.decided_at")} AS decided_on, {_day("c.reverted_at")} AS reverted_on,
  {_SECOND_REVIEW.format("c")} AS second_review,
  CASE WHEN c.second_review_when = '' THEN 'none' ELSE c.second_review_when END AS second_review_when,
  c.reviews AS reviews_known, c.models_tried,
  CASE WHEN c.started_by = '' THEN NULL ELSE c.started_by END AS started_by,
  c.started_model, CASE WHEN c.started_role = '' THEN NULL ELSE c.started_role END AS started_role,
  t.text AS team, o.text AS cost_centre
FROM change c JOIN {REPOSITORIES} r ON r.id = c.repository_id {_LABELS}"""

_CHANGE_SUMS = f"""SELECT repository, opened_month, basis, model, agent, task_type,
  n, accepted, rejected, abandoned, open, stale, unknown, n_cost_known,
  base_n, base_accepted, {_usd("base_nusd")} AS base_cost, base_cost_sq, {
    _usd("base_accepted_nusd")
} AS base_cost_accepted
FROM (SELECT r.name AS repository, {_month("j.opened_at")} AS opened_month, j.basis, j.lead_model AS model,
    j.lead_agent AS agent, j.task_type,
    {
    sums(
        "n",
        "accepted",
        "rejected",
        "abandoned",
        "open",
        "stale",
        "unknown",
        "n_cost_known",
        "base_n",
        "base_accepted",
        "base_nusd",
        "base_cost_sq",
        "base_accepted_nusd",
    )
}
  FROM ({JUDGED}) j JOIN {REPOSITORIES} r ON r.id = j.repository_id
  GROUP BY r.name, {_month("j.opened_at")}, j.basis, j.lead_model, j.lead_agent, j.task_type) s"""

_COST = f"""SELECT basis, model, task_type,
  n, accepted, rejected, abandoned, open, stale, unknown, n_cost_known, base_n, base_accepted,
  {_usd("base_nusd")} AS base_cost_usd,
  CASE WHEN base_n > 0 THEN base_accepted * 1.0 / base_n ELSE NULL END AS acceptance,
  CASE WHEN base_accepted > 0 THEN {_usd("base_nusd")} / base_accepted ELSE NULL END AS cost_per_accepted_usd
FROM (SELECT j.basis, j.lead_model AS model, j.task_type,
    {
    sums(
        "n",
        "accepted",
        "rejected",
        "abandoned",
        "open",
        "stale",
        "unknown",
        "n_cost_known",
        "base_n",
        "base_accepted",
        "base_nusd",
    )
}
  FROM ({JUDGED}) j WHERE j.basis <> 'trunk' GROUP BY j.basis, j.lead_model, j.task_type) s"""


def _priced(nusd: str, calls: str, unpriced: str) -> str:
    """The cost of calls in USD; NULL where none of them has a price."""
    return f"CASE WHEN {nusd} = 0 AND {calls} <= {unpriced} THEN NULL ELSE {_usd(nusd)} END"


_SPEND = f"""SELECT r.name AS repository, SUBSTR(h.occurred_on, 1, 7) AS spent_month,
  CASE WHEN h.model = '' THEN NULL ELSE h.model END AS model,
  CASE WHEN h.agent = '' THEN NULL ELSE h.agent END AS agent,
  CASE WHEN h.role = '' THEN NULL ELSE h.role END AS role,
  CAST(SUM(h.calls) AS BIGINT) AS calls, CAST(SUM(h.calls_unpriced) AS BIGINT) AS calls_unpriced,
  {_priced(*(f"CAST(SUM(h.{name}) AS BIGINT)" for name in ("nusd", "calls", "calls_unpriced")))} AS cost_usd,
  t.text AS team, o.text AS cost_centre
FROM charge h JOIN {REPOSITORIES} r ON r.id = h.repository_id {_LABELS}
GROUP BY r.name, SUBSTR(h.occurred_on, 1, 7), h.model, h.agent, h.role, t.text, o.text"""

_COSTS = f"""SELECT repository, spent_month, agent, model_raw, calls, calls_unpriced,
  calls_placeholder, calls_estimated, calls_aggregate, calls_rollup, calls_told,
  {_priced("counted_nusd", "calls", "calls_unpriced")} AS cost_usd,
  {_usd("list_nusd")} AS list_usd, {_usd("billed_nusd")} AS billed_usd,
  {_usd("proxy_nusd")} AS proxy_usd, {_usd("told_nusd")} AS told_usd,
  {_usd("nano_credits")} AS credits, {_usd("nano_premium")} AS premium_requests
FROM (SELECT r.name AS repository, SUBSTR(k.occurred_on, 1, 7) AS spent_month,
    CASE WHEN k.agent = '' THEN NULL ELSE k.agent END AS agent, k.model_raw,
    CAST(SUM(k.nusd) AS BIGINT) AS counted_nusd,
    {_TOTALS}
  FROM call_sum k JOIN {REPOSITORIES} r ON r.id = k.repository_id
  GROUP BY r.name, SUBSTR(k.occurred_on, 1, 7), k.agent, k.model_raw) s"""

_ALL_CALLS = "(SELECT COALESCE(CAST(SUM(k2.nusd) AS BIGINT), 0) FROM call_sum k2)"


def _share(nusd: str) -> str:
    """Of the cost of all calls; NULL where there is none."""
    return f"CASE WHEN {_ALL_CALLS} <> 0 THEN {nusd} * 1.0 / {_ALL_CALLS} ELSE NULL END"


def _part(condition: str) -> str:
    return f"CASE WHEN {condition} THEN h.nusd ELSE 0 END"


_NO_PARTS = "0 AS inferred_nusd, 0 AS weak_nusd, 0 AS ambiguous_nusd"

_RECONCILIATION = f"""SELECT bucket, nusd, {_usd("nusd")} AS cost_usd, {_share("nusd")} AS share,
  {_usd("inferred_nusd")} AS inferred_usd, {_usd("weak_nusd")} AS weak_usd, {_usd("ambiguous_nusd")} AS ambiguous_usd
FROM (SELECT bucket, CAST(SUM(nusd) AS BIGINT) AS nusd, CAST(SUM(inferred_nusd) AS BIGINT) AS inferred_nusd,
    CAST(SUM(weak_nusd) AS BIGINT) AS weak_nusd, CAST(SUM(ambiguous_nusd) AS BIGINT) AS ambiguous_nusd
  FROM (SELECT {OUTCOME} AS bucket, c.nusd AS nusd, {_NO_PARTS} FROM change c
    UNION ALL SELECT {OUTCOME} AS bucket, 0 AS nusd, {_part(is_of_strength(INFERRED))} AS inferred_nusd,
      {_part(is_of_strength(WEAK))} AS weak_nusd, {_part(f"{IS_AMBIGUOUS} = 1")} AS ambiguous_nusd
    FROM charge h JOIN change c ON c.id = h.change_id
    UNION ALL SELECT 'unattributed' AS bucket, h.nusd AS nusd, {_NO_PARTS}
    FROM charge h WHERE h.change_id = '') b
  GROUP BY bucket
  UNION ALL SELECT 'all calls' AS bucket, {_ALL_CALLS} AS nusd, {_NO_PARTS}) s"""

_ATTRIBUTION = f"""SELECT bucket, rule, strength, ambiguous, reason, calls, nusd, {_usd("nusd")} AS cost_usd,
  {_share("nusd")} AS share
FROM (SELECT bucket, rule, strength, ambiguous, reason, CAST(SUM(calls) AS BIGINT) AS calls,
    CAST(SUM(nusd) AS BIGINT) AS nusd
  FROM (SELECT CASE WHEN h.change_id = '' THEN 'unattributed' ELSE {OUTCOME} END AS bucket,
      CASE WHEN h.rule = '' THEN NULL ELSE {RULE} END AS rule, {STRENGTH} AS strength, {IS_AMBIGUOUS} AS ambiguous,
      CASE WHEN h.reason = '' THEN NULL ELSE h.reason END AS reason, h.calls AS calls, h.nusd AS nusd
    FROM charge h LEFT JOIN change c ON c.id = h.change_id) b
  GROUP BY bucket, rule, strength, ambiguous, reason) s"""

_REMEDY = " ".join(f"WHEN {_text(reason)} THEN {_text(remedy)}" for reason, remedy in reasons.REMEDIES.items())

_UNATTRIBUTED = f"""SELECT repository, reason, model, spent_month, calls,
  {_priced("nusd", "calls", "unpriced")} AS cost_usd,
  {_share("nusd")} AS share, CASE reason {_REMEDY} END AS remedy
FROM (SELECT r.name AS repository, h.reason, CASE WHEN h.model = '' THEN NULL ELSE h.model END AS model,
    SUBSTR(h.occurred_on, 1, 7) AS spent_month, CAST(SUM(h.calls) AS BIGINT) AS calls,
    CAST(SUM(h.calls_unpriced) AS BIGINT) AS unpriced, CAST(SUM(h.nusd) AS BIGINT) AS nusd
  FROM charge h JOIN {REPOSITORIES} r ON r.id = h.repository_id WHERE h.change_id = ''
  GROUP BY r.name, h.reason, h.model, SUBSTR(h.occurred_on, 1, 7)) s"""

_RETRY_LOOPS = f"""SELECT basis, model, task_type, n AS decided, accepted, attempts, failed_runs, failed_attempts,
  {_usd("failed_nusd")} AS cost_failed_attempts_usd,
  CASE WHEN accepted > 0 THEN attempts * 1.0 / accepted ELSE NULL END AS attempts_per_accepted,
  CASE WHEN accepted > 0 THEN failed_runs * 1.0 / accepted ELSE NULL END AS failed_runs_per_accepted,
  CASE WHEN accepted > 0 THEN {_usd("failed_nusd")} / accepted ELSE NULL END AS cost_failed_attempts_per_accepted_usd,
  first_pass_yes, first_pass_no, first_pass_unknown
FROM (SELECT j.basis, j.lead_model AS model, j.task_type,
    {sums("n", "accepted", "first_pass_yes", "first_pass_no", "first_pass_unknown")},
    {", ".join(f"{sql} AS {name}" for name, sql in RETRIES.items())}
  FROM ({JUDGED}) j LEFT JOIN ({TRIES}) f ON f.change_id = j.id
  WHERE {RETRIED}
  GROUP BY j.basis, j.lead_model, j.task_type) s"""

_CHANGE_ATTEMPTS = f"""SELECT c.id AS change_id, r.name AS repository, c.basis, c.task_type, {OUTCOME} AS outcome,
  a.number AS attempt, CASE WHEN a.model = '' THEN NULL ELSE a.model END AS model, a.models,
  {_day("a.started_at")} AS started_on, a.ended_by,
  CASE WHEN {OUTCOME} IN ('open', 'stale', 'unknown') AND NOT ({FAILED_TRY}) THEN NULL
    WHEN {OUTCOME} = 'accepted' AND NOT ({FAILED_TRY}) THEN 0 ELSE 1 END AS failed,
  a.failed_runs, a.calls, {_if_known("a.nusd")} AS cost_usd,
  c.lead_model
FROM attempt a JOIN change c ON c.id = a.change_id JOIN {REPOSITORIES} r ON r.id = c.repository_id"""


def _flag(column: str) -> str:
    return f"CASE WHEN {column} THEN 1 WHEN {column} IS NULL THEN NULL ELSE 0 END"


_CHANGE_REVIEWS = f"""SELECT c.id AS change_id, r.name AS repository, c.basis, c.task_type, {OUTCOME} AS outcome,
  v.number AS review, CASE WHEN v.model = '' THEN NULL ELSE v.model END AS model,
  CASE WHEN v.agent = '' THEN NULL ELSE v.agent END AS agent, v.evidence,
  CASE WHEN v.is_dated THEN {_day("v.reviewed_at")} ELSE NULL END AS reviewed_on,
  {_flag("v.is_second")} AS second_model, {_flag("v.is_after_last_commit")} AS after_last_commit,
  {_flag("v.is_before_decision")} AS before_decision,
  CASE WHEN v.verdict = '' THEN NULL ELSE v.verdict END AS verdict, v.calls,
  CASE WHEN v.calls = 0 THEN NULL ELSE {_usd("v.nusd")} END AS cost_usd, c.lead_model
FROM review v JOIN change c ON c.id = v.change_id JOIN {REPOSITORIES} r ON r.id = c.repository_id"""

_REVIEWS = f"""SELECT basis, model, task_type,
  CASE WHEN second_review_when = 'none' THEN 0 WHEN second_review_when = 'unknown' THEN NULL ELSE 1 END
    AS second_review,
  second_review_when, n, accepted, rejected, reverted, base_n, base_accepted,
  {_usd("base_nusd")} AS base_cost_usd, {_usd("review_nusd")} AS cost_review_usd,
  CASE WHEN base_n > 0 THEN base_accepted * 1.0 / base_n ELSE NULL END AS acceptance,
  CASE WHEN base_accepted > 0 THEN {_usd("base_nusd")} / base_accepted ELSE NULL END AS cost_per_accepted_usd
FROM (SELECT j.basis, j.lead_model AS model, j.task_type,
    {REVIEWED_WHEN} AS second_review_when,
    {sums("n", "accepted", "rejected", "reverted", "base_n", "base_accepted", "base_nusd")},
    CAST(SUM(j.nusd_review) AS BIGINT) AS review_nusd
  FROM ({JUDGED}) j WHERE j.basis <> 'trunk'
  GROUP BY j.basis, j.lead_model, j.task_type, {REVIEWED_WHEN}) s"""

VIEWS: dict[str, str] = {
    name: as_of(sql)
    for name, sql in {
        "changes": _CHANGES,
        "change_sums": _CHANGE_SUMS,
        "cost_per_accepted_change": _COST,
        "spend": _SPEND,
        "costs": _COSTS,
        "reconciliation": _RECONCILIATION,
        "attribution": _ATTRIBUTION,
        "unattributed": _UNATTRIBUTED,
        "retry_loops": _RETRY_LOOPS,
        "change_attempts": _CHANGE_ATTEMPTS,
        "reviews": _REVIEWS,
        "change_reviews": _CHANGE_REVIEWS,
    }.items()
}
"""View → its SELECT; what depends on the clock is judged from the last post."""

HASH = hashlib.sha256(repr(VIEWS).encode()).hexdigest()


def ensure_views(connection: Connection, *, check_only: bool = False) -> bool:
    """Whether the views in the database are these; unless `check_only`, they are after the call."""
    known = connection.execute(text("SELECT text FROM ledger_meta WHERE name = 'views_hash'")).scalar()
    if known != HASH and not check_only:
        drop_views(connection)
        create_views(connection)
    return known == HASH


def drop_views(connection: Connection) -> None:
    """Drop every view of ours, the last first."""
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create_views(connection: Connection) -> None:
    """Create every view and note the hash of their text."""
    for name, sql in VIEWS.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {sql}")
    connection.execute(text("DELETE FROM ledger_meta WHERE name = 'views_hash'"))
    connection.execute(text("INSERT INTO ledger_meta (name, text) VALUES ('views_hash', :hash)"), {"hash": HASH})
