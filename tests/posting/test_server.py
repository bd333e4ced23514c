"""The same facts on PostgreSQL: the same report and the same views, however many post at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ledger.posting.derive import derive
from ledger.store import reads
from ledger.store.engine import open_ledger
from ledger.store.query import query
from ledger.store.view_comments import EXAMPLES
from ledger.store.views import VIEWS
from tests import postgres
from tests.gitting import git
from tests.posting.worlds import World, wanted, world
from tests.starting import command, ended, starting
from tests.store.duck import fill

__all__ = ["wanted", "world"]  # fixtures


@pytest.fixture(scope="module")
def posted(world: World, server: postgres.Server, template: str) -> str:
    """The small demo, posted to a server; nobody changes it."""
    url = server.new_database(template)
    world.post(url)  # type: ignore[arg-type]  # a URL is taken like a path
    return url


@pytest.fixture(scope="module")
def duck(wanted: tuple[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small demo's tables in DuckDB."""
    with duckdb.connect() as connection:
        fill(connection, wanted[1])
        yield connection


def view(database: str, name: str) -> list[tuple[Any, ...]]:
    ledger = open_ledger(database, create=False)
    with ledger.read() as connection:
        found = [plain(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608 - a name of ours
    ledger.close()
    return sorted(found, key=repr)


def plain(row: Sequence[Any]) -> tuple[Any, ...]:
    """Doubles to nine significant digits: engines add them up in their own order."""
    return tuple(
        None if part is None else float(f"{float(part):.9g}") if isinstance(part, float | Decimal) else part
        for part in row
    )


def test_the_report_is_the_same_to_the_byte(world: World, wanted: tuple[str, Path], posted: str) -> None:
    assert world.report(posted) == wanted[0]  # type: ignore[arg-type]  # a URL is taken like a path


@pytest.mark.parametrize("name", VIEWS)
def test_views_are_the_same_on_every_engine(
    wanted: tuple[str, Path], posted: str, duck: duckdb.DuckDBPyConnection, name: str
) -> None:
    on_sqlite = view(str(wanted[1]), name)
    assert view(posted, name) == on_sqlite
    assert on_duckdb(duck, name) == on_sqlite


def on_duckdb(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    """The view's text on DuckDB, over the tables as they are."""
    return sorted((plain(row) for row in connection.execute(VIEWS[name]).fetchall()), key=repr)


def test_rebuilding_is_the_same_too(world: World, wanted: tuple[str, Path], server_url: str) -> None:
    world.post(server_url)  # type: ignore[arg-type]  # a URL is taken like a path
    ledger = open_ledger(server_url)
    with ledger.read() as connection:
        repositories = reads.repositories(connection)
    for repository in repositories:
        derive(ledger, repository)
    ledger.close()
    assert world.report(server_url) == wanted[0]  # type: ignore[arg-type]  # a URL is taken like a path


def test_clones_that_post_at_once_lose_nothing(
    world: World, wanted: tuple[str, Path], server_url: str, tmp_path: Path
) -> None:
    open_ledger(server_url).close()
    clones = [tmp_path / f"clone{n}" for n in range(6)]
    for clone in clones:
        git(
            tmp_path,
            "clone",
            "-q",
            "--mirror" if clone.name == "clone0" else "-q",
            str(world.demo.repository),
            str(clone),
        )
    arguments = ("-q", "--database", server_url, "update", "--source", "claude-code", "--source", "commits")
    home = {"HOME": str(world.demo.home)}
    running = [starting(command, *arguments, cwd=clone, env=home) for clone in clones for _ in range(2)]
    assert ended(*running) == [0] * len(running)
    counted = "SELECT (SELECT COUNT(*) FROM call), (SELECT COUNT(*) FROM git_commit), (SELECT COUNT(*) FROM repository)"
    one, many = (once(database, counted) for database in (str(wanted[1]), server_url))
    assert many[0] == one[0]
    assert many[2] == one[2] == 1


def once(database: str, sql: str) -> tuple[Any, ...]:
    ledger = open_ledger(database, create=False)
    with ledger.read() as connection:
        (row,) = connection.exec_driver_sql(sql)
    ledger.close()
    return tuple(row)


@pytest.mark.parametrize("view_name", VIEWS)
def test_every_example_of_the_documentation_runs_on_a_server_too(posted: str, view_name: str) -> None:
    ledger = open_ledger(posted)
    assert query(ledger, EXAMPLES[view_name]).columns
    ledger.close()


def test_views_of_an_empty_ledger_are_the_same(server_url: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    for database in (server_url, str(path)):
        open_ledger(database).close()
    with duckdb.connect() as connection:
        fill(connection, path)
        for name in VIEWS:
            assert view(server_url, name) == view(str(path), name) == on_duckdb(connection, name)
