"""The facts of how changes were worked on, read back from a real database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ledger.domain.conclusions import ChangeCommit
from ledger.domain.habits import study
from ledger.domain.practice import HABITS
from ledger.store.engine import open_ledger
from ledger.store.habits import read_worked
from tests.domain.building import at, commit, diff, edge, made_on
from tests.domain.working import request, reviewed
from tests.store.changing import NOW, change, fill


def test_each_change_has_its_own_facts_and_nobody_else_s(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    rows = [
        change(1, 1, opened_at=at(10), decided_at=at(50)),
        change(2, 1, opened_at=at(10), decided_at=at(50)),
        change(3, 1, basis="trunk"),
        change(4, 1, has_model=False),
        change(1, 1, repository_id="Q"),
    ]
    fill(ledger, rows)
    one, two = commit("a" * 40, hours=1), commit("b" * 40, hours=4, subject="more")
    old = "0" * 40
    owned = [ChangeCommit(repository_id="R", oid=row.oid, change_id="R/request:1", is_head=True) for row in (one, two)]
    with ledger.write() as writing:
        writing.post(
            [
                one,
                two,
                *(replace(diff(row.oid, paths=("p", row.oid)), patch_id=None) for row in (one, two)),
                edge(one.oid, two.oid),
                edge(old, two.oid),
                made_on(one.oid, "b1"),
                request(labels=("x", "y")),
                reviewed(13),
                replace(reviewed(12), repository_id="Q"),
            ]
        )
        writing.replace_derived("change_commit", "R", owned)
    with ledger.read() as connection:
        first, second = read_worked(connection, "R")
    ledger.close()
    assert {habit.name: habit.measure(first) for habit in HABITS} == {
        "size": 20,
        "files": 3,
        "tests": 0,
        "age": 9,
        "commits": 2,
        "rewrites": 1,
        "review": 3,
        "labels": 2,
    }
    assert second.change.id == "R/request:2"
    assert (second.commits, second.diffs, second.request, second.events) == ([], {}, None, [])
    assert study([first, second], NOW).changes == 2
