"""A clone's own ref: one writer, one push, nothing lost."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from ledger.exchange.fetching import fetch
from ledger.exchange.pushing import Outcome
from ledger.exchange.writer import Encode, Patience, Published, publish
from ledger.git import Git
from tests.exchange.remotes import bare, clone, hook, refs
from tests.gitting import git

MONTH = "2026-11"


def patience(tries: int = 12, waits: list[float] | None = None) -> Patience:
    return Patience((waits if waits is not None else []).append, tries, 30, max)


def never() -> str:
    raise AssertionError("this clone is no copy")


def saying(*words: str) -> Encode:
    return lambda clone: [json.dumps({"by": clone, "word": word}) for word in words]


def share(path: Path, clone_id: str, *words: str) -> Published:
    return publish(Git.open(path), "origin", clone_id, saying(*words), MONTH, patience(), never)


def words_at(server: Path, below: str = "refs/ledger/") -> list[tuple[str, str]]:
    """(who, word) of every line that the server has, as often as it has it."""
    return sorted(
        (told["by"], told["word"])
        for ref in refs(server, below)
        for path in git(server, "ls-tree", "-r", "--name-only", ref).splitlines()
        for told in map(json.loads, git(server, "show", f"{ref}:{path}").splitlines())
    )


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return bare(tmp_path)


def test_only_what_is_new_is_written_and_a_push_that_did_not_arrive_comes_with_the_next(server: Path) -> None:
    seed = server.parent / "seed"
    first = share(seed, "a" * 16, "one", "two", "one")
    assert (first.pushed.outcome, first.lines, first.pushes) == (Outcome.DONE, 2, 1)
    assert share(seed, "a" * 16, "two", "one").pushes == 0
    hook(server, "pre-receive", "sleep 5")
    late = publish(
        Git.open(seed), "origin", "a" * 16, saying("one", "three"), MONTH, Patience(lambda _: None, 1, 0.3), never
    )
    assert late.pushed.outcome is Outcome.UNREACHABLE
    (server / "hooks" / "pre-receive").unlink()
    assert share(seed, "a" * 16, "one", "three").pushed.is_done
    assert words_at(server) == [("a" * 16, "one"), ("a" * 16, "three"), ("a" * 16, "two")]
    assert list(refs(server)) == [f"refs/ledger/w/{'a' * 16}"]


def test_twenty_clones_that_push_at_once_need_one_push_each(server: Path, tmp_path: Path) -> None:
    hook(server, "update", "sleep 0.2")
    clones = [tmp_path / f"clone{number}" for number in range(20)]
    for path in clones:
        path.mkdir()
        git(path, "init", "-q", "-b", "main")
        git(path, "remote", "add", "origin", f"file://{server}")
    came: list[Published] = []

    def twice(number: int) -> None:
        came.extend(share(clones[number], f"{number:016x}", *words) for words in (["first"], ["first", "second"]))

    threads = [threading.Thread(target=twice, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.pushes for each in came] == [1] * 40
    assert words_at(server) == sorted((f"{number:016x}", word) for number in range(20) for word in ("first", "second"))


def test_a_copied_clone_takes_a_new_id_and_says_everything_under_it(server: Path, tmp_path: Path) -> None:
    seed = server.parent / "seed"
    share(seed, "a" * 16, "both")
    git(tmp_path, "clone", "-q", "--mirror", str(seed), "copy")  # its refs come along
    git(tmp_path / "copy", "remote", "set-url", "origin", f"file://{server}")
    share(seed, "a" * 16, "both", "mine")
    made = publish(
        Git.open(tmp_path / "copy"), "origin", "a" * 16, saying("both", "theirs"), MONTH, patience(), lambda: "b" * 16
    )
    assert made.pushed.is_done
    assert made.clone == "b" * 16
    told = [("a" * 16, "both"), ("a" * 16, "mine"), ("b" * 16, "both"), ("b" * 16, "theirs")]
    assert words_at(server) == told
    assert share(seed, "a" * 16, "both", "mine", "more").pushed.is_done


def test_a_lock_is_waited_for_with_growing_patience(server: Path) -> None:
    lock = server / "refs" / "ledger" / "w" / f"{'a' * 16}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            lock.unlink()

    waiting = Patience(sleep, 12, 30, max)
    done = publish(Git.open(server.parent / "seed"), "origin", "a" * 16, saying("one"), MONTH, waiting, never)
    assert (done.pushed.outcome, done.pushes) == (Outcome.DONE, 4)
    assert waits == [0.2, 0.4, 0.8]
    lock.touch()
    given_up = publish(
        Git.open(server.parent / "seed"), "origin", "a" * 16, saying("two"), MONTH, patience(tries=2), never
    )
    assert (given_up.pushed.outcome, given_up.pushes) == (Outcome.REJECTED, 2)


def only_branches(server: Path) -> None:
    hook(server, "update", 'case "$1" in refs/heads/*) ;; *) echo "only branches" >&2; exit 1 ;; esac')


def test_where_other_refs_are_refused_a_branch_takes_a_file_of_each(server: Path, tmp_path: Path) -> None:
    only_branches(server)
    other = clone(server, tmp_path / "other")
    first = share(server.parent / "seed", "a" * 16, "one")
    second = share(other, "b" * 16, "two")
    again = share(server.parent / "seed", "a" * 16, "one", "three")
    assert [each.via for each in (first, second, again)] == ["branch"] * 3
    assert all(each.pushed.is_done for each in (first, second, again))
    assert share(other, "b" * 16, "two").pushes == 0
    assert words_at(server, "refs/heads/ledger/") == [("a" * 16, "one"), ("a" * 16, "three"), ("b" * 16, "two")]
    assert git(server, "rev-list", "--count", "ledger/data") == "3"


def test_a_lost_race_on_the_branch_is_run_again_from_what_is_there_now(server: Path, tmp_path: Path) -> None:
    only_branches(server)
    other = clone(server, tmp_path / "other")
    share(other, "b" * 16, "two")
    # The first push that arrives makes way for another clone's, which comes in between.
    again = "GIT_DIR=. git update-ref refs/heads/ledger/data $(git commit-tree -m x -p $2 $2^{tree})"
    once = f'[ "$1" = refs/heads/ledger/data ] && [ ! -f lost ] && {{ touch lost; {again}; }}; exit 0'
    hook(server, "update", f"unset GIT_QUARANTINE_PATH; {once}")
    git(server, "config", "user.name", "x")
    git(server, "config", "user.email", "x@example.org")
    raced = publish(Git.open(other), "origin", "b" * 16, saying("two", "three"), MONTH, patience(), never)
    assert (raced.pushed.outcome, raced.pushes) == (Outcome.DONE, 2)
    assert words_at(server, "refs/heads/ledger/") == [("b" * 16, "three"), ("b" * 16, "two")]


def test_everything_is_published_from_a_shallow_and_from_a_bare_clone(server: Path, tmp_path: Path) -> None:
    shallow = clone(server, tmp_path / "shallow", "--depth=1")
    naked = clone(server, tmp_path / "naked.git", "--bare")
    assert share(shallow, "c" * 16, "one").pushed.is_done
    assert share(naked, "d" * 16, "two").pushed.is_done
    assert Git.open(shallow).is_shallow
    assert fetch(Git.open(shallow), "origin").is_done
    assert Git.open(shallow).is_shallow
    assert words_at(shallow, "refs/ledger-remote/origin/") == [("c" * 16, "one"), ("d" * 16, "two")]
