"""What git would really run here for each event, in order, and whether our hook is reached by it.

Git takes hooks from its configuration (2.54 and newer; `git hook list` tells their order) and last from one file in
the hooks directory. A file may be a manager's, which runs ours by rules of its own (hooks.md §5).
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.directory import HooksDirectory, find_directory
from ledger.hooking.marks import CHAINED, EVENTS, HOOK, calls_shared_copy
from ledger.hooking.owners import HookFile, read_hook
from ledger.hooking.reaching import reach

CONFIG_HOOKS_SINCE = (2, 54)
CONFIG_NAME = "ledger-"
"""What our friendly names in the configuration begin with; the event follows."""
_ASIDE = (CHAINED, ".legacy", ".old")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that git runs for an event."""

    source: str
    """config | file"""
    name: str
    """The friendly name in the configuration, or the file's name."""
    owner: str
    """Whose it is: a name of `owners`."""
    runs: bool
    """Git runs it, and it starts: enabled, executable, its interpreter there."""
    why_not: str = ""
    """Why it does not run."""
    command: str = ""
    """Of a step from the configuration."""
    scope: str = ""
    """Of a step from the configuration: system, global, local, worktree."""
    file: HookFile | None = None
    """Of a step from the hooks directory."""
    via: str = ""
    """How our hook is reached by it, in words such as `pre-commit runs post-commit.legacy`; '' where it is not."""


@dataclass(frozen=True, slots=True)
class EventHooks:
    """All that happens for one event."""

    event: str
    steps: tuple[Step, ...]
    aside: tuple[HookFile, ...] = ()
    """Hooks that somebody moved away: `.ledger-chained`, `.legacy`, `.old`."""

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way in which our hook is reached; more than one jots each event twice."""
        return tuple(step.via for step in self.steps if step.via and step.runs)

    @property
    def is_reached(self) -> bool:
        """Our hook runs."""
        return bool(self.ways)

    @property
    def file(self) -> HookFile | None:
        """The file in the hooks directory; None where there is none."""
        return next((step.file for step in self.steps if step.file), None)


@dataclass(frozen=True, slots=True)
class Effective:
    """What git would run in one worktree."""

    git_version: tuple[int, int]
    directory: HooksDirectory
    events: tuple[EventHooks, ...]

    @property
    def takes_config(self) -> bool:
        """This git takes hooks from its configuration."""
        return self.git_version >= CONFIG_HOOKS_SINCE

    @property
    def missing(self) -> list[str]:
        """The events for which our hook is not reached."""
        return [event.event for event in self.events if not event.is_reached]


def effective(git: Git) -> Effective:
    """What git would run here now. It changes nothing, and asks nobody's program but git."""
    version = git.version
    directory = find_directory(git)
    hooks = _config_hooks(git)
    events = (_event(git, event, directory, hooks, version >= CONFIG_HOOKS_SINCE) for event in EVENTS)
    return Effective(version, directory, tuple(events))


def config_hook_names(git: Git) -> list[str]:
    """The friendly names of our hooks in the repository's own configuration, whether this git takes them or not."""
    ours = {f"{CONFIG_NAME}{event}" for event in EVENTS}
    return [name for name, hook in _config_hooks(git).items() if name in ours and hook.scope == "local"]


@dataclass(slots=True)
class _ConfigHook:
    """The keys of one `hook.<name>` section, the last value of each."""

    command: str = ""
    scope: str = ""


def _event(
    git: Git, event: str, directory: HooksDirectory, hooks: dict[str, _ConfigHook], takes_config: bool
) -> EventHooks:
    steps = [_config_step(git, event, line, hooks) for line in _listed(git, event)] if takes_config else []
    path = directory.path / event
    file = read_hook(path)
    if file.exists:
        via = reach(git, event, file, directory)
        steps.append(Step("file", path.name, file.owner, file.runs, _why_not(file), file=file, via=via))
    aside = (read_hook(path.with_name(event + ending)) for ending in _ASIDE)
    return EventHooks(event, tuple(steps), tuple(each for each in aside if each.exists))


def _listed(git: Git, event: str) -> list[str]:
    """The lines of `git hook list` about the configuration; it fails where there is no hook at all."""
    lines = git.run("hook", "list", event, check=False).splitlines()
    return [line for line in lines if line != "hook from hookdir"]


def _config_step(git: Git, event: str, line: str, hooks: dict[str, _ConfigHook]) -> Step:
    *marks, name = line.split("\t")
    hook = hooks.get(name, _ConfigHook())
    is_ours = calls_shared_copy(hook.command, event)
    copy = git.ledger_dir / HOOK
    why_not = "it is disabled" if marks else ""
    if is_ours and str(copy) not in hook.command.replace("'\"'\"'", "'"):
        why_not = "it names another place than this repository's, which was moved or copied"
    elif is_ours and not read_hook(copy).runs:
        why_not = f"{copy} is gone"
    return Step(
        "config",
        name,
        owners.LEDGER if is_ours else owners.OTHER,
        not why_not,
        why_not,
        command=hook.command,
        scope=hook.scope,
        via=f"git's configuration, hook.{name}" if is_ours else "",
    )


def _why_not(file: HookFile) -> str:
    if not file.is_executable:
        return "it is not executable"
    return "" if file.has_interpreter else f"its interpreter {file.interpreter!r} is not there"


def _config_hooks(git: Git) -> dict[str, _ConfigHook]:
    said = git.run("config", "-z", "--show-scope", "--get-regexp", r"^hook\..*\.command$", check=False)
    parts = said.split("\0")
    found: dict[str, _ConfigHook] = {}
    for scope, pair in zip(parts[::2], parts[1::2], strict=False):
        key, _, command = pair.partition("\n")
        found[key.removeprefix("hook.").removesuffix(".command")] = _ConfigHook(command, scope)
    return found
