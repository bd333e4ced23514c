"""Who led a change: the implementer with the most changed lines, else with the largest charges (metric.md §4).

Lines are those that a note counts for a model, else those of the commits that name it. A squash of several commits is
no evidence for a model that its message names for one of them (hooks.md §2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.changes import Identity
from ledger.domain.contributions import MIXED
from ledger.domain.evidence import MESSAGE, TAG
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit, CommitDiff
from ledger.domain.shares import split


@dataclass(frozen=True, slots=True)
class Lead:
    """The leading model and how we know: `tag`, `lines`, `charges` (inferred), `only` (the one named), `mixed`."""

    model: str | None
    agent: str | None
    provider: str | None
    family: str | None
    evidence: str | None


NO_LEAD = Lead(None, None, None, None, None)
MIXED_LEAD = Lead(None, None, None, None, "mixed")


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
    """The lead of a change; NO_LEAD when no model can be named. Ties are decided by cost, then by name.

    `contributions` are those that count. What the message of a squash says of one of its commits leads nothing: where
    nothing else tells, the lead is unknown and its evidence `mixed`.
    """
    working = [row for row in contributions if row.role in ("implement", "")]
    solid = [row for row in working if not _is_mixed(row, identity, commits)]
    implementers = [row for row in solid if row.model]
    cost = {spend.model: spend.nusd for spend in spends}
    tagged = [row for row in implementers if row.evidence == TAG and row.subject.startswith("request:")]
    if tagged:
        return _named(str(max(tagged, key=lambda row: (row.at, row.model or "")).model), tagged, "tag")
    lines = _lines(identity, commits, diffs, solid)
    if lines:
        model = min(lines, key=lambda name: (-lines[name], -cost.get(name, 0), name))
        return _named(model, implementers, "lines")
    paid = [spend for spend in spends if spend.nusd > 0] or list(spends)
    if paid:
        top = min(paid, key=lambda spend: (-spend.nusd, spend.model))
        return Lead(top.model, top.agent or None, top.provider, top.family, "charges")
    if implementers:
        return _named(min(str(row.model) for row in implementers), implementers, "only")
    return MIXED_LEAD if any(row.model for row in working) else NO_LEAD


def _is_mixed(row: Contribution, identity: Identity, commits: Mapping[str, Commit]) -> bool:
    """Whether a claim stands in a squash of several commits and is not known to be true of more than one of them."""
    if row.scope == MIXED:
        return True
    if row.subject not in identity.landing or identity.landed_by != "squash" or row.evidence not in MESSAGE:
        return False
    sources = [oid for oid in identity.commits if oid not in identity.landing and oid in commits]
    return sum(len(commits[oid].parents) < 2 for oid in sources) > 1


def _lines(
    identity: Identity, commits: Mapping[str, Commit], diffs: Mapping[str, CommitDiff], rows: Iterable[Contribution]
) -> dict[str, int]:
    """Changed lines by model over the commits of the head; what landed them only where none says more."""
    told: dict[str, list[Contribution]] = {}
    for row in rows:
        if row.subject in identity.commits:
            told.setdefault(row.subject, []).append(row)
    named = {oid for oid, claims in told.items() if any(row.model for row in claims)}
    sources = named - {*identity.landing}
    lines: dict[str, int] = {}
    for oid in sorted(sources or named):
        commit = commits.get(oid)
        if commit is not None and len(commit.parents) < 2:
            for name, count in _of_commit(told[oid], diffs.get(oid)).items():
                lines[name] = lines.get(name, 0) + count
    return {name: count for name, count in lines.items() if count}


def _of_commit(claims: Sequence[Contribution], diff: CommitDiff | None) -> dict[str, int]:
    """A commit's lines by model: as its note counts them, at most those added; else those changed, in equal parts."""
    noted = [row for row in claims if row.lines and row.lines > 0]
    if noted:
        told = sum(row.lines or 0 for row in noted)
        most = min(told, diff.added) if diff is not None and diff.added else told
        shares = split(most, [row.lines or 0 for row in noted])
        counts: dict[str, int] = {}
        for row, share in zip(noted, shares, strict=True):
            if row.model:
                counts[row.model] = counts.get(row.model, 0) + share
        return counts
    if diff is None:
        return {}
    names = sorted({row.model for row in claims if row.model})
    return dict(zip(names, split(diff.added + diff.deleted, [1] * len(names)), strict=True))


def _named(model: str, rows: Iterable[Contribution], evidence: str) -> Lead:
    row = min((row for row in rows if row.model == model), key=lambda row: (not row.agent, row.agent, row.model_raw))
    return Lead(model, row.agent or None, row.provider, row.family, evidence)
