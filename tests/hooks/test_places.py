"""Where git keeps things elsewhere (hooks.md §1.2, §1.3): every kind of repository is jotted and posted alike."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.hooking.marks import EVENTS, hook_text
from ledger.posting.update import HERE, update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import commit, git

MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}


def hook(worktree: Path) -> None:
    """The hooks as files where git looks for them."""
    found = Path(git(worktree, "rev-parse", "--git-path", "hooks"))
    folder = found if found.is_absolute() else worktree / found
    folder.mkdir(parents=True, exist_ok=True)
    for event in EVENTS:
        path = folder / event
        path.write_text(hook_text())
        path.chmod(0o755)


def common_dir(worktree: Path) -> Path:
    found = Path(git(worktree, "rev-parse", "--git-common-dir"))
    return found if found.is_absolute() else worktree / found


def journal(worktree: Path) -> list[dict[str, str]]:
    files = sorted((common_dir(worktree) / "ledger" / "journal").glob("*.log"))
    lines = [line for path in files for line in path.read_text().splitlines()]
    return [dict(part.split("=", 1) for part in line.split("\t")) for line in lines]


def plain(folder: Path) -> Path:
    git(folder, "init", "-q", "-b", "main", "work")
    return folder / "work"


def without_reflog(folder: Path) -> Path:
    worktree = plain(folder)
    git(worktree, "config", "core.logAllRefUpdates", "false")
    return worktree


def longer_ids(folder: Path) -> Path:
    git(folder, "init", "-q", "-b", "main", "--object-format=sha256", "work")
    return folder / "work"


def separate(folder: Path) -> Path:
    git(folder, "init", "-q", "-b", "main", "--separate-git-dir", str(folder / "store"), "work")
    return folder / "work"


def linked(folder: Path) -> Path:
    worktree = plain(folder)
    commit(worktree, "root")
    git(worktree, "worktree", "add", "-q", "-b", "feat", str(folder / "linked"))
    return folder / "linked"


def linked_to_bare(folder: Path) -> Path:
    worktree = plain(folder)
    commit(worktree, "root")
    git(folder, "clone", "-q", "--bare", "work", "store.git")
    git(folder / "store.git", "worktree", "add", "-q", "-b", "feat", str(folder / "linked"))
    return folder / "linked"


def submodule(folder: Path) -> Path:
    inner, outer = folder / "inner", folder / "outer"
    for path in (inner, outer):
        git(folder, "init", "-q", "-b", "main", path.name)
        commit(path, "root")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    git(outer, "commit", "-q", "-m", "with it")
    return outer / "sub"


def odd_names(folder: Path) -> Path:
    worktree = folder / "with blank, 'quote' and é"
    worktree.mkdir()
    git(worktree, "init", "-q", "-b", "féat/x y".replace(" ", "-"))
    return worktree


KINDS = [plain, without_reflog, longer_ids, separate, linked, linked_to_bare, submodule, odd_names]


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_commits_amends_and_picks_are_jotted_and_posted(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    worktree = make(tmp_path)
    commit(worktree, "base", {"base": "1"})
    hook(worktree)
    (worktree / "below").mkdir()
    branch = git(worktree, "symbolic-ref", "--short", "HEAD")
    first = commit(worktree, "one", {"below/a": "1"}, env=MODEL)
    git(worktree / "below", "commit", "-q", "--amend", "-m", "better", env=MODEL)
    second = git(worktree, "rev-parse", "HEAD")
    git(worktree, "switch", "-q", "-c", "other", "HEAD~1")
    commit(worktree, "between", {"b": "1"}, env={"LEDGER": "0"})  # else the pick would be the same commit
    git(worktree, "cherry-pick", second, env=MODEL)
    third = git(worktree, "rev-parse", "HEAD")
    lines = journal(worktree)
    assert [(line["event"], line["new"], line["branch"]) for line in lines] == [
        ("commit", first, branch),
        ("commit", second, branch),
        ("rewrite", second, branch),
        ("commit", third, "other"),
    ]
    assert {line["worktree"] for line in lines} == {os.path.realpath(worktree)}
    assert lines[-1]["picked"] == second
    assert {line["model"] for line in lines} == {"claude-opus-4-8"}
    assert posted(worktree) == ({first, second}, {(first, second, "amend"), (second, third, "cherry-pick")})


@pytest.mark.usefixtures("new_git")
def test_where_refs_are_kept_in_tables_git_itself_is_asked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--ref-format=reftable", "work")
    worktree = tmp_path / "work"
    commit(worktree, "base", {"base": "1"})
    hook(worktree)
    first = commit(worktree, "one", {"a": "1"}, env=MODEL)
    git(worktree, "commit", "-q", "--amend", "-m", "better", env=MODEL)
    second = git(worktree, "rev-parse", "HEAD")
    assert [(line["new"], line["branch"]) for line in journal(worktree)] == [
        (first, "main"),
        (second, "main"),
        (second, "main"),
    ]
    assert posted(worktree) == ({first, second}, {(first, second, "amend")})


def posted(worktree: Path) -> tuple[set[str], set[tuple[str, str, str]]]:
    """The commits that a hook's line credits a model with, and the rewrites."""
    ledger = open_ledger(str(common_dir(worktree) / "ledger" / "ledger.db"))
    update(open_workplace(str(worktree)), ledger, now=datetime.now(UTC), sources=HERE)
    with ledger.read() as connection:
        credited = connection.execute(text("SELECT subject FROM contribution WHERE evidence = 'journal'")).scalars()
        edges = connection.execute(text("SELECT old, new, kind FROM rewrite")).all()
        found = set(credited), {(old, new, kind) for old, new, kind in edges}
    ledger.close()
    return found


def test_git_told_by_the_environment_where_it_is_finds_the_same_place(tmp_path: Path) -> None:
    worktree = plain(tmp_path)
    commit(worktree, "root")
    hook(worktree)
    where = {"GIT_DIR": str(worktree / ".git"), "GIT_WORK_TREE": str(worktree)}
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x", env={**where, **MODEL})
    assert [line["model"] for line in journal(worktree)] == ["claude-opus-4-8"]
    assert not (tmp_path / ".git").exists()


def test_names_too_long_for_one_write_are_left_out_and_the_line_is_whole(tmp_path: Path) -> None:
    worktree = tmp_path.joinpath(*(["ü" * 60] * 7))
    worktree.mkdir(parents=True)
    git(worktree, "init", "-q", "-b", "é" * 100 + "/" + "é" * 100 + "/" + "é" * 100 + "/" + "é" * 100)
    commit(worktree, "root")
    hook(worktree)
    far = dict.fromkeys(("LEDGER_MODEL", "LEDGER_AGENT", "LEDGER_TASK", "LEDGER_SESSION"), "x" * 200)
    commit(worktree, "x", {"a": "1"}, env=far)
    (raw,) = (worktree / ".git" / "ledger" / "journal").glob("*.log")
    assert len(raw.read_bytes()) < 4000
    (line,) = journal(worktree)
    assert (line["worktree"], line["branch"], line["model"]) == ("", "", "x" * 200)


def test_a_detached_head_is_on_no_branch(tmp_path: Path) -> None:
    worktree = plain(tmp_path)
    commit(worktree, "root")
    hook(worktree)
    git(worktree, "switch", "-q", "--detach")
    commit(worktree, "x", {"a": "1"})
    assert [line["branch"] for line in journal(worktree)] == [""]
