"""Hooks in the repository's own configuration, which git 2.54 and newer takes before any file (hooks.md §5.1).

They run whatever hook manager is there, and no file of anybody is touched. One friendly name per event, since git
does not tell a command which event it is run for.
"""

from __future__ import annotations

from ledger.git import Git, others_on_path
from ledger.hooking.effective import CONFIG_HOOKS_SINCE, CONFIG_NAME, config_hook_names
from ledger.hooking.marks import HOOK, guarded_call
from ledger.hooking.record import local_setting
from ledger.hooking.steps import Configure, DropSection, Plan


def plan_config_hook(git: Git, plan: Plan, event: str) -> None:
    """The keys of one event; the command first, because an event without a command stops every commit."""
    name = f"hook.{CONFIG_NAME}{event}"
    wanted = {f"{name}.command": guarded_call(git.ledger_dir / HOOK, event), f"{name}.event": event}
    plan.steps += [Configure(key, text) for key, text in wanted.items() if local_setting(git, key) != text]
    plan.tell(event, "written", f"as {name} in git's configuration")


def plan_no_config_hooks(git: Git, plan: Plan, events: set[str] | None = None) -> list[str]:
    """Drop our sections of these events, by default all; returns the events that had one."""
    names = [name for name in config_hook_names(git) if events is None or name.removeprefix(CONFIG_NAME) in events]
    plan.steps += [DropSection(f"hook.{name}") for name in names]
    return [name.removeprefix(CONFIG_NAME) for name in names]


def note_older_gits(plan: Plan) -> None:
    """Say which other git on this machine ignores hooks in the configuration: it runs none of ours, without a word."""
    for program, version in others_on_path().items():
        if version < CONFIG_HOOKS_SINCE:
            plan.note(
                f"{program} is git {version[0]}.{version[1]}, which ignores hooks in the configuration: what is "
                "committed with it is read from git alone. If it is used here, run ledger install --files."
            )
