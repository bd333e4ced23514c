"""Lefthook: jobs of ours, extended into its local configuration (hooks.md §5.2).

The jobs stand in a file in the ledger directory. `lefthook-local.yml` at the top of each worktree only names that
file, in marked lines, so that whatever else is in it stays as it is.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ledger.git import Git
from ledger.hooking.excluding import is_tracked
from ledger.hooking.marks import BEGIN, END, HOOK, guarded_call, has_block, without_block
from ledger.hooking.shared import LEFTHOOK
from ledger.hooking.steps import Plan, Remove, Write, read_text

LOCAL = "lefthook-local.yml"
_OTHER_LOCALS = tuple(
    f"{dot}lefthook-local.{ending}" for dot in ("", ".") for ending in ("yml", "yaml", "toml", "json")
)


def plan_jobs(git: Git, plan: Plan, worktrees: list[Path], events: list[str]) -> list[Path]:
    """Jobs for the events that lefthook has; returns the new untracked files, which git should not show."""
    jobs = git.ledger_dir / LEFTHOOK
    plan.write(jobs, _jobs_text(git.ledger_dir / HOOK, events), 0o644)
    untracked = []
    for top in worktrees:
        path = top / LOCAL
        text = read_text(path)
        other = next((name for name in _OTHER_LOCALS if name != LOCAL and (top / name).exists()), "")
        new = None if other or is_tracked(top, path) else _extended(without_block(text or ""), jobs)
        if new is None:
            plan.note(
                f"Add {jobs} to `extends` in {top / (other or LOCAL)}: lefthook then runs the ledger's jobs there."
            )
            continue
        plan.write(path, new, None)
        untracked.append(path)
    why = f"as a job of lefthook, named in {LOCAL}"
    for event in events:
        plan.tell(event, "written", why)
    return untracked


def plan_no_jobs(git: Git, plan: Plan, worktrees: list[Path], made: list[str]) -> None:
    """Take our lines out of every local configuration, and our jobs away; a file that we made goes."""
    jobs = git.ledger_dir / LEFTHOOK
    plan.steps += [Remove(jobs)] if jobs.exists() else []
    for top in worktrees:
        path = top / LOCAL
        text = read_text(path)
        if text is None or not has_block(text):
            continue
        rest = without_block(text)
        plan.steps.append(Remove(path) if not rest and str(path) in made else Write(path, rest, None))


def _jobs_text(hook: Path, events: list[str]) -> str:
    lines = ["# The ledger's jobs, written by `ledger install`."]
    for event in events:
        lines += [f"{event}:", "  jobs:", "    - name: ledger"]
        lines += ["      use_stdin: true"] if event == "post-rewrite" else []
        lines += [f"      run: {json.dumps(_run_line(hook, event))}"]
    return "\n".join(lines) + "\n"


def _run_line(hook: Path, event: str) -> str:
    """The call with git's arguments; an argument that is not there stays the placeholder `{2}`, and is left out."""
    call = guarded_call(hook, event)
    if event.endswith("-msg"):
        keep_first = """case ${2-} in ""|"{"*) set -- "$1";; esac; case ${3-} in ""|"{"*) set -- "$1" ${2-};; esac; """
        given = 'set -- "{1}" {2} {3}; ' + keep_first if event == "prepare-commit-msg" else 'set -- "{1}"; '
        return f'{given}{call} "$@"'
    return f"{call} {{0}}"


def _extended(text: str, jobs: Path) -> str | None:
    """A local configuration that extends ours too; None where its `extends` is written in another way than we know."""
    named = json.dumps(str(jobs))
    there = re.search(r"^extends:(.*)\n", text, re.MULTILINE)
    if there is None:
        head = re.match(r"---[ \t]*\n", text)
        at = head.end() if head else 0
        return None if text.startswith("%") else f"{text[:at]}{BEGIN}\nextends:\n  - {named}\n{END}\n{text[at:]}"
    item = re.match(r"([ \t]*)- ", text[there.end() :])
    if item is None or there[1].split("#")[0].strip():
        return None
    indent = item[1]
    return f"{text[: there.end()]}{indent}{BEGIN}\n{indent}- {named}\n{indent}{END}\n{text[there.end() :]}"
