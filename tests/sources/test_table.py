"""A table of any export: its columns are named, its rows are counted once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.charges import call_costs
from ledger.domain.reading import Skip
from ledger.domain.session_facts import Call
from ledger.domain.table import FIELDS
from ledger.errors import LedgerError
from ledger.sources.table import read_named
from tests.naming import cursors, lines, merged, named, written

COLUMNS = {"at": "When", "model": "Model Name", "prompt": "In", "cache_read": "Cached", "output": "Out", "cost": "USD"}
TABLE = "When,Model Name,In,Cached,Out,USD,Project\n2026-03-01 10:00:00,gpt-5.4,1000,600,100,$0.25,x\n"


def calls(*paths: Path, columns: Mapping[str, str] = COLUMNS) -> list[Call]:
    found = merged(read_named(named(*paths, columns=columns)))
    return [found[key] for key in sorted(found)]


def skips(path: Path, columns: Mapping[str, str] = COLUMNS) -> list[str]:
    return [row.why for row in read_named(named(path, columns=columns)) if isinstance(row, Skip)]


def test_columns_are_what_the_map_says(tmp_path: Path) -> None:
    (call,) = calls(written(tmp_path, "bill.csv", TABLE))
    assert (call.input, call.cache_read, call.output, call.model) == (400, 600, 100, "gpt-5.4")
    assert (call.reported_nusd, call.reported_kind, call.quality) == (250_000_000, "billed", "final")
    assert call.at.isoformat() == "2026-03-01T10:00:00+00:00"


def test_fields_go_by_their_own_names_where_no_column_is_named(tmp_path: Path) -> None:
    row = {"at": 1772359200, "model": "claude-opus-4-8", "input": 1, "cache_read": 2, "cache_write": 5, "output": 4}
    more = {"cache_write_1h": 3, "repo": "github.com/a/b", "role": "review", "request": 7, "tags": ["branch:x"]}
    (call,) = calls(written(tmp_path, "rows.jsonl", lines([{**row, **more}])), columns={})
    assert (call.input, call.cache_read, call.cache_write_5m, call.cache_write_1h, call.output) == (1, 2, 2, 3, 4)
    assert (call.directory, call.role, call.subject, call.branch) == (
        "repository:github.com/a/b",
        "review",
        "request:7",
        "x",
    )
    assert (call.reported_nusd, call.reported_kind) == (None, "")


def test_a_dot_goes_into_nested_objects(tmp_path: Path) -> None:
    row = {"t": "2026-03-01", "m": {"name": "gpt-5.4"}, "usage": {"in": 5, "out.put": 6}}
    columns = {"at": "t", "model": "m.name", "input": "usage.in"}
    (call,) = calls(written(tmp_path, "rows.jsonl", lines([row])), columns=columns)
    assert (call.model, call.input, call.output) == ("gpt-5.4", 5, None)


def test_a_cost_without_tokens_is_the_cost(tmp_path: Path) -> None:
    path = written(tmp_path, "bill.csv", "at,model,cost\n2026-03-01,some-model,1.5\n")
    (call,) = calls(path, columns={})
    assert (call.quality, call.input, call.output) == ("aggregate", None, None)
    assert call_costs([call], [])[call.event_key].nusd == 1_500_000_000


def test_equal_rows_are_one_call_unless_an_id_tells_them_apart(tmp_path: Path) -> None:
    assert len(calls(written(tmp_path, "a.csv", TABLE + TABLE.splitlines()[1] + "\n"))) == 1
    path = written(tmp_path, "b.csv", "id,at,model,output\n1,2026-03-01,m,5\n2,2026-03-01,m,5\n")
    assert len(calls(path, columns={})) == 2


def test_a_call_whose_cost_was_said_later_is_the_same_call_by_its_id(tmp_path: Path) -> None:
    head = "id,at,model,output,cost\n"
    early, late = head + "1,2026-03-01,m,5,\n", head + "1,2026-03-01,m,5,0.5\n"
    paths = [written(tmp_path, name, content) for name, content in (("a.csv", early), ("b.csv", late))]
    for order in (paths, paths[::-1]):
        assert [call.reported_nusd for call in calls(*order, columns={})] == [500_000_000]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (TABLE.replace("gpt-5.4", ""), "it names no model"),
        (TABLE.replace("2026-03-01 10:00:00", "soon"), "at is no time"),
        (TABLE.replace("1000", "-1"), "prompt is no number of tokens"),
        (TABLE.replace("1000,600,100,$0.25", ",,,"), "it has neither tokens nor a cost"),
        (TABLE.replace("Cached", "cached"), "it has no column Cached"),
    ],
)
def test_a_row_that_cannot_be_counted_is_named(tmp_path: Path, content: str, reason: str) -> None:
    path = written(tmp_path, "bill.csv", content)
    assert calls(path) == []
    (why,) = skips(path)
    assert f"1 because {reason}" in why


def test_the_map_may_stand_in_a_file_and_what_is_said_on_the_way_wins(tmp_path: Path) -> None:
    columns = "\n".join(f'{field} = "{column}"' for field, column in {**COLUMNS, "cost": "Wrong"}.items())
    file = str(written(tmp_path, "columns.toml", columns))
    asked = replace(named(written(tmp_path, "bill.csv", TABLE), columns={"cost": "USD"}), columns_file=file)
    (call,) = merged(read_named(asked)).values()
    assert call.reported_nusd == 250_000_000


def test_another_map_reads_an_unchanged_table_anew(tmp_path: Path) -> None:
    path = written(tmp_path, "bill.csv", TABLE)
    known = cursors(read_named(named(path, columns=COLUMNS)))
    assert list(read_named(named(path, known=known, columns=COLUMNS))) == []
    assert len(merged(read_named(named(path, known=known, columns={**COLUMNS, "branch": "Project"})))) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("model = [", "is not valid TOML"),
        ("model = 5", 'must be the name of a column, like model = "Some Column"'),
        ("modle = 'x'", "A call has no field 'modle'; the fields are at, model"),
        (None, "cannot be read"),
    ],
)
def test_a_map_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "columns.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(LedgerError, match=says.replace("'", ".")):
        list(read_named(replace(named("-"), columns_file=str(file))))


def test_every_field_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/sources.md").read_text()
    assert all(f"`{field}`" in page for field in FIELDS)


@given(st.integers(1, 10), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_split_and_repeated_tables_end_in_the_same_calls(tmp_path: Path, number: int, seed: int) -> None:
    dice = random.Random(seed)
    head = "at,model,output,cost\n"
    rows = [f"2026-03-01T10:00:{each:02d}Z,m,{each},{each}\n" for each in range(number)]
    copies = rows + dice.choices(rows, k=number)
    dice.shuffle(copies)
    cut = dice.randint(0, len(copies))
    paths = [written(tmp_path, name, head + "".join(part)) for name, part in (("a", copies[:cut]), ("b", copies[cut:]))]
    assert calls(*paths, paths[0], columns={}) == calls(written(tmp_path, "c", head + "".join(rows)), columns={})
