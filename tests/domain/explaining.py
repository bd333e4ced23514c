"""A change explained from a history alone, so that a test shows only what it is about."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.conclude import conclude
from ledger.domain.explanation import Explanation
from ledger.domain.git_facts import Commit
from ledger.domain.history import History
from ledger.domain.outcomes import outcome
from tests.domain.building import at

LATER = at(24 * 60)


def explained(facts: History, as_of: datetime = LATER, asked: str = "") -> Explanation:
    """The only change of a history with what the ledger would find behind it."""
    found = conclude(facts)
    (change,) = (each for each in found.change if each.has_model)
    rows = [row for row in found.change_commit if row.change_id == change.id]
    oids = {row.oid for row in rows} | {f"request:{change.number}"}
    commits: list[Commit | None] = [facts.commits.get(row.oid) for row in rows]
    return Explanation(
        change=change,
        outcome=outcome(change, as_of),
        as_of=as_of,
        asked=asked,
        aliases=tuple(row.alias for row in found.change_alias if row.change_id == change.id),
        commits=tuple(zip(rows, commits, strict=True)),
        rewrites=tuple(row for row in facts.rewrites if {row.old, row.new} & oids),
        contributions=tuple(row for row in facts.contributions if row.subject in oids),
        charges=tuple(row for row in found.charge if row.change_id == change.id),
        versions={},
        attempts=tuple(row for row in found.attempt if row.change_id == change.id),
        runs=tuple(row for row in facts.runs if row.oid in oids),
        request=next(iter(facts.requests), None),
        events=tuple(row for row in facts.events if row.subject in oids),
        reverts=(),
    )
