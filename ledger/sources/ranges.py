"""A range of commits that a person names, or what a branch has over its target, read from git alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ledger.domain.git_facts import Tip
from ledger.domain.screen import plain
from ledger.domain.trailers import read_lines
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.sources.commits import read_tips

_NO_SIGN = "\0"
"""No message holds it: only trailers are looked for."""


@dataclass(frozen=True, slots=True)
class Range:
    """The commits that lead from a base to a head."""

    name: str
    """As a person would write it."""
    base: str
    """The last commit that both sides have; '' where there is none."""
    head: str
    commits: tuple[tuple[str, tuple[str, ...]], ...]
    """(commit, parents), children before parents, merges included."""


def named_range(git: Git, name: str) -> Range:
    """`A..B`, what B has over A, a side that is left out being HEAD; `REV`, that commit, or what a merge brought.

    Raises LedgerError for what names no commit, and for a part of history that a shallow clone does not have.
    """
    start, dots, end = name.partition("...") if "..." in name else name.partition("..")
    head = _commit(git, end if dots else name, name)
    if dots:
        return _range(git, plain(name, 80), [_commit(git, start, name)], head)
    parent = git.commit_of(f"{head}^")
    return _range(git, plain(name, 80), [parent] if parent else [], head)


def range_over_target(git: Git, wanted: tuple[str, ...], head: str = "HEAD") -> Range:
    """What a head has over the target branches, the remote's before one's own; `wanted` as in `read_tips`.

    Raises LedgerError where there is no target branch, and like `named_range`.
    """
    oid = _commit(git, head, head)
    targets = [tip for tip in read_tips(git, "", "", wanted).tips if tip.is_target]
    if not targets:
        names = plain(" ".join(wanted) or "main", 80)
        raise LedgerError(
            f"No branch here is called {names}, which is the target; fetch it, in CI with a checkout of the whole "
            "history (fetch-depth: 0), or name a range such as v1..HEAD."
        )
    current = git.run("symbolic-ref", "-q", "HEAD", check=False)
    others = [tip for tip in targets if tip.ref != current] or targets
    name = f"{_short(others[-1])}..{head if len(head) < len(oid) else head[:7]}"
    return _range(git, plain(name, 80), sorted({tip.oid for tip in others}), oid)


def read_trailers(git: Git, oids: Sequence[str], keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Commit → which trailers of these keys, given in small letters, stand in its message and say something."""
    asked, wanted = "\n".join(oids).encode(), frozenset(keys)
    form = ("--format=%H%x1f%s%x1f%b", "--no-show-signature", "--no-notes", "--encoding=UTF-8")
    found = {}
    for record in git.stream("log", "--no-walk=unsorted", "--stdin", "-z", *form, stdin=asked):
        oid, subject, body = record.decode(errors="replace").split("\x1f", 2)
        lines = read_lines(subject, body, wanted, _NO_SIGN)
        found[oid] = frozenset(line.key for line in lines.found if line.text)
    return found


def _range(git: Git, name: str, bases: Sequence[str], head: str) -> Range:
    said = git.run("rev-list", "--topo-order", "--parents", head, *(f"^{base}" for base in bases))
    rows = [line.split() for line in said.splitlines()]
    cut = set(git.boundary()).intersection(row[0] for row in rows)
    if cut:
        raise LedgerError(
            f"This clone is shallow and has only a part of {name}; fetch the rest with git fetch --unshallow, in CI "
            "with a checkout of the whole history (fetch-depth: 0)."
        )
    base = git.run("merge-base", head, *bases, check=False).split("\n")[0] if bases else ""
    return Range(name, base, head, tuple((row[0], tuple(row[1:])) for row in rows))


def _commit(git: Git, revision: str, whole: str) -> str:
    if not git.has_commits:
        raise LedgerError(f"{git.worktree or git.git_dir} has no commits yet, so there is nothing to check.")
    oid = git.commit_of(revision or "HEAD")
    if not oid:
        part = "" if revision in ("", whole) else f" in {plain(whole, 80)}"
        raise LedgerError(
            f"{plain(revision or 'HEAD', 80)}{part} names no commit here; look it up with git log, or fetch it first."
        )
    return oid


def _short(tip: Tip) -> str:
    return tip.ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
