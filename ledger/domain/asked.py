"""Which changes a table holds, in words: whoever reads it may not have typed what it was asked with."""

from __future__ import annotations

from datetime import datetime, time

from ledger.domain.screen import plain

Only = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension and the names that are wanted of it; '' of nobody known."""


def moment(at: datetime) -> str:
    """A day, and the time too unless it is the day's beginning; in UTC."""
    if at.time() == time.min:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at.second else f"{at:%Y-%m-%d %H:%M} UTC"


def opened(since: datetime | None, until: datetime | None) -> str:
    """`opened since 2026-07-01 and before 2026-08-01`; '' where all times are asked about."""
    ends = [f"since {moment(since)}" if since else "", f"before {moment(until)}" if until else ""]
    told = " and ".join(filter(None, ends))
    return f"opened {told}" if told else ""


def chosen(since: datetime | None, until: datetime | None, only: Only = ()) -> str:
    """What the changes of a table have in common, as `opened since 2026-07-01 of model a or b`; '' where it is all."""
    named = "; ".join(f"{name.replace('_', ' ')} {_names(names)}" for name, names in only)
    return " ".join(filter(None, (opened(since, until), named and f"of {named}")))


def judged_line(as_of: datetime, cost: str, only: str) -> str:
    """From when it is judged, of which kind its costs are, and which changes it is about, as `chosen` told it."""
    told = f" Only changes {only} are counted." if only else ""
    return f"As of {as_of:%Y-%m-%d %H:%M} UTC, costs {cost}.{told}"


def _names(names: tuple[str, ...]) -> str:
    return " or ".join(plain(name) or "(unknown)" for name in names)
