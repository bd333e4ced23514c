"""What changes cost by one kind of cost that was asked for: at list price, as billed, or as paid for seats.

A report counts each call by what is known of it. Asked for one kind, it counts that kind alone: a change with a call of
which it is not known leaves the ratio on both sides (metric.md §3). Seats' prices are spread over the calls that they
pay for by largest remainder, so the parts are the whole to the nano-USD.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.domain.clusters import Clusters, Spread, Totals, spread_over
from ledger.domain.estimates import Sums
from ledger.domain.grouping import group
from ledger.domain.shares import split
from ledger.domain.sums import Buckets, Coverage, GroupSums

KINDS = {"list": "at list price", "billed": "as billed", "effective": "as paid for seats"}
"""Kind of cost → how a headline ends that is about it."""

Month = tuple[str, str]
"""Agent and YYYY-MM."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Charges of one change or reason, model, agent, role and month, added up."""

    change_id: str
    """'' when unattributed."""
    reason: str
    model: str
    agent: str
    month: str
    list_nusd: int
    paid_nusd: int
    """What bills and gateways said."""
    unlisted: int
    """Parts of calls that have no list price."""
    unpaid: int
    """Parts of calls that no bill or gateway told the cost of."""
    role: str = ""
    """'' when unknown."""
    is_at_other_time: bool = False
    """Unattributed, and not spent in the time that the report is about: all cost, but none of a model's all-in."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A change as its group counts it."""

    change_id: str
    basis: str
    model: str | None
    part: str | None
    outcome: str
    is_counted: bool
    """Decided, and heard of by the forge: in the ratio if its cost is known."""
    cost_known: str
    """By every kind of cost that is known of its calls: known | partial | none."""
    repository_id: str = ""


@dataclass(frozen=True, slots=True)
class Costing:
    """What everything cost by one kind; nano-USD."""

    changes: Mapping[str, int]
    """Change → what is known of its cost."""
    doubtful: frozenset[str]
    """Changes with a call whose cost of this kind is not known."""
    unattributed: Mapping[str | None, int]
    """Model → what of its calls reached no change."""
    reasons: tuple[tuple[str, int], ...]
    """Why calls reached no change, the dearest reason first."""
    rows: tuple[tuple[Spent, int, int], ...] = ()
    """Each row with what it cost, and of how many parts of calls that is not known."""


def costing(kind: str, rows: Iterable[Spent], pools: Mapping[Month, int]) -> Costing:
    """The cost of every change by a kind; `pools` are what seats cost, the part that fell to these calls."""
    told = [(row, *_told(kind, row, pools)) for row in rows]
    if kind == "effective":
        told = [*(each for each in told if _month(each[0]) not in pools), *_spread(told, pools)]
    changes, doubtful = Counter[str](), set[str]()
    wasted, reasons = Counter[str | None](), Counter[str]()
    for row, nusd, unknown in told:
        if not row.change_id:
            wasted[row.model or None] += nusd
            reasons[row.reason] += nusd
            continue
        changes[row.change_id] += nusd
        if unknown:
            doubtful.add(row.change_id)
    ranked = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return Costing(dict(changes), frozenset(doubtful), dict(wasted), tuple(ranked), tuple(told))


def total(kind: str, sums: Mapping[Month, tuple[int, int]], pools: Mapping[Month, int]) -> int:
    """What all calls cost by a kind, from the calls' own sums: agent and month → at list price, as billed."""
    if kind == "list":
        return sum(listed for listed, _ in sums.values())
    covered = pools if kind == "effective" else {}
    return sum(covered.values()) + sum(paid for month, (_, paid) in sums.items() if month not in covered)


def _month(row: Spent) -> Month:
    return row.agent, row.month


def _told(kind: str, row: Spent, pools: Mapping[Month, int]) -> tuple[int, int]:
    """What is known of the row's cost, and of how many parts of calls it is not known."""
    is_listed = kind == "list" or (kind == "effective" and _month(row) in pools)
    return (row.list_nusd, row.unlisted) if is_listed else (row.paid_nusd, row.unpaid)


def _spread(told: Iterable[tuple[Spent, int, int]], pools: Mapping[Month, int]) -> Iterable[tuple[Spent, int, int]]:
    """What seats pay for, each at its share of them instead of its list cost."""
    seated = group((each for each in told if _month(each[0]) in pools), lambda each: _month(each[0]))
    for month, rows in seated.items():
        in_order = sorted(rows, key=lambda each: repr(each[0]))
        shares = split(pools[month], [listed for _, listed, _ in in_order])
        yield from ((row, share, unknown) for (row, _, unknown), share in zip(in_order, shares, strict=True))


def wasted(cost: Costing, whom: str) -> dict[str | None, int]:
    """What reached no change, of calls in the report's time: by agent, or else by model, as charges name no other."""
    found = Counter[str | None]()
    for row, nusd, _ in cost.rows:
        if not row.change_id and not row.is_at_other_time:
            found[(row.agent if whom == "agent" else row.model) or None] += nusd
    return dict(found)


def known(row: Judged, cost: Costing) -> str:
    """How much of a change's cost of this kind is known: known, partial or none."""
    if row.cost_known == "known" and row.change_id not in cost.doubtful:
        return "known"
    return "partial" if cost.changes.get(row.change_id) else "none"


def revalued(sums: Iterable[GroupSums], judged: Iterable[Judged], cost: Costing) -> list[GroupSums]:
    """The groups' sums with the cost of this kind in them; everything else of them stays as it is."""
    members = group(judged, lambda row: (row.basis, row.model, row.part))
    return [_revalued(row, members.get((row.basis, row.model, row.part), []), cost) for row in sums]


def _revalued(row: GroupSums, members: Sequence[Judged], cost: Costing) -> GroupSums:
    sure = [each for each in members if known(each, cost) == "known"]
    base = [each for each in sure if each.is_counted]
    sums = _sums(base, cost)
    return replace(
        row,
        n_cost_known=len(sure),
        base_n=sums.n,
        base_accepted=sums.accepted,
        base_nusd=sums.cost_nusd,
        base_cost_sq=sums.cost_sq,
        base_accepted_nusd=sums.accepted_nusd,
        charged_nusd=_spent(members, cost),
        spread=row.spread and _apart(base, cost),
    )


def _sums(base: Sequence[Judged], cost: Costing) -> Sums:
    """The five sums of changes that count, by this kind of cost."""
    accepted = [each for each in base if each.outcome == "accepted"]
    squares = sum((cost.changes.get(each.change_id, 0) / 1e9) ** 2 for each in base)
    return Sums(len(base), len(accepted), _spent(base, cost), squares, _spent(accepted, cost))


def _spent(changes: Iterable[Judged], cost: Costing) -> int:
    return sum(cost.changes.get(each.change_id, 0) for each in changes)


def strata(judged: Iterable[Judged], cost: Costing) -> dict[tuple[str, str | None], dict[Hashable, Sums]]:
    """Basis and model → part and repository → the five sums of its changes there that count."""
    counted = (row for row in judged if row.is_counted and known(row, cost) == "known")
    return {
        key: {part: _sums(mine, cost) for part, mine in group(rows, lambda row: (row.part, row.repository_id)).items()}
        for key, rows in group(counted, lambda row: (row.basis, row.model)).items()
    }


def clusters(judged: Iterable[Judged], cost: Costing) -> dict[tuple[str, str | None], Clusters]:
    """Basis and model → part → repository → totals of its changes there that count."""
    counted = (row for row in judged if row.is_counted and known(row, cost) == "known")
    return {
        key: {part: _by_repository(mine, cost) for part, mine in group(rows, lambda row: row.part).items()}
        for key, rows in group(counted, lambda row: (row.basis, row.model)).items()
    }


def _by_repository(rows: Iterable[Judged], cost: Costing) -> dict[str, Totals]:
    sums = {name: _sums(mine, cost) for name, mine in group(rows, lambda row: row.repository_id).items()}
    return {name: (each.n, each.accepted, each.cost) for name, each in sums.items()}


def spreads(judged: Iterable[Judged], cost: Costing) -> dict[tuple[str, str | None], Spread]:
    """Basis and model → how repositories differ in this kind of cost."""
    counted = (row for row in judged if row.is_counted and known(row, cost) == "known")
    return {key: _apart(rows, cost) for key, rows in group(counted, lambda row: (row.basis, row.model)).items()}


def _apart(base: Iterable[Judged], cost: Costing) -> Spread:
    return spread_over(
        (each.repository_id, cost.changes.get(each.change_id, 0) / 1e9, each.outcome == "accepted") for each in base
    )


def buckets(outcomes: Mapping[str, str], cost: Costing, whole: int) -> Buckets:
    """What became of the cost: change → outcome; `whole` is summed from the calls, apart from any booking."""
    found = Counter[str](unattributed=sum(cost.unattributed.values()))
    for change, nusd in cost.changes.items():
        found[outcomes.get(change, "")] += nusd  # one without an outcome is missed in the sum, and the report fails
    names = ("accepted", "rejected", "abandoned", "stale", "open", "unknown", "unattributed")
    return Buckets(**{name: found[name] for name in names}, total=whole)


def covered(coverage: Coverage, judged: Iterable[Judged], cost: Costing) -> Coverage:
    """The footer's figures about cost, by this kind."""
    words = Counter(known(row, cost) for row in judged)
    return replace(
        coverage,
        changes_cost_unknown=words["none"],
        changes_cost_partial=words["partial"],
        unattributed=cost.reasons,
    )
