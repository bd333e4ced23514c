"""What this clone's configuration says of paths, labels and the forge, kept as facts that conclusions rest on."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.domain.facts import ForgeRule, RepositoryRules
from ledger.domain.known_areas import PACKAGES
from ledger.domain.path_rules import PathRules
from ledger.posting.workplace import Workplace
from ledger.sources.workspaces import read_workspaces
from ledger.store import reads
from ledger.store.engine import Ledger

_MOMENT = timedelta(microseconds=1)


def path_rules(workplace: Workplace) -> PathRules:
    """The rules that paths are sorted by here: those configured, and the packages that workspace files tell of."""
    config = workplace.config
    found = config.packages if config.packages is not None else (*PACKAGES, *read_workspaces(workplace.git.worktree))
    return PathRules(config.areas, found)


def post_rules(workplace: Workplace, ledger: Ledger, repository_id: str, now: datetime) -> None:
    """Keep this clone's rules where they are others than before.

    Where the clock was set back, the change is dated right after the one before it, which it replaces.
    """
    clone = workplace.clone_id()
    with ledger.read() as connection:
        kept = [row for row in reads.facts(connection, "repository_rules", repository_id) if row.clone_id == clone]
    rules = RepositoryRules(
        repository_id=repository_id,
        clone_id=clone,
        rules=path_rules(workplace).digest,
        labels=workplace.config.labels,
        is_configured=workplace.config.has_rules,
        at=max([now, *(row.at + _MOMENT for row in kept)]),
    )
    if not any(_said(row) == _said(rules) for row in kept):
        with ledger.write() as writing:
            writing.post([rules])


def post_forge(workplace: Workplace, ledger: Ledger, repository_id: str, now: datetime) -> None:
    """Keep which forge this clone's settings name, where they say otherwise than before; '' takes it back."""
    clone, said = workplace.clone_id(), workplace.config.forge or ""
    with ledger.read() as connection:
        kept = [row for row in reads.facts(connection, "forge_rule", repository_id) if row.clone_id == clone]
    if said == (kept[0].forge if kept else ""):
        return
    at = max([now, *(row.at + _MOMENT for row in kept)])
    with ledger.write() as writing:
        writing.post([ForgeRule(repository_id=repository_id, clone_id=clone, forge=said, at=at)])


def _said(rules: RepositoryRules) -> tuple[object, ...]:
    return (rules.rules, rules.labels, rules.is_configured)
