"""Commits of entries, made without index and worktree, and read again."""

from __future__ import annotations

from pathlib import Path

from ledger.exchange.objects import commit_of, lines_of, stored_in, write_blob, write_commit
from ledger.git import Git
from tests.gitting import commit, git


def test_a_commit_holds_its_parents_files_and_the_new_ones(repository: Path) -> None:
    opened = Git.open(repository)
    first = write_commit(opened, {"ev/2026-01/a.jsonl": b"1\n2\n", "ev/2026-02/b.jsonl": b"3\n"}, "first")
    second = write_commit(opened, {"ev/2026-02/c.jsonl": b"", "ev/2026-01/a.jsonl": b"1\n"}, "second", first)
    found = {stored.path: lines for stored, lines in lines_of(opened, stored_in(opened, second))}
    assert found == {"ev/2026-01/a.jsonl": ["1"], "ev/2026-02/b.jsonl": ["3"], "ev/2026-02/c.jsonl": []}
    assert [stored.path for stored in stored_in(opened, second, "ev/2026-01/")] == ["ev/2026-01/a.jsonl"]
    assert git(repository, "rev-parse", f"{second}^") == first
    assert git(repository, "fsck", "--strict", "--no-dangling", second) == ""


def test_the_same_entries_make_the_same_commit_in_nobodys_name(repository: Path) -> None:
    opened = Git.open(repository)
    blob = write_blob(opened, b"x\n")
    made = commit_of(opened, {"a.jsonl": blob}, "Record")
    assert made == write_commit(opened, {"a.jsonl": b"x\n"}, "Record")
    assert git(repository, "log", "-1", "--format=%an %ae %cn %ce", made) == (
        "ledger ledger@localhost ledger ledger@localhost"
    )


def test_nothing_that_stands_in_the_index_or_the_worktree_is_touched(repository: Path) -> None:
    commit(repository, "root", {"ev/2026-01/a.jsonl": "a person's file\n"})
    (repository / "staged").write_text("half done")
    git(repository, "add", "staged")
    before = git(repository, "status", "--porcelain")
    write_commit(Git.open(repository), {"ev/2026-01/a.jsonl": b"1\n"}, "first")
    assert git(repository, "status", "--porcelain") == before == "A  staged"


def test_a_file_too_large_is_not_read_and_the_others_are(repository: Path) -> None:
    opened = Git.open(repository)
    made = write_commit(opened, {}, "empty")
    made = write_commit(opened, {"a": b"1\n" * 10, "b": b"\xff\n"}, "both", made)
    found = list(lines_of(opened, stored_in(opened, made), largest=19))
    assert [(stored.path, lines) for stored, lines in found] == [("a", None), ("b", ["�"])]
