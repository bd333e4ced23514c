"""`ledger export` where it cannot write: a sentence, and nothing that was there is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run


def test_without_a_ledger_it_says_so_and_leaves_no_file(committed: Path, tmp_path: Path) -> None:
    done = run("-C", str(committed), "export", "--entries", str(tmp_path / "all.jsonl"))
    assert done.code == 1
    assert "does not exist" in done.err
    assert not (tmp_path / "all.jsonl").exists()


@pytest.mark.parametrize("name", ["missing/all.jsonl", "."])
def test_a_place_that_cannot_be_written_is_named_in_a_sentence(posted: Path, tmp_path: Path, name: str) -> None:
    done = run("-C", str(posted), "export", "--entries", str(tmp_path / name))
    assert done.code == 1
    assert "this is a bug" not in done.err
    assert str(tmp_path / name) in done.err


def test_an_export_that_fails_leaves_the_earlier_one_as_it_was(committed: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    file.write_text("the only copy\n")
    assert run("-C", str(committed), "export", "--entries", str(file)).code == 1
    assert file.read_text() == "the only copy\n"
