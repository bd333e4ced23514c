"""Ledgers that tell `ledger check` little or nothing: older, locked, behind, of another clone; it is never changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ledger.domain.policed import Checked
from ledger.domain.report import BEHIND
from ledger.errors import LedgerError
from ledger.posting.policing import check_range, weigh_here
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.commands.running import run
from tests.gitting import WHEN, commit, git

POLICY = "[policy.cost]\nlevel = 'fail'\nbands = { any = { fail = 5 } }\n"
OPUS = "Assisted-by: claude-code:claude-opus-4-8"
ALONE = "judged by git alone"


@pytest.fixture
def posted(repository: Path) -> Path:
    """A repository with a band of cost, a ledger, and a commit of a model on a branch."""
    commit(repository, "begin", {"ledger.toml": POLICY}, at=WHEN)
    git(repository, "switch", "-q", "-c", "feature")
    commit(repository, f"docs: it\n\n{OPUS}", {"a.md": "1"}, at=WHEN)
    assert run("-C", str(repository), "update", "--source", "commits").code == 0
    return repository


def database(path: Path) -> Path:
    return path / ".git" / "ledger" / "ledger.db"


def check(path: Path) -> Checked:
    return check_range(open_workplace(str(path), {}))


def reasons(checked: Checked) -> list[str]:
    assert {each.level for each in checked.findings} <= {"unknown"}
    return [each.reason for each in checked.findings]


def test_a_cost_without_calls_is_not_known(posted: Path) -> None:
    """The logs of the model's agent were not there, or are yet to be read."""
    before = database(posted).read_bytes()
    checked = check(posted)
    assert reasons(checked) == ["What it cost is not known."]
    assert checked.notes == ()
    assert database(posted).read_bytes() == before


def test_an_older_ledger_is_told_and_left_as_it_is(posted: Path) -> None:
    with closing(sqlite3.connect(database(posted), isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    checked = check(posted)
    assert "another version of git-ledger" in checked.notes[0]
    assert ALONE in checked.notes[0]
    with closing(sqlite3.connect(database(posted))) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_a_locked_ledger_stops_nobody(posted: Path) -> None:
    with closing(sqlite3.connect(database(posted), isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("BEGIN EXCLUSIVE")
        checked = check(posted)
    assert checked.notes[0].endswith(" This was judged by git alone.")
    assert reasons(checked) == ["What it cost is not in git, and there is no ledger here."]


def test_a_ledger_that_is_behind_says_so(posted: Path) -> None:
    with closing(sqlite3.connect(database(posted), isolation_level=None)) as connection:
        connection.execute("UPDATE ledger_meta SET text = '0' WHERE name = 'derivation_version'")
        assert connection.execute("SELECT changes()").fetchone() == (1,)
    assert check(posted).notes == (BEHIND,)


def test_a_clone_finds_the_ledger_of_a_team_by_its_remote(posted: Path, tmp_path: Path) -> None:
    """A job's clone was never posted and has no id; it gets none by a look."""
    git(posted, "remote", "add", "origin", "https://github.com/example/shop.git")
    assert run("-C", str(posted), "update", "--source", "commits").code == 0
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(posted), str(clone))
    git(clone, "remote", "set-url", "origin", "https://github.com/example/shop.git")
    checked = check_range(open_workplace(str(clone), {}, str(database(posted))), "HEAD")
    assert reasons(checked) == ["What it cost is not known."]
    assert not (clone / ".git" / "ledger").exists()


def test_an_empty_past_is_no_evidence_and_no_error(posted: Path, tmp_path: Path) -> None:
    ledger = open_ledger(str(database(posted)))
    with closing(ledger):
        found = weigh_here(open_workplace(str(posted), {}), ledger, WHEN)
    assert (found.changes, found.cells) == (0, ())
    empty = open_ledger(str(tmp_path / "empty.db"), create=True)
    with closing(empty), pytest.raises(LedgerError, match="not posted yet; run ledger update first"):
        weigh_here(open_workplace(str(posted), {}), empty, WHEN)
