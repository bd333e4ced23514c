"""Pieces of SQL that views and reports share, so that both say the same to the cent.

One text for SQLite, PostgreSQL, DuckDB and Spark SQL (storage.md §2): no quoting, no casts that round, booleans only
in CASE WHEN, sums of BIGINT cast back. `{as_of}` is the moment to judge from, `{matured}` the one that must have come
by then for a change to be stale, abandoned or durable, `{days}` how long that takes, `{change}` the changes.
"""

from __future__ import annotations

from dataclasses import fields

from ledger.domain.conclusions import Change
from ledger.domain.outcomes import MATURITY
from ledger.domain.rules import AMBIGUOUS, EXACT, INFERRED, WEAK, of_strength
from ledger.domain.standing import STOOD
from ledger.domain.tasks import WEAK_SOURCES

REPOSITORIES = """(SELECT q.id AS id,
    CASE WHEN COUNT(*) > 1 THEN q.name || ' (' || SUBSTR(q.id, 1, 8) || ')' ELSE q.name END AS name
  FROM repository q JOIN repository s ON s.name = q.name GROUP BY q.id, q.name)"""
"""Repositories by names of their own: where several share one, as the directory's or that of another host, each has the
beginning of its id beside it."""

RECORDED_AS_OF = "(SELECT noted_at FROM clock WHERE name = 'posted_at')"

OUTCOME = """CASE
    WHEN c.state <> 'undecided' AND c.decided_at <= {as_of}
      THEN CASE WHEN c.state = 'landed' THEN 'accepted' ELSE 'rejected' END
    WHEN c.basis = 'request' AND CASE WHEN c.is_forge_known THEN 1 ELSE 0 END = 1
      THEN CASE WHEN c.stale_at <= {matured} THEN 'stale' ELSE 'open' END
    WHEN c.abandoned_at IS NULL THEN 'unknown'
    WHEN c.abandoned_at <= {matured} THEN 'abandoned'
    ELSE 'open' END"""
"""The outcome of change `c` (metric.md §5), the same rule as ledger.domain.outcomes.outcome."""

_STANDS = """CASE WHEN c.reverted_at <= {as_of} AND c.reverted_after < {days} THEN 1 ELSE 0 END AS is_reverted,
    CASE WHEN c.durable_at <= {matured} THEN 1 ELSE 0 END AS is_old_enough"""
IN_GROUPS = "c.opened_at <= {as_of} AND CASE WHEN c.has_model THEN 1 ELSE 0 END = 1"
"""Whether change `c` stands in groups: opened by then, with a model contribution or a charge."""

JUDGED = f"""SELECT c.*, {OUTCOME} AS outcome, {_STANDS}
  FROM {{change}} c WHERE {IN_GROUPS}"""
"""The changes that stand in groups.

`is_reverted` and `is_old_enough` are about the days that a change has to stand; a later revert is another story.
"""

OUTCOMES = ("accepted", "rejected", "abandoned", "stale", "open", "unknown")
_EACH_OUTCOME = " UNION ALL ".join(f"SELECT '{word}' AS outcome" for word in OUTCOMES)

JUDGED_ONCE = f"""SELECT c.*, o.outcome AS outcome, {_STANDS}
  FROM {{change}} c CROSS JOIN ({_EACH_OUTCOME}) o WHERE o.outcome = {OUTCOME} AND {IN_GROUPS}"""
"""The same for what adds up twenty things of each change: the outcome is found once, as one of a list.

SQLite puts the text of a column that is worked out wherever the column is named, so each sum would work it out anew. It
reads the list for each change and never the changes for each outcome: that is what CROSS JOIN says to it.
"""

_AS_THEY_STOOD = ", ".join(
    f"CASE WHEN b.change_id IS NULL THEN e.{name} ELSE b.{name} END AS {name}" if name in STOOD else f"e.{name}"
    for name in (field.name for field in fields(Change))
)
STOOD_BEFORE = f"""(SELECT {_AS_THEY_STOOD} FROM change e
    LEFT JOIN change_before b ON b.change_id = e.id AND b.since_at <= {{as_of}} AND b.until_at > {{as_of}})"""
"""The changes as they stood then, where that is longer ago than their own dates tell (ledger.domain.standing)."""

IS_WEAK = f"type_source IN ({', '.join(repr(source) for source in WEAK_SOURCES)})"
"""The rule that gave the task type is wrong in one of four or five cases (metric.md §6)."""

_DECIDED = "outcome IN ('accepted', 'rejected', 'abandoned')"
_HEARD = "(basis <> 'request' OR CASE WHEN is_forge_known THEN 1 ELSE 0 END = 1)"
COUNTED = f"{_DECIDED} AND {_HEARD}"
"""Whether a judged change is in the ratio, if its cost is known."""

_BASE = f"{COUNTED} AND cost_known = 'known'"


def _count(condition: str) -> str:
    return f"CAST(SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)"


def _sum(column: str, condition: str) -> str:
    return f"CAST(SUM(CASE WHEN {condition} THEN {column} ELSE 0 END) AS BIGINT)"


SUMS = {
    "n": "CAST(COUNT(*) AS BIGINT)",
    **{
        word: _count(f"outcome = '{word}'")
        for word in ("accepted", "rejected", "abandoned", "open", "stale", "unknown")
    },
    "n_cost_known": _count("cost_known = 'known'"),
    "base_n": _count(_BASE),
    "base_accepted": _count(f"{_BASE} AND outcome = 'accepted'"),
    "base_nusd": _sum("nusd", _BASE),
    "base_cost_sq": f"SUM(CASE WHEN {_BASE} THEN cost_sq ELSE 0 END)",
    "base_accepted_nusd": _sum("nusd", f"{_BASE} AND outcome = 'accepted'"),
    "charged_nusd": "CAST(SUM(nusd) AS BIGINT)",
    "calls": "CAST(SUM(calls) AS BIGINT)",
    "verified": _count("outcome = 'accepted' AND CASE WHEN is_verified THEN 1 ELSE 0 END = 1"),
    "durable": _count("outcome = 'accepted' AND is_reverted = 0 AND is_old_enough = 1"),
    "pending": _count("outcome = 'accepted' AND is_reverted = 0 AND is_old_enough = 0"),
    "reverted": _count("outcome = 'accepted' AND is_reverted = 1"),
    "first_pass_yes": _count("CASE WHEN first_pass THEN 1 ELSE 0 END = 1"),
    "first_pass_no": _count("CASE WHEN first_pass THEN 0 ELSE 1 END = 1 AND first_pass IS NOT NULL"),
    "first_pass_unknown": _count("first_pass IS NULL"),
    "attempts": _sum("attempts", _DECIDED),
    "type_inferred_weakly": _count(IS_WEAK),
    "without_forge": _count("basis = 'request' AND CASE WHEN is_forge_known THEN 1 ELSE 0 END = 0"),
}
"""The sums of a group of judged changes; every figure of a report follows from them."""

TRIED = {
    "decided": _count(COUNTED),
    "base_attempts": _sum("attempts", _BASE),
    "base_failed_runs": _sum("failed_runs", _BASE),
}
"""The changes that are decided, and how often those of known cost were tried: a select list beside `sums`."""

BUCKETS = (*OUTCOMES, "unattributed")


RULE = f"REPLACE(h.rule, '{AMBIGUOUS}', '')"
"""The rule of charge `h` without its mark."""

IS_AMBIGUOUS = f"CASE WHEN {RULE} = h.rule THEN 0 ELSE 1 END"
"""1 where the cost of charge `h` was split between equal claims."""


def is_of_strength(strength: str) -> str:
    """Whether the rule of charge `h` is so sure: a condition."""
    names = ", ".join(f"'{name}'" for name in of_strength(strength))
    return f"{RULE} IN ({names})"


_STRENGTHS = " ".join(f"WHEN {is_of_strength(word)} THEN '{word}'" for word in (EXACT, INFERRED, WEAK))
STRENGTH = f"CASE {_STRENGTHS} END"
"""exact, inferred or weak; NULL for an unattributed charge."""

FAILED_TRY = "a.ended_by <> 'end'"
"""Whether something ended attempt `a` before the change was done: a condition."""

TRIES = f"""SELECT a.change_id, CAST(COUNT(*) AS BIGINT) AS tries, CAST(SUM(a.nusd) AS BIGINT) AS tries_nusd,
      CAST(SUM(CASE WHEN {FAILED_TRY} THEN 1 ELSE 0 END) AS BIGINT) AS failed_tries,
      CAST(SUM(CASE WHEN {FAILED_TRY} THEN a.nusd ELSE 0 END) AS BIGINT) AS failed_nusd
    FROM attempt a GROUP BY a.change_id"""
"""Of a change that was not accepted every try failed; of one that was, those that something ended."""

RETRIES = {
    "attempts": "CAST(SUM(j.attempts) AS BIGINT)",
    "failed_runs": "CAST(SUM(j.failed_runs) AS BIGINT)",
    "failed_attempts": "CAST(SUM(COALESCE(CASE WHEN j.outcome = 'accepted' THEN f.failed_tries ELSE f.tries END, 0)) "
    "AS BIGINT)",
    "failed_nusd": "CAST(SUM(COALESCE(CASE WHEN j.outcome = 'accepted' THEN f.failed_nusd ELSE f.tries_nusd END, 0)) "
    "AS BIGINT)",
}
"""What tries came to, over judged changes `j` that are decided, with their tries `f`."""

RETRIED = "j.basis <> 'trunk' AND j.outcome IN ('accepted', 'rejected', 'abandoned')"
"""Whether a judged change says how often it takes more than one try: a condition."""

REVIEWED_WHEN = "CASE WHEN j.second_review_when = '' THEN 'none' ELSE j.second_review_when END"
"""When a second model reviewed judged change `j`."""


def as_of(
    sql: str, moment: str = RECORDED_AS_OF, *, matured: str = "", days: int = MATURITY.days, is_before: bool = False
) -> str:
    """The SQL, judged from `moment`: an expression or a bound parameter.

    With another maturity than the usual one `matured` lies as much earlier as that is longer. `is_before`: changes may
    have stood otherwise than their own dates tell.
    """
    sql = sql.replace("{change}", STOOD_BEFORE if is_before else "change")
    return sql.replace("{matured}", matured or moment).replace("{days}", str(days)).replace("{as_of}", moment)


def sums(*names: str) -> str:
    """The named sums (default: all) as a select list."""
    return ",\n    ".join(f"{SUMS[name]} AS {name}" for name in names or SUMS)
