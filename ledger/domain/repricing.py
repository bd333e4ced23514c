"""What a new price list would change: rate by rate, and summed up per model before anybody agrees to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ledger.domain.charges import call_cost
from ledger.domain.conclusions import CallCost
from ledger.domain.pricing import PriceKey, price_key
from ledger.domain.session_facts import Call, Price

COUNTED = frozenset({"exact", "override", "fuzzy", "mode", "searches", "missing", "untold", "reported"})
"""How the cost of a call that counts was found; any other word says that another row counts for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """What the calls of one model cost, before and after."""

    model: str
    """As written by the source."""
    calls: int
    old_nusd: int
    new_nusd: int
    old_unpriced: int
    new_unpriced: int

    @property
    def is_none(self) -> bool:
        """Nothing is different."""
        return (self.old_nusd, self.old_unpriced) == (self.new_nusd, self.new_unpriced)


@dataclass(frozen=True, slots=True)
class Repricing:
    """The rates that would be kept instead, and what that would do."""

    prices: tuple[Price, ...]
    models: tuple[ModelChange, ...]
    """The models whose sum or number of unpriced calls changes, the largest difference first."""
    tables: tuple[str, ...]
    """The price tables and files that the changed rates come from."""


def other_rates(kept: Mapping[PriceKey, Price], found: Iterable[Price]) -> tuple[Price, ...]:
    """The rates among `found` that say something else than those kept; another version alone is nothing else."""
    changed = []
    for price in found:
        known = kept.get(key_of(price))
        if known is None or replace(known, table_version=price.table_version) != price:
            changed.append(price)
    return tuple(changed)


def key_of(price: Price) -> PriceKey:
    """The key that a call finds the rates by."""
    return PriceKey(*(getattr(price, name) for name in Price.key))


def model_changes(
    calls: Iterable[Call], costs: Mapping[str, CallCost], kept: Mapping[PriceKey, Price], new: Mapping[PriceKey, Price]
) -> dict[str, ModelChange]:
    """Per model as written: the sum now, and by the rates in `new` where it has the key; `costs` are those in force."""
    found: dict[str, ModelChange] = {}
    for call in calls:
        key = price_key(call)
        old = costs.get(call.event_key) or call_cost(call, kept.get(key))
        if old.match not in COUNTED:
            continue
        later = call_cost(call, new[key]) if key in new else old
        row = ModelChange(
            model=call.model_raw,
            calls=1,
            old_nusd=old.nusd or 0,
            new_nusd=later.nusd or 0,
            old_unpriced=int(old.nusd is None),
            new_unpriced=int(later.nusd is None),
        )
        found[call.model_raw] = added(found[call.model_raw], row) if call.model_raw in found else row
    return found


def added(one: ModelChange, other: ModelChange) -> ModelChange:
    """Two rows of one model as one."""
    names = ("calls", "old_nusd", "new_nusd", "old_unpriced", "new_unpriced")
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})


def in_order(rows: Iterable[ModelChange]) -> tuple[ModelChange, ...]:
    """Those that change something, the largest difference first."""
    changed = (row for row in rows if not row.is_none)
    return tuple(sorted(changed, key=lambda row: (-abs(row.new_nusd - row.old_nusd), row.model)))
