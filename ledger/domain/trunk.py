"""The trunk in the order in which work came onto it: what each merge brought, and which commits came together.

Several targets have a lane each, in step by when their commits came (`ledger.domain.lanes`), so that a change is
accepted where it came first. A merge of one target into another, or of its own remote's, brings what was done there:
that is a lane of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter

from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.lanes import came_at
from ledger.domain.origins import Origins

Label = tuple[str, str]
"""(`request` | `branch` | `copy`, name): why a commit came together with its neighbours."""


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of a lane, with what each further parent brought; nothing for a merge of a target."""

    lane: int
    oid: str
    sides: tuple[tuple[str, ...], ...] = ()
    is_pull: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """Commits that came onto the trunk together, oldest first; without a label there is only one."""

    steps: tuple[Step, ...]
    label: Label | None

    @property
    def last(self) -> Step:
        """The step that completed it."""
        return self.steps[-1]


def landings(history: History, origins: Origins) -> list[Landing]:
    """Everything that landed, in order."""
    steps = list(_steps(history))
    came = {oid: place for place, step in enumerate(steps) for side in step.sides for oid in side}
    listed = {oid: request.number for request in history.requests if request.merged_at for oid in request.commits}
    order = {step.oid: place for place, step in enumerate(steps)}

    def label(step: Step) -> Label | None:
        commit = history.commits[step.oid]
        if len(commit.parents) > 1 and not step.is_pull:
            return None
        if step.oid in listed and not step.is_pull:
            return "request", str(listed[step.oid])
        if commit.request_number is None and step.oid in history.made_on:
            return "branch", history.made_on[step.oid]
        if step.is_pull:
            return None
        later = (oid for oid in origins.copied(commit) if came.get(oid, len(steps)) > order[step.oid])
        return next((("copy", name) for oid in later if (name := _name(origins, oid))), None)

    found: list[Landing] = []
    for lane in group(steps, lambda step: step.lane).values():
        found += _together(lane, [label(step) for step in lane])
    return sorted(found, key=lambda landing: order[landing.last.oid])


def _name(origins: Origins, oid: str) -> str | None:
    home = origins.home.get(oid)
    return home.name if home else origins.branch(oid)


def _together(lane: Sequence[Step], labels: Sequence[Label | None]) -> Iterator[Landing]:
    """The lane cut where the label changes; a merge of the target that no label holds is nobody's work."""
    run: list[Step] = []
    held: Label | None = None
    for step, label in zip(lane, labels, strict=True):
        if run and label != held:
            yield Landing(tuple(run), held)
            run = []
        if label is not None:
            run.append(step)
        elif not step.is_pull:
            yield Landing((step,), None)
        held = label
    if run:
        yield Landing(tuple(run), held)


def _steps(history: History) -> Iterator[Step]:
    """The commits of all lanes in step; what a merge brought is what neither lane nor an earlier merge had."""
    reached = set(history.trunk)
    lanes = len(history.chains)
    for lane, oid in _in_step(history):
        waiting = [(lane, oid)]
        while waiting:
            lane, oid = waiting.pop()
            inner = _pulled(history, oid, reached) if len(history.commits[oid].parents) == 2 else None
            if inner is None:
                sides = tuple(_sides(history, oid, reached))
                reached.update(each for side in sides for each in side)
                yield Step(lane, oid, sides)
            elif inner:
                reached.update(inner)
                waiting += [(lane, oid), *((lanes, each) for each in inner)]
                lanes += 1
            else:
                yield Step(lane, oid, is_pull=True)


def _pulled(history: History, oid: str, reached: set[str]) -> list[str] | None:
    """The first-parent chain that a merge of a target brought, newest first; None for another merge."""
    commit = history.commits[oid]
    if commit.merged_branch not in history.target_names:
        return None
    return list(history.first_parents(commit.parents[1], reached))


def _sides(history: History, oid: str, reached: set[str]) -> Iterator[tuple[str, ...]]:
    """What each further parent brought, children before parents."""
    first, *others = history.commits[oid].parents or ("",)
    before = set(history.walk([first], reached)) if others else set()
    for parent in others:
        side = tuple(each for each in history.walk([parent], reached) if each not in before)
        before.update(side)
        if side:
            yield side


def _in_step(history: History) -> Iterator[tuple[int, str]]:
    """(lane, commit): the next commit is the earliest that is next in its lane."""
    if len(history.chains) == 1:
        yield from ((0, oid) for oid in history.chains[0])
        return
    dated = [[(oid, history.commits[oid].committed_at) for oid in chain] for chain in history.chains]
    picks = ((edge.old, edge.new) for edge in history.rewrites if edge.kind == "cherry-pick")
    times = came_at(dated, picks)
    lanes = ([(times[oid], lane, oid) for oid in chain] for lane, chain in enumerate(history.chains))
    yield from ((lane, oid) for _, lane, oid in merge(*lanes, key=itemgetter(0, 1)))


def within(history: History, starts: Iterable[str], allowed: set[str]) -> Iterator[str]:
    """The ancestors of `starts`, themselves included, that are allowed and reached through nothing else."""
    stack, met = list(starts), set[str]()
    while stack:
        oid = stack.pop()
        if oid in allowed and oid not in met:
            met.add(oid)
            yield oid
            stack.extend(reversed(history.commits[oid].parents))
