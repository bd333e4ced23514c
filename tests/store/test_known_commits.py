"""Which commits are known, and which are still to be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ledger.domain.facts import Place, Repository
from ledger.domain.git_facts import RepositoryCommit
from ledger.store import known_commits
from ledger.store.engine import open_ledger
from tests.domain.building import HOME, at, commit, commit_call, edge, made_on


def test_the_printed_ids_that_begin_no_commit_are_asked_for_where_they_were_printed(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    printed = ["aaaaaaa", "bbbbbbb", "cccccc", "bbbbbbb", ""]
    rows = [commit_call(number, number, printed=oid) for number, oid in enumerate(printed)]
    elsewhere = commit_call(9, 9, printed="ddddddd", directory="/elsewhere")
    with ledger.write() as writing:
        writing.post([commit("aaaaaaa" + "0" * 33), Place(directory=HOME, repository_id="R", worktree=HOME)])
        writing.post([*rows, elsewhere])
    with ledger.read() as connection:
        assert known_commits.unread_printed(connection, "R") == ["bbbbbbb"]
        assert known_commits.unread_printed(connection, "S") == []
    ledger.close()


def test_what_git_printed_in_directories_of_no_repository_is_found_by_id_and_subject(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    one, both = commit("aaaaaaa" + "0" * 33, subject="one"), commit("bbbbbbb" + "0" * 33, subject="both")
    printed = [("/gone", "aaaaaaa", "one"), ("/shared", "bbbbbbb", "both"), ("/other", "aaaaaaa", "by chance")]
    printed += [("/short", "aaaaaa", "one"), ("/silent", "", "one"), (HOME, "aaaaaaa", "one")]
    places = [Place(directory=path, repository_id=None, worktree=None) for path, _, _ in printed[:-1]]
    with ledger.write() as writing:
        writing.post([Repository(id="R", name="r"), Repository(id="S", name="s")])
        writing.post([one, both, *places, Place(directory=HOME, repository_id="R", worktree=HOME)])
        writing.post([made_on(one.oid, ""), made_on(both.oid, ""), replace(made_on(both.oid, ""), repository_id="S")])
        writing.post(
            commit_call(number, number, printed=oid, subject=subject, directory=path)
            for number, (path, oid, subject) in enumerate(printed)
        )
    with ledger.read() as connection:
        assert known_commits.printed_elsewhere(connection) == {"/gone": {"R"}, "/shared": {"R", "S"}}
    ledger.close()


def test_commits_that_a_hook_told_of_are_found_among_many(tmp_path: Path) -> None:
    def seen(repository: str, oid: str, evidence: str) -> RepositoryCommit:
        return RepositoryCommit(
            repository_id=repository, oid=oid, evidence=evidence, branch="", session="", worktree=""
        )

    ledger = open_ledger(str(tmp_path / "ledger.db"))
    with ledger.write() as writing:
        writing.post([Repository(id="r", name="r"), Repository(id="s", name="s")])
        writing.post(seen("r", f"{n:040x}", "hook" if n % 2 else "git") for n in range(400))
        writing.post([seen("s", f"{2:040x}", "hook"), seen("r", f"{3:040x}", "git")])
    with ledger.read() as connection:
        asked = [f"{n:040x}" for n in range(500)]
        assert known_commits.hooked(connection, "r", asked) == {f"{n:040x}" for n in range(1, 400, 2)}
        assert known_commits.hooked(connection, "r", asked[:3]) == {asked[1]}
        assert known_commits.hooked(connection, "r", []) == set()
    ledger.close()


def test_a_repository_s_commits_are_its_own_and_those_told_of_but_unread_are_asked_for(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    old, new = commit("a"), commit("b", "a", 50, "it (#7)", number=7)
    with ledger.write() as writing:
        writing.post([Repository(id="R", name="r"), old, new, commit("z")])
        writing.post(
            [made_on("a", "main"), made_on("b", "main"), made_on("c", "main"), edge("d", "b"), edge("e", "e2")]
        )
    with ledger.read() as connection:
        assert known_commits.commit_ids(connection, "R") == {"a", "b"}
        assert known_commits.unread_commits(connection, "R") == ["c", "d", "e"]
        assert known_commits.committed_before(connection, "R", at(9)) == [("a", [])]
        assert [row.oid for row in known_commits.commits_of(connection, ["b", "x"])] == ["b"]
        assert known_commits.names_requests(connection, "R")
        assert known_commits.count_commits(connection, "R") == 3
        assert not known_commits.names_requests(connection, "S")
    ledger.close()
