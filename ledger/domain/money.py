"""Money as people read it."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

NANO = Decimal(10) ** 9


def usd(nusd: int) -> Decimal:
    """Nano-USD as exact USD."""
    return Decimal(nusd) / NANO


def known(nusd: int, calls: int, unpriced: int) -> Decimal | None:
    """What calls cost, in USD; None where none of them has a price, which is not the same as free."""
    return usd(nusd) if nusd or calls > unpriced else None


def exact(nusd: int) -> str:
    """Nano-USD as a plain decimal string in USD, without an exponent and without needless zeros below the cent."""
    whole = f"{usd(nusd):.9f}".rstrip("0")
    head, _, cents = whole.partition(".")
    return f"{head}.{cents.ljust(2, '0')}"


def shown(amount: float | Decimal | None, sign: str = "$") -> str:
    """An amount in USD for reading: cents, more digits below a dime, thousands with commas; `unknown` for None."""
    if amount is None:
        return "unknown"
    value = Decimal(str(amount)) if isinstance(amount, float) else amount
    size = abs(value)
    if size == 0 or size >= Decimal("0.0995"):
        return f"{sign}{value.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"
    return f"{sign}{value:.2g}" if size >= Decimal("0.0001") else f"{sign}{value:.1e}"
