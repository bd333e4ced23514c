"""Folding: one file per origin and month, and nothing lost wherever it ends."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ledger.exchange import compacting, objects, pushing
from ledger.exchange.compacting import Compacted, compact
from ledger.exchange.objects import write_commit
from ledger.exchange.pushing import Outcome, Pushed
from ledger.exchange.writer import Patience
from ledger.git import Git
from tests.exchange.remotes import bare, hook, refs
from tests.gitting import git

ONE, TWO = "a" * 16, "b" * 16
PATIENCE = Patience(lambda _: None, 4, 30)
IDLE = "2026-06"


class Killed(BaseException):
    """Nothing catches it."""


def put(path: Path, ref: str, name: str, *lines: str, parent: str = "") -> str:
    commit = write_commit(Git.open(path), {name: "".join(f"{line}\n" for line in lines).encode()}, "entries", parent)
    git(path, "push", "-q", "origin", f"{commit}:refs/ledger/{ref}")
    return commit


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """Two clones, one of which has long said nothing, and three jobs."""
    server, seed = bare(tmp_path), tmp_path / "seed"
    put(seed, f"w/{ONE}", "ev/2026-01/x.jsonl", "old")
    put(seed, f"w/{TWO}", "ev/2026-11/x.jsonl", "new", "both")
    for number in range(3):
        put(seed, f"ci/202611/{number}-1-test", "entries.jsonl", f"run {number}", "both")
    return server


def everything(server: Path) -> set[str]:
    return {
        line
        for ref in refs(server)
        for path in git(server, "ls-tree", "-r", "--name-only", ref).splitlines()
        for line in git(server, "show", f"{ref}:{path}").splitlines()
    }


def run(server: Path, **options: Any) -> Compacted:
    return compact(Git.open(server.parent / "seed"), "origin", IDLE, PATIENCE, **options)


def test_lines_are_folded_by_origin_and_month_and_what_is_folded_goes(server: Path) -> None:
    before = everything(server)
    done = run(server)
    assert (done.pushed.outcome, done.refs, done.lines) == (Outcome.DONE, 4, 7)
    assert everything(server) == before
    assert list(refs(server)) == ["refs/ledger/main", f"refs/ledger/w/{TWO}"]
    assert git(server, "ls-tree", "-r", "--name-only", "refs/ledger/main").splitlines() == [
        "ci/2026-11.jsonl",
        f"w/{ONE}/2026-01.jsonl",
        f"w/{TWO}/2026-11.jsonl",
    ]
    assert git(server, "show", "refs/ledger/main:ci/2026-11.jsonl") == "both\nrun 0\nrun 1\nrun 2"
    again = run(server)
    assert (again.refs, again.lines, again.pushed.outcome) == (0, 0, Outcome.DONE)


def test_more_refs_than_one_push_should_delete_go_in_several(server: Path) -> None:
    done = run(server, most=2)
    assert (done.refs, done.lines) == (4, 7)
    assert git(server, "rev-list", "--count", "refs/ledger/main") == "2"


def test_a_month_too_large_for_one_file_is_divided_alike_every_time(
    server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "LARGEST_PART", 12)
    before = everything(server)
    run(server)
    names = git(server, "ls-tree", "-r", "--name-only", "refs/ledger/main").splitlines()
    assert len([name for name in names if name.startswith("ci/2026-11-")]) > 1
    put(server.parent / "seed", "ci/202611/9-1-test", "entries.jsonl", "run 9")
    run(server)
    assert everything(server) == before | {"run 9"}
    held = Counter(
        line for name in git(server, "ls-tree", "-r", "--name-only", "refs/ledger/main").splitlines()
        for line in git(server, "show", f"refs/ledger/main:{name}").splitlines() if name.startswith("ci/")
    )  # fmt: skip
    assert set(held.values()) == {1}


def test_what_cannot_be_read_stays_where_it_is(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = server.parent / "seed"
    put(seed, "ci/202611/8-1-test", "entries.jsonl", "x" * 1000)
    put(seed, "main", "ci/2026-11.jsonl", "y" * 1000)
    reading = objects.lines_of
    monkeypatch.setattr(compacting, "lines_of", lambda git_, files: reading(git_, files, 500))
    before = everything(server)
    assert run(server).pushed.is_done
    assert everything(server) == before
    assert "refs/ledger/ci/202611/8-1-test" in refs(server)
    assert "refs/ledger/ci/202611/0-1-test" not in refs(server)


def test_a_compactor_that_ends_anywhere_loses_nothing(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, opened = everything(server), Git.open(server.parent / "seed")
    steps = Counter[str]()
    for name in ("run_bytes", "talk", "objects"):
        real = getattr(Git, name)

        def counted(self: Git, *arguments: Any, real: Any = real, **options: Any) -> Any:
            steps["met"] += 1
            if steps["met"] == steps["last"]:
                raise Killed
            return real(self, *arguments, **options)

        monkeypatch.setattr(Git, name, counted)
    for last in range(1, 200):
        steps.update(met=-steps["met"], last=last - steps["last"])
        try:
            done = compact(opened, "origin", IDLE, PATIENCE)
        except Killed:
            continue
        break
    monkeypatch.undo()
    assert done.pushed.is_done
    assert last > 15
    assert everything(server) == before
    assert list(refs(server)) == ["refs/ledger/main", f"refs/ledger/w/{TWO}"]


def test_a_killed_server_has_all_or_nothing(server: Path) -> None:
    before, there = everything(server), refs(server)
    hook(server, "pre-receive", "kill -9 $PPID")
    assert not run(server).pushed.is_done
    assert refs(server) == there
    hook(server, "pre-receive", "exit 0")
    assert run(server).pushed.is_done
    assert everything(server) == before


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_ref_that_moves_meanwhile_is_not_deleted_and_two_compactors_do_not_lose(
    server: Path, monkeypatch: pytest.MonkeyPatch, is_alone: bool
) -> None:
    seed, real, pushes = server.parent / "seed", pushing.push, list[Pushed]()

    def late(*arguments: Any, **options: Any) -> Pushed:
        if not pushes:
            put(seed, f"w/{ONE}", "ev/2026-02/y.jsonl", "late", parent=refs(server)[f"refs/ledger/w/{ONE}"])
            if not is_alone:
                put(seed, "main", "ci/2026-11.jsonl", "another compactor's")
        pushes.append(real(*arguments, **options))
        return pushes[-1]

    monkeypatch.setattr(compacting, "push", late)
    before = everything(server)
    assert run(server).pushed.is_done
    assert [each.outcome for each in pushes] == [Outcome.REJECTED, Outcome.DONE]
    assert everything(server) == before | {"late"} | (set() if is_alone else {"another compactor's"})
