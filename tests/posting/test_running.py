"""What a run is called, and what becomes of its record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.test_reports import Counts, Results
from ledger.errors import LedgerError
from ledger.posting.running import LOCAL, Before, Told, look_before, name_of, note, said_name
from ledger.posting.running import post as post_runs
from ledger.posting.workplace import open_workplace
from ledger.sources.command import Ended
from ledger.store import reads
from ledger.store.engine import Ledger
from tests.gitting import commit, git
from tests.posting.calling import NOW
from tests.posting.entering import Post


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("pytest -q tests/a.py", "pytest"),
        ("/usr/bin/make test", "make test"),
        ("npm run build --silent", "npm run build"),
        ("npm run build deep", "npm run build"),
        ("python3.11 -m pytest -x", "pytest"),
        ("python -m unittest discover", "unittest"),
        ("python setup.py test", "python"),
        ("./gradlew check", "gradlew check"),
        ("curl https://token@example.org", "curl"),
        ("env TOKEN=secret make", "env"),
        ("go test ./...", "go test"),
        ("cargo test -- --nocapture", "cargo test"),
    ],
)
def test_a_run_is_called_by_its_first_words(arguments: str, wanted: str) -> None:
    assert name_of(arguments.split()) == wanted


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=4))
def test_any_command_has_a_name_that_can_be_kept(arguments: list[str]) -> None:
    name = name_of(arguments)
    assert len(name) <= 200
    name.encode()
    assert "\0" not in name


def test_a_name_that_is_given_is_kept_in_one_line_and_an_empty_one_refused() -> None:
    assert said_name("  unit\n tests ") == "unit tests"
    with pytest.raises(LedgerError, match="cannot be empty"):
        said_name(" ")


def test_a_repository_without_a_commit_is_a_sentence(repository: Path) -> None:
    with pytest.raises(LedgerError, match="has no commit yet"):
        look_before(open_workplace(str(repository)).git, repository, ())


def test_a_bare_repository_has_nothing_that_could_be_changed(repository: Path, tmp_path: Path) -> None:
    oid = commit(repository, "one")
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare")
    assert look_before(open_workplace(str(tmp_path / "bare")).git, tmp_path, ()) == Before(oid, "", {})


def test_each_run_of_one_name_on_one_commit_has_the_next_number(repository: Path, ledger: Ledger, post: Post) -> None:
    oid = commit(repository, "one")
    post()
    workplace = open_workplace(str(repository), database=str(ledger.engine.url.database))
    told = Told(
        "tests", Ended(0, was_stopped=False), 5, Results(form="junit", counts=Counts(tests=3, flaky=1), outside=0)
    )
    before = Before(oid, "", {})
    assert [note(workplace, before, told, NOW).run.attempt for _ in range(3)] == [1, 2, 3]
    assert note(workplace, before, replace(told, name="lint"), NOW).run.attempt == 1
    post_runs(workplace, ledger, NOW)
    post_runs(workplace, ledger, NOW)
    with ledger.read() as connection:
        rows = list(reads.facts(connection, "run"))
    clone = workplace.clone_id()
    assert [(row.run, row.attempt) for row in rows] == [
        (f"{LOCAL}/{clone}/{oid[:16]}/lint", 1),
        *((f"{LOCAL}/{clone}/{oid[:16]}/tests", number) for number in (1, 2, 3)),
    ]
    assert {(row.tests, row.flaky, row.duration_ms, row.reported) for row in rows} == {(3, 1, 5, "passed")}
    assert {row.at for row in rows} == {NOW}


def test_counts_that_something_is_missing_from_are_unknown(repository: Path) -> None:
    oid = commit(repository, "one")
    cut = Results(form="junit", counts=Counts(tests=3, failures=1), problems=("is cut.",))
    told = Told("t", Ended(0, was_stopped=False), 5, cut)
    run = note(open_workplace(str(repository)), Before(oid, "a.py", {}), told, NOW).run
    assert (run.tests, run.failures, run.errors, run.conclusion, run.reported) == (None, None, None, "passed", "failed")
    assert run.is_dirty
