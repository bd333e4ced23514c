"""What is wrong with the hooks of a repository: one finding for each cause, with the events that it strikes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.domain.diagnosis import ADVICE, BROKEN, Aside, EventState, Finding, HookRun, HooksState
from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.directory import HUSKY, HooksDirectory
from ledger.hooking.effective import Effective, EventHooks, Step, config_hook_names
from ledger.hooking.marks import CHAINED, HOOK, hook_text
from ledger.hooking.owners import HookFile, read_hook

_AGAIN = "run ledger install again"

Cause = tuple[str, str]
"""(code, what is wrong and what to do): the same for every event that it strikes."""


def judge_hooks(git: Git, found: Effective) -> list[Finding]:
    """The findings about a repository's hooks, what is broken first; nobody installs hooks in a bare one."""
    if not _was_installed(git, found):
        return [] if git.is_bare else [_not_installed(found)]
    broken = _by_cause(
        (event.event, _why_not_reached(git, found, event)) for event in found.events if not event.is_reached
    )
    orphans = _by_cause((event.event, cause) for event in found.events for cause in _orphans(event))
    advised = _by_cause((event.event, cause) for event in found.events for cause in _advice(event))
    return [
        *(Finding(code, BROKEN, says) for code, says in [*broken, *orphans]),
        *(Finding(code, ADVICE, says) for code, says in [*advised, *_outdated(git, found)]),
    ]


def state_of(found: Effective) -> HooksState:
    """What git would run, in the form that is written down."""
    directory = found.directory
    events = tuple(
        EventState(event.event, tuple(map(_run, event.steps)), tuple(Aside(str(f.path), f.owner) for f in event.aside))
        for event in found.events
    )
    return HooksState(
        found.git_version, found.takes_config, str(directory.path), directory.setting, directory.scope, events
    )


def _run(step: Step) -> HookRun:
    where = str(step.file.path) if step.file else step.scope
    return HookRun(step.source, step.name, step.owner, step.runs, step.why_not, where, step.via)


def _was_installed(git: Git, found: Effective) -> bool:
    """Something of ours is there, so that what is not reached was taken away from us."""
    own = (git.common_dir / "hooks").glob("*")
    return (
        any(event.is_reached or any(f.owner == owners.LEDGER for f in _files(event)) for event in found.events)
        or bool(config_hook_names(git))
        or any((git.ledger_dir / name).exists() for name in (HOOK, "install.json"))
        or any(path.is_file() and read_hook(path).owner == owners.LEDGER for path in own)
    )


def _files(event: EventHooks) -> list[HookFile]:
    return [*(step.file for step in event.steps if step.file), *event.aside]


def _not_installed(found: Effective) -> Finding:
    place = "in this repository's configuration" if found.takes_config else f"in {found.directory.path}"
    return Finding(
        "not-installed", ADVICE, f"No hook of the ledger is {place}, so commits are read from git alone; "
        "run ledger install to have it jot who made each."
    )  # fmt: skip


def _by_cause(struck: Iterator[tuple[str, Cause]]) -> list[Cause]:
    """(code, sentence) for each cause, beginning with the events it strikes."""
    events: dict[Cause, list[str]] = {}
    for event, cause in struck:
        events.setdefault(cause, []).append(event)
    return [(code, f"{', '.join(names)}: {says}") for (code, says), names in events.items()]


def _why_not_reached(git: Git, found: Effective, event: EventHooks) -> Cause:
    """The cause that a person has to do something about, the nearest to git first."""
    for step in event.steps:
        if step.owner == owners.LEDGER and not step.runs:
            return _does_not_start(step)
    aside = next((file for file in event.aside if file.owner == owners.LEDGER), None)
    if aside:
        return _displaced(event, aside)
    if not found.takes_config and config_hook_names(git):
        version = ".".join(map(str, found.git_version))
        return "old-git", (
            f"the ledger's hook stands in git's configuration, which this git ({version}) takes no hooks from; "
            f"{_AGAIN} with it, or use git 2.54 or newer."
        )
    if found.directory.setting and not found.directory.exists:
        return _no_directory(found.directory)
    if found.directory.setting and event.file is None and not found.directory.path.is_relative_to(git.common_dir):
        return "hooks-path", f"{_setting(found.directory)}, where no hook of the ledger is; {_mend_path(found)}."
    if event.file is not None:
        owner = "somebody else" if event.file.owner == owners.OTHER else event.file.owner
        return "overwritten", f"the hook in {event.file.path.parent} is of {owner} and does not run ours; {_AGAIN}."
    return "missing", f"no hook of the ledger is in {found.directory.path}; {_AGAIN}."


def _does_not_start(step: Step) -> Cause:
    if step.file is None:
        return "command-gone", f"the ledger's hook in git's configuration does not run: {step.why_not}; {_AGAIN}."
    what = f"git does not run the ledger's hook in {step.file.path.parent}: {step.why_not}"
    if step.file.is_edited:
        return "cannot-start", f"{what}, and it was edited; delete it and {_AGAIN}."
    return "cannot-start", f"{what}; {_AGAIN}."


def _displaced(event: EventHooks, aside: HookFile) -> Cause:
    who = event.file.owner if event.file and event.file.owner != owners.OTHER else "somebody"
    ending = aside.path.suffix
    return "displaced", (
        f"{who} moved the ledger's hook in {aside.path.parent} aside, to a file ending in {ending}, and never calls "
        f"it; {_AGAIN}."
    )


def _no_directory(directory: HooksDirectory) -> Cause:
    do = "set husky up here, as with npm install, then" if directory.kind == HUSKY else "make it or unset the key, then"
    return "hooks-path-missing", (
        f"{_setting(directory)}, and {directory.path} is not there, so git runs no hook file in this worktree; "
        f"{do} {_AGAIN}."
    )


def _mend_path(found: Effective) -> str:
    if found.takes_config or found.directory.is_ours_to_write:
        return _AGAIN
    return (
        "it is not this repository's alone, so put the line there that ledger install prints, or use git 2.54 or newer "
        f"and {_AGAIN}"
    )


def _setting(directory: HooksDirectory) -> str:
    return f"core.hooksPath is {directory.setting} ({directory.scope})"


def _orphans(event: EventHooks) -> Iterator[Cause]:
    """A hook of somebody else's that we moved away, while nothing of ours runs it any more."""
    for file in event.aside:
        if file.path.name.endswith(CHAINED) and not (event.file and event.file.owner == owners.LEDGER):
            yield (
                "orphaned",
                (
                    f"a hook in {file.path.parent} that was here before the ledger's is set aside as …{CHAINED} and "
                    f"nothing runs it any more; rename it to the event's name, then {_AGAIN}."
                ),
            )


def _advice(event: EventHooks) -> Iterator[Cause]:
    if len(event.ways) > 1:
        yield (
            "twice",
            (
                f"the ledger's hook runs {len(event.ways)} times for one event ({'; '.join(event.ways)}), which costs "
                f"time and counts once; {_AGAIN}, which leaves one."
            ),
        )
    for step in event.steps:
        if step.owner == owners.LEDGER and step.runs and step.file and step.file.is_edited:
            yield (
                "edited",
                (
                    f"the ledger's hook in {step.file.path.parent} was edited, so install and uninstall leave it "
                    f"alone; delete it and {_AGAIN} unless you meant it."
                ),
            )
        if step.owner != owners.LEDGER and step.file and not step.runs:
            yield (
                "foreign-dead",
                (
                    f"a hook of somebody else in {step.file.path.parent} does not start: {step.why_not}; mend or "
                    "remove it."
                ),
            )


def _outdated(git: Git, found: Effective) -> Iterator[Cause]:
    """Copies of ours that are whole and unedited, and not of this version."""
    current = hook_text()
    files = [read_hook(git.ledger_dir / HOOK), *(file for event in found.events for file in _files(event))]
    old = [file.path for file in files if _is_whole(file) and file.text != current]
    if old:
        yield "outdated", f"{_names(old)} in {old[0].parent}: the hook is of another version of git-ledger; {_AGAIN}."


def _is_whole(file: HookFile) -> bool:
    """The hook itself and not a short script that calls the shared copy."""
    return file.owner == owners.LEDGER and not file.is_edited and "not for committing" not in file.text[:200]


def _names(paths: list[Path]) -> str:
    return ", ".join(dict.fromkeys(path.name for path in paths))
