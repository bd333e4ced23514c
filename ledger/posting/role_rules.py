"""The settings' roles of agents' names, kept as facts: conclusions then are the same on a machine without them."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.agent_names import words_said
from ledger.posting.workplace import Workplace
from ledger.store import reads
from ledger.store.engine import Ledger


def post_role_rules(workplace: Workplace, ledger: Ledger, repository_id: str, now: datetime) -> None:
    """Post what this clone's settings say otherwise than the last time, as said `now`."""
    with ledger.read() as connection:
        kept = list(reads.facts(connection, "role_rule", repository_id))
    said = words_said(kept, workplace.config.roles, repository_id, workplace.clone_id(), now)
    if said:
        with ledger.write() as writing:
            writing.post(said)
