"""Git objects that hold entries: written and read by plumbing alone, without an index or a worktree.

So it works in bare and shallow clones and beside a commit in the making. The commits are in nobody's name and of no
day: who wrote entries says a ref's name, and the same entries make the same commit, so that a push may be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledger.git import Git

LARGEST = 16 * 1024 * 1024
"""Bytes of one file of entries that are read; a writer begins another file long before."""

_NOBODY = {
    f"GIT_{who}_{what}": text
    for who in ("AUTHOR", "COMMITTER")
    for what, text in (("NAME", "ledger"), ("EMAIL", "ledger@localhost"), ("DATE", "2000-01-01T00:00:00Z"))
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a commit: where, and the id of its blob."""

    path: str
    blob: str


def write_commit(git: Git, files: Mapping[str, bytes], message: str, parent: str = "") -> str:
    """The id of a new commit with the parent's files and these, which replace those of the same path."""
    held = {stored.path: stored.blob for stored in stored_in(git, parent)} if parent else {}
    return commit_of(git, held | {path: write_blob(git, text) for path, text in files.items()}, message, parent)


def write_blob(git: Git, text: bytes) -> str:
    """The id of the blob that holds these bytes."""
    return git.run("hash-object", "-w", "--stdin", stdin=text)


def commit_of(git: Git, files: Mapping[str, str], message: str, *parents: str) -> str:
    """The id of a commit whose files are exactly these: path → blob."""
    above = [word for parent in parents if parent for word in ("-p", parent)]
    said = git.run_bytes("commit-tree", _tree(git, files), *above, "-m", message, env=_NOBODY)
    return said.decode().strip()


def stored_in(git: Git, commit: str, below: str = "") -> list[Stored]:
    """The files of a commit, in order of path; `below` names a directory with a slash behind it."""
    said = git.run_bytes("ls-tree", "-r", "-z", "--full-tree", commit, *(("--", below) if below else ()))
    rows = (line.decode(errors="replace").partition("\t") for line in said.split(b"\0") if line)
    return [Stored(path, words.split()[2]) for words, _, path in rows if words.split()[1] == "blob"]


def lines_of(git: Git, files: Iterable[Stored], largest: int = LARGEST) -> Iterator[tuple[Stored, list[str] | None]]:
    """The lines of each file, one file in memory at a time; None for one that is not there or larger than that."""
    listed = list(files)
    for stored, text in zip(listed, git.objects([file.blob for file in listed], largest), strict=True):
        yield stored, None if text is None else [line for line in text.decode(errors="replace").split("\n") if line]


def _tree(git: Git, files: Mapping[str, str]) -> str:
    """The id of the tree of these files, its directories made first."""
    here = {path: blob for path, blob in files.items() if "/" not in path}
    inner: dict[str, dict[str, str]] = {}
    for path, blob in files.items():
        top, slash, rest = path.partition("/")
        if slash:
            inner.setdefault(top, {})[rest] = blob
    rows = [f"100644 blob {blob}\t{name}" for name, blob in here.items()]
    rows += [f"040000 tree {_tree(git, held)}\t{name}" for name, held in inner.items()]
    # --missing: in a partial clone the blobs of earlier pushes are the remote's
    return git.run("mktree", "--missing", "-z", stdin="".join(f"{row}\0" for row in rows).encode())
