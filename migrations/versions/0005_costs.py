"""Keep the kinds of cost apart, and count calls by what is known of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

SUMS = {
    "calls_told": "Calls whose cost is only the agent's own word",
    "calls_estimated": "Calls whose log tells a part of their tokens: cost is a lower bound",
    "calls_aggregate": "Rows that are a sum over calls, as a bill or statement tells it",
    "calls_rollup": "Rows that are a sum over a session's calls",
    "list_nusd": "Nano-USD at list price, of the calls with a price",
    "billed_nusd": "Nano-USD that bills and statements told",
    "proxy_nusd": "Nano-USD that gateways told",
    "told_nusd": "Nano-USD that agents told",
    "nano_credits": "Billionths of the seller's credits; no money",
    "nano_premium": "Billionths of a premium request; no money",
}


def upgrade() -> None:
    """Add the columns, empty until everything is derived anew, which this version of the rules does at once."""
    for name, comment in SUMS.items():
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"), comment=comment)
        op.add_column("call_sum", column)
    source = "list, billed, proxy or reported (the agent's own word); '' when unknown"
    op.add_column("call_cost", sa.Column("cost_source", TEXT, nullable=False, server_default="", comment=source))
    listed = "Its cost at list price, nano-USD; NULL: no price is known"
    op.add_column("call_cost", sa.Column("list_nusd", sa.BigInteger(), nullable=True, comment=listed))
    if op.get_bind().dialect.name == "postgresql":
        _say_on_the_server()


def _say_on_the_server() -> None:
    """Comments that changed; SQLite keeps none."""
    whole = sa.BigInteger()
    units = "list, billed or proxy, in USD; credits or premium, in the seller's own units: no money"
    counted = "Its cost as reports count it, nano-USD; NULL: not known"
    match = "exact or override; fuzzy, mode or missing: unpriced, and why"
    op.alter_column("call", "reported_kind", existing_type=TEXT, existing_nullable=False, comment=units)
    op.alter_column("call_cost", "nusd", existing_type=whole, existing_nullable=True, comment=counted)
    op.alter_column("price", "match", existing_type=TEXT, existing_nullable=False, comment=match)
