"""From two names to a comparison: which kind of name they are, their sums, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ledger.domain.costing import KINDS
from ledger.domain.nearby import unknown_name
from ledger.domain.report import Group, by_model, ordered
from ledger.domain.screen import plain
from ledger.domain.sums import GroupSums
from ledger.domain.versus import Contest, Pair, Versus, at_one_mix, in_parts, pair
from ledger.errors import LedgerError
from ledger.posting.choosing import written
from ledger.store import contests, figures, names
from ledger.store.dimensions import WHO
from ledger.store.engine import Ledger
from ledger.store.spreads import is_over_several, spread_sums

_CALLED = {"lineup": "line-up"}


def contest(
    ledger: Ledger, as_of: datetime, one: str, other: str, *, part: figures.Slice, by: str, dimension: str = ""
) -> Contest:
    """The comparison of two names of one dimension of WHO, which is found where it is not told.

    Raises LedgerError for names that are not known, or are not of one kind.
    """
    with ledger.read() as connection:
        # A name is known whatever was chosen: of what was not, there is nothing to compare, and that is said.
        there = figures.Slice(repository_id=part.repository_id)
        known = {each: names.names(connection, as_of, there, each) for each in ([dimension] if dimension else WHO)}
        dimension, one, other = _both(one, other, known)
        chosen = replace(part, only=(*part.only, (dimension, (one, other))))
        asked = (connection, as_of, chosen, by, "lead", dimension)
        if is_over_several(connection, part):
            sums, spreads = spread_sums(*asked)
        else:
            sums, spreads = figures.group_sums(*asked), {}
        strata = contests.strata(connection, as_of, chosen, by, dimension)
        mix = contests.mix(connection, as_of, part, by)
        cost = KINDS[figures.cost_kind(connection, part)]
    whole = {(group.sums.basis, group.sums.model): group for group in ordered(by_model(sums, {}, spreads))}
    both = {basis: pair(None, whole.get((basis, one)), whole.get((basis, other))) for basis, _ in whole}
    bases = [basis for basis in dict.fromkeys(basis for basis, _ in whole) if basis != "trunk"]
    return Contest(
        as_of=as_of,
        dimension=dimension,
        one=one,
        other=other,
        by=by,
        cost=cost,
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
