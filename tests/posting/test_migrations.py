"""Every earlier schema, with data in it, is brought to the newest on both engines, and the report is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, create_engine, text

from ledger.errors import DatabaseUnusable
from ledger.posting.derive import derive_dirty
from ledger.store.engine import open_ledger, upgrade_ledger
from ledger.store.migrate import migrations_dir
from ledger.store.schema import APPLICATION_ID, EPOCH, HEAD, metadata
from tests.posting.worlds import World, wanted, world
from tests.starting import command, ended, starting
from tests.store.migrating import upgrade_to

__all__ = ["wanted", "world"]  # fixtures

# The newest first.
EARLIER = [
    script.revision for script in ScriptDirectory(str(migrations_dir())).walk_revisions() if script.revision != HEAD
]
RENAMED = {"noted_at": "at"}


def fill(target: Engine, revision: str, path: Path) -> None:
    """An earlier schema with what it can hold of a ledger at head."""
    origin = create_engine(f"sqlite:///{path}")
    with origin.connect() as source, target.begin() as connection:
        upgrade_to(connection, revision)
        old = MetaData()
        old.reflect(connection)
        for table in (table for name, table in old.tables.items() if name != "alembic_version"):
            rows = source.execute(metadata.tables[table.name].select()).mappings()
            named = [{_name(name, table): value for name, value in row.items()} for row in rows]
            kept = [{name: _plain(value) for name, value in row.items() if name in table.c} for row in named]
            if kept:
                connection.execute(table.insert(), kept)
        connection.execute(text("UPDATE ledger_meta SET text = 'older' WHERE name = 'views_hash'"))
        connection.execute(text("UPDATE ledger_meta SET text = '1' WHERE name = 'derivation_version'"))
    origin.dispose()


def _name(name: str, table: Table) -> str:
    """What the earlier table calls the column."""
    return name if name in table.c else RENAMED.get(name, name)


def _plain(value: object) -> object:
    """As the earlier table keeps it: JSON text for tuples, no zone."""
    import json
    from datetime import datetime

    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return json.dumps(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("revision", EARLIER)
def test_a_file_of_an_earlier_schema_is_migrated_with_a_message(
    world: World, wanted: tuple[str, Path], tmp_path: Path, revision: str
) -> None:
    path = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{path}")
    fill(engine, revision, wanted[1])
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {EPOCH}")
    engine.dispose()
    said: list[str] = []
    ledger = open_ledger(str(path), say=said.append)
    assert said == [f"Bringing {path} from schema {revision} to {HEAD}."]
    derive_dirty(ledger, "")
    ledger.close()
    assert world.report(path) == wanted[0]


@pytest.mark.parametrize("pair", range(len(EARLIER) // 2 + 1))
def test_a_server_s_is_migrated_by_db_upgrade_only(
    world: World, wanted: tuple[str, Path], bare_url: str, request: pytest.FixtureRequest, pair: int
) -> None:
    """Each server has every second schema, and both the first: so every migration meets data on each of them."""
    is_oldest = request.node.callspec.params["server"] == "oldest"
    revision = EARLIER[min(2 * pair + is_oldest, len(EARLIER) - 1)]
    engine = create_engine(bare_url)
    fill(engine, revision, wanted[1])
    engine.dispose()
    with pytest.raises(DatabaseUnusable, match=f"has schema {revision} .* ledger db upgrade"):
        open_ledger(bare_url)
    ledger = upgrade_ledger(bare_url)
    derive_dirty(ledger, "")
    ledger.close()
    assert world.report(bare_url) == wanted[0]  # type: ignore[arg-type]  # a URL is taken like a path


def test_programs_that_migrate_one_file_at_once_agree(world: World, wanted: tuple[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{path}")
    fill(engine, EARLIER[-1], wanted[1])
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {EPOCH}")
    engine.dispose()
    arguments = ("-q", "-C", str(world.demo.repository), "--database", str(path), "update")
    home = {"HOME": str(world.demo.home)}
    assert ended(*(starting(command, *arguments, env=home) for _ in range(6))) == [0] * 6
    assert world.report(path) == wanted[0]
