"""Several repositories in one ledger: clones of one are one, forks and namesakes are never mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import WHEN, commit, git
from tests.posting.calling import NOW

HOST = "https://forge.example.org"


@pytest.fixture
def original(repository: Path) -> Path:
    """A repository with a remote and a branch that a model works on."""
    commit(repository, "root", at=WHEN)
    git(repository, "remote", "add", "origin", f"{HOST}/ann/it.git")
    work(repository, "feat")
    return repository


def work(path: Path, branch: str, name: str = "it") -> None:
    """A commit of a model on a branch."""
    git(path, "switch", "-q", "-c", branch)
    commit(path, f"feat: {name}\n\nAssisted-by: claude-code:claude-opus-4-8", {name: name}, at=WHEN)


def clone(path: Path, where: Path, url: str = "") -> Path:
    git(where.parent, "clone", "-q", str(path), where.name)
    if url:
        git(where, "remote", "set-url", "origin", url)
    else:
        git(where, "remote", "remove", "origin")
    return where


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "all.db"


def posted(path: Path, database: Path) -> str:
    """The id of the repository that was posted from here."""
    workplace = open_workplace(str(path), database=str(database))
    ledger = open_ledger(workplace.database)
    try:
        return update(workplace, ledger, now=NOW, sources=("commits",)).repository_id
    finally:
        ledger.close()


def changes(database: Path) -> list[tuple[str, str]]:
    """(repository, change without it) of the changes of models."""
    ledger = open_ledger(str(database))
    with ledger.read() as connection:
        rows = connection.exec_driver_sql('SELECT repository_id, id FROM "change" WHERE has_model ORDER BY id').all()
    ledger.close()
    return [(row[0], row[1].partition("/")[2]) for row in rows]


def test_a_fork_is_its_own_repository_though_commits_branches_and_roots_are_the_same(
    original: Path, tmp_path: Path, database: Path
) -> None:
    fork = clone(original, tmp_path / "fork", f"{HOST}/ben/it.git")
    git(fork, "remote", "set-head", "origin", "main")
    one, other = posted(original, database), posted(fork, database)
    assert one != other
    found = changes(database)
    assert sorted(repository for repository, _ in found) == sorted([one, other])
    assert len({change for _, change in found}) == 1


@pytest.mark.parametrize("first", ["original", "fork"])
def test_a_fork_s_clone_that_knows_where_it_was_forked_from_is_the_fork(
    original: Path, tmp_path: Path, database: Path, first: str
) -> None:
    fork = clone(original, tmp_path / "fork", f"{HOST}/ben/it.git")
    git(fork, "remote", "add", "upstream", f"{HOST}/ann/it.git")
    paths = [original, fork] if first == "original" else [fork, original]
    assert len({posted(path, database) for path in paths}) == 2
    another = clone(original, tmp_path / "another", f"{HOST}/ann/it.git")
    assert posted(another, database) == posted(original, database)


def test_a_renamed_remote_is_the_same_repository(original: Path, tmp_path: Path, database: Path) -> None:
    known = posted(original, database)
    git(original, "remote", "set-url", "origin", f"{HOST}/ann/renamed.git")
    assert posted(original, database) == known
    assert posted(clone(original, tmp_path / "new", f"{HOST}/ann/renamed.git"), database) == known
    assert posted(clone(original, tmp_path / "old", f"{HOST}/ann/it.git"), database) == known


def test_a_clone_without_a_remote_is_the_repository_that_alone_has_its_roots(
    original: Path, tmp_path: Path, database: Path
) -> None:
    known = posted(original, database)
    assert posted(clone(original, tmp_path / "plain"), database) == known
    posted(clone(original, tmp_path / "fork", f"{HOST}/ben/it.git"), database)
    # Now it could be either one's.
    assert posted(clone(original, tmp_path / "doubtful"), database) != known


def test_a_repository_that_got_its_remote_later_is_the_same(repository: Path, tmp_path: Path, database: Path) -> None:
    commit(repository, "root", at=WHEN)
    known = posted(repository, database)
    git(repository, "remote", "add", "origin", f"{HOST}/ann/it.git")
    assert posted(repository, database) == known
    assert posted(clone(repository, tmp_path / "clone", f"{HOST}/ann/it.git"), database) == known


def test_equal_branch_names_in_two_repositories_are_two_changes(original: Path, tmp_path: Path, database: Path) -> None:
    namesake = tmp_path / "namesake"
    namesake.mkdir()
    git(namesake, "init", "-q", "-b", "main")
    commit(namesake, "other root", at=WHEN)
    work(namesake, "feat", "other")
    one, other = posted(original, database), posted(namesake, database)
    assert sorted(repository for repository, _ in changes(database)) == sorted([one, other])


def test_a_shallow_clone_and_a_whole_one_make_the_same_ledger(original: Path, tmp_path: Path) -> None:
    """The shallow one is known by its remote, and posted first or last."""
    git(original, "switch", "-q", "main")
    git(original, "merge", "-q", "--no-ff", "--no-edit", "feat", at=WHEN)
    git(tmp_path, "clone", "-q", "--depth", "1", original.as_uri(), "shallow")
    git(tmp_path / "shallow", "remote", "set-url", "origin", f"{HOST}/ann/it.git")
    found = []
    for order in ((original, tmp_path / "shallow"), (original, tmp_path / "shallow", original)):
        database = tmp_path / f"{len(order)}.db"
        assert len({posted(path, database) for path in order}) == 1
        found.append(changes(database))
    assert found[0] == found[1] == [(found[0][0][0], found[0][0][1])]
