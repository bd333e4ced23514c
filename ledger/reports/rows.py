"""Rows of a query, as a table, JSON or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from math import isfinite
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.domain.screen import plain

_NARROWEST = 16
"""A column of a table may be folded to so many characters, and is hard to read below."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> str:
    """For a screen; numbers to the right, NULL empty, what is not printable made harmless.

    Where the columns would be squeezed beyond reading, each row is a list of its own, as psql does when expanded.
    """
    names = [plain(name) for name in columns]
    texts = [[_text(value) for value in row] for row in rows]
    widths = [max(map(cell_len, [name, *column])) for name, *column in zip(names, *texts, strict=True)]
    if sum(min(wide, _NARROWEST) + 2 for wide in widths) > max(width, 60) + 2:
        return _as_lists(names, texts)
    out = StringIO()
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for place, name in enumerate(names):
        is_number = all(isinstance(row[place], int | float | Decimal) or row[place] is None for row in rows)
        table.add_column(name, justify="right" if is_number and rows else "left", overflow="fold")
    for row in texts:
        table.add_row(*map(Text, row))
    Console(file=out, width=max(width, 60), no_color=True, highlight=False).print(table)
    return out.getvalue()


def _text(value: Any) -> str:
    """PostgreSQL's decimals come with the zeros of their scale."""
    said = format(value.normalize(), "f") if isinstance(value, Decimal) else "" if value is None else str(value)
    return plain(said, 2000)


def _as_lists(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    wide = max(map(cell_len, names))
    lists = [
        "\n".join(
            [
                f"── row {number} ──",
                *(f"{set_cell_size(n, wide)}  {t}".rstrip() for n, t in zip(names, row, strict=True)),
            ]
        )
        for number, row in enumerate(rows, 1)
    ]
    return "\n".join(lists or [", ".join(names), "no rows"]) + "\n"


def as_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A list of objects; a second column of one name gets a number, and what is no number in JSON is null."""
    names = [name if name not in columns[:place] else f"{name}_{place + 1}" for place, name in enumerate(columns)]
    objects = [dict(zip(names, map(_finite, row), strict=True)) for row in rows]
    return json.dumps(objects, indent=2, ensure_ascii=False, default=str) + "\n"


def _finite(value: Any) -> Any:
    """PostgreSQL's decimals are numbers too."""
    number = float(value) if isinstance(value, Decimal) else value
    return None if isinstance(number, float) and not isfinite(number) else number


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Comma-separated; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _text(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
