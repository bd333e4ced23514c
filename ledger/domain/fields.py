"""Fields of foreign records, read strictly: a count is a count or an error, a text is harmless, a time has a zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 10**15
_LONGEST = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def count(usage: Mapping[str, Any], name: str) -> int:
    """A number of tokens, 0 where the field is missing or null; raises ValueError for what is no count."""
    found = usage.get(name) or 0
    if type(found) is int and 0 <= found < _MOST:  # nearly always
        return found
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < _MOST:
        raise ValueError(name)
    return found


def text(value: Any) -> str:
    """A text without control characters, cut at a thousand; '' for anything else."""
    if not isinstance(value, str):
        return ""
    # Almost every text is printable, and asking that is a tenth of the work.
    return (value if value.isprintable() else _CONTROL.sub("", value))[:_LONGEST]


def record(value: Any) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """An ISO 8601 time with a zone, or milliseconds since 1970, in UTC; None for what is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_epoch(value / 1000)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at and at.tzinfo and 1900 <= at.year <= 2500 else None


def seconds(value: Any) -> datetime | None:
    """Seconds since 1970, in UTC; None for what is no number of them."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _since_epoch(value) if is_number else None


def _since_epoch(count_of_seconds: float) -> datetime | None:
    if not 0 < count_of_seconds < 16_725_225_600:  # the year 2500; not a number is not between either
        return None
    return _EPOCH + timedelta(milliseconds=round(count_of_seconds * 1000))


def money(usd: Any) -> int | None:
    """USD as nano-USD; None for what is no amount."""
    is_number = isinstance(usd, int | float) and not isinstance(usd, bool)
    return round(usd * 10**9) if is_number and 0 <= usd < 10**6 else None
