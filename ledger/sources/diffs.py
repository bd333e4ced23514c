"""What commits and branches changed: line counts, kinds of paths, areas, and stable patch-ids, in bulk.

A stable patch-id survives a rebase and finds the branch behind a squash; its options are pinned, because context,
prefixes and rename detection change it (hooks.md §2.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from ledger.domain.git_facts import BranchRange, CommitArea, CommitDiff, Tip
from ledger.domain.paths import kind_of
from ledger.git import Git

_PINNED = (
    "-c",
    "diff.context=3",
    "-c",
    "diff.noprefix=false",
    "-c",
    "diff.mnemonicPrefix=false",
    "-c",
    "diff.algorithm=myers",
)
_PLAIN = ("--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")
_WHOLE = ("--full-index",)
"""A binary file's patch is its two ids, which git would abbreviate by the size of the repository."""
_MOST_PATHS = 2000
"""Paths kept of one commit: a vendored tree of more says nothing about who wrote what."""


Sort = Callable[[str, Iterable[tuple[int, str]]], CommitArea]
"""What the path rules say of a commit, by its id and its (changed lines, path) pairs."""


def read_diffs(
    git: Git, oids: Sequence[str], path_key: Callable[[str], str], sort: Sort
) -> Iterator[CommitDiff | CommitArea]:
    """The diff of each commit against its first parent, and the areas that it touches.

    A merge has no diff of its own, and a missing commit is left out.
    """
    if not oids:
        return
    patches = _patch_ids(git, oids)
    for oid, files in _numstat(git, oids):
        kinds = Counter[str]()
        for added, deleted, path in files:
            kinds[kind_of(path)] += added + deleted
        yield CommitDiff(
            oid=oid,
            added=sum(added for added, _, _ in files),
            deleted=sum(deleted for _, deleted, _ in files),
            kinds=tuple(sorted(kinds.items())),
            paths=tuple(sorted({path_key(path) for _, _, path in files[:_MOST_PATHS]})),
            patch_id=patches.get(oid),
        )
        yield _sorted(sort, oid, files)


def read_areas(git: Git, oids: Sequence[str], sort: Sort) -> Iterator[CommitArea]:
    """The areas that each commit touches, where its diff is known already and the rules are new."""
    if oids:
        yield from (_sorted(sort, oid, files) for oid, files in _numstat(git, oids))


def _sorted(sort: Sort, oid: str, files: Iterable[tuple[int, int, str]]) -> CommitArea:
    return sort(oid, ((added + deleted, path) for added, deleted, path in files))


def read_files(git: Git, oids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Commit → the (changed lines, path) pairs of its diff against its first parent; none of a merge."""
    found = _numstat(git, oids) if oids else ()
    return {oid: [(added + deleted, path) for added, deleted, path in files] for oid, files in found}


def read_whole(git: Git, base: str, tip: str) -> list[tuple[int, str]]:
    """The (changed lines, path) pairs from one commit to another as one diff; from nothing where `base` is ''."""
    start = base or git.run("hash-object", "-t", "tree", "--stdin")
    said = git.run_bytes(*_PINNED, "diff-tree", "-r", "-z", "--numstat", *_PLAIN, start, tip)
    lines = (part.decode(errors="surrogateescape").split("\t", 2) for part in said.split(b"\0") if part)
    return [(_count(added) + _count(deleted), path) for added, deleted, path in lines]


def read_ranges(
    git: Git, repository_id: str, branches: Sequence[tuple[str, str]], tips: Sequence[Tip], now: datetime
) -> Iterator[BranchRange]:
    """The range of each (branch, tip) over the target it is nearest to."""
    targets = sorted({tip.oid for tip in tips if tip.is_target})
    for branch, tip in branches:
        base = git.run("merge-base", tip, *targets, check=False).split("\n")[0] if targets else ""
        yield BranchRange(
            repository_id=repository_id,
            branch=branch,
            tip=tip,
            base=base,
            patch_id=_range_patch_id(git, base, tip) if base else None,
            seen_at=now,
        )


def _numstat(git: Git, oids: Sequence[str]) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """(commit, [(added, deleted, path)]); `-z` ends each path with NUL, a commit's id starts with a control-A."""
    arguments = (
        "diff-tree",
        "--stdin",
        "-r",
        "-z",
        "--root",
        "--numstat",
        "--always",
        "--format=%x01%H",
        *_PLAIN,
    )
    oid, files = "", list[tuple[int, int, str]]()
    for part in git.stream(*_PINNED, *arguments, stdin=_asked(oids)):
        rest = part.decode(errors="surrogateescape").lstrip("\n")
        while rest.startswith("\x01"):
            if oid:
                yield oid, files
            line, _, rest = rest.partition("\n")
            oid, files, rest = line[1:], [], rest.lstrip("\n")
        if rest:  # one file, whose name may hold a newline
            added, deleted, path = rest.split("\t", 2)
            files.append((_count(added), _count(deleted), path))
    if oid:
        yield oid, files


def _asked(oids: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()


def _count(text: str) -> int:
    """Lines; a binary file's `-` is none."""
    return int(text) if text.isdigit() else 0


def _patch_ids(git: Git, oids: Iterable[str]) -> dict[str, str]:
    """Commit → stable patch-id of the commits that have one."""
    arguments = ("diff-tree", "--stdin", "-p", "-r", "--root", "--format=commit %H", *_PLAIN, *_WHOLE)
    return {oid: patch for patch, oid in git.patch_ids((*_PINNED, *arguments), stdin=_asked(oids))}


def _range_patch_id(git: Git, base: str, tip: str) -> str | None:
    found = list(git.patch_ids((*_PINNED, "diff-tree", "-p", "-r", *_PLAIN, *_WHOLE, base, tip), stdin=b""))
    return found[0][0] if found else None
