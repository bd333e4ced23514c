"""Ranges: what git names so, and what a branch has over its target."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.sources.ranges import Range, named_range, range_over_target, read_trailers
from tests.gitting import commit, git


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A branch that took in main once: root, one, two on main; work, sync (a merge), more on `feature`."""
    path = tmp_path_factory.mktemp("forked") / "repo"
    path.mkdir()
    identity = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    identity |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }  # a module is made before its tests' homes
    git(path, "init", "-q", "-b", "main", env=identity)
    oids = {
        "root": commit(path, "root", {"r": "1"}, env=identity),
        "one": commit(path, "one", {"o": "1"}, env=identity),
    }
    git(path, "switch", "-q", "-c", "feature", oids["root"])
    message = "work\n\nLedger-Task: fix\nsigned-off-by: Ann <a@b.c>\nLedger-Empty:\n"
    oids["work"] = commit(path, message, {"w": "1"}, env=identity)
    git(path, "merge", "-q", "-m", "sync", "main", env=identity)
    oids["sync"] = git(path, "rev-parse", "HEAD")
    oids["more"] = commit(path, "more", {"w": "2"}, env=identity)
    git(path, "switch", "-q", "main")
    oids["two"] = commit(path, "two", {"t": "1"}, env=identity)
    git(path, "switch", "-q", "feature")
    return path, oids


def names(found: Range, oids: dict[str, str]) -> list[str]:
    by_oid = {oid: name for name, oid in oids.items()}
    return [by_oid[oid] for oid, _ in found.commits]


@pytest.mark.parametrize(
    ("said", "commits", "base"),
    [
        ("main..feature", ["more", "sync", "work"], "one"),
        ("main..", ["more", "sync", "work"], "one"),
        ("main...feature", ["more", "sync", "work"], "one"),
        ("..main", ["two"], "one"),
        ("feature", ["more"], "sync"),
        ("feature~1", ["sync", "one"], "work"),
        ("main~2", ["root"], ""),
        ("main..main", [], "two"),
    ],
)
def test_a_range_is_what_leads_to_its_end_and_not_to_its_beginning(
    forked: tuple[Path, dict[str, str]], said: str, commits: list[str], base: str
) -> None:
    """A merge that is named alone is what it brought."""
    path, oids = forked
    found = named_range(Git.open(path), said)
    assert sorted(names(found, oids)) == sorted(commits)
    assert (found.name, found.base) == (said, oids.get(base, ""))


def test_children_stand_before_parents(forked: tuple[Path, dict[str, str]]) -> None:
    path, oids = forked
    found = named_range(Git.open(path), "main..feature")
    assert names(found, oids) == ["more", "sync", "work"]
    assert dict(found.commits)[oids["sync"]] == (oids["work"], oids["one"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("nope", "nope names no commit here"),
        ("nope..main", "nope in nope..main names no commit here"),
        ("main..a\x1b[2Jb", "names no commit here; look it up with git log, or fetch it first."),
        ("--all", "--all names no commit here"),
        ("main..--output=x", "names no commit here"),
    ],
)
def test_what_names_nothing_is_said_so(forked: tuple[Path, dict[str, str]], said: str, words: str) -> None:
    with pytest.raises(LedgerError) as error:
        named_range(Git.open(forked[0]), said)
    assert words in str(error.value)
    assert "\x1b" not in str(error.value)


def test_by_default_it_is_what_head_has_over_the_target(forked: tuple[Path, dict[str, str]]) -> None:
    path, oids = forked
    found = range_over_target(Git.open(path), ())
    assert (found.name, names(found, oids)) == ("main..HEAD", ["more", "sync", "work"])
    pushed = range_over_target(Git.open(path), ("main",), oids["work"])
    assert (pushed.name, names(pushed, oids)) == (f"main..{oids['work'][:7]}", ["work"])


def test_a_target_that_is_not_there_is_said_so(forked: tuple[Path, dict[str, str]]) -> None:
    with pytest.raises(LedgerError, match=r"No branch here is called release, which is the target; fetch it"):
        range_over_target(Git.open(forked[0]), ("release",))


def test_on_the_target_itself_it_is_what_was_not_pushed(forked: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    path, oids = forked
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-b", "main", str(path), str(clone))
    assert range_over_target(Git.open(clone), ("main",)).commits == ()
    here = {**oids, "local": commit(clone, "local", {"l": "1"})}
    found = range_over_target(Git.open(clone), ("main",))
    assert (found.name, names(found, here)) == ("origin/main..HEAD", ["local"])


def test_a_shallow_clone_says_what_it_lacks(forked: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """What it has in full is judged; where history is cut, a commit's diff would be all of its files."""
    path, oids = forked
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "2", "--no-single-branch", f"file://{path}", str(clone))
    assert names(named_range(Git.open(clone), "HEAD"), oids) == ["more"]
    for said in ("HEAD~1", "origin/main..HEAD"):
        with pytest.raises(LedgerError, match=r"shallow and has only a part of .*git fetch --unshallow"):
            named_range(Git.open(clone), said)


def test_without_a_commit_there_is_nothing_to_check(repository: Path) -> None:
    for name in ("", "HEAD"):
        with pytest.raises(LedgerError, match="has no commits yet"):
            named_range(Git.open(repository), name) if name else range_over_target(Git.open(repository), ())


def test_trailers_are_read_where_they_say_something(forked: tuple[Path, dict[str, str]]) -> None:
    path, oids = forked
    asked = ("ledger-task", "signed-off-by", "ledger-empty", "assisted-by")
    found = read_trailers(Git.open(path), [oids["work"], oids["more"]], asked)
    assert found == {oids["work"]: {"ledger-task", "signed-off-by"}, oids["more"]: frozenset()}
