"""`ledger run`: a run of a command becomes a fact about the commit that it ran on, and counts at once.

It is jotted before it is posted, as the hooks do: a database that is locked or away cannot lose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath

from ledger.domain.forge_facts import Run
from ledger.domain.run_lines import run_fields
from ledger.domain.run_verdicts import verdict_of
from ledger.domain.screen import storable
from ledger.domain.test_reports import Results, together, unreadable
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.jotting import jot
from ledger.posting.kept import has_ledger, shown
from ledger.posting.turns import Turn
from ledger.posting.update import update
from ledger.posting.workplace import Workplace
from ledger.sources.command import Ended
from ledger.sources.journal import last_try
from ledger.sources.test_reports import Stamp, found_reports, read_report
from ledger.store.engine import Ledger

LOCAL = "local"
"""How the ids of runs begin that no CI gave one."""
_LONGEST_NAME = 80
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}")
_RUNNERS = re.compile(r"python[0-9.]*|py|pypy[0-9.]*")


@dataclass(frozen=True, slots=True)
class Before:
    """What was there when the command began."""

    oid: str
    changed: str
    """A path in the worktree that is not as the commit has it; '' for none."""
    reports: Mapping[Path, Stamp]


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be recorded of a command that ended."""

    name: str
    ended: Ended
    took_ms: int
    results: Results | None
    """What its reports tell; None where none was asked for."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The run as it was noted, and what keeps it from telling of the commit; '' where it does."""

    run: Run
    changed: str


def look_before(git: Git, folder: Path, patterns: Sequence[str]) -> Before:
    """The commit and the state of the worktree; raises LedgerError where there is no commit to speak of."""
    oid = git.commit_of("HEAD")
    if not oid:
        raise LedgerError(
            f"{git.worktree or git.git_dir} has no commit yet; make the first one, then runs are recorded."
        )
    reports = found_reports(folder, patterns)
    return Before(oid, _changed(git, reports), reports)


def read_reports(folder: Path, patterns: Sequence[str], before: Before) -> tuple[Results | None, tuple[str, ...]]:
    """What the reports tell that the run wrote, and in words what of them cannot be told.

    Those that stood there before and were left alone tell of another run.
    """
    if not patterns:
        return None, ()
    found = found_reports(folder, patterns)
    fresh = sorted(path for path, stamp in found.items() if before.reports.get(path) != stamp)
    if not fresh:
        why = "what is there was not written by this run" if found else "nothing is there"
        missing = f"No report was written at {' or '.join(patterns)} ({why}), so only the exit code tells how it ended."
        return unreadable("no report was written."), (missing,)
    results = together(read_report(path) for path in fresh)
    return results, results.problems


def note(workplace: Workplace, before: Before, told: Told, now: datetime) -> Noted:
    """Write the run into the journal, which needs no database; raises LedgerError where that cannot be written."""
    git = workplace.git
    moved = "HEAD" if git.commit_of("HEAD") != before.oid else _changed(git, untracked=False)
    changed = before.changed or moved
    run = replace(_fact(workplace.clone_id(), before.oid, told, now), is_dirty=bool(changed))
    # Two runs that end at once must not take one number.
    with Turn(git.ledger_dir / "run.lock") as turn:
        turn.take(wait=True)
        run = replace(run, attempt=last_try(git.ledger_dir, run.run) + 1)
        jot(git, now, "run", run_fields(run))
    return Noted(run, changed)


def post(workplace: Workplace, ledger: Ledger, now: datetime) -> None:
    """Post what was noted, and draw the conclusions; raises LedgerError."""
    update(workplace, ledger, now=now, sources=("commits", "journal", "reflogs"))


def _fact(clone_id: str, oid: str, told: Told, now: datetime) -> Run:
    """The run, of a repository that whoever posts it knows; counts that something is missing from are none."""
    results = told.results
    verdict = verdict_of(exit_code=told.ended.code, was_stopped=told.ended.was_stopped, reports=results)
    counts = results.counts if results is not None and results.is_whole else None
    return Run(
        repository_id="",
        run=f"{LOCAL}/{clone_id}/{oid[:16]}/{told.name}",
        attempt=1,
        oid=oid,
        request_number=None,
        name=told.name,
        conclusion=verdict.conclusion,
        is_required=False,
        tests=counts.tests if counts else None,
        failures=counts.failures if counts else None,
        errors=counts.errors + results.outside if counts and results else None,
        skipped=counts.skipped if counts else None,
        flaky=counts.flaky if counts else None,
        duration_ms=told.took_ms,
        evidence=verdict.evidence,
        reported=verdict.reported,
        at=now,
    )


def _changed(git: Git, reports: Iterable[Path] = (), *, untracked: bool = True) -> str:
    """A path that is not as the commit has it: changed, or neither tracked nor ignored nor a report; '' for none."""
    if not git.worktree:
        return ""
    which = "--untracked-files=all" if untracked else "--untracked-files=no"
    said = git.run_bytes("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", which)
    own = {path.resolve() for path in reports}
    for row in said.decode(errors="surrogateescape").split("\0"):
        if row and not (row.startswith("?? ") and (git.worktree / row[3:]).resolve() in own):
            return row[3:]
    return ""


def check_ledger(workplace: Workplace) -> None:
    """Raises LedgerError where there is no ledger that a run could be recorded in."""
    if not has_ledger(workplace):
        raise LedgerError(
            f"There is no ledger at {shown(workplace.database)}; run ledger init, then runs are recorded."
        )


def name_of(arguments: Sequence[str]) -> str:
    """What a run is called where nobody says: the program and its verb, as in `pytest` or `npm test`.

    No path, option or other argument goes into the ledger. Of one name on one commit the last run counts, so that
    it must not change with them.
    """
    program, *rest = arguments
    name = _clean(PurePath(program).name)
    if _RUNNERS.fullmatch(name) and rest[:1] == ["-m"] and len(rest) > 1:
        name, rest = _clean(rest[1]), []
    words = []
    for word in rest[:2]:
        if not _WORD.fullmatch(word) or "." in word:
            break
        words.append(word)
    return " ".join([name, *words])


def said_name(name: str) -> str:
    """A name that a person gave, fit to be kept; raises LedgerError for an empty one."""
    found = _clean(name)
    if not found:
        raise LedgerError("The name of a run cannot be empty; leave --name out, and the command names it.")
    return found


def _clean(name: str) -> str:
    return " ".join(storable(name).split())[:_LONGEST_NAME]
