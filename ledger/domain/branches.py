"""What the name of a branch says of who worked on it: the weakest evidence, an agent and no model (hooks.md §4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ledger.domain.agents import agent_of_branch
from ledger.domain.changes import Identity
from ledger.domain.claims import claim
from ledger.domain.facts import Contribution

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def branch_credit(branch: str | None, repository_id: str, subject: str, at: datetime) -> Contribution | None:
    """The contribution that a name such as `codex/add-login` tells of; None for other names."""
    agent = agent_of_branch(branch)
    if agent is None:
        return None
    return claim(
        "", repository_id=repository_id, subject=subject, role="implement", agent=agent, evidence="branch", at=at
    )


def by_branch(rows: Iterable[Contribution], identity: Identity, repository_id: str) -> list[Contribution]:
    """A change's contributions: what its branch's name says only where nothing else tells of it."""
    told = list(rows)
    surer = [row for row in told if row.evidence != "branch"]
    if told:
        return surer or told
    subject = identity.landed_oid or next(iter(identity.commits), f"request:{identity.number}")
    credit = branch_credit(identity.branch, repository_id, subject, identity.landed_at or _UNDATED)
    return [credit] if credit else []
