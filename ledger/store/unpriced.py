"""The calls whose cost is not known, and the rates that are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select

from ledger.domain.pricelist import Unpriced
from ledger.domain.session_facts import Price
from ledger.store.schema import tables

_UNKNOWN = ("missing", "fuzzy", "mode", "searches", "untold")


def unpriced(connection: Connection) -> list[Unpriced]:
    """The calls in scope without a cost, by model and way of calling; the most calls first."""
    call, cost = tables["call"].c, tables["call_cost"].c
    names = (call.model_raw, func.coalesce(call.provider, ""), call.speed, call.service_tier, call.region, cost.match)
    query = (
        select(*names, func.count(), func.min(call.at), func.max(call.at))
        .join(tables["call_cost"], cost.event_key == call.event_key)
        .where(cost.nusd.is_(None), cost.match.in_(_UNKNOWN))
        .group_by(*names)
    )
    rows = [
        Unpriced(
            model_raw=model,
            provider=provider,
            speed=speed,
            service_tier=tier,
            region=region,
            match=match,
            calls=calls,
            first_on=first.date().isoformat(),
            last_on=last.date().isoformat(),
        )
        for model, provider, speed, tier, region, match, calls, first, last in connection.execute(query)
    ]
    return sorted(rows, key=lambda row: (-row.calls, row.key(), row.match))


def kept_prices(connection: Connection, models: Sequence[str], day: str) -> list[Price]:
    """The rates kept for models as written, on a day."""
    table = tables["price"]
    named = or_(*(func.lower(table.c.model_raw) == model.lower() for model in models))
    query = select(table).where(and_(table.c.day == day, named)).order_by(*(table.c[name] for name in Price.key))
    return [Price(**row) for row in connection.execute(query).mappings()]


def models_named(connection: Connection, day: str) -> list[str]:
    """The models as written that rates are kept for on a day; sorted."""
    table = tables["price"].c
    return list(
        connection.execute(select(table.model_raw).where(table.day == day).distinct().order_by("model_raw")).scalars()
    )
