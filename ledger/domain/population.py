"""Whom the figures are about: what is decided, what may still come of the rest, and how what was accepted stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.domain.report import FORGE_UNHEARD, TRUNK, Group, decided


@dataclass(frozen=True, slots=True)
class Bounds:
    """The share that is accepted: of the decided, and if none of the undecided comes to be (metric.md §5)."""

    lo: float
    hi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The changes of one basis, over all of its groups."""

    basis: str
    accepted: int
    """Those that the forge was heard about, where it decides."""
    decided: int
    open: int
    stale: int
    unknown: int
    verified: int
    durable: int
    pending: int
    """Accepted and too young to be called durable."""
    reverted: int
    """Within the maturity."""
    bounds: Bounds | None

    @property
    def undecided(self) -> int:
        """Of which nobody knows yet whether they are accepted."""
        return self.open + self.stale + self.unknown


def bounds(accepted: int, settled: int, undecided: int) -> Bounds | None:
    """S/(A+O) and S/A; None where nothing is decided."""
    return Bounds(accepted / (settled + undecided), accepted / settled) if settled else None


def bounds_of(group: Group) -> Bounds | None:
    """Of one row; None where its acceptance is not shown."""
    row = group.sums
    if group.hidden in (FORGE_UNHEARD, TRUNK):
        return None
    return bounds(row.accepted - row.without_forge, decided(row), row.open + row.stale + row.unknown)


def populations(groups: Iterable[Group]) -> tuple[Population, ...]:
    """The groups added up by basis, in their order; trunk, where all is accepted by construction, is none."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        if group.sums.basis != "trunk":
            found.setdefault(group.sums.basis, []).append(group)
    return tuple(_together(basis, rows) for basis, rows in found.items())


def _together(basis: str, groups: list[Group]) -> Population:
    rows = [group.sums for group in groups]
    sums = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("open", "stale", "unknown", "verified", "durable", "pending", "reverted")
    }
    settled = sum(map(decided, rows))
    accepted = sum(row.accepted - row.without_forge for row in rows)
    undecided = sums["open"] + sums["stale"] + sums["unknown"]
    return Population(
        basis=basis, accepted=accepted, decided=settled, bounds=bounds(accepted, settled, undecided), **sums
    )
