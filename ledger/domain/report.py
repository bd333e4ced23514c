"""The report: sums from the ledger turned into what may be said of them (DESIGN "Report").

Bases are never pooled. No cost per accepted change is shown where the cost of fewer than half of the decided changes is
known, where the forge has not been heard, or on trunk, where commits are accepted by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from ledger.domain.clusters import Spread
from ledger.domain.conclusions import OwnSpend
from ledger.domain.estimates import NO_ESTIMATE, Estimate, Interval, Sums, acceptance, estimate
from ledger.domain.fallback import with_fallback
from ledger.domain.mixes import Mix
from ledger.domain.page import BUCKETS, PageSums, Timeline
from ledger.domain.sums import NO_COSTS, NO_SPENDING, Buckets, Costs, Coverage, GroupSums, Spending
from ledger.errors import LedgerError

_KEYS = ("basis", "model", "part", "spread")
_NOTHING = Interval(None, None, None)
_WORTH_SHOWING = 0.10
COST_UNKNOWN = "the cost of fewer than half of its decided changes is known"
FORGE_UNHEARD = "no request's outcome was read from the forge"
BEHIND = (
    "Not all is counted yet: facts were posted since, or the rules became newer. Run ledger update, unless one is "
    "running now."
)
TRUNK = "commits on trunk are accepted by construction"


class ReconciliationFailed(LedgerError):
    """The buckets do not sum to the calls: a bug, and no figure may be shown."""


@dataclass(frozen=True, slots=True)
class Group:
    """One row of the report."""

    sums: GroupSums
    estimate: Estimate
    acceptance: Interval
    all_in: float | None
    """(charges + the model's calls that reached no change) / accepted, in USD."""
    hidden: str
    """Why no cost per accepted change is shown; ''."""
    fallback: Estimate | None = None
    """Cost per accepted change with what a change that was not accepted costs a person; None where that is not set."""

    @property
    def base(self) -> Sums:
        """What the estimator is fed with."""
        return base_sums(self.sums)

    @property
    def is_all_in_shown(self) -> bool:
        """All-in differs from cost per accepted by more than a tenth."""
        point = self.estimate.point
        return point is not None and self.all_in is not None and abs(self.all_in - point) > _WORTH_SHOWING * point


def by_model(
    sums: Iterable[GroupSums],
    unattributed: Mapping[str | None, int],
    spreads: Mapping[tuple[str, str | None], Spread] | None = None,
) -> list[GroupSums]:
    """The sums over all parts per basis and model, with what of the model's calls reached no change.

    `spreads` tells how repositories differ, where there are several: that is no sum of the parts'.
    """
    differ = spreads or {}
    whole: dict[tuple[str, str | None], GroupSums] = {}
    for row in sums:
        key = (row.basis, row.model)
        whole[key] = together(whole[key], row) if key in whole else replace(row, part=None)
    return [
        replace(row, unattributed_nusd=unattributed.get(row.model, 0), spread=differ.get(key))
        for key, row in whole.items()
    ]


def together(one: GroupSums, other: GroupSums) -> GroupSums:
    """The sums of two groups as one, under the first one's name; which repositories they share is not known."""
    names = [field.name for field in fields(GroupSums) if field.name not in _KEYS]
    return replace(one, spread=None, **{name: getattr(one, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class Filters:
    """Which changes the report was asked about."""

    since: datetime | None = None
    until: datetime | None = None
    repository: str | None = None
    by: str = "task_type"
    """What the models are told apart by: task_type, area, stakes, package, or label:KEY."""
    credit: str = "lead"
    """Whom the cost of a change is counted under: a key of ledger.domain.credit.CREDITS."""
    whom: str = "model"
    """What stands for who led a change: model, family, agent, provider or lineup."""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Dimension and which of its names were asked for."""
    fallback_nusd: int | None = None
    """What a change that is not accepted costs a person."""
    has_drafts: bool = True
    """Requests that are drafts are among them."""

    @property
    def has_strays(self) -> bool:
        """What reached no change can be told of each row: not of a line-up or family, nor where changes are chosen."""
        return self.credit != "lineup" and self.whom in ("model", "agent") and not self.only


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a format needs; formats only write it down."""

    as_of: datetime
    filters: Filters
    cost_kind: str
    maturity: timedelta
    headline: str
    groups: tuple[Group, ...]
    """By basis and model; the basis with the most changes first, in it the cheapest per accepted."""
    by_part: tuple[Group, ...]
    """By basis, model and part, in the same order."""
    mixes: tuple[Mix, ...] = ()
    """The same at one mix of parts, for each basis with several that can be ranked."""
    spends: tuple[OwnSpend, ...] = ()
    """Under credit `own`, in place of the groups: by model and role, the dearest first."""
    spends_by_part: tuple[OwnSpend, ...] = ()
    spending: Spending = NO_SPENDING
    """What its own changes cost, and what reached no change in their time."""
    buckets: Buckets
    coverage: Coverage
    costs: Costs = NO_COSTS
    """The kinds of cost beside each other."""
    page: PageSums | None = None
    """What only a page shows; None where no page was asked for."""
    is_settled: bool
    """The conclusions are those of the facts; False while a post goes on, or after one that was interrupted."""
    next_step: str
    """What would let the report say more; ''."""


def base_sums(row: GroupSums) -> Sums:
    """The five sums of a row, and how its repositories differ."""
    return Sums(row.base_n, row.base_accepted, row.base_nusd, row.base_cost_sq, row.base_accepted_nusd, row.spread)


def decided(row: GroupSums) -> int:
    """Changes decided, requests that the forge was not heard about left out."""
    return row.accepted + row.rejected + row.abandoned - row.without_forge


def judge(row: GroupSums) -> Group:
    """What may be said of one row."""
    base, hidden = base_sums(row), _hidden(row)
    shown = NO_ESTIMATE if hidden else estimate(base)
    accepted = row.accepted - row.without_forge
    share = _NOTHING if hidden in (FORGE_UNHEARD, TRUNK) else acceptance(accepted, decided(row), base)
    has_ratio = base.accepted and not hidden and shown.point is not None
    all_in = (row.base_nusd + row.unattributed_nusd) / 1e9 / base.accepted if has_ratio else None
    return Group(row, shown, share, all_in, hidden)


def with_fallbacks(groups: Iterable[Group], nusd: int | None) -> tuple[Group, ...]:
    """The groups, each also with what a change that was not accepted costs a person, where that is set."""
    if nusd is None:
        return tuple(groups)
    return tuple(
        replace(group, fallback=NO_ESTIMATE if group.hidden else estimate(with_fallback(group.base, nusd)))
        for group in groups
    )


def _hidden(row: GroupSums) -> str:
    if row.basis == "trunk":
        return TRUNK
    if row.basis == "request" and row.without_forge and row.without_forge == row.n:
        return FORGE_UNHEARD
    if 2 * row.base_n < decided(row):
        return COST_UNKNOWN
    return ""


def ordered(rows: Sequence[GroupSums]) -> tuple[Group, ...]:
    """The rows judged and in order, each model's wasted calls standing only in the first basis it appears in."""
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row.basis] = sizes.get(row.basis, 0) + row.n
    by_basis = sorted(rows, key=lambda row: (row.basis == "trunk", -sizes[row.basis], row.basis))
    met: set[str | None] = set()
    once = []
    for row in by_basis:
        once.append(replace(row, unattributed_nusd=0) if row.part is None and row.model in met else row)
        met.add(row.model)
    return tuple(sorted(map(judge, once), key=lambda group: _rank(group, sizes)))


def _rank(group: Group, sizes: dict[str, int]) -> tuple[object, ...]:
    row, found = group.sums, group.estimate
    place = 0 if found.point is not None else 1 if found.lower_bound is not None else 2
    value = found.point if found.point is not None else found.lower_bound or 0.0
    basis = (row.basis == "trunk", -sizes[row.basis], row.basis)
    return (*basis, place, value, -row.charged_nusd, row.model or "~", -row.n, row.part or "")


def check_reconciliation(buckets: Buckets) -> None:
    """Raise ReconciliationFailed unless every priced call stands in exactly one bucket, to the nano-USD."""
    parts = (buckets.accepted, buckets.rejected, buckets.abandoned, buckets.stale, buckets.open, buckets.unknown)
    difference = buckets.total - sum(parts) - buckets.unattributed
    if difference:
        raise ReconciliationFailed(
            f"The parts of the report miss the total of all calls by {difference / 1e9:.9f} USD, so it is not shown; "
            "run ledger db rebuild, and report this as a bug if it happens again."
        )


def check_timeline(timeline: Timeline, buckets: Buckets) -> None:
    """Raise ReconciliationFailed unless the periods add up to each bucket, to the nano-USD."""
    for name in BUCKETS:
        missed = getattr(buckets, name) - sum(each.nusd for each in timeline.portions if each.bucket == name)
        if missed:
            raise ReconciliationFailed(
                f"The periods of the page miss the report's {name} by {missed / 1e9:.9f} USD, so it is not shown; "
                "run ledger db rebuild, and report this as a bug if it happens again."
            )
