"""Hook files in a worktree: beside husky's directory, or in one that a team has committed.

What is this person's stays untracked and is hidden from git; a file of the team is touched with its consent only, and
then gets lines that hold no path of a machine. Each worktree has files of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.directory import HUSKY, WORKTREE, HooksDirectory, find_directory, worktrees_of
from ledger.hooking.excluding import is_tracked, pattern_of
from ledger.hooking.marks import (
    ADVICE,
    EVENTS,
    HOOK,
    has_block,
    is_private,
    private_text,
    team_block,
    with_block,
    without_block,
)
from ledger.hooking.owners import read_hook
from ledger.hooking.reaching import reach_by_team
from ledger.hooking.record import Record
from ledger.hooking.steps import Plan, Remove, Write


def plan_beside(git: Git, plan: Plan, events: list[str], *, team: bool) -> list[str]:
    """Our files of these events in every worktree; returns the patterns of those that git should not show."""
    patterns = []
    for top, directory in _places(git):
        told = plan if top == git.worktree else Plan(steps=plan.steps, notes=plan.notes)
        for event in events:
            is_hidden = _plan_one(git, told, top, directory, event, team=team)
            patterns += [pattern_of(top, directory.place_for(event))] if is_hidden else []
        if not directory.exists:
            told.note(
                f"Git runs no hook in {top}, since {directory.path} is not there: set the project up there "
                f"({'npm install runs husky' if directory.kind == HUSKY else 'core.hooksPath names it'})."
            )
    if patterns:
        plan.note("A worktree that is made later needs its own ledger install: its hooks are files in the worktree.")
    return patterns


def plan_nothing_beside(git: Git, plan: Plan, record: Record, *, only_stale: bool = False) -> None:
    """Take out the private files of every worktree; of `only_stale` ones, those where git no longer looks for any."""
    current = {directory.place_for(event) for _, directory in _places(git) for event in EVENTS}
    recorded = {Path(path) for path in record.written if Path(path).name in EVENTS}
    for path in sorted(recorded - current if only_stale else recorded | current):
        file = read_hook(path)
        if file.owner != owners.LEDGER or not is_private(file.text):
            continue
        if file.is_edited:
            plan.tell(path.name, "kept", "it was edited since it was installed; remove it by hand")
        else:
            plan.steps.append(Remove(path))
            plan.tell(path.name, "removed")


def plan_no_blocks(git: Git, plan: Plan, record: Record, *, team: bool) -> None:
    """Take our lines out of the team's files, unless they are committed: then they are the team's to take out."""
    for top, directory in _places(git):
        for event in EVENTS:
            file = read_hook(directory.place_for(event))
            if file.owner == owners.LEDGER or not has_block(file.text):
                continue
            name = file.path.relative_to(top).as_posix()
            if not team and has_block(Git.open(top).run("show", f"HEAD:{name}", check=False) + "\n"):
                plan.tell(event, "left", f"{name} is committed with the ledger's lines; ledger uninstall --team")
                continue
            rest = without_block(file.text)
            is_made = str(file.path) in record.made or is_tracked(top, file.path)
            is_empty = is_made and rest in ("", "#!/bin/sh\n")
            plan.steps.append(Remove(file.path) if is_empty else Write(file.path, rest, None))
            plan.tell(event, "removed", f"from {name}")


def _places(git: Git) -> Iterator[tuple[Path, HooksDirectory]]:
    """Every worktree whose hooks are files in it."""
    for top in worktrees_of(git):
        directory = find_directory(Git.open(top))
        if directory.kind in (HUSKY, WORKTREE):
            yield top, directory


def _plan_one(git: Git, plan: Plan, top: Path, directory: HooksDirectory, event: str, *, team: bool) -> bool:
    """One event's file in one worktree; whether it is private, and to be hidden."""
    path = directory.place_for(event)
    name, file = path.relative_to(top).as_posix(), read_hook(path)
    is_private_file = file.owner == owners.LEDGER and is_private(file.text)
    if file.owner == owners.LEDGER and file.is_edited:
        plan.tell(event, "kept", "it was edited since it was installed")
        return is_private_file
    if team and (is_private_file or not file.exists):
        plan.write(path, f"#!/bin/sh\n{team_block(event)}")
        plan.tell(event, "written", f"{name} is for the whole team: commit it")
    elif is_private_file or not file.exists:
        plan.write(path, private_text(git.ledger_dir / HOOK, event))
        plan.tell(event, "written", f"as {name}, which git does not show")
        return True
    elif team and file.owner != owners.LEDGER and (has_block(file.text) or not reach_by_team(git, event, directory)):
        plan.write(path, with_block(file.text, team_block(event)), None)
        plan.tell(event, "written", f"lines in {name}, for the whole team: commit it")
    elif file.owner == owners.LEDGER or has_block(file.text) or reach_by_team(git, event, directory):
        plan.tell(event, "left", f"{name} runs the ledger's hook already")
    else:
        plan.tell(event, "left", f"{name} is the team's")
        plan.note(f"Add this line to {path}, ahead of the others, or run ledger install --team:\n    {ADVICE}")
    return False
