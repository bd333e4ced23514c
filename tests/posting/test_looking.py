"""Whatever changes about a file, a directory or git's answers makes another look; what nobody reads makes none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.domain.standstill import RACY_NS, Look, Plan, Watch
from ledger.posting.looking import look_at
from tests.gitting import WHEN, commit, git
from tests.posting.standing import later


@pytest.fixture
def plan(repository: Path, tmp_path: Path) -> Plan:
    """A file, a folder and a tree of one file each."""
    (tmp_path / "file").write_text("one")
    for name in ("folder", "tree", "tree/deep"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log").write_text("one")
    commit(repository, "feat: begin", at=WHEN)
    watch = Watch((str(tmp_path / "file"), str(tmp_path / "missing")), (str(tmp_path / "folder"),), ())
    watch |= Watch(trees=(str(tmp_path / "tree"), str(tmp_path / "no-tree")))
    return Plan(str(repository), "", "", (), watch, (str(repository),), (str(tmp_path / "place"),))


def look(plan: Plan) -> Look:
    found = look_at(plan, later)
    assert found is not None
    return found


def replaced(path: Path) -> None:
    """Another file of the same size and date."""
    status, draft = path.stat(), path.with_name("draft")
    draft.write_text("two")
    os.utime(draft, ns=(status.st_atime_ns, status.st_mtime_ns))
    draft.replace(path)


def dated(path: Path) -> None:
    """Written in place at the same size, and its date set back."""
    status = path.stat()
    path.write_text("two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def made_tree(path: Path) -> None:
    """A directory in the place of a file."""
    path.unlink()
    path.mkdir()


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file grew": lambda base: (base / "file").write_text("one more"),
    "a file was replaced": lambda base: replaced(base / "file"),
    "a file may be read by nobody else": lambda base: (base / "file").chmod(0o600),
    "a file is gone": lambda base: (base / "file").unlink(),
    "a file came that was not there": lambda base: (base / "missing").touch(),
    "in a folder one came": lambda base: (base / "folder" / "new").touch(),
    "in a folder one was written in place": lambda base: dated(base / "folder" / "log"),
    "in a folder a directory came": lambda base: (base / "folder" / "deep").mkdir(),
    "in a tree one grew": lambda base: (base / "tree" / "deep" / "log").write_text("one more"),
    "in a tree one was renamed": lambda base: (base / "tree" / "log").rename(base / "tree" / "log2"),
    "in a tree one is gone": lambda base: (base / "tree" / "deep" / "log").unlink(),
    "in a tree one moved down": lambda base: (base / "tree" / "log2").rename(base / "tree" / "deep" / "log3"),
    "a file came where a tree may be": lambda base: (base / "no-tree").touch(),
    "a tree came": lambda base: made_tree(base / "no-tree"),
    "a commit": lambda base: commit(base / "repo", "fix: it"),
    "a branch": lambda base: git(base / "repo", "branch", "other"),
    "another branch is checked out": lambda base: git(base / "repo", "switch", "-q", "other"),
    "a setting": lambda base: git(base / "repo", "config", "ledger.target", "other"),
    "a setting of the user": lambda base: git(base / "repo", "config", "--global", "ledger.target", "other"),
    "a worktree": lambda base: git(base / "repo", "worktree", "add", "-q", "--detach", str(base / "other")),
    "a place became the repository's": lambda base: (base / "place").symlink_to(base / "repo"),
}


def test_every_change_makes_another_look(plan: Plan, tmp_path: Path) -> None:
    looks = [look(plan).digest]
    for name, change in CHANGES.items():
        change(tmp_path)
        looks.append(look(plan).digest)
        assert looks[-1] not in looks[:-1], name


def test_without_a_change_it_looks_the_same_and_what_nobody_reads_is_not_looked_at(plan: Plan, tmp_path: Path) -> None:
    before = look(plan)
    (tmp_path / "beside").touch()
    (tmp_path / "folder" / "log").read_text()
    git(tmp_path / "repo", "pack-refs", "--all")
    assert look(plan) == before
    (tmp_path / "folder" / "deep").mkdir()
    between = look(plan)
    (tmp_path / "folder" / "deep" / "below").touch()
    assert look(plan) == between


def test_what_was_touched_just_before_could_be_touched_again_unseen(plan: Plan) -> None:
    now = (Path(plan.watch.trees[0]) / "deep" / "log").stat().st_ctime_ns
    latest = max(now, *(path.stat().st_ctime_ns for path in Path(plan.watch.folders[0]).iterdir()))
    for seconds, is_settled in ((0, False), (RACY_NS, False), (RACY_NS + 10**9, True)):
        found = look_at(plan, lambda seconds=seconds: latest + seconds)  # type: ignore[misc]
        assert found is not None
        assert found.is_settled is is_settled


def test_a_date_that_is_to_come_never_settles(plan: Plan) -> None:
    os.utime(plan.watch.files[0], ns=(later() + 10**12, later() + 10**12))
    assert not look(plan).is_settled


def test_a_link_to_a_file_is_followed(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "tree" / "linked").symlink_to(tmp_path / "target")
    broken = look(plan)
    (tmp_path / "target").write_text("one")
    there = look(plan)
    (tmp_path / "target").write_text("one more")
    assert len({broken.digest, there.digest, look(plan).digest}) == 3


def test_where_a_link_leads_out_of_a_tree_nothing_is_told(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "folder" / "out").symlink_to(tmp_path)
    assert look_at(plan) is not None
    (tmp_path / "tree" / "deep" / "out").symlink_to(tmp_path / "folder")
    assert look_at(plan) is None


def test_where_a_path_holds_what_no_path_can_nothing_is_told(plan: Plan) -> None:
    assert look_at(replace(plan, places=("/a\0b",))) is None
    assert look_at(replace(plan, watch=Watch(("/a\0b",)))) is None


def test_where_git_refuses_nothing_is_told(plan: Plan, tmp_path: Path) -> None:
    assert look_at(replace(plan, worktree=str(tmp_path / "gone"))) is None
    (tmp_path / "repo" / ".git" / "config").write_text("[broken")
    assert look_at(plan) is None
