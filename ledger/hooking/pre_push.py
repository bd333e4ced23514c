"""The hook that shares beside a push: apart from the others, since only who asked for it has it.

It stands where the others would: in git's configuration where git takes hooks from there, else as a file in the
repository's own directory, ahead of whoever was there. Elsewhere the line to add is told.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.directory import OWN, find_directory
from ledger.hooking.effective import CONFIG_HOOKS_SINCE, CONFIG_NAME
from ledger.hooking.files import plan_file, plan_no_file
from ledger.hooking.marks import push_hook_text
from ledger.hooking.owners import read_hook
from ledger.hooking.record import local_setting
from ledger.hooking.shared import INTERPRETER
from ledger.hooking.steps import Configure, DropSection, Plan, Remove, carry_out

EVENT = "pre-push"
COPY = "push-hook"
"""The shared copy in the ledger directory."""
ADVICE = 'h=$(git rev-parse --git-common-dir)/ledger/push-hook; if [ -x "$h" ]; then "$h" "$@" </dev/null; fi'
_SECTION = f"hook.{CONFIG_NAME}{EVENT}"


def install_pre_push(git: Git) -> Plan:
    """Make git share beside each push; what was done, and what a person has still to do."""
    plan = Plan()
    plan.write(git.ledger_dir / COPY, push_hook_text())
    if sys.executable and not (git.ledger_dir / INTERPRETER).exists():
        plan.write(git.ledger_dir / INTERPRETER, f"{sys.executable}\n", 0o644)
    directory = find_directory(git)
    if git.version >= CONFIG_HOOKS_SINCE:
        _configure(git, plan)
    elif directory.kind == OWN and read_hook(directory.path / EVENT).owner != owners.LEFTHOOK:
        plan_file(plan, directory.path / EVENT, push_hook_text())
    else:
        plan.note(f"Hooks come from {directory.path} here; add this line to its {EVENT}:\n    {ADVICE}")
    carry_out(git, plan.steps)
    return plan


def remove_pre_push(git: Git) -> Plan:
    """Take the hook out, and put back what was there."""
    plan = Plan()
    plan_no_pre_push(git, plan)
    carry_out(git, plan.steps)
    return plan


def plan_no_pre_push(git: Git, plan: Plan) -> None:
    """Plan to take the hook out, wherever it stands."""
    if local_setting(git, f"{_SECTION}.command") is not None:
        plan.steps.append(DropSection(_SECTION))
        plan.tell(EVENT, "removed", "from git's configuration")
    for folder in {git.common_dir / "hooks"} | _own(git):
        if read_hook(folder / EVENT).owner == owners.LEDGER:
            plan_no_file(plan, folder / EVENT)
    if (git.ledger_dir / COPY).exists():
        plan.steps.append(Remove(git.ledger_dir / COPY))


def _configure(git: Git, plan: Plan) -> None:
    """The command first, because an event without a command stops every push."""
    copy = shlex.quote(str(git.ledger_dir / COPY))
    wanted = {f"{_SECTION}.command": f'h={copy}; [ -x "$h" ] || exit 0; exec "$h"', f"{_SECTION}.event": EVENT}
    plan.steps += [Configure(key, text) for key, text in wanted.items() if local_setting(git, key) != text]
    plan.tell(EVENT, "written", f"as {_SECTION} in git's configuration")


def _own(git: Git) -> set[Path]:
    directory = find_directory(git)
    return {directory.path} if directory.kind == OWN else set()
