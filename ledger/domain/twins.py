"""Which commits are one piece of work, where nothing told so: by what a rebase and a cherry-pick keep (hooks.md §7).

Both keep author and author date; the subject unless it was reworded, the stable patch-id unless a conflict was
resolved. What fits two commits fits none: no attribution rather than a guessed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ledger.domain.git_facts import Commit, CommitDiff
from ledger.domain.grouping import group


def successors(
    gone: Iterable[str], reachable: Iterable[str], commits: Mapping[str, Commit], diffs: Mapping[str, CommitDiff]
) -> Iterator[tuple[str, str]]:
    """(old, new) for commits that no branch leads to any more, and the one that stands in their place."""
    lost = sorted(oid for oid in gone if len(commits[oid].parents) < 2)
    if not lost:
        return
    dates = {commits[oid].authored_at for oid in lost}
    near = [oid for oid in reachable if commits[oid].authored_at in dates and len(commits[oid].parents) < 2]
    by_subject = group(near, lambda oid: (_dated(oid, commits), commits[oid].subject))
    by_patch = group(
        (oid for oid in near if _patch(oid, diffs)), lambda oid: (_dated(oid, commits), _patch(oid, diffs))
    )
    for oid in lost:
        dated = _dated(oid, commits)
        found = by_subject.get((dated, commits[oid].subject)) or by_patch.get((dated, _patch(oid, diffs)), [])
        if len(found) == 1:
            yield oid, found[0]


def twins(
    reachable: Iterable[str], commits: Mapping[str, Commit], diffs: Mapping[str, CommitDiff]
) -> Iterator[tuple[str, str]]:
    """(source, copy) for reachable commits of one author, author date and patch; the earliest is the source."""
    patched = [oid for oid in reachable if _patch(oid, diffs) and len(commits[oid].parents) < 2]
    for oids in group(patched, lambda oid: (_dated(oid, commits), _patch(oid, diffs))).values():
        first, *rest = sorted(oids, key=lambda oid: (commits[oid].committed_at, oid))
        yield from ((first, oid) for oid in rest)


def _dated(oid: str, commits: Mapping[str, Commit]) -> tuple[str, datetime]:
    return commits[oid].author, commits[oid].authored_at


def _patch(oid: str, diffs: Mapping[str, CommitDiff]) -> str | None:
    diff = diffs.get(oid)
    return diff.patch_id if diff else None
