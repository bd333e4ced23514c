"""Task types told as one where each is too few to say anything of (metric.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger.domain.estimates import FEWEST
from ledger.domain.report import Group, ordered, together
from ledger.domain.sums import GroupSums
from ledger.domain.tasks import GROUPED, MAINT


def grouped_types(groups: Sequence[Group]) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """The groups of one basis by task type, and which types are told as `maint` in them, in TYPES' order.

    Types that keep things in order go together as soon as one of several has, of no model, as many decided changes of
    known cost as an estimate needs; a name never means some of them in one table. Over several repositories they stay
    apart: how these differ in two types together does not follow from how they differ in each.
    """
    present = [kind for kind in GROUPED if any(group.sums.part == kind for group in groups)]
    most = [max(group.sums.base_n for group in groups if group.sums.part == kind) for kind in present]
    is_over_several = any(group.sums.spread and group.sums.spread.is_several for group in groups)
    if len(present) < 2 or min(most) >= FEWEST or is_over_several:
        return tuple(groups), ()
    rows = [group.sums if group.sums.part not in GROUPED else replace(group.sums, part=MAINT) for group in groups]
    merged: dict[tuple[str | None, str | None], GroupSums] = {}
    for row in rows:
        key = (row.model, row.part)
        merged[key] = together(merged[key], row) if key in merged else row
    return ordered(list(merged.values())), tuple(present)
