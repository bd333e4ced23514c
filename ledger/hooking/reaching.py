"""How a hook file leads to ours: it is ours, or a manager runs ours by rules of its own."""

from __future__ import annotations

import re
from pathlib import Path

from ledger.git import Git
from ledger.hooking import owners
from ledger.hooking.directory import HUSKY, OWN, HooksDirectory
from ledger.hooking.marks import HOOK, calls_shared_copy, has_block, is_private
from ledger.hooking.owners import HookFile, read_hook

LEFTHOOK_FILES = tuple(
    f"{dot}lefthook{local}.{ending}"
    for local in ("-local", "")
    for dot in ("", ".")
    for ending in ("yml", "yaml", "toml", "json", "jsonc")
)
"""Where lefthook looks for its configuration at the top of a worktree; what is in `-local` is merged over the other."""


def reach(git: Git, event: str, file: HookFile, directory: HooksDirectory) -> str:
    """In words, how our hook is reached from the file that git runs; '' where it is not."""
    if file.owner == owners.LEDGER:
        return _itself(git, file)
    if directory.kind == HUSKY:
        return _through_husky(git, event, directory)
    if file.owner == owners.PRE_COMMIT:
        return _through_pre_commit(git, event, file)
    if file.owner == owners.LEFTHOOK and lefthook_calls_us(git, event):
        return "lefthook runs its job `ledger`"
    return _by_call(event, file) if _has_copy(git) else ""


def reach_by_team(git: Git, event: str, directory: HooksDirectory) -> str:
    """As `reach`, but only by what is not ours to take out: a team's files, lines that a person wrote."""
    file = read_hook(directory.place_for(event))
    if file.owner == owners.LEDGER:
        is_theirs = directory.kind != OWN and not is_private(file.text)
        return f"{file.path.parent.name}/{file.path.name} is ours" if is_theirs else ""
    if file.owner == owners.PRE_COMMIT:
        return _by_pre_commit_configuration(git, event)
    return _by_call(event, file)


def lefthook_calls_us(git: Git, event: str) -> bool:
    """The job of ours stands in a configuration that lefthook reads here, or in ours that one of them extends."""
    texts = [_text(git.worktree / name) for name in LEFTHOOK_FILES] if git.worktree else []
    extended = git.ledger_dir / "lefthook.yml"
    if any(str(extended) in text for text in texts):
        texts.append(_text(extended))
    return _has_copy(git) and any(calls_shared_copy(line, event) for text in texts for line in text.splitlines())


def _itself(git: Git, file: HookFile) -> str:
    """A private script of ours is nothing without the shared copy that it names."""
    return "" if is_private(file.text) and not _has_copy(git) else f"{file.path.name} is ours"


def _through_husky(git: Git, event: str, directory: HooksDirectory) -> str:
    """Husky's own file runs `sh -e .husky/<event>`, executable or not, if it is there."""
    beside = read_hook(directory.path.parent / event)
    if beside.owner == owners.LEDGER:
        found = _itself(git, beside)
    else:
        found = _by_call(event, beside) if beside.exists and _has_copy(git) else ""
    return f"husky runs {directory.path.parent.name}/{event}" if found else ""


def _through_pre_commit(git: Git, event: str, file: HookFile) -> str:
    legacy = read_hook(file.path.with_name(f"{event}.legacy"))
    if legacy.owner == owners.LEDGER and legacy.runs:
        return f"pre-commit runs {legacy.path.name}"
    return _by_pre_commit_configuration(git, event)


def _by_pre_commit_configuration(git: Git, event: str) -> str:
    wanted = rf"\bid:\s*['\"]?ledger-{re.escape(event)}\b"
    if git.worktree and re.search(wanted, _text(git.worktree / ".pre-commit-config.yaml")):
        return f"pre-commit runs its hook ledger-{event}"
    return ""


def _by_call(event: str, file: HookFile) -> str:
    called = has_block(file.text) or any(calls_shared_copy(line, event) for line in file.text.splitlines())
    return f"{file.path.name} calls it" if called else ""


def _has_copy(git: Git) -> bool:
    return read_hook(git.ledger_dir / HOOK).runs


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
