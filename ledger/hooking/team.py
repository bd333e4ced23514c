"""Hooks for more than one clone: a directory to commit, a template for clones to come.

What is written there holds no path of a machine, and does no more than jot until somebody installs in the clone.
"""

from __future__ import annotations

import os
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git, global_setting, set_global
from ledger.hooking import owners
from ledger.hooking.files import plan_file, plan_no_file
from ledger.hooking.marks import EVENTS, has_block, hook_text, is_private, team_block, with_block, without_block
from ledger.hooking.owners import read_hook
from ledger.hooking.steps import Done, Plan, Remove, Write, carry_out

_TEMPLATE_KEY = "init.templateDir"


def install_into(git: Git, folder: Path, *, dry_run: bool = False) -> Plan:
    """Write the hooks into a directory of the worktree, to be committed; what stands there gets lines ahead of it."""
    folder = _inside(git, folder)
    plan = Plan()
    for event in EVENTS:
        file = read_hook(folder / event)
        if file.owner == owners.LEDGER and file.is_edited:
            plan.tell(event, "kept", "it was edited since it was installed")
        elif not file.exists or file.owner == owners.LEDGER:
            plan.write(file.path, hook_text())
            plan.tell(event, "written")
        else:
            plan.write(file.path, with_block(file.text, team_block(event)), None)
            plan.tell(event, "written", "as lines ahead of the hook that was there")
    place = folder.relative_to(git.worktree or folder).as_posix()
    plan.note(f"Commit {place}, and let every clone's set-up run: git config core.hooksPath {place} && ledger install")
    if not dry_run:
        carry_out(git, plan.steps)
    return plan


def uninstall_from(git: Git, folder: Path) -> list[Done]:
    """Take the hooks out of a directory of the worktree; what was edited stays."""
    folder = _inside(git, folder)
    plan = Plan()
    for event in EVENTS:
        file = read_hook(folder / event)
        if file.owner == owners.LEDGER and not is_private(file.text):
            plan.tell(event, "kept" if file.is_edited else "removed", "it was edited" if file.is_edited else "")
            plan.steps += [] if file.is_edited else [Remove(file.path)]
        elif has_block(file.text):
            plan.steps.append(Write(file.path, without_block(file.text), None))
            plan.tell(event, "restored")
    carry_out(git, plan.steps)
    return plan.done


def install_template(*, dry_run: bool = False) -> tuple[Path, Plan]:
    """Write the hooks into git's template directory, which `git init` and `git clone` copy; returns it.

    Where the user has none, one is made and set; what is cloned before is not touched.
    """
    folder, plan = _template(), Plan()
    for event in EVENTS:
        plan_file(plan, folder / "hooks" / event, hook_text())
    if not dry_run:
        carry_out(None, plan.steps)
        if not global_setting(_TEMPLATE_KEY):
            set_global(_TEMPLATE_KEY, str(folder))
    return folder, plan


def uninstall_template() -> list[Done]:
    """Take the hooks out of the template directory, and the directory away if it is the one that was made for them."""
    folder, plan = _template(), Plan()
    for event in EVENTS:
        plan_no_file(plan, folder / "hooks" / event)
    carry_out(None, plan.steps)
    if folder == _own_template():
        for each in (folder / "hooks", folder, folder.parent):
            if each.is_dir() and not any(each.iterdir()):
                each.rmdir()
        if global_setting(_TEMPLATE_KEY) == str(folder) and not folder.exists():
            set_global(_TEMPLATE_KEY, None)
    return plan.done


def _template() -> Path:
    named = global_setting(_TEMPLATE_KEY)
    return Path(named) if named else _own_template()


def _own_template() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "git-ledger" / "template"


def _inside(git: Git, folder: Path) -> Path:
    folder = folder.resolve()
    if git.worktree is None or not folder.is_relative_to(git.worktree) or folder.is_relative_to(git.common_dir):
        raise LedgerError(
            f"{folder} is not in the worktree, so it cannot be committed; name a directory such as .githooks."
        )
    if folder == git.worktree or folder.name == "_":
        raise LedgerError(f"{folder} is no place for hooks of a team; name a directory of its own such as .githooks.")
    return folder
