"""The notes that git-ai keeps of commits, in `refs/notes/ai`: which session wrote which lines (field.md §4.1).

Read in one pass of `git cat-file`, a note in memory at a time, and then only those that changed. Notes stand on commits
that were rebased or squashed away, too; they are joined to what those became, as far as anybody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ledger.domain.git_ai import note_facts, parse_note
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.screen import counted
from ledger.git import Git

SOURCE = "git-ai"
REF = "refs/notes/ai"
LARGEST = 32_000_000
"""Bytes of a note; ten times the largest that was seen."""

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LAST_SECOND = 16725225600
"""The year 2500."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Where the notes stand: the tip of their history, and when it was made."""

    tip: str
    at: datetime


def find_notes(git: Git) -> Notes | None:
    """Where git-ai's notes stand in this repository; None where there are none."""
    said = git.run("for-each-ref", "--format=%(objectname) %(committerdate:unix)", REF).split()
    if len(said) != 2 or not said[1].lstrip("-").isdigit():
        return None
    return Notes(said[0], datetime.fromtimestamp(max(0, min(int(said[1]), _LAST_SECOND)), UTC))


def read_notes(git: Git, repository_id: str, known: Mapping[str, str], clone_id: str = "") -> Reading:
    """The contributions that new and changed notes tell of, and the commits they stand on where git has those.

    Yields Contribution and RepositoryCommit facts, a Skip for what cannot be read, then the cursor.
    """
    notes = find_notes(git)
    cursor = f"{repository_id}@{clone_id}"  # another clone stands elsewhere
    if notes is None or notes.tip == known.get(cursor):
        return
    pairs = _changed(git, known.get(cursor, ""), notes.tip)
    yield from _commits(git, repository_id, [subject for _, subject in pairs])
    yield from _read(git, repository_id, pairs, notes.at)
    yield Cursor(SOURCE, cursor, notes.tip)


def _changed(git: Git, earlier: str, tip: str) -> list[tuple[str, str]]:
    """(note, commit) of all notes, or of those that changed since the tip they were read at."""
    if earlier and git.run("cat-file", "-t", earlier, check=False) == "commit":
        rows = git.run("diff-tree", "-r", "--no-renames", "--raw", "--no-abbrev", earlier, tip).splitlines()
        parts = [row.partition("\t") for row in rows]
        found = [(words.split()[3], path.replace("/", "")) for words, _, path in parts if words.split()[4] != "D"]
    else:
        rows = git.run("notes", f"--ref={REF}", "list").splitlines()
        found = [(words[0], words[1]) for row in rows if len(words := row.split()) == 2]
    return sorted((note, subject) for note, subject in found if _OID.fullmatch(subject))


def _commits(git: Git, repository_id: str, oids: Sequence[str]) -> Iterator[RepositoryCommit]:
    """Those of the commits that git has, whether a branch leads to them or not: they are read, too."""
    asked = "\n".join(oids).encode()
    said = git.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked) if oids else ""
    for line in said.splitlines():
        kind, _, oid = line.partition(" ")
        if kind == "commit":
            yield RepositoryCommit(
                repository_id=repository_id, oid=oid, evidence="note", branch="", session="", worktree=""
            )


def _read(git: Git, repository_id: str, pairs: Sequence[tuple[str, str]], at: datetime) -> Reading:
    stray, dangling = 0, 0
    texts = git.objects((note for note, _ in pairs), LARGEST)
    for (_, subject), text in zip(pairs, texts, strict=True):
        note = parse_note(text) if text is not None else None
        if note is None:
            why = "This note is not of git-ai's form authorship/, or too large, so it was left out."
            yield Skip("note", f"{REF} of {subject}", why)
            continue
        stray, dangling = stray + bool(note.stray), dangling + bool(note.dangling)
        yield from note_facts(note, repository_id, subject, at)
    if stray or dangling:
        yield Skip("note", REF, _unexplained(stray, dangling))


def _unexplained(stray: int, dangling: int) -> str:
    told = [f"{counted(stray, 'note')} with keys of an unknown form"] if stray else []
    told += [f"{counted(dangling, 'note')} with keys that the note does not explain"] if dangling else []
    return f"{' and '.join(told)}: such lines are an unknown model's."
