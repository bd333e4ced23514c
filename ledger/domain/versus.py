"""Two models, agents, families or line-ups against each other, within each basis: what `ledger compare` says."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.domain.comparing import Comparison, compared, compared_alike, extra_cost
from ledger.domain.estimates import Interval, Sums
from ledger.domain.mixes import LEAST
from ledger.domain.money import shown
from ledger.domain.narrowed import mix_of
from ledger.domain.report import Group
from ledger.domain.screen import counted
from ledger.domain.standard import Standard, standardise


@dataclass(frozen=True, slots=True)
class Pair:
    """Both in one part, or in all of them."""

    part: str | None
    one: Group | None
    """None where the first has no change in the part."""
    other: Group | None
    comparison: Comparison
    hidden: str
    """Why they are not compared; ''."""


@dataclass(frozen=True, slots=True)
class AtOneMix:
    """Both at the mix of all changes of the basis, over what both have worked on."""

    covered: float
    one: Standard
    other: Standard
    ratio: Interval
    per_extra: float | None
    """USD for each further accepted change with whichever is accepted more often, at the mix."""


@dataclass(frozen=True, slots=True)
class Versus:
    """Both in one basis."""

    basis: str
    whole: Pair
    parts: tuple[Pair, ...]
    mix: AtOneMix | None
    """None where they cannot be ranked, have little in common, or there is one part only."""

    @property
    def is_reversed(self) -> bool:
        """Which is cheaper turns round at one mix of work."""
        crude = self.whole.comparison.ratio.point
        same = self.mix.ratio.point if self.mix else None
        return bool(crude and same and (crude - 1) * (same - 1) < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Everything that a format needs of a comparison."""

    as_of: datetime
    dimension: str
    """model, family, agent, provider or lineup: what the names are of."""
    one: str
    other: str
    by: str
    """What the parts are of."""
    cost: str
    """How a sentence ends: at list price, or as billed."""
    bases: tuple[Versus, ...]
    """The one with the most changes first."""
    on_trunk: int
    """Commits on trunk of either, accepted by construction and not compared."""
    only: str = ""
    """Which changes were asked about, in words (ledger.domain.asked); '' where it is all."""

    @property
    def headline(self) -> str:
        """What can be said, in a sentence or two."""
        if not self.bases:
            where = " but commits on trunk, which are accepted by construction" if self.on_trunk else ""
            return f"{self.one} and {self.other} have no change to be compared by{where}."
        first = self.bases[0]
        return f"{_verdict(self.one, self.other, first.whole)}, {self.cost}.{self._turned(first)}"

    def _turned(self, found: Versus) -> str:
        if not found.is_reversed or found.mix is None:
            return ""
        cost = [shown(each.cost_per_accepted.point) for each in (found.mix.one, found.mix.other)]
        return (
            f" At one mix of {mix_of(self.by)} it is the other way round: {cost[0]} for {self.one}, {cost[1]} for "
            f"{self.other}."
        )


def pair(part: str | None, one: Group | None, other: Group | None) -> Pair:
    """Both compared, unless something of one forbids to show its cost per accepted change."""
    hidden = next((group.hidden for group in (one, other) if group and group.hidden), "")
    sums = [group.base if group and not hidden else Sums(0, 0, 0, 0.0, 0) for group in (one, other)]
    return Pair(part, one, other, compared(*sums), hidden)


def at_one_mix(
    whole: Pair, one: Mapping[Hashable, Sums], other: Mapping[Hashable, Sums], mix: Mapping[Hashable, int]
) -> AtOneMix | None:
    """Both at a mix of strata; None where they cannot be ranked, the mix is one stratum, or little of it is common."""
    is_ranked = all(group and group.estimate.point is not None for group in (whole.one, whole.other))
    found = standardise({"one": one, "other": other}, mix) if is_ranked and not whole.hidden and len(mix) > 1 else {}
    if not found or found["one"].covered < LEAST:
        return None
    x, y = found["one"], found["other"]
    return AtOneMix(x.covered, x, y, compared_alike(x, y), extra_cost((x.mean, x.rate), (y.mean, y.rate)))


def _verdict(one: str, other: str, found: Pair) -> str:
    comparison = found.comparison
    ratio = comparison.ratio.point
    if found.hidden:
        return f"{one} and {other} cannot be compared: {found.hidden}"
    if ratio is None:
        known = [group.base.n if group else 0 for group in (found.one, found.other)]
        return (
            f"Too little to say: {one} has {counted(known[0], 'decided change')} of known cost and {other} "
            f"{known[1]:,}; each needs at least 5, of which 2 were accepted"
        )
    if comparison.is_different:
        cheap, dear = (one, other) if ratio < 1 else (other, one)
        return f"{cheap} costs less per accepted change than {dear}: {_times(comparison.ratio, ratio)}"
    enough = "they are so close that it hardly matters" if comparison.is_close else _settling(comparison)
    return f"{one} and {other} cannot be told apart by cost per accepted change ({_ratio(comparison.ratio)}); {enough}"


def _settling(comparison: Comparison) -> str:
    if comparison.needed is None:
        return "no number of changes that anybody has would settle a difference of this size"
    return f"about {comparison.needed:,} decided changes of each would settle a difference of this size"


def _times(found: Interval, ratio: float) -> str:
    """The ratio of the cheaper to the dearer one, below 1."""
    bounds = [bound for bound in (found.lo, found.hi) if bound]
    less = ratio if ratio < 1 else 1 / ratio
    ends = sorted(bound if ratio < 1 else 1 / bound for bound in bounds)
    return f"{less:.2f} times as much" + (f" ({ends[0]:.2f}–{ends[1]:.2f})" if len(ends) == 2 else "")


def _ratio(found: Interval) -> str:
    bounds = f", {found.lo:.2f}–{found.hi:.2f}" if found.lo and found.hi else ""
    return f"ratio {found.point:.2f}{bounds}"


def in_parts(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The parts in which one of them has the most changes first."""

    def size(found: Pair) -> int:
        return sum(group.sums.n for group in (found.one, found.other) if group)

    return tuple(sorted(pairs, key=lambda found: (-size(found), found.part or "")))
