"""Format `csv`: one row per group with every key of its JSON, or per model and role where credit is `own`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from ledger.domain.conclusions import OwnSpend
from ledger.domain.report import Report, judge
from ledger.domain.screen import plain
from ledger.domain.sums import GroupSums
from ledger.reports.json import as_object
from ledger.reports.rows import as_csv

_LONGEST = 1000
_NAMES: dict[str, Any] = {"basis": "", "model": None, "part": None, "role": None, "spread": None}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:  # noqa: ARG001 - for terminals only
    """The groups as comma-separated values under a header, whether there are any or not; unknown is empty.

    A key inside another stands under both, joined by `_`, but what tells the row from others stands under its own:
    `model`, `base_n`, `cost_per_accepted_lo`.
    """
    kind = "spend" if report.filters.credit == "own" else "groups"
    columns = list(_flat(as_object(_of_nothing(report))[kind][0]))
    rows = [_flat(row) for row in as_object(report)[kind]]
    return as_csv(columns, [[_cell(row[name]) for name in columns] for row in rows])


def _of_nothing(report: Report) -> Report:
    """The report with one group and one spend, of nothing: what they have for keys is the header."""
    none = judge(GroupSums(**{field.name: _NAMES.get(field.name, 0) for field in fields(GroupSums)}))
    spend = OwnSpend(**{field.name: _NAMES.get(field.name, 0) for field in fields(OwnSpend)})
    return replace(report, groups=(none,), by_part=(), spends=(spend,), spends_by_part=())


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_leaves(row, ""))


def _leaves(row: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _leaves(value, "" if name == "key" else f"{above}{name}_")
        else:
            yield f"{above}{name}", value


def _cell(value: Any) -> Any:
    return plain(value, _LONGEST) if isinstance(value, str) else value
