"""What every view and its columns mean, with the unit: the documentation of the public SQL is generated from this."""

from __future__ import annotations

VIEW_COMMENTS = {
    "changes": "One row per change; direct commits by people are counted, not listed. Outcomes as of the last post.",
    "change_sums": "Counts and the five sums per repository, month, basis, model, agent and type; rows add up.",
    "cost_per_accepted_change": "Requests and branches by basis, leading model and task type, without intervals.",
    "spend": "Where the money went: charges by repository, month, model, agent and role.",
    "costs": "The kinds of cost beside each other, by repository, month, agent and model: never add them up.",
    "reconciliation": "Every priced call in exactly one bucket; `all calls` is summed from the calls themselves.",
    "unattributed": "What reached no change, by reason, model and month.",
    "retry_loops": "Decided changes: tries and failing runs per accepted one, and what failed tries cost.",
    "reviews": "Changes that a second model reviewed beside those it did not; observed, not an experiment.",
}

EXAMPLES = {
    "changes": """SELECT number, title, outcome, lead_model, ROUND(cost_usd, 2) AS usd FROM changes
WHERE reverted = 1 ORDER BY cost_usd DESC LIMIT 3""",
    "change_sums": """SELECT opened_month, model, SUM(base_accepted) AS accepted,
  ROUND(SUM(base_cost) / SUM(base_accepted), 2) AS usd
FROM change_sums WHERE basis = 'request' AND model IS NOT NULL GROUP BY opened_month, model ORDER BY 1, 4""",
    "cost_per_accepted_change": """SELECT model, base_n, base_accepted, ROUND(cost_per_accepted_usd, 2) AS usd
FROM cost_per_accepted_change WHERE task_type = 'feat' ORDER BY usd""",
    "spend": """SELECT spent_month, model, role, calls, ROUND(cost_usd, 2) AS usd FROM spend
WHERE role = 'review' ORDER BY spent_month, usd DESC""",
    "costs": """SELECT agent, model_raw, SUM(calls) AS calls, SUM(calls_placeholder) AS placeholders,
  ROUND(SUM(list_usd), 2) AS list_usd, ROUND(SUM(billed_usd), 2) AS billed_usd, SUM(credits) AS credits
FROM costs GROUP BY agent, model_raw ORDER BY 5 DESC, 2 LIMIT 3""",
    "reconciliation": "SELECT bucket, nusd, ROUND(cost_usd, 2) AS usd FROM reconciliation ORDER BY nusd DESC",
    "unattributed": """SELECT reason, model, calls, ROUND(cost_usd, 2) AS usd FROM unattributed
ORDER BY usd DESC LIMIT 3""",
    "retry_loops": """SELECT model, decided, accepted, attempts, ROUND(attempts_per_accepted, 1) AS per_accepted,
  ROUND(cost_failed_attempts_usd, 2) AS usd_failed FROM retry_loops WHERE task_type = 'feat' ORDER BY 5""",
    "reviews": """SELECT model, second_review, base_n, ROUND(acceptance, 2) AS acceptance,
  ROUND(cost_per_accepted_usd, 2) AS usd
FROM reviews WHERE task_type = 'feat' ORDER BY model, second_review""",
}
"""A question for each view, shown with its answer in the documentation."""

_COLUMNS = {
    "id": "Id of the change",
    "repository": "Name of the repository",
    "basis": "request, branch or trunk: never pool them",
    "number": "Number of the request",
    "branch": "Name of the branch",
    "title": "Title of the request, or subject of the commit",
    "outcome": "accepted, rejected, abandoned, open, stale or unknown",
    "task_type": "feat, fix, docs …",
    "type_source": "The rule that gave the task type",
    "area": "Sensitive part by path rules",
    "stakes": "high or normal",
    "lead_model": "Model with the most changed lines as implementer",
    "lead_agent": "Its agent",
    "lead_provider": "Its provider",
    "lead_family": "Its family",
    "lead_evidence": "lines, charges or only; mixed: a squash of several commits names models for some only",
    "first_model": "The model that tried first",
    "lineup": "Every model on the change with its role",
    "cost_known": "known, partial (then cost is a lower bound) or none",
    "cost_usd": "Cost, USD; NULL when unknown",
    "cost_implement_usd": "Cost of implementing, USD",
    "cost_review_usd": "Cost of reviewing, USD",
    "cost_scout_usd": "Cost of scouting, USD",
    "calls": "Number of calls",
    "calls_unpriced": "Calls whose price is unknown",
    "model_raw": "Model as the source wrote it",
    "calls_placeholder": "Calls whose output is a placeholder: cost is a lower bound",
    "calls_estimated": "Calls whose log tells a part of their tokens: cost is a lower bound",
    "calls_aggregate": "Rows that are a sum over many calls",
    "calls_rollup": "Rows that are a sum over a session's calls",
    "calls_told": "Calls whose cost is only the agent's own word",
    "list_usd": "At list price, of the calls with a price, USD",
    "billed_usd": "What bills and statements said, USD",
    "proxy_usd": "What gateways said, USD",
    "told_usd": "What agents said themselves, USD",
    "credits": "The seller's credits: no money",
    "premium_requests": "Premium requests: no money",
    "attempts": "Number of attempts",
    "failed_runs": "Failing runs before the first pass",
    "has_model": "1 when a model contributed or a charge was booked",
    "verified": "1 when the last run of each required check on the landed head passed; NULL without runs",
    "first_pass": "1 when the first run passed; NULL without runs",
    "reverted": "1 when a revert of it stands on the target branch",
    "added": "Lines added; NULL when not read",
    "deleted": "Lines deleted; NULL when not read",
    "landed_by": "merge, squash, rebase, fast-forward or direct",
    "landed_oid": "The landing commit",
    "opened_on": "Day it was opened, UTC",
    "decided_on": "Day it landed or was closed, UTC",
    "reverted_on": "Day it was reverted, UTC",
    "second_review": "1 when a model other than the leading one reviewed it",
    "team": "The repository's label `team`; NULL without one",
    "cost_centre": "The repository's label `cost_centre`; NULL without one",
    "decided": "Accepted, rejected and abandoned changes",
    "failed_attempts": "Tries that a failing run or another model ended",
    "cost_failed_attempts_usd": "What those tries cost, USD",
    "attempts_per_accepted": "attempts / accepted",
    "failed_runs_per_accepted": "failed_runs / accepted",
    "opened_month": "Month the changes were opened, YYYY-MM, UTC",
    "spent_month": "Month of the calls, YYYY-MM, UTC",
    "model": "Model; NULL when unknown. It is the leading model where changes are counted",
    "agent": "Agent; NULL when unknown",
    "role": "implement, review or scout; NULL when unknown",
    "n": "Changes with a model",
    "accepted": "Changes that landed",
    "rejected": "Requests closed unmerged",
    "abandoned": "Branches silent for 14 days that landed nowhere",
    "open": "Undecided changes",
    "stale": "Requests open for more than 14 days",
    "unknown": "Changes that git alone cannot judge",
    "n_cost_known": "Changes of fully known cost",
    "base_n": "Decided changes of known cost: what the ratios rest on",
    "base_accepted": "Accepted ones among them",
    "base_cost": "Their cost, USD",
    "base_cost_usd": "Their cost, USD",
    "base_cost_sq": "Sum of their squared costs, USD²",
    "base_cost_accepted": "Cost of the accepted ones, USD",
    "acceptance": "base_accepted / base_n",
    "cost_per_accepted_usd": "base cost / base_accepted, USD: failed work is in the numerator",
    "bucket": "What became of the change the calls were booked to, unattributed, or all calls",
    "nusd": "Nano-USD, exact",
    "reason": "Why no change was found",
}


def view_column_comment(view: str, column: str) -> str:
    """The meaning of a view's column; KeyError for one that nobody described."""
    if view == "spend" and column == "model":
        return "Model that was called; NULL when unknown"
    return _COLUMNS[column]
