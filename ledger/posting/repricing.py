"""`db rebuild --reprice`: what the price lists of today would change, and the new rates kept if that is wanted."""

from __future__ import annotations

from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.pricing import price_keys
from ledger.domain.repricing import ModelChange, Repricing, added, in_order, key_of, model_changes, other_rates
from ledger.posting.derive import derive, load, own_prices
from ledger.posting.workplace import Workplace
from ledger.sources.prices import read_prices
from ledger.store import reads
from ledger.store.engine import Ledger


def propose(workplace: Workplace, ledger: Ledger) -> Repricing:
    """What the price lists of today would change in the ledger, which stays as it is; raises BadSetting."""
    own = own_prices(workplace)
    with ledger.read() as connection:
        kept = {key_of(price): price for price in reads.facts(connection, "price")}
        repositories = reads.repositories(connection)
    wanted = set(kept)
    for repository in repositories:
        with ledger.read() as connection:
            wanted |= price_keys(load(connection, repository).calls)
    prices = other_rates(kept, read_prices(sorted(wanted), own))
    new = {key_of(price): price for price in prices}
    models: dict[str, ModelChange] = {}
    for repository in repositories if new else ():
        with ledger.read() as connection:
            costs = {row.event_key: row for row in reads.derived(connection, "call_cost", repository)}
            found = model_changes(load(connection, repository).calls, costs, kept, new)
        models |= {name: added(models[name], row) if name in models else row for name, row in found.items()}
    return Repricing(prices, in_order(models.values()), tuple(sorted({price.table_version for price in prices})))


def keep(ledger: Ledger, repricing: Repricing) -> None:
    """Replace the rates; the conclusions are due in the same transaction, and drawn by the next rebuild or update."""
    with ledger.write() as writing:
        writing.replace_prices(repricing.prices)
        writing.mark_dirty(reads.repositories(writing.connection))


def rebuild(ledger: Ledger) -> int:
    """Draw every conclusion anew from the facts; returns of how many repositories."""
    with ledger.read() as connection:
        repositories = reads.repositories(connection)
    for repository in repositories:
        derive(ledger, repository)
    with ledger.write() as writing:
        writing.derived(DERIVATION_VERSION)
    return len(repositories)
