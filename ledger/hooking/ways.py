"""The ways in which git comes to run our hook, and which of them fits here.

config: the repository's own configuration · files: its own hooks directory · beside: files in the worktree · outside:
a directory that is not this repository's. Taking one way takes back what the others did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.beside import plan_beside, plan_nothing_beside
from ledger.hooking.configured import note_older_gits, plan_config_hook, plan_no_config_hooks
from ledger.hooking.directory import HUSKY, OWN, WORKTREE, HooksDirectory, worktrees_of
from ledger.hooking.effective import Effective
from ledger.hooking.excluding import pattern_of, plan_exclude
from ledger.hooking.files import plan_file, plan_no_file
from ledger.hooking.lefthook import plan_jobs, plan_no_jobs
from ledger.hooking.marks import EVENTS, hook_text
from ledger.hooking.owners import read_hook
from ledger.hooking.reaching import reach_by_team
from ledger.hooking.record import Record
from ledger.hooking.steps import Plan


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a plan is made: the repository, what is there, what was done before."""

    git: Git
    found: Effective
    record: Record
    plan: Plan
    team: bool = False
    """Files of the team may be changed."""

    @property
    def silent(self) -> Plan:
        """The same steps and notes, without a word on each hook."""
        return Plan(steps=self.plan.steps, notes=self.plan.notes)

    @property
    def usual_hooks(self) -> Path:
        """Where git's hook files are unless something says otherwise."""
        return self.git.common_dir / "hooks"


def way_for(found: Effective, *, team: bool, files: bool) -> str:
    """The name of the way that fits; raises LedgerError where a team's hooks are wanted and there are none."""
    if team:
        if found.directory.kind not in (HUSKY, WORKTREE) or not found.directory.is_ours_to_write:
            raise LedgerError(
                "No hooks directory of a team is in effect here; make one with ledger install --into DIR, commit it, "
                "and set core.hooksPath to it."
            )
        return "beside"
    if found.takes_config and not files:
        return "config"
    if found.directory.kind == OWN:
        return "files"
    return "beside" if found.directory.is_ours_to_write else "outside"


def plan_no_files(plan: Plan, directories: set[Path]) -> None:
    """Take our dispatchers out of these directories."""
    for directory in sorted(directories):
        for event in EVENTS:
            plan_no_file(plan, directory / event)


def own_only(directory: HooksDirectory) -> set[Path]:
    """The directory, if it is the repository's own."""
    return {directory.path} if directory.kind == OWN else set()


def _configuration(scene: Scene) -> str:
    """The configuration instead of files: with both, every event would be told twice."""
    git, plan, removal = scene.git, scene.plan, scene.silent
    plan_no_files(removal, {scene.usual_hooks} | own_only(scene.found.directory))
    plan_nothing_beside(git, removal, scene.record)
    plan_exclude(git, plan, _lefthook(scene, []), scene.record.made)
    kept = [done for done in removal.done if done.what == "kept"]
    plan.done += kept
    by_file = {*_theirs(scene), *(done.event for done in kept)}
    plan_no_config_hooks(git, plan, by_file)
    for event in EVENTS:
        if event not in by_file:
            plan_config_hook(git, plan, event)
    note_older_gits(plan)
    major, minor = scene.found.git_version
    return f"in the repository's own configuration (git {major}.{minor})"


def _files(scene: Scene) -> str:
    """Dispatchers in the repository's own hooks directory, jobs where lefthook has an event."""
    plan, directory = scene.plan, scene.found.directory
    _take_back(scene, only_stale=False)
    if directory.path.resolve() != scene.usual_hooks.resolve():
        plan_no_files(scene.silent, {scene.usual_hooks})
    theirs, managed = _theirs(scene), _managed(scene)
    for event in EVENTS:
        if event in theirs or event in managed:
            plan_no_file(scene.silent, directory.path / event)
        else:
            plan_file(plan, directory.path / event, hook_text())
    plan_exclude(scene.git, plan, _lefthook(scene, managed), scene.record.made)
    return f"as files in {directory.path}"


def _worktrees(scene: Scene) -> str:
    """Files beside husky's, or in the team's own directory."""
    _take_back(scene, only_stale=True)
    plan_no_files(scene.silent, {scene.usual_hooks})
    managed = _managed(scene)
    events = [event for event in EVENTS if event not in managed]
    patterns = plan_beside(scene.git, scene.plan, events, team=scene.team) + _lefthook(scene, managed)
    plan_exclude(scene.git, scene.plan, patterns, scene.record.made)
    return f"as files in {scene.found.directory.place_for(EVENTS[0]).parent}"


def _outside(scene: Scene) -> str:
    """Nothing is written there: it is for the person, or the company, that keeps the directory."""
    _take_back(scene, only_stale=False)
    plan_no_files(scene.silent, {scene.usual_hooks})
    plan_exclude(scene.git, scene.plan, _lefthook(scene, []), scene.record.made)
    _theirs(scene)
    return f"in {scene.found.directory.path}, which is not this repository's"


WAYS: dict[str, Callable[[Scene], str]] = {
    "config": _configuration,
    "files": _files,
    "beside": _worktrees,
    "outside": _outside,
}
"""Name → the function that plans it, and says in words where the hooks are then."""


def _take_back(scene: Scene, *, only_stale: bool) -> None:
    """Ways that are no longer ours: the configuration of a newer git, private files of a husky that is gone."""
    plan_no_config_hooks(scene.git, scene.plan)
    plan_nothing_beside(scene.git, scene.silent, scene.record, only_stale=only_stale)


def _managed(scene: Scene) -> list[str]:
    """The events that lefthook has taken."""
    folder = scene.found.directory.path
    return [event for event in EVENTS if read_hook(folder / event).owner == owners.LEFTHOOK]


def _lefthook(scene: Scene, managed: list[str]) -> list[str]:
    """Jobs for these events, and none for others; returns the patterns that git should not show."""
    tops = worktrees_of(scene.git)
    if managed:
        return [pattern_of(path.parent, path) for path in plan_jobs(scene.git, scene.plan, tops, managed)]
    plan_no_jobs(scene.git, scene.plan, tops, scene.record.made)
    return []


def _theirs(scene: Scene) -> list[str]:
    """The events that somebody else's file runs our hook for; another way would tell them twice."""
    directory = scene.found.directory
    ways = {event: reach_by_team(scene.git, event, directory) for event in EVENTS}
    for event, way in ways.items():
        if way:
            scene.plan.tell(event, "left", way)
    return [event for event, way in ways.items() if way]
