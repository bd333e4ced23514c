"""One change with everything behind it, but for what was taken back or forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from ledger.domain.branches import branch_credit
from ledger.domain.conclusions import Change
from ledger.domain.events import distinct
from ledger.domain.explanation import Explanation
from ledger.domain.facts import Fact
from ledger.domain.retractions import Withdrawn, withdrawn
from ledger.posting.withdrawing import is_gone, without_forgotten
from ledger.store import changes, reads

AnyFact = TypeVar("AnyFact", bound=Fact)


def explain(connection: Connection, change: Change, as_of: datetime, asked: str = "") -> Explanation:
    """The change as it is judged from `as_of`; `asked` is the commit of it that was asked about."""
    found = changes.explain(connection, change, as_of, asked)
    known = {commit.oid: commit for _, commit in found.commits if commit}
    found = replace(found, contributions=without_forgotten(found.contributions, known))
    gone = withdrawn(reads.retractions(connection))
    found = _without(found, gone) if gone else found
    return _with_branch(replace(found, events=distinct(found.events)))


def _with_branch(found: Explanation) -> Explanation:
    """What the branch's name says, where nothing else tells who took part."""
    change = found.change
    subject = change.landed_oid or next((row.oid for row, _ in found.commits), "")
    credit = branch_credit(change.branch, change.repository_id, subject, change.opened_at)
    return replace(found, contributions=(credit,)) if credit and not found.contributions else found


def _without(found: Explanation, gone: Withdrawn) -> Explanation:
    """Without what was taken back or forgotten."""

    def kept(facts: Iterable[AnyFact]) -> tuple[AnyFact, ...]:
        return tuple(fact for fact in facts if not is_gone(fact, gone))

    return replace(
        found,
        contributions=kept(found.contributions),
        rewrites=kept(found.rewrites),
        runs=kept(found.runs),
        events=kept(found.events),
        request=next(iter(kept([found.request] if found.request else [])), None),
    )
