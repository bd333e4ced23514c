"""`ledger doctor`: what the rooms of the house know about how well facts come in, put together. It writes nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ledger.domain import advice
from ledger.domain.diagnosis import (
    ADVICE,
    BROKEN,
    AgentState,
    CommitsState,
    CommitTime,
    Diagnosis,
    Finding,
    Flag,
    PostingState,
)
from ledger.domain.unlined import remember, without_line
from ledger.errors import GitFailed
from ledger.hooking.agents import setup
from ledger.hooking.effective import Effective, effective
from ledger.hooking.judging import judge_hooks, state_of
from ledger.hooking.marks import HOOK
from ledger.hooking.owners import LEDGER
from ledger.hooking.shared import INTERPRETER, REQUIRE_MODEL, TRAILERS
from ledger.hooking.timing import time_commit
from ledger.posting.kept import Kept, read_kept, shown
from ledger.posting.workplace import Workplace
from ledger.sources.journal import Jotted, read_jotted
from ledger.sources.recent import recent_commits, reflog_entries
from ledger.store.schema import HEAD


def diagnose(workplace: Workplace, *, now: datetime, commits: int, rounds: int) -> Diagnosis:
    """What works and what does not: the last `commits` commits are looked at, one is timed in so many rounds."""
    git = workplace.git
    found = effective(git)
    looked_at = recent_commits(git, commits)
    jotted = read_jotted(git.ledger_dir)
    kept = read_kept(workplace, [commit.oid for commit in looked_at])
    since = _hooks_since(workplace, found, jotted)
    groups = without_line(looked_at, jotted.oids | kept.hooked, remember(reflog_entries(git)), since)
    seen = CommitsState(len(looked_at), sum(group.count for group in groups), groups, since)
    commit_time, failed = _timed(workplace, found, rounds, now)
    posting = _posting(workplace, kept)
    agents = _agents(workplace)
    findings = [
        *judge_hooks(git, found),
        *failed,
        *_about_setup(workplace, found, posting, since),
        *kept.findings,
        *advice.about_drain_error(posting),
        *advice.about_share_error(_first_line(git.ledger_dir / "share-error")),
        *advice.about_posting(posting, now),
        *advice.about_commits(seen),
        *(advice.about_agents(agents) if any(event.is_reached for event in found.events) else ()),
    ]
    findings.sort(key=lambda finding: finding.severity != BROKEN)
    where = str(git.worktree or git.git_dir)
    return Diagnosis(where, state_of(found), seen, commit_time, posting, agents, tuple(findings))


def _agents(workplace: Workplace) -> tuple[AgentState, ...]:
    environ, git = workplace.environ, workplace.git
    found = setup.found_agents(environ)
    return tuple(AgentState(name, setup.names_its_model(name, environ=environ, git=git)) for name in found)


def _about_setup(
    workplace: Workplace, found: Effective, posting: PostingState, since: datetime | None
) -> Iterator[Finding]:
    if any(event.is_reached for event in found.events):
        yield from advice.about_drainer(posting)
    if since is not None and not workplace.git.is_bare:
        yield from advice.about_flags(posting.flags)
    if workplace.environ.get("LEDGER") == "0":
        says = "LEDGER=0 is set in this environment, so no hook of the ledger does anything; unset it."
        yield Finding("turned-off", ADVICE, says)


def _hooks_since(workplace: Workplace, found: Effective, jotted: Jotted) -> datetime | None:
    """When the hooks were first here: their first line, or their oldest file where that is older."""
    named = [workplace.git.ledger_dir / name for name in (HOOK, "install.json")]
    files = [file for event in found.events for file in (event.file, *event.aside) if file and file.owner == LEDGER]
    written = [
        datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in [*named, *(file.path for file in files)]
        if path.is_file()
    ]
    return min([*written, *([jotted.since] if jotted.since else [])], default=None)


def _timed(
    workplace: Workplace, found: Effective, rounds: int, now: datetime
) -> tuple[CommitTime | None, list[Finding]]:
    try:
        return time_commit(workplace.git, found, rounds=rounds, now=now), []
    except GitFailed as error:
        says = f"A commit with the ledger's hook, in a repository made to time it, failed: {str(error).rstrip('.')}; "
        return None, [Finding("commit-fails", BROKEN, f"{says}run ledger uninstall if it fails here too.")]
    except OSError as error:
        says = f"A commit could not be timed ({error.strerror}); make {tempfile.gettempdir()} writable."
        return None, [Finding("not-timed", ADVICE, says)]


def _posting(workplace: Workplace, kept: Kept) -> PostingState:
    interpreter = _first_line(workplace.git.ledger_dir / INTERPRETER)
    return PostingState(
        interpreter=interpreter,
        has_interpreter=os.access(interpreter, os.X_OK),
        drain_error=_first_line(workplace.git.ledger_dir / "drain-error"),
        database=shown(workplace.database),
        schema=kept.schema,
        is_readable=kept.schema == HEAD,
        posted_at=kept.posted_at,
        lines_waiting=kept.lines_waiting,
        logs_read_at=kept.logs_read_at,
        flags=_flags(workplace),
    )


def _flags(workplace: Workplace) -> tuple[Flag, ...]:
    trailers, required = (workplace.git.ledger_dir / name for name in (TRAILERS, REQUIRE_MODEL))
    config = workplace.config
    return (
        Flag("ledger.trailers", str(trailers), _word(config.trailers), _word(trailers.exists())),
        Flag("ledger.requireModel", str(required), config.require_model, _first_line(required) or "false"),
    )


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""
