"""Keep kinds of cost apart per charge, so that changes can be told at list price, as billed, or as paid for seats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SUMS = {
    "list_nusd": "What of it is known at list price, nano-USD",
    "paid_nusd": "What of it a bill or a gateway told, nano-USD",
    "parts_unlisted": "Calls, and parts of split calls, without a list price",
    "parts_unpaid": "Calls, and parts of split calls, that no bill or gateway told the cost of",
}


def upgrade() -> None:
    """Add the columns, empty until everything is derived anew, which this version of the rules does at once."""
    for name, comment in SUMS.items():
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"), comment=comment)
        op.add_column("charge", column)
