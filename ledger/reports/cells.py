"""What stands in the cells of a report's tables, the same in every format for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.domain.estimates import Interval
from ledger.domain.money import shown, usd
from ledger.domain.report import Filters, Group

BASES = {
    "request": "Requests",
    "branch": "Branches",
    "trunk": "Trunk commits (accepted by construction: no cost per accepted change)",
}
SURVIVED = ("n", "survived", "reverted", "too young", "cost", "per survivor")
"""The columns of `survival`."""


def whom(filters: Filters) -> str:
    """Whom changes are credited to."""
    return {"first": "first model", "lineup": "line-up"}.get(filters.credit, filters.whom.replace("lineup", "line-up"))


def part_name(filters: Filters) -> str:
    """What models are told apart by, as a column is called."""
    return filters.by.removeprefix("label:").replace("_", " ")


def in_order(groups: Sequence[Group], filters: Filters) -> list[Group]:
    """The part with the most changes first, in each the cheapest per accepted first; months in their order."""
    if filters.by == "month":
        return sorted(groups, key=lambda group: group.sums.part or "")
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group.sums.part or ""] = sizes.get(group.sums.part or "", 0) + group.sums.n
    return sorted(groups, key=lambda group: (-sizes[group.sums.part or ""], group.sums.part or ""))


def counted(*, is_wide: bool = False) -> tuple[str, ...]:
    """The columns of `counts`; cost per accepted change stands after them."""
    return ("n", "acc", *(("verified", "durable") if is_wide else ()), "rej", "open", "acc %", "cost")


def counts(group: Group, *, is_wide: bool = False) -> Iterator[str]:
    """How many changes, what became of them, the share accepted, and what they cost.

    `is_wide`: with how many of the accepted are verified and durable.
    """
    row, share = group.sums, group.acceptance.point
    standing = (row.verified, row.durable) if is_wide else ()
    yield from (str(count) for count in (row.n, row.accepted, *standing, row.rejected + row.abandoned))
    yield str(row.open + row.stale + row.unknown)
    yield "–" if share is None else f"{share:.0%}"
    yield _charged(group)


def survival(group: Group) -> Iterator[str]:
    """Of trunk commits: how many survived, and what one that did has cost."""
    row = group.sums
    yield from (str(count) for count in (row.n, row.durable, row.reverted, row.pending))
    yield _charged(group)
    yield shown(usd(row.base_nusd) / row.durable) if row.durable and row.n_cost_known == row.n else "–"


def _charged(group: Group) -> str:
    row = group.sums
    return shown(usd(row.charged_nusd)) if row.n_cost_known or row.charged_nusd else "unknown"


def cost(group: Group) -> str:
    """Cost per accepted change with its interval and strength; a bound, or in words why there is none."""
    found = group.estimate
    if group.hidden:
        return "not shown"
    if found.lower_bound is not None:
        return f"≥ {shown(found.lower_bound)} (0 of {group.sums.base_n})"
    if found.point is None:
        return "too few"
    bounds = "" if found.lo is None or found.hi is None else f" ({shown(found.lo, '')}–{shown(found.hi, '')})"
    return f"{shown(found.point)}{bounds} {found.strength}"


def notes(group: Group, name: str) -> Iterator[str]:
    """What is to be said of a row below its table; `name` is the model's as the format writes it."""
    if group.is_all_in_shown:
        yield f"{name}: {shown(group.all_in)} all-in, with its work that reached no change."
    if group.hidden:
        yield f"{name}: not shown, because {group.hidden}."


def share(found: Interval) -> str:
    """A share with its interval, in percent."""
    if found.point is None or found.lo is None or found.hi is None:
        return "–"
    return f"{found.point:.0%} ({found.lo * 100:.0f}–{found.hi * 100:.0f})"
