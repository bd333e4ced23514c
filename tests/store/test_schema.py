"""Tables and records are the same thing, and migrations make them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from ledger.domain.conclusions import DERIVED
from ledger.domain.facts import KINDS
from ledger.store.engine import Ledger, open_ledger, upgrade_ledger
from ledger.store.migrate import migrations_dir
from ledger.store.schema import HEAD, Tuples, metadata, tables
from tests.store.migrating import upgrade_to


@pytest.mark.parametrize("name", sorted(KINDS | DERIVED))
def test_a_table_has_a_column_per_field(name: str) -> None:
    record = (KINDS | DERIVED)[name]
    assert [column.name for column in tables[name].columns] == [field.name for field in fields(record)]
    assert {column.name for column in tables[name].primary_key} == set(record.key)
    assert not any(column.nullable for column in tables[name].primary_key)


def test_every_table_and_column_says_what_it_means() -> None:
    for table in metadata.tables.values():
        assert table.comment
        assert all(column.comment for column in table.columns)


def shape(connection: Connection) -> dict[str, object]:
    """Every table as the database has it; what a column is filled with by default is the migrations' own affair."""
    seen = inspect(connection)
    return {
        name: (
            sorted((column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(name)),
            seen.get_pk_constraint(name),
            sorted(
                map(str, [*seen.get_indexes(name), *seen.get_foreign_keys(name), *seen.get_check_constraints(name)])
            ),
        )
        for name in seen.get_table_names()
    }


def check_that_migrations_lead_to_what_is_made(walked: Engine, made: Ledger) -> None:
    with walked.begin() as connection:
        upgrade_to(connection, "head")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        one = shape(connection)
    with made.read() as connection:
        assert shape(connection) == one
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
    walked.dispose()
    made.close()


def test_the_migrations_lead_to_the_tables_that_are_made_at_once(tmp_path: Path) -> None:
    walked = create_engine(f"sqlite:///{tmp_path / 'walked.db'}")
    check_that_migrations_lead_to_what_is_made(walked, open_ledger(str(tmp_path / "made.db")))


def test_so_do_a_server_s(bare_url: str, server_url: str) -> None:
    check_that_migrations_lead_to_what_is_made(create_engine(bare_url), open_ledger(server_url))


def test_the_compiled_head_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(migrations_dir())).get_current_head() == HEAD


_PARTS = st.text(st.characters(), max_size=6) | st.integers(-(2**63), 2**63 - 1) | st.none() | st.booleans()


@given(st.lists(_PARTS | st.lists(_PARTS, max_size=3).map(tuple), max_size=4).map(tuple))
def test_a_tuple_is_written_as_json_writes_it_and_read_back_whole(value: tuple[object, ...]) -> None:
    text = Tuples.to_text(value)
    assert text == json.dumps(value, separators=(",", ":")) or "\x7f" in text
    assert text.isascii()
    assert Tuples().process_result_value(text, SQLiteDialect()) == value


def test_a_server_s_comments_are_those_of_the_tables(server_url: str) -> None:
    opened = upgrade_ledger(server_url)
    asked = """SELECT c.relname, a.attname, col_description(c.oid, a.attnum) FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > 0 AND c.relkind = 'r'"""
    with opened.read() as connection:
        said = {(table, column): words for table, column, words in connection.exec_driver_sql(asked)}
    opened.close()
    wanted = {(table.name, column.name): column.comment for table in metadata.tables.values() for column in table.c}
    assert {key: said[key] for key in wanted} == wanted
