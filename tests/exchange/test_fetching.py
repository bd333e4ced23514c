"""What is fetched, what of it is new, and who is said to have written it."""

from __future__ import annotations

from pathlib import Path

from ledger.exchange.fetching import Fetched, changes, fetch, fetched, remotes_fetched
from ledger.exchange.objects import write_commit
from ledger.git import Git
from tests.exchange.remotes import bare, clone, refs
from tests.gitting import git

ONE, TWO = "a" * 16, "b" * 16


def put(path: Path, ref: str, files: dict[str, bytes], parent: str = "") -> str:
    commit = write_commit(Git.open(path), files, "entries", parent)
    git(path, "push", "-q", "origin", f"{commit}:{ref}")
    return commit


def test_refs_come_into_a_namespace_of_their_own_and_go_when_they_are_gone(tmp_path: Path) -> None:
    server = bare(tmp_path)
    seed, reader = tmp_path / "seed", clone(server, tmp_path / "reader")
    put(seed, f"refs/ledger/w/{ONE}", {"ev/2026-11/x.jsonl": b"1\n"})
    put(seed, "refs/heads/ledger/data", {f"w/{TWO}/2026-11/x.jsonl": b"2\n"})
    opened = Git.open(reader)
    own = write_commit(opened, {"mine": b"not pushed"}, "mine")
    git(reader, "update-ref", f"refs/ledger/w/{ONE}", own)
    assert remotes_fetched(opened) == []
    assert fetch(opened, "origin").is_done
    assert [ref.name for ref in fetched(opened, "origin")] == ["heads/data", f"w/{ONE}"]
    assert refs(reader)[f"refs/ledger/w/{ONE}"] == own
    assert remotes_fetched(opened) == ["origin"]
    git(seed, "push", "-q", "origin", f":refs/ledger/w/{ONE}")
    assert fetch(opened, "origin").is_done
    assert [ref.name for ref in fetched(opened, "origin")] == ["heads/data"]
    git(reader, "remote", "set-url", "origin", "file:///nowhere")
    assert not fetch(opened, "origin").is_done


def test_only_files_that_are_new_are_read_and_their_places_say_whose_they_are(tmp_path: Path) -> None:
    server = bare(tmp_path)
    seed = tmp_path / "seed"
    first = put(seed, f"refs/ledger/w/{ONE}", {"ev/2026-11/x.jsonl": b"1\n"})
    put(seed, f"refs/ledger/w/{ONE}", {"ev/2026-11/y.jsonl": b"2\n"}, first)
    put(seed, "refs/ledger/ci/202611/7-1-test", {"entries.jsonl": b"3\n"})
    put(seed, "refs/ledger/main", {f"w/{TWO}/2026-11.jsonl": b"4\n", "ci/2026-11.jsonl": b"5\n", "notes": b"6\n"})
    opened = Git.open(clone(server, tmp_path / "reader"))
    fetch(opened, "origin")
    found = fetched(opened, "origin")
    told = {
        (change.ref.name, origin, stored.path)
        for change in changes(opened, found, {f"w/{ONE}": first})
        for origin, stored in change.files
    }
    assert told == {
        (f"w/{ONE}", f"w/{ONE}", "ev/2026-11/y.jsonl"),
        ("ci/202611/7-1-test", "ci", "entries.jsonl"),
        ("main", f"w/{TWO}", f"w/{TWO}/2026-11.jsonl"),
        ("main", "ci", "ci/2026-11.jsonl"),
        ("main", "", "notes"),
    }
    known = {ref.name: ref.commit for ref in found}
    assert list(changes(opened, found, known)) == []
    lost = list(changes(opened, [Fetched(f"w/{ONE}", known[f"w/{ONE}"])], {f"w/{ONE}": "0" * 40}))
    assert len(lost[0].files) == 2  # where the commit that was read is gone, all of it is read again
