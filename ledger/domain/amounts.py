"""Counts, money and times as gateways, bills and spreadsheets write them.

What is not said is None and never 0; what cannot be read raises Refused, whose text ends the sentence "1 row left
out: …".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from ledger.domain.screen import storable

MOST_TOKENS = 10**10
"""In one row: far above any bill, and low enough that sums stay within 64 bits."""
MOST_NUSD = 10**15
_FIRST_YEAR, _LAST_YEAR = 1900, 2500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((10**11, 10**6), (10**14, 10**3), (10**17, 1))
"""Epochs below this number are in seconds, milliseconds, microseconds: so many microseconds each; else nanoseconds."""
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_UNSAID = frozenset({"", "-", "–", "nan", "null", "none", "n/a"})


class Refused(ValueError):
    """A row that cannot be counted; the text says what is wrong with it, in a few words."""


def text(value: Any, longest: int = 250) -> str:
    """One line of text that every database takes; '' for what is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return re.sub(r"[\x00-\x1f\x7f]", "", storable(str(value))).strip()[:longest]


def count(value: Any, name: str) -> int | None:
    """A number of tokens; None where it is not said. Raises Refused for what is no count."""
    amount = _decimal(value, name)
    if amount is None:
        return None
    if amount < 0 or amount > MOST_TOKENS or amount != amount.to_integral_value():
        raise Refused(f"{name} is no number of tokens")
    return int(amount)


def nusd(value: Any, name: str, per_usd: int = 1) -> int | None:
    """Money in nano-USD, `per_usd` of the written unit being one USD; None where it is not said. Raises Refused.

    >>> nusd("$0.32", "Cost"), nusd(Decimal("15.66"), "chargedCents", 100)
    (320000000, 156600000)
    """
    amount = _decimal(value.strip().removeprefix("$") if isinstance(value, str) else value, name)
    if amount is None:
        return None
    if amount < 0:
        raise Refused(f"{name} is negative, and a call can only cost")
    whole = int((amount * 10**9 / per_usd).to_integral_value(ROUND_HALF_EVEN))
    if whole > MOST_NUSD:
        raise Refused(f"{name} is more than a million USD for one row")
    return whole


def moment(value: Any, name: str) -> datetime:
    """A time in UTC: ISO 8601, where no zone means UTC, or an epoch in s, ms, µs or ns. Raises Refused."""
    number = None if isinstance(value, str) and not re.fullmatch(r"\d+(\.\d+)?", value.strip()) else value
    try:
        at = _written(str(value).strip()) if number is None else _since_epoch(Decimal(str(number)))
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise Refused(f"{name} is no time") from error
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise Refused(f"{name} is outside the calendar of this ledger")
    return at


def _written(value: str) -> datetime:
    at = datetime.fromisoformat(value.removesuffix(" UTC"))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _since_epoch(number: Decimal) -> datetime:
    unit = next((unit for below, unit in _UNITS if number < below), None)
    micros = number * unit if unit else number / 1000
    return _EPOCH + timedelta(microseconds=int(micros.to_integral_value(ROUND_HALF_EVEN)))


def _decimal(value: Any, name: str) -> Decimal | None:
    """The number, however it is written; None where none is."""
    if value is None:
        return None
    written = str(value).strip()
    if written.lower() in _UNSAID:
        return None
    if _THOUSANDS.fullmatch(written):
        written = written.replace(",", "")
    try:
        amount = Decimal(written)
    except InvalidOperation as error:
        raise Refused(f"{name} is no number") from error
    if isinstance(value, bool) or not amount.is_finite() or abs(amount.adjusted()) > 30:
        raise Refused(f"{name} is no number")
    return amount
