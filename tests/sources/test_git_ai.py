"""git-ai's notes in real repositories: read whole, then only what changed, and on commits that are gone too."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.facts import Contribution
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.reading import Cursor, Skip
from ledger.git import Git
from ledger.sources import git_ai
from ledger.sources.git_ai import find_notes, read_notes
from tests.gitting import WHEN, commit, git
from tests.noting import REF, add_note, note_text

OPUS = note_text({"claude-opus-4-8": "1-3"})
GONE = "1" * 40


class Reader:
    """Reads a repository's notes again and again, as a ledger would that keeps the cursors."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self.cursors: dict[str, str] = {}
        self.skips: list[Skip] = []
        self.commits: list[str] = []
        self.rows: list[Contribution] = []

    def read(self) -> list[tuple[str, str | None, int | None]]:
        """(commit, model, lines) of what is new; the rest is kept beside."""
        rows: list[Any] = list(read_notes(Git.open(self._repository), "R", self.cursors))
        self.cursors |= {row.name: row.text for row in rows if isinstance(row, Cursor)}
        self.skips = [row for row in rows if isinstance(row, Skip)]
        self.commits = [row.oid for row in rows if isinstance(row, RepositoryCommit)]
        self.rows = [row for row in rows if isinstance(row, Contribution)]
        return sorted(((row.subject, row.model, row.lines) for row in self.rows), key=repr)


@pytest.fixture
def reader(repository: Path) -> Reader:
    return Reader(repository)


def test_a_repository_without_notes_has_none(repository: Path, reader: Reader) -> None:
    commit(repository, "one")
    git(repository, "notes", "add", "-m", "somebody's own note")
    assert find_notes(Git.open(repository)) is None
    assert (reader.read(), reader.cursors) == ([], {})


def test_notes_are_read_once_and_then_only_those_that_changed(repository: Path, reader: Reader) -> None:
    oids = [commit(repository, f"c{number}") for number in range(3)]
    for oid in oids[:2]:
        add_note(repository, oid, OPUS)
    assert reader.read() == sorted((oid, "claude-opus-4-8", 3) for oid in oids[:2])
    assert reader.read() == []
    add_note(repository, oids[2], OPUS)
    add_note(repository, oids[0], note_text({"gpt-5.4": "7"}))
    assert reader.read() == sorted([(oids[0], "gpt-5.4", 1), (oids[2], "claude-opus-4-8", 3)], key=repr)
    git(repository, "notes", f"--ref={REF}", "remove", oids[1])
    assert (reader.read(), reader.skips) == ([], [])


def test_a_note_is_of_the_time_that_the_notes_stood_so(repository: Path, reader: Reader) -> None:
    oid = commit(repository, "one")
    add_note(repository, oid, OPUS, at=WHEN + timedelta(days=2))
    reader.read()
    assert [row.at for row in reader.rows] == [WHEN + timedelta(days=2)]


def test_it_is_all_read_again_where_the_earlier_notes_are_gone(repository: Path, reader: Reader) -> None:
    oid = commit(repository, "one")
    add_note(repository, oid, OPUS)
    reader.cursors = {"R@": GONE}
    assert reader.read() == [(oid, "claude-opus-4-8", 3)]


def test_a_notes_tree_that_was_spread_over_folders_is_the_same(repository: Path, reader: Reader) -> None:
    """Git spreads many notes over folders named by the first digits."""
    first = commit(repository, "one")
    add_note(repository, first, OPUS)
    reader.read()
    blob = git(repository, "rev-parse", f"{REF}:{first}")
    stream = f"commit {REF}\ncommitter A <a@b> 1772355600 +0000\ndata 0\nfrom {REF}^0\nD {first}\n"
    stream += f"M 100644 {blob} {first[:2]}/{first[2:]}\nM 100644 {blob} {GONE[:2]}/{GONE[2:]}\n"
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=stream.encode(), check=True)
    assert reader.read() == sorted([(first, "claude-opus-4-8", 3), (GONE, "claude-opus-4-8", 3)])


def test_the_commits_that_git_has_are_named_and_the_others_may_come_later(repository: Path, reader: Reader) -> None:
    oid = commit(repository, "one")
    git(repository, "commit", "-q", "--amend", "-m", "two")
    add_note(repository, oid, OPUS)
    blob = git(repository, "hash-object", "-w", "file")
    git(repository, "notes", f"--ref={REF}", "add", "-C", blob, blob)
    stream = f"commit {REF}\ncommitter A <a@b> 1772355600 +0000\ndata 0\nfrom {REF}^0\n"
    stream += f"M 100644 {git(repository, 'rev-parse', f'{REF}:{oid}')} {GONE}\n"
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=stream.encode(), check=True)
    assert reader.read() == sorted([(oid, "claude-opus-4-8", 3), (GONE, "claude-opus-4-8", 3)])
    assert reader.commits == [oid]


def test_what_cannot_be_read_is_named(repository: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    oids = [commit(repository, f"c{number}") for number in range(3)]
    add_note(repository, oids[0], "somebody's own note")
    add_note(repository, oids[1], note_text({"m-1": "1"}) + " " * 5_000)
    add_note(repository, oids[2], OPUS.replace("  s_", "  x_"))
    monkeypatch.setattr(git_ai, "LARGEST", 5_000)
    assert reader.read() == sorted([(oids[2], "claude-opus-4-8", 0), (oids[2], None, 3)], key=repr)
    assert {skip.where for skip in reader.skips} == {f"{REF} of {oids[0]}", f"{REF} of {oids[1]}", REF}
    assert reader.skips[-1].why == (
        "1 note with keys of an unknown form and 1 note with keys that the note does not explain: "
        "such lines are an unknown model's."
    )


def test_a_clock_that_is_far_off_is_no_harm(repository: Path) -> None:
    oid = commit(repository, "one")
    add_note(repository, oid, OPUS, at=datetime(2099, 1, 1, tzinfo=UTC))
    notes = find_notes(Git.open(repository))
    assert notes
    assert notes.at == datetime(2099, 1, 1, tzinfo=UTC)
