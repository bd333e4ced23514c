"""From two names to a comparison: which kind of name they are, their sums, and what is said of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain import asked, costing
from ledger.domain.clusters import Spread
from ledger.domain.costing import KINDS, Costing, Judged
from ledger.domain.estimates import Sums
from ledger.domain.nearby import unknown_name
from ledger.domain.report import Group, by_model, ordered
from ledger.domain.screen import plain
from ledger.domain.seats import Seat
from ledger.domain.sums import GroupSums
from ledger.domain.versus import Contest, Pair, Versus, at_one_mix, in_parts, pair
from ledger.errors import LedgerError
from ledger.posting.choosing import written
from ledger.posting.costing import costed
from ledger.store import contests, figures, names
from ledger.store.dimensions import WHO
from ledger.store.engine import Ledger
from ledger.store.spreads import SpreadSums, is_over_several, spread_sums

_CALLED = {"lineup": "line-up"}


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is known of both, by any kind of cost."""

    sums: list[GroupSums]
    spreads: Mapping[tuple[str, str | None], Spread]
    """How repositories differ; empty where there is one."""
    strata: Mapping[tuple[str, str | None], Mapping[Hashable, Sums]]


def contest(
    ledger: Ledger,
    as_of: datetime,
    one: str,
    other: str,
    *,
    part: figures.Slice,
    by: str,
    dimension: str = "",
    cost: str | None = None,
    seats: Sequence[Seat] = (),
) -> Contest:
    """The comparison of two names of one dimension of WHO, which is found where it is not told.

    `cost` and `seats` as in make_report. Raises LedgerError for names that are not known, or are not of one kind, and
    for a kind of cost that the charges do not tell yet.
    """
    with ledger.read() as connection:
        # A name is known whatever was chosen: of what was not, there is nothing to compare, and that is said.
        there = figures.Slice(repository_id=part.repository_id)
        known = {each: names.names(connection, as_of, there, each) for each in ([dimension] if dimension else WHO)}
        dimension, one, other = _both(one, other, known)
        chosen = replace(part, only=(*part.only, (dimension, (one, other))))
        counted = _counted(connection, as_of, chosen, by, dimension, is_over_several(connection, part))
        if cost:
            judged = figures.judged(connection, as_of, chosen, by, whom=dimension)
            counted = _revalued(counted, judged, costed(connection, cost, as_of=as_of, part=part, seats=seats))
        mix = contests.mix(connection, as_of, part, by)
        kind = KINDS[cost or figures.cost_kind(connection, part)]
    sums, strata = counted.sums, counted.strata
    whole = {(group.sums.basis, group.sums.model): group for group in ordered(by_model(sums, {}, counted.spreads))}
    both = {basis: pair(None, whole.get((basis, one)), whole.get((basis, other))) for basis, _ in whole}
    bases = [basis for basis in dict.fromkeys(basis for basis, _ in whole) if basis != "trunk"]
    return Contest(
        as_of=as_of,
        dimension=dimension,
        one=one,
        other=other,
        by=by,
        cost=kind,
        bases=tuple(
            Versus(
                basis,
                both[basis],
                in_parts(_parts(sums, basis, one, other)),
                at_one_mix(
                    both[basis], strata.get((basis, one), {}), strata.get((basis, other), {}), mix.get(basis, {})
                ),
            )
            for basis in bases
        ),
        on_trunk=sum(group.sums.n for (basis, _), group in whole.items() if basis == "trunk"),
        only=asked.chosen(part.since, part.until, part.only),
    )


def _counted(
    connection: Connection, as_of: datetime, chosen: figures.Slice, by: str, dimension: str, is_over_several: bool
) -> _Counted:
    """The sums by what is known of each call."""
    asked = (connection, as_of, chosen, by, "lead", dimension)
    found = spread_sums(*asked) if is_over_several else SpreadSums(figures.group_sums(*asked), {}, {})
    return _Counted(found.sums, found.whole, contests.strata(connection, as_of, chosen, by, dimension))


def _revalued(counted: _Counted, judged: Sequence[Judged], cost: Costing) -> _Counted:
    """The same by one kind of cost."""
    return _Counted(
        costing.revalued(counted.sums, judged, cost),
        costing.spreads(judged, cost) if counted.spreads else {},
        costing.strata(judged, cost),
    )


def _parts(sums: list[GroupSums], basis: str, one: str, other: str) -> list[Pair]:
    found: dict[tuple[str | None, str | None], Group] = {
        (group.sums.part, group.sums.model): group for group in ordered([row for row in sums if row.basis == basis])
    }
    return [pair(part, found.get((part, one)), found.get((part, other))) for part in dict.fromkeys(p for p, _ in found)]


def _both(one: str, other: str, known: Mapping[str, Mapping[str, int]]) -> tuple[str, str, str]:
    """The dimension that has both names, and the names as they are written there."""
    for dimension, there in known.items():
        first, second = written(one, there), written(other, there)
        if first and second:
            if first == second:
                raise LedgerError(f"{plain(one, 80)} cannot be compared with itself; name another one.")
            return dimension, first, second
    where = [next((each for each in known if written(name, known[each])), "") for name in (one, other)]
    if all(where):
        first, second = (_CALLED.get(each, each) for each in where)
        raise LedgerError(
            f"{plain(one, 80)} is the name of one {first}, {plain(other, 80)} of one {second}: compare two of a kind."
        )
    lost = other if where[0] else one
    kind = next((each for each in where if each), "") or (next(iter(known)) if len(known) == 1 else "")
    among = known[kind] if kind else [name for there in known.values() for name in there]
    what = _CALLED.get(kind, kind) or "model, family, agent, provider or line-up"
    raise LedgerError(unknown_name(lost, what, among))
