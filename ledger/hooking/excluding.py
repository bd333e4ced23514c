"""`info/exclude`: what git does not show in any worktree, though nobody committed an ignore rule for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ledger.git import Git
from ledger.hooking.marks import BEGIN, END, has_block, without_block
from ledger.hooking.steps import Plan, Remove, Write, read_text


def plan_exclude(git: Git, plan: Plan, patterns: Iterable[str], made: list[str]) -> None:
    """Our marked lines are these patterns and no others; they stand first, so that its end stays as it is."""
    path = git.common_dir / "info" / "exclude"
    text = read_text(path)
    wanted = "".join(f"{pattern}\n" for pattern in sorted(set(patterns)))
    rest = without_block(text or "")
    if wanted:
        plan.write(path, f"{BEGIN}\n{wanted}{END}\n{rest}", None)
    elif text is not None and has_block(text):
        plan.steps.append(Remove(path) if not rest and str(path) in made else Write(path, rest, None))


def pattern_of(top: Path, path: Path) -> str:
    """The pattern that stands for one file, at this place in every worktree."""
    return "/" + re.sub(r"([\\*?\[])", r"\\\1", path.relative_to(top).as_posix())


def is_tracked(top: Path, path: Path) -> bool:
    """The file is the team's: it is in the index of the worktree at `top`."""
    return path.exists() and bool(Git.open(top).run("ls-files", "--", f":(literal){path.relative_to(top).as_posix()}"))
