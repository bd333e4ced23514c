"""What a change says of how people work: its size, files, tests, age, commits, rewrites, review and labels.

Each is measured so that what became of the change does not enter it: in the commits as they were made, not in the
squash or the copies that landed, and up to the opening, not to the end. Where only the squash is known, what it hides
is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ledger.domain.conclusions import Change, Review
from ledger.domain.forge_facts import Event, Request
from ledger.domain.git_facts import Commit, CommitDiff, Rewrite

ASIDE = "aside"
"""The habit is none of this change's business: no source changed, so no test need be; nobody reviewed it."""
Measure = float | str | None
"""A value, ASIDE, or None where it is not known."""
_WATCHED = ("hook", "reflog")
_HOUR = 3600


@dataclass(frozen=True)
class Worked:
    """A change with the facts that tell how it was worked on."""

    change: Change
    commits: Sequence[tuple[Commit, bool]] = ()
    """Those that were read, and whether each is in what landed or in the last head."""
    diffs: Mapping[str, CommitDiff] | None = None
    rewrites: Sequence[Rewrite] = ()
    """Edges from its commits."""
    seen: frozenset[str] = frozenset()
    """The evidence by which its commits are known."""
    request: Request | None = None
    events: Sequence[Event] = ()
    reviews: Sequence[Review] = ()

    @cached_property
    def made(self) -> tuple[Commit, ...]:
        """The commits as they were made, each once: no merge, no squash of others, no copy that a rebase left."""
        plain = [commit for commit, is_head in self.commits if is_head and len(commit.parents) < 2]
        others = [commit for commit in plain if commit.oid != self.change.landed_oid]
        kept = others if self.change.landed_by == "squash" and others else plain
        known = self.diffs or {}
        kept = sorted(kept, key=lambda commit: (commit.oid not in known, commit.authored_at, commit.oid))
        once: dict[tuple[str, datetime, str], Commit] = {}
        for commit in kept:
            once.setdefault((commit.author, commit.authored_at, commit.subject), commit)
        return tuple(once.values())

    @cached_property
    def is_hidden(self) -> bool:
        """Nothing but the squash is known of it: not how many commits there were, nor when the first was made."""
        return self.change.landed_by == "squash" and [row.oid for row in self.made] == [self.change.landed_oid]

    @cached_property
    def own_diffs(self) -> tuple[CommitDiff, ...]:
        """Those of the commits as they were made; none where one is not known."""
        found = [(self.diffs or {}).get(commit.oid) for commit in self.made]
        return tuple(diff for diff in found if diff) if all(found) and self._is_whole else ()

    @property
    def _is_whole(self) -> bool:
        """Every commit that the forge listed was read."""
        known = {commit.oid for commit, _ in self.commits}
        return self.is_hidden or known.issuperset(self.request.commits if self.request else ())


def lines(worked: Worked) -> Measure:
    """Lines added and deleted, commit by commit; of what landed where its commits are not known."""
    if worked.own_diffs:
        return float(sum(diff.added + diff.deleted for diff in worked.own_diffs))
    added, deleted = worked.change.added, worked.change.deleted
    return None if added is None or deleted is None else float(added + deleted)


def files(worked: Worked) -> Measure:
    """Different paths that its commits touched."""
    return float(len({path for diff in worked.own_diffs for path in diff.paths})) if worked.own_diffs else None


def has_tests(worked: Worked) -> Measure:
    """1 where a test changed beside source, 0 where source alone did; ASIDE without source."""
    if not worked.own_diffs:
        return None
    kinds = {kind for diff in worked.own_diffs for kind, count in diff.kinds if count}
    return ASIDE if "source" not in kinds else float("test" in kinds)


def age(worked: Worked) -> Measure:
    """Hours from the first commit to the opening; of a branch to its last commit, since it is never opened."""
    begun = [commit.authored_at for commit, _ in worked.commits if len(commit.parents) < 2]
    if worked.is_hidden or not worked.made:
        return None
    is_request = worked.change.basis == "request"
    ended = worked.change.opened_at if is_request else max(row.authored_at for row in worked.made)
    return max(0.0, (ended - min(begun)).total_seconds() / _HOUR)


def commits(worked: Worked) -> Measure:
    """As the forge lists them, else as they were made."""
    if worked.request and worked.request.commits:
        return float(len(worked.request.commits))
    return float(len(worked.made)) if worked.made and not worked.is_hidden else None


def rewrites(worked: Worked) -> Measure:
    """How often a commit of it was amended or rebased, but not by landing; unknown where nothing saw it being made."""
    heads = {commit.oid for commit, is_head in worked.commits if is_head}
    landing = heads if worked.change.landed_by == "rebase" else set()
    kept = [row for row in worked.rewrites if row.kind in ("amend", "rebase")]
    if not kept and worked.seen.isdisjoint(_WATCHED):
        return None
    return float(len({(row.old, row.new) for row in kept if row.new not in landing}))


def review(worked: Worked) -> Measure:
    """Hours from the opening to the first review before it was decided, a person's or a model's; ASIDE without one."""
    change = worked.change
    if change.basis != "request":
        return ASIDE
    told = [event.at for event in worked.events if event.kind == "reviewed"]
    told += [row.reviewed_at for row in worked.reviews if row.is_dated]
    in_time = [at for at in told if at >= change.opened_at and (change.decided_at is None or at <= change.decided_at)]
    return (min(in_time) - change.opened_at).total_seconds() / _HOUR if in_time else ASIDE


def labels(worked: Worked) -> Measure:
    """How many the request has; unknown where no description told."""
    request = worked.request
    return float(len(request.labels)) if request and request.told_at("labels") else None


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of working that every change has a measure of."""

    name: str
    says: str
    """What is measured, and in what unit."""
    measure: Callable[[Worked], Measure]
    aside: str = ""
    """Of which changes it says nothing."""


HABITS = (
    Habit("size", "changed lines", lines),
    Habit("files", "touched files", files),
    Habit("tests", "tests changed where source did: 0 no, 1 yes", has_tests, "no source changed"),
    Habit("age", "hours from the first commit to the opening, of a branch to its last commit", age),
    Habit("commits", "commits of the change", commits),
    Habit("rewrites", "commits amended or rebased before it landed", rewrites),
    Habit("review", "hours from the opening to the first review", review, "no review known"),
    Habit("labels", "labels of the request", labels),
)
UNTOLD = "Not kept, so not looked at: descriptions, linked issues, and force-pushes as the forge saw them."
