"""`ledger doctor --team`: what the ledger knows of the team's clones; it writes nothing."""

from __future__ import annotations

from ledger.domain.team import Clone, Opened, Team, weeks
from ledger.posting.update import repository_here
from ledger.posting.workplace import Workplace
from ledger.store import reads, told
from ledger.store.engine import Ledger


def look_at_team(workplace: Workplace, ledger: Ledger) -> Team:
    """The clones that were heard of, and of how many changes the cost is known; raises LedgerError before a post."""
    repository, own = repository_here(workplace, ledger), workplace.clone_id()
    with ledger.read() as connection:
        facts = {name.removeprefix("w/"): count for name, count in told.origins(connection).items() if name != "ci"}
        posted = {tip.clone_id for tip in reads.facts(connection, "tip", repository)}
        sessions: dict[str, int] = {}
        for usage in reads.facts(connection, "usage", repository):
            sessions[usage.clone_id] = sessions.get(usage.clone_id, 0) + bool(usage.sums)
        changes = [
            Opened(change.opened_at, change.lead_agent or "", change.cost_known == "known")
            for change in reads.derived(connection, "change", repository)
            if change.has_model
        ]
    clones = sorted({own, *facts, *posted, *sessions})
    return Team(
        tuple(Clone(each, facts.get(each, 0), sessions.get(each, 0), each == own) for each in clones), weeks(changes)
    )
