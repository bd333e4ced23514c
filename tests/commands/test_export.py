"""`ledger export`: everything out, everything in again, and a sentence where that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from ledger.domain.facts import KINDS
from ledger.entries import schema
from tests.commands.conftest import REMOTE
from tests.commands.running import run


def exported(repository: Path) -> list[str]:
    done = run("-C", str(repository), "export", "--entries", "-")
    assert done.code == 0, done.err
    return done.out.splitlines()


def test_the_export_of_an_import_is_the_same(posted: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "all.jsonl", f"{tmp_path}/other.db"
    assert run("-C", str(posted), "export", "--entries", str(file)).code == 0
    done = run("-C", str(posted), "--database", other, "update", "--source", "entries", str(file))
    assert done.code == 0, done.err
    again = run("-C", str(posted), "--database", other, "export", "--entries", "-")
    assert again.out.splitlines() == file.read_text().splitlines()


def test_the_report_of_an_import_is_the_same(posted: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "all.jsonl", f"{tmp_path}/other.db"
    run("-C", str(posted), "export", "--entries", str(file))
    run("-C", str(posted), "--database", other, "update", "--source", "entries", str(file))
    reports = [
        run("-C", str(posted), *database, "report", "--as-of", "2026-04-01", "--format", "json")
        for database in ((), ("--database", other))
    ]
    assert reports[0].code == 0, reports[0].err
    assert reports[0].out == reports[1].out
    assert json.loads(reports[0].out)["groups"]


def test_posting_an_export_back_changes_nothing(posted: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    run("-C", str(posted), "export", "--entries", str(file))
    done = run("-C", str(posted), "update", "--source", "entries", str(file))
    assert "Posted 0 new facts, 0 changed." in done.err


def test_every_line_fits_the_schema_and_says_which_clone_wrote_it(posted: Path) -> None:
    validator = Draft202012Validator(schema())
    lines = [json.loads(line) for line in exported(posted)]
    for line in lines:
        validator.validate(line)
    assert len({line["by"] for line in lines}) == 1
    owned = [line for line in lines if line["kind"] == "request"]
    assert len(owned) == 24
    assert all(REMOTE in line["repository"] for line in owned)


def test_parents_stand_before_children_and_the_order_is_always_the_same(posted: Path) -> None:
    kinds = [json.loads(line)["kind"] for line in exported(posted)]
    assert kinds == sorted(kinds, key=list(KINDS).index)
    assert exported(posted) == exported(posted)


def test_the_schema_is_printed_without_a_repository(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "export", "--schema")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == json.loads(json.dumps(schema()))


def test_standard_output_holds_entries_alone_and_the_count_goes_to_the_other_stream(posted: Path) -> None:
    done = run("-C", str(posted), "export", "--entries", "-")
    assert all(line.startswith("{") for line in done.out.splitlines())
    assert done.err == f"Wrote {len(done.out.splitlines()):,} entries.\n"


def test_without_a_file_it_says_where_to(posted: Path) -> None:
    done = run("-C", str(posted), "export")
    assert done.code == 1
    assert "ledger export --entries FILE" in done.err


def test_kept_entries_go_out_word_for_word(posted: Path, tmp_path: Path) -> None:
    file, line = tmp_path / "odd.jsonl", '{"v": 7, "kind": "weather",  "body": "ünchanged"}'
    file.write_text(line + "\n")
    run("-C", str(posted), "update", "--source", "entries", str(file))
    assert line in exported(posted)
