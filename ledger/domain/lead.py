"""Who led a change: the implementer with the most changed lines, else with the largest charges (metric.md §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.changes import Identity
from ledger.domain.facts import Commit, CommitDiff, Contribution
from ledger.domain.shares import split


@dataclass(frozen=True, slots=True)
class Lead:
    """The leading model and how we know: `lines`, `charges` (inferred), `only` (the one implementer named)."""

    model: str | None
    agent: str | None
    provider: str | None
    family: str | None
    evidence: str | None


NO_LEAD = Lead(None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Spend:
    """What one model cost on a change as implementer."""

    model: str
    agent: str
    provider: str | None
    family: str | None
    nusd: int


def lead(
    identity: Identity,
    commits: Mapping[str, Commit],
    diffs: Mapping[str, CommitDiff],
    contributions: Sequence[Contribution],
    spends: Sequence[Spend],
) -> Lead:
    """The lead of a change; NO_LEAD when no model can be named. Ties are decided by cost, then by name."""
    implementers = [row for row in contributions if row.role in ("implement", "") and row.model]
    cost = {spend.model: spend.nusd for spend in spends}
    lines = _lines(identity, commits, diffs, implementers)
    if lines:
        model = min(lines, key=lambda name: (-lines[name], -cost.get(name, 0), name))
        return _named(model, implementers, "lines")
    paid = [spend for spend in spends if spend.nusd > 0] or list(spends)
    if paid:
        top = min(paid, key=lambda spend: (-spend.nusd, spend.model))
        return Lead(top.model, top.agent or None, top.provider, top.family, "charges")
    if implementers:
        return _named(min(str(row.model) for row in implementers), implementers, "only")
    return NO_LEAD


def _lines(
    identity: Identity, commits: Mapping[str, Commit], diffs: Mapping[str, CommitDiff], rows: Iterable[Contribution]
) -> dict[str, int]:
    """Changed lines by model over the commits of the head; a squash counts only where no source commit says more."""
    models: dict[str, set[str]] = {}
    for row in rows:
        if row.subject in identity.commits and row.model:
            models.setdefault(row.subject, set()).add(row.model)
    sources = {oid for oid in models if oid != identity.landed_oid}
    lines: dict[str, int] = {}
    for oid in sorted(sources or models):
        diff, commit = diffs.get(oid), commits.get(oid)
        if diff is None or commit is None or len(commit.parents) > 1:
            continue
        names = sorted(models[oid])
        for name, share in zip(names, split(diff.added + diff.deleted, [1] * len(names)), strict=True):
            lines[name] = lines.get(name, 0) + share
    return {name: count for name, count in lines.items() if count}


def _named(model: str, rows: Iterable[Contribution], evidence: str) -> Lead:
    row = min((row for row in rows if row.model == model), key=lambda row: (not row.agent, row.agent, row.model_raw))
    return Lead(model, row.agent or None, row.provider, row.family, evidence)
