"""Hook files in a directory of the repository's own: one dispatcher per event, and whoever was there before.

A foreign hook is moved aside and run by ours. Pre-commit's script stays, since pre-commit runs ours as `.legacy`.
What managers did to us since the last time is mended (hooks.md §5.2, §5.3).
"""

from __future__ import annotations

from pathlib import Path

from ledger.hooking import owners
from ledger.hooking.marks import CHAINED
from ledger.hooking.owners import HookFile, read_hook, split_branchless
from ledger.hooking.steps import Move, Plan, Remove

_EDITED = "it was edited since it was installed"


class Places:
    """The hook of one event, and the names that it may have been moved to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hook = read_hook(path)
        self.chained = read_hook(path.with_name(path.name + CHAINED))
        self.legacy = read_hook(path.with_name(path.name + ".legacy"))
        self.old = read_hook(path.with_name(path.name + ".old"))


def plan_file(plan: Plan, path: Path, text: str) -> None:
    """Put our text where git reaches it for one event."""
    places = Places(path)
    if places.hook.owner == owners.PRE_COMMIT:
        _beside_pre_commit(plan, places, text)
        return
    if places.hook.owner == owners.LEDGER:
        _renew(plan, places, text)
    elif places.hook.exists:
        _chain(plan, places, text)
    else:
        plan.write(path, text)
        plan.tell(path.name, "written")
    _drop_strays(plan, places)


def plan_no_file(plan: Plan, path: Path) -> None:
    """Take our file of one event out, wherever it was moved to, and put back what it stood in for."""
    places = Places(path)
    if places.hook.owner == owners.LEDGER:
        _take_out(plan, places)
    elif _is_plainly_ours(places.legacy):
        plan.steps.append(Remove(places.legacy.path))
        plan.tell(path.name, "removed", f"it was {places.legacy.path.name}")
        if places.chained.owner == owners.PRE_COMMIT:
            plan.steps.append(Remove(places.chained.path))
        elif places.chained.exists:
            plan.steps.append(Move(places.chained.path, places.legacy.path))
    elif _is_plainly_ours(places.old):
        plan.steps.append(Remove(places.old.path))
        plan.tell(path.name, "removed", f"it was {places.old.path.name}")
        if places.chained.exists:
            plan.steps.append(Move(places.chained.path, places.old.path))
    elif places.chained.exists and not places.hook.exists:
        plan.steps.append(Move(places.chained.path, path))
        plan.tell(path.name, "restored", "ours was gone already")
    for stray in (places.legacy, places.old):
        if stray.owner == owners.LEDGER and stray.is_edited:
            plan.tell(path.name, "kept", f"{stray.path.name} was edited since it was installed; remove it by hand")


def _renew(plan: Plan, places: Places, text: str) -> None:
    """Ours is there; what git-branchless has put in behind our last line never runs, so it becomes a hook again."""
    hook, chained = places.hook, places.chained
    without, block = split_branchless(hook)
    if without.is_edited:
        plan.tell(hook.path.name, "kept", _EDITED)
        return
    if block:
        plan.write(chained.path, split_branchless(chained)[0].text + block if chained.exists else f"#!/bin/sh\n{block}")
    plan.write(hook.path, text)
    plan.tell(hook.path.name, "written")


def _chain(plan: Plan, places: Places, text: str) -> None:
    if places.chained.exists:
        plan.tell(places.path.name, "kept", f"{places.chained.path.name} is there already; move one of the two away")
        return
    plan.steps.append(Move(places.path, places.chained.path))
    plan.write(places.path, text)
    plan.tell(places.path.name, "chained", f"the hook that was there is {places.chained.path.name} and still runs")


def _beside_pre_commit(plan: Plan, places: Places, text: str) -> None:
    """Pre-commit runs `.legacy` first. If that is taken, ours goes ahead of pre-commit, which then runs the other."""
    event, legacy, chained = places.path.name, places.legacy, places.chained
    if legacy.owner == owners.LEDGER and legacy.is_edited:
        plan.tell(event, "kept", f"{legacy.path.name} was edited since it was installed")
        return
    if chained.owner == owners.PRE_COMMIT:
        plan.steps.append(Remove(chained.path))  # its script is back in its own place
    is_taken = legacy.exists and legacy.owner != owners.LEDGER
    is_orphaned = chained.exists and chained.owner != owners.PRE_COMMIT
    if is_taken and is_orphaned:
        plan.tell(event, "kept", f"{legacy.path.name} and {chained.path.name} are both there; move one away")
    elif is_taken or is_orphaned:
        # Pre-commit took our place, so a hook that we ran is run by nobody: now pre-commit runs it.
        plan.steps += [Move(chained.path, legacy.path)] if is_orphaned else []
        plan.steps.append(Move(places.path, chained.path))
        plan.write(places.path, text)
        plan.tell(
            event, "chained", f"pre-commit's script is {chained.path.name} and still runs, and so does its .legacy"
        )
    else:
        plan.write(legacy.path, text)
        plan.tell(event, "written", f"as {legacy.path.name}, which pre-commit runs")


def _take_out(plan: Plan, places: Places) -> None:
    event = places.path.name
    without, block = split_branchless(places.hook)
    if without.is_edited:
        plan.tell(event, "kept", f"{_EDITED}; remove it by hand")
        return
    if block and not places.chained.exists:
        plan.write(places.path, f"#!/bin/sh\n{block}")
    else:
        plan.steps.append(Remove(places.path))
    if places.chained.exists:
        plan.steps.append(Move(places.chained.path, places.path))
    plan.tell(event, "restored" if block or places.chained.exists else "removed")
    _drop_strays(plan, places)


def _drop_strays(plan: Plan, places: Places) -> None:
    """Copies of ours that a manager moved away, and that nobody runs any more."""
    plan.steps += [Remove(stray.path) for stray in (places.legacy, places.old) if _is_plainly_ours(stray)]


def _is_plainly_ours(file: HookFile) -> bool:
    return file.owner == owners.LEDGER and not file.is_edited
