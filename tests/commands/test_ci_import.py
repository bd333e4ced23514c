"""`ledger ci import`, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run, run_process
from tests.domain.requesting import gh
from tests.gitting import commit, git
from tests.posting.calling import asked


@pytest.fixture
def clone(repository: Path) -> Path:
    commit(repository, "root")
    git(repository, "remote", "add", "origin", "git@github.com:owner/name.git")
    return repository


def test_a_list_is_brought_in_and_again_changes_nothing(clone: Path, tmp_path: Path) -> None:
    path = tmp_path / "prs.json"
    path.write_text(json.dumps([gh(7, "CLOSED"), gh(8), gh(9, isDraft=True)]))
    done = run("-C", str(clone), "ci", "import", str(path))
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("Posted ")
    assert asked(clone, "SELECT number, state FROM change ORDER BY 1") == [
        *((7, "closed"), (8, "undecided"), (9, "undecided")),
    ]
    again = run("-C", str(clone), "ci", "import", str(path))
    assert again.err == "Posted 0 new facts, 0 changed.\n"


def test_a_list_is_read_from_standard_input(clone: Path) -> None:
    done = run_process("ci", "import", "-", cwd=clone, stdin=json.dumps([gh(7, "CLOSED")]).encode())
    assert done.code == 0, done.err
    assert asked(clone, "SELECT number, state FROM change") == [(7, "closed")]


def test_what_is_no_list_ends_in_one_sentence_and_the_rest_is_kept(clone: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "prs.json", tmp_path / "foo.json"
    good.write_text(json.dumps([gh(7, "CLOSED")]))
    bad.write_text('{"foo": 1}')
    done = run("-C", str(clone), "ci", "import", str(bad), str(good))
    assert done.code == 1
    assert done.err.splitlines()[-1].startswith(
        f"ledger: {bad}: 1 row left out: 1 because they describe requests in no"
    )
    assert asked(clone, "SELECT number FROM request") == [(7,)]
    bad.write_text(json.dumps([gh(8)]))
    assert run("-C", str(clone), "ci", "import", str(bad)).code == 0
    assert asked(clone, "SELECT * FROM skipped") == [], "what was mended is not named any more"


def test_requests_of_another_repository_are_refused_unless_it_is_this_one(clone: Path, tmp_path: Path) -> None:
    path = tmp_path / "prs.json"
    path.write_text(json.dumps([gh(7, url="https://github.com/owner/before/pull/7"), gh(8)]))
    done = run("-C", str(clone), "ci", "import", str(path))
    assert done.code == 0
    assert "github.com/owner/before, which this ledger does not know" in done.err
    assert asked(clone, "SELECT number FROM request") == [(8,)]
    assert run("-C", str(clone), "ci", "import", "--repository", "github.com/owner/before", str(path)).code == 0
    assert asked(clone, "SELECT number FROM request ORDER BY 1") == [(7,), (8,)]


def test_no_file_is_a_usage_error_and_a_missing_one_an_expected_one(clone: Path) -> None:
    assert run("-C", str(clone), "ci", "import").code == 2
    missing = run("-C", str(clone), "ci", "import", str(clone / "none.json"))
    assert missing.code == 1
    assert "none.json cannot be read" in missing.err
