"""Running totals in telemetry: where one begins anew, though it names no new start (usage-formats §10.1).

A total only grows while it is the same. One that falls was begun anew: what it had come to was spent, and what comes
after is spent besides. That can be seen only in the order of the points, so it is seen within one file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ledger.domain.otlp import Point

_MOST = 1000
"""Totals that are followed at a time; of more, those that were told longest ago are forgotten."""


class Totals:
    """Follows the totals of one file; `state` is what an earlier reading of it left, as JSON, and is kept up."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    def since(self, point: Point) -> str:
        """The moment of the last fall that a point comes after, in nanoseconds as text; '' where it never fell."""
        if not point.is_cumulative or not point.at.isdigit() or (number := _number(point.number)) is None:
            return ""
        name, what, at = _name(point), f"{point.metric} {point.attributes.get('type', '')}", int(point.at)
        falls, last, numbers = self._state.pop(name, ([], 0, {}))
        if at >= last:
            if number < numbers.get(what, number):
                falls, numbers = [*falls, at], {}
            last, numbers = at, {**numbers, what: number}
        self._state[name] = [falls, last, numbers]
        if len(self._state) > _MOST:
            del self._state[next(iter(self._state))]
        return str(max((fall for fall in falls if fall <= at), default=""))


def _name(point: Point) -> str:
    """What tells a total from others: everything that is said of it but which number of several it is."""
    said: Mapping[str, Any] = {name: value for name, value in point.attributes.items() if name != "type"}
    told = repr((sorted((name, str(value)) for name, value in said.items()), point.started_at))
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:16]


def _number(written: Any) -> float | None:
    """The number of a point, for a comparison; None for what is none."""
    try:
        return float(written)
    except (TypeError, ValueError, OverflowError):
        return None
