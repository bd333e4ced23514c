"""Installing and removing the hooks: in the way that fits what is there.

Git 2.54 and newer takes them from the repository's own configuration. An older one runs files: in the repository's
hooks directory, beside husky's, as jobs of lefthook. `core.hooksPath` is never set, and a directory of other
repositories never written to (hooks.md §5.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.beside import plan_no_blocks, plan_nothing_beside
from ledger.hooking.configured import plan_no_config_hooks
from ledger.hooking.directory import find_directory, worktrees_of
from ledger.hooking.effective import Effective, effective
from ledger.hooking.excluding import plan_exclude
from ledger.hooking.lefthook import plan_no_jobs
from ledger.hooking.marks import ADVICE
from ledger.hooking.pre_push import plan_no_pre_push
from ledger.hooking.record import NAME, Record, read_record, record_text
from ledger.hooking.shared import plan_shared, plan_unshared
from ledger.hooking.steps import Configure, Done, Plan, Remove, Step, Write, carry_out
from ledger.hooking.ways import WAYS, Scene, own_only, plan_no_files, way_for


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did, or would do; iterating tells what happened to each hook."""

    where: str
    """In words: where git gets the hooks from now."""
    done: tuple[Done, ...]
    notes: tuple[str, ...]
    """What a person should know or still do."""
    steps: tuple[Step, ...]
    """What was done to files and configuration, in order."""

    def __iter__(self) -> Iterator[Done]:
        return iter(self.done)


def install(
    git: Git,
    *,
    trailers: bool | None = None,
    require_model: str | None = None,
    team: bool = False,
    files: bool | None = None,
    dry_run: bool = False,
) -> Installed:
    """Make git run our hook for every event; with `dry_run` only say how. Raises LedgerError where it cannot be.

    `trailers`, `require_model` and `files` (even where git takes hooks from its configuration) are wishes, None leaves
    them as they were. `team` lets files of the team be changed. Idempotent: what is ours is written anew,
    what the user changed is kept, what a manager moved is mended.
    """
    _refuse_bare(git)
    found, record, plan = effective(git), read_record(git), Plan()
    record.files = record.files if files is None else files
    record.mode = way_for(found, team=team, files=record.files)
    plan_shared(git, plan, trailers=trailers, require_model=require_model)
    where = WAYS[record.mode](Scene(git, found, record, plan, team))
    if not dry_run:
        _keep(git, plan, record)
    if record.mode == "outside":
        _refuse_outside(git, found)
    return Installed(where, tuple(plan.done), tuple(plan.notes), tuple(plan.steps))


def uninstall(git: Git, *, team: bool = False) -> list[Done]:
    """Take out what is ours and put back what was there; what the user changed stays, and so does what was jotted."""
    record, plan = read_record(git), Plan()
    for event in plan_no_config_hooks(git, plan):
        plan.tell(event, "removed", "from git's configuration")
    plan_no_files(plan, {git.common_dir / "hooks"} | own_only(find_directory(git)))
    plan_nothing_beside(git, plan, record)
    plan_no_blocks(git, plan, record, team=team)
    plan_no_jobs(git, plan, worktrees_of(git), record.made)
    plan_exclude(git, plan, (), record.made)
    plan_no_pre_push(git, plan)
    plan_unshared(git, plan, record)
    plan.steps.append(Remove(git.ledger_dir / NAME))
    carry_out(git, plan.steps)
    _remove_empty(record.made)
    return plan.done


def installed(git: Git) -> list[str]:
    """The events for which git reaches our hook here."""
    return [event.event for event in effective(git).events if event.is_reached]


def _keep(git: Git, plan: Plan, record: Record) -> None:
    """Take the steps, and remember them for the removal, even if one of them is refused."""
    for step in plan.steps:
        if isinstance(step, Configure) and not step.key.startswith("hook."):
            record.remember_setting(git, step)
    made: list[Path] = []
    try:
        carry_out(git, plan.steps, made)
    finally:
        record.add(plan.steps, made)
        record.forget_missing()
        carry_out(git, [Write(git.ledger_dir / NAME, record_text(record), 0o600)])


def _remove_empty(made: list[str]) -> None:
    """Directories that we made go again, as far as nobody has put anything into them."""
    for path in sorted((Path(path) for path in made), key=lambda path: len(path.parts), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()


def _refuse_bare(git: Git) -> None:
    if git.is_bare and not worktrees_of(git):
        raise LedgerError(
            f"{git.git_dir} is a bare repository without worktrees, in which nobody commits; install in the clones."
        )


def _refuse_outside(git: Git, found: Effective) -> None:
    missing = effective(git).missing
    if missing:
        major, minor = found.git_version
        raise LedgerError(
            f"core.hooksPath is {found.directory.setting} (set in {found.directory.origin}), which is not this "
            f"repository's alone, and git {major}.{minor} takes hooks from nowhere else, so none was written; add this "
            f"line there to {', '.join(missing)}, or use git 2.54 or newer. Commits are read without hooks too.\n"
            f"    {ADVICE}"
        )
