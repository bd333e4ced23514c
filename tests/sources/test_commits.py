"""Commits, refs, diffs and identity, from real git."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.areas import sorter
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit, CommitArea, CommitDiff, RepositoryCommit
from ledger.domain.history import short_name
from ledger.domain.path_rules import Area, PathRules
from ledger.domain.reading import Cursor
from ledger.git import Git
from ledger.sources.commits import SOURCE, read_commits, read_origin, read_printed, read_roots, read_tips
from ledger.sources.diffs import read_areas, read_diffs, read_ranges
from tests.gitting import WHEN, commit, git

RULES = PathRules((Area("code", ("a.py",), "high"),), ("tests",))


def read(path: Path, known: dict[str, str] | None = None) -> list[Any]:
    return list(read_commits(Git.open(path), "R", known or {}, lambda address: f"<{address}>"))


def commits(rows: list[Any]) -> dict[str, Commit]:
    return {row.subject: row for row in rows if isinstance(row, Commit)}


def cursor(rows: list[Any]) -> dict[str, str]:
    return {row.name: row.text for row in rows if isinstance(row, Cursor) and row.source == SOURCE}


def test_a_commit_is_read_with_its_parents_dates_and_author(repository: Path) -> None:
    first = commit(repository, "one", at=WHEN)
    second = commit(repository, "two", {"file": "2"}, at=WHEN + timedelta(hours=1))
    rows = read(repository)
    two = commits(rows)["two"]
    assert (two.oid, two.parents, two.author) == (second, (first,), "<ann@example.org>")
    assert two.authored_at == WHEN + timedelta(hours=1)
    assert {row.oid for row in rows if isinstance(row, RepositoryCommit)} == {first, second}


def test_reading_again_reads_what_is_new_only(repository: Path) -> None:
    commit(repository, "one")
    first = read(repository)
    assert read(repository, cursor(first)) == []
    commit(repository, "two", {"file": "2"})
    again = read(repository, cursor(first))
    assert list(commits(again)) == ["two"]
    assert read(repository, cursor(again)) == []


def test_branches_tags_and_worktrees_are_read_and_notes_and_stashes_are_not(repository: Path, tmp_path: Path) -> None:
    commit(repository, "one")
    git(repository, "switch", "-q", "-c", "side")
    commit(repository, "on side", {"s": "1"})
    git(repository, "tag", "-a", "v1", "-m", "tag")
    git(repository, "switch", "-q", "main")
    git(repository, "branch", "-q", "-D", "side")
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "wt"))
    commit(tmp_path / "wt", "detached", {"d": "1"})
    git(repository, "notes", "add", "-m", "note")
    (repository / "file").write_text("changed")
    git(repository, "stash", "-q")
    assert set(commits(read(repository))) == {"one", "on side", "detached"}


def test_a_tip_that_was_pruned_does_not_stop_the_reading(repository: Path) -> None:
    commit(repository, "one")
    git(repository, "switch", "-q", "-c", "gone")
    commit(repository, "lost", {"x": "1"})
    known = cursor(read(repository))
    git(repository, "switch", "-q", "main")
    git(repository, "branch", "-q", "-D", "gone")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "-q", "--prune=now")
    commit(repository, "two", {"file": "2"})
    assert "two" in commits(read(repository, known))


def test_odd_messages_are_read(repository: Path) -> None:
    commit(repository, "plain")
    git(repository, "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    raw = "caf\u00e9 \x1b[31mred".encode("latin1")
    subprocess.run(
        ["git", "-c", "i18n.commitEncoding=latin1", "commit", "-q", "--allow-empty", "-F", "-"],
        cwd=repository,
        input=raw,
        check=True,
    )
    found = commits(read(repository))
    assert "" in found
    assert any(subject.startswith("caf\u00e9") for subject in found)


@pytest.mark.parametrize(
    ("line", "role", "agent", "model"),
    [
        ("Assisted-by: claude-code:claude-opus-4-8 pytest", "implement", "claude-code", "claude-opus-4-8"),
        ("Ledger-Review: codex:gpt-5.4", "review", "codex", "gpt-5.4"),
        ("Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>", "implement", "claude-code", "claude-opus-4-6"),
        ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", "implement", "copilot", None),
        ("Co-authored-by: Cursor <cursoragent@cursor.com>", "implement", "cursor", None),
        ("Co-authored-by: aider (gpt-5.4) <noreply@aider.chat>", "implement", "aider", "gpt-5.4"),
    ],
)
def test_who_took_part(repository: Path, line: str, role: str, agent: str, model: str | None) -> None:
    oid = commit(repository, f"feat: x\n\nbody\n\n{line}")
    (found,) = (row for row in read(repository) if isinstance(row, Contribution))
    assert (found.subject, found.role, found.agent, found.model) == (oid, role, agent, model)


def test_requests_merges_reverts_and_copies_are_told(repository: Path) -> None:
    first = commit(repository, "one (#12)")
    git(repository, "switch", "-q", "-c", "feat/x")
    commit(repository, "on branch", {"x": "1"})
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge pull request #13 from owner/feat/x", "feat/x")
    git(repository, "revert", "--no-edit", first)
    found = commits(read(repository))
    assert found["one (#12)"].request_number == 12
    merge = found["Merge pull request #13 from owner/feat/x"]
    assert (merge.request_number, merge.merged_branch, len(merge.parents)) == (13, "feat/x", 2)
    assert found['Revert "one (#12)"'].reverts == (first,)


def test_diffs_count_lines_by_kind_and_key_their_paths(repository: Path) -> None:
    root = commit(repository, "one", {"a.py": "1\n2\n", "docs/b.md": "1\n"})
    git(repository, "switch", "-q", "-c", "side")
    side = commit(repository, "two", {"a.py": "1\n", "tests/test_a.py": "1\n", "sp ace\t.txt": "x\n"})
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git(repository, "rev-parse", "HEAD")
    rows = list(read_diffs(Git.open(repository), [root, side, merge], lambda path: f"<{path}>", sorter(RULES)))
    found = {row.oid: row for row in rows if isinstance(row, CommitDiff)}
    touched = {row.oid: row for row in rows if isinstance(row, CommitArea)}
    assert len(rows) == len(found) + len(touched)
    assert (found[root].added, found[root].kinds) == (3, (("docs", 1), ("source", 2)))
    assert (found[side].added, found[side].deleted) == (2, 1)
    assert found[side].paths == ("<a.py>", "<sp ace\t.txt>", "<tests/test_a.py>")
    assert (found[merge].added, found[merge].patch_id) == (0, None)
    assert touched[root].areas == (("code", 2, "high"),)
    assert (touched[side].areas, touched[side].packages) == ((("code", 1, "high"),), (("tests", 1),))
    assert (touched[merge].areas, touched[merge].packages) == ((), ())
    assert list(read_areas(Git.open(repository), [root, side], sorter(RULES))) == [touched[root], touched[side]]
    assert list(read_areas(Git.open(repository), [], sorter(RULES))) == []


def test_a_squash_has_the_patch_id_of_its_branch_s_range(repository: Path) -> None:
    commit(repository, "one", {"a": "1\n" * 30})
    git(repository, "switch", "-q", "-c", "feat")
    commit(repository, "two", {"b": "1\n"})
    commit(repository, "three", {"b": "1\n2\n", "c": "x\n"})
    git(repository, "switch", "-q", "main")
    commit(repository, "elsewhere", {"z": "1\n"})
    git(repository, "merge", "-q", "--squash", "feat")
    git(repository, "-c", "diff.noprefix=true", "commit", "-q", "-m", "squashed")
    squash = git(repository, "rev-parse", "HEAD")
    opened = Git.open(repository)
    tips = read_tips(opened, "R", "c", ()).tips
    (kept,) = read_ranges(opened, "R", [(tip.ref, tip.oid) for tip in tips if not tip.is_target], tips, WHEN)
    diff, _ = read_diffs(opened, [squash], str, sorter(RULES))
    assert isinstance(diff, CommitDiff)
    assert kept.branch == "refs/heads/feat"
    assert diff.patch_id == kept.patch_id is not None


def targets(path: Path, *wanted: str) -> set[str]:
    return {tip.ref for tip in read_tips(Git.open(path), "R", "c", wanted).tips if tip.is_target}


def test_the_target_is_what_is_set_else_the_remote_s_head_else_the_usual_else_the_current(
    repository: Path, tmp_path: Path
) -> None:
    commit(repository, "one")
    git(repository, "branch", "release/1")
    assert targets(repository) == {"refs/heads/main"}
    assert targets(repository, "release/*") == {"refs/heads/release/1"}
    git(repository, "branch", "-m", "main", "odd")
    found = read_tips(Git.open(repository), "R", "c", ())
    assert {tip.ref for tip in found.tips if tip.is_target} == {"refs/heads/odd"}
    assert "ledger.target" in (found.notice or "")
    git(tmp_path, "clone", "-q", str(repository), "clone")
    assert targets(tmp_path / "clone") == {"refs/heads/odd", "refs/remotes/origin/odd"}


def test_identity_is_roots_and_remotes(repository: Path) -> None:
    root = commit(repository, "one")
    git(repository, "remote", "add", "origin", "git@github.com:Owner/Name.git")
    opened = Git.open(repository)
    origin = read_origin(opened)
    assert (read_roots(opened), origin.remote, origin.name) == ((root,), "github.com/Owner/Name", "Owner/Name")


def test_heads_of_requests_are_read_wherever_they_were_fetched_to_and_trial_merges_are_not(repository: Path) -> None:
    first = commit(repository, "one")
    git(repository, "switch", "-q", "-c", "side")
    asked = commit(repository, "asked")
    git(repository, "switch", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "trial", "side")
    trial = git(repository, "rev-parse", "HEAD")
    git(repository, "reset", "-q", "--hard", first)
    git(repository, "branch", "-q", "-D", "side")
    for ref in ("refs/pull/7/head", "refs/merge-requests/8/head", "refs/remotes/origin/pr/9", "refs/heads/pr/10"):
        git(repository, "update-ref", ref, asked)
    git(repository, "update-ref", "refs/pull/7/merge", trial)
    opened = Git.open(repository)
    names = {short_name(tip.ref) for tip in read_tips(opened, "R", "c", ()).tips}
    assert names == {"main", "pr/10", *(f"refs/pull/{number}/head" for number in (7, 8, 9))}
    read = [row.oid for row in read_commits(opened, "R", {}, str) if isinstance(row, Commit)]
    assert sorted(read) == sorted([first, asked])


def test_no_pattern_makes_a_request_a_target(repository: Path) -> None:
    oid = commit(repository, "one")
    git(repository, "update-ref", "refs/pull/7/head", oid)
    assert targets(repository, "*") == {"refs/heads/main"}


def test_a_shallow_clone_s_first_commits_keep_their_parents(repository: Path, tmp_path: Path) -> None:
    oids = [commit(repository, name) for name in ("one", "two", "three")]
    git(tmp_path, "clone", "-q", "--depth", "2", repository.as_uri(), "clone")
    read = {
        row.oid: row.parents
        for row in read_commits(Git.open(tmp_path / "clone"), "R", {}, str)
        if isinstance(row, Commit)
    }
    assert read == {oids[2]: (oids[1],), oids[1]: (oids[0],)}


def test_replaced_and_grafted_commits_are_read_as_they_were_made(repository: Path) -> None:
    oids = [commit(repository, name) for name in ("one", "two", "three")]
    git(repository, "replace", "--graft", oids[2], oids[0])
    (repository / ".git" / "info" / "grafts").write_text(f"{oids[1]}\n")
    read = {row.oid: row.parents for row in read_commits(Git.open(repository), "R", {}, str) if isinstance(row, Commit)}
    assert read == {oids[2]: (oids[1],), oids[1]: (oids[0],), oids[0]: ()}


def test_two_changes_of_one_binary_file_are_two_patches_however_ids_are_abbreviated(repository: Path) -> None:
    for number, content in enumerate((b"\0one", b"\0two", b"\0three")):
        (repository / "picture").write_bytes(content)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", str(number))
    oids = git(repository, "rev-list", "HEAD").split()[:2]
    patches = patch_ids(repository, oids)
    assert None not in patches
    assert len(set(patches)) == 2
    git(repository, "config", "core.abbrev", "40")
    assert patch_ids(repository, oids) == patches


def patch_ids(repository: Path, oids: list[str]) -> list[str | None]:
    read = read_diffs(Git.open(repository), oids, str, sorter(RULES))
    return [row.patch_id for row in read if isinstance(row, CommitDiff)]


def test_a_printed_id_is_read_while_git_has_the_commit_and_said_to_be_made_here(repository: Path) -> None:
    commit(repository, "one")
    gone = commit(repository, "two", {"file": "2"})
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    rows = list(read_printed(Git.open(repository), "R", [gone[:7], "fffffff"], str))
    assert [row.oid for row in rows if isinstance(row, Commit)] == [gone]
    assert [row for row in rows if isinstance(row, RepositoryCommit)] == [
        RepositoryCommit(repository_id="R", oid=gone, evidence="session", branch="", session="", worktree="")
    ]
    assert list(read_printed(Git.open(repository), "R", ["fffffff"], str)) == []
