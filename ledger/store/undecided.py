"""Which requests a forge has to be asked for by number, because the ledger does not know what became of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ledger.store.schema import tables


def undecided(connection: Connection, repository_id: str) -> set[int]:
    """The numbers of the requests that were described as open last, and of the changes that nobody told the end of."""
    request, change = tables["request"].c, tables["change"].c
    told = select(request.number).where(request.repository_id == repository_id, request.state == "open")
    drawn = select(change.number).where(
        change.repository_id == repository_id, change.number.is_not(None), change.state == "undecided"
    )
    return {*connection.execute(told).scalars(), *connection.execute(drawn).scalars()}
