"""One change in Markdown: what it has cost so far, by whom, how often it failed; for a comment and a summary."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.conclusions import Charge
from ledger.domain.doubts import doubts
from ledger.domain.explanation import Explanation
from ledger.domain.git_facts import Commit
from ledger.domain.grouping import group
from ledger.domain.markdown import escaped, table
from ledger.domain.money import known, shown, usd
from ledger.domain.screen import counted
from ledger.domain.sticky import Part, page

_MOST = 15
_UNDECIDED = ("open", "stale", "unknown")


def render(explained: Explanation) -> str:
    """The change as a page of Markdown."""
    return page(parts(explained))


def render_plain(commit: Commit) -> str:
    """A commit that is part of no change."""
    return (
        f"{escaped(commit.oid[:10])} {escaped(commit.subject, 100)}\n\n"
        "No change: no model is known to have had a part in it. Such commits are counted, not judged.\n"
    )


def parts(explained: Explanation) -> list[Part]:
    """The sentence stands open; the cost of each model and what is uncertain are folded."""
    change = explained.change
    number = f"Request {change.number}" if change.number is not None else "This change"
    title = f" ({escaped(change.title, 100)})" if change.title else ""
    found = [Part(f"**{number}{title}: {sentence(explained)}.**")]
    rows = list(_models(explained))
    if rows:
        found.append(Part(_limited(rows), "What it has cost, by model"))
    uncertain = [f"{doubt.what} {doubt.remedy}".rstrip() for doubt in doubts(explained)]
    if uncertain:
        lines = "".join(f"- {escaped(line, 600)}\n" for line in uncertain[:_MOST])
        found.append(Part(lines, "What is uncertain about it"))
    return found


def sentence(explained: Explanation) -> str:
    """Outcome, cost, models and failing runs: `open, $1.22 so far, 2 models, 3 failing runs before the first pass`."""
    change = explained.change
    models = {charge.model for charge in explained.charges} | {
        each.row.model for each in explained.weighed if each.counts
    }
    named = len(models - {None, ""})
    words = [explained.outcome, _cost(explained), counted(named, "model") if named else "no known model"]
    if change.failed_runs:
        words.append(f"{counted(change.failed_runs, 'failing run')} before the first pass")
    return ", ".join(words)


def _cost(explained: Explanation) -> str:
    change = explained.change
    so_far = " so far" if explained.outcome in _UNDECIDED else ""
    if change.cost_known == "none":
        return f"cost unknown{so_far}"
    least = "at least " if change.cost_known == "partial" else ""
    return f"{least}{shown(usd(change.nusd))}{so_far}"


def _models(explained: Explanation) -> Iterator[list[str]]:
    """A row per model and role, the dearest first."""
    found = group(explained.charges, lambda row: (row.model, row.role))
    for (model, role), rows in sorted(found.items(), key=lambda pair: (-sum(row.nusd for row in pair[1]), pair[0])):
        yield [escaped(model or "(unknown)", 120), escaped(role or "(unknown)", 20), *_sums(rows)]


def _sums(rows: list[Charge]) -> list[str]:
    calls, unpriced = sum(row.calls for row in rows), sum(row.calls_unpriced for row in rows)
    cost = known(sum(row.nusd for row in rows), calls, unpriced)
    return [f"{calls:,}", "unknown" if cost is None else shown(cost)]


def _limited(rows: list[list[str]]) -> str:
    left = len(rows) - _MOST
    more = f"\n+{counted(left, 'more row')} in JSON: `ledger show --format json`.\n" if left > 0 else ""
    return table(("model", "role", "calls", "cost"), rows[:_MOST], 2) + more
