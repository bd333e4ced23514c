"""What a job of CI can tell: its run, by the environment and its reports, and what its event says of the request.

Nothing here fails a job: whatever cannot be told is a sentence, and the rest is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ledger.domain.amounts import Refused
from ledger.domain.ci_artifact import check_artifact
from ledger.domain.ci_context import CiContext, Environment
from ledger.domain.ci_others import exit_code
from ledger.domain.ci_providers import Said, find_context
from ledger.domain.ci_runs import Ending, read_needs, runs_told
from ledger.domain.facts import Fact
from ledger.domain.fields import moment, record, text
from ledger.domain.repositories import normalise_remote, repository_id
from ledger.domain.request_forms import Told, read_request
from ledger.domain.requests import Person
from ledger.domain.run_verdicts import concluded
from ledger.domain.screen import plain
from ledger.domain.test_reports import UNKNOWN, Results, together, unreadable
from ledger.entries import decode
from ledger.errors import EntryRefused, LedgerError
from ledger.git import Git
from ledger.sources.ci import read_artifact, read_payload
from ledger.sources.test_reports import found_reports, read_report

_TOLD_KINDS = frozenset(("run", "request", "event"))
_SPEAKERS = frozenset(("github", "gitea"))
"""Whose jobs are started by a message that describes the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person or a workflow says of the job; '' and nothing leave it to what is found."""

    said: Said
    outcome: str = ""
    exit_code: str = ""
    needs: str = ""
    name: str = ""
    is_required: bool = False
    patterns: tuple[str, ...] = ()
    artifact: Path | None = None
    """Entries that another run left, to be checked against what the forge says of it."""


@dataclass
class Job:
    """A job and what it tells, still without the id that a ledger knows the repository by."""

    context: CiContext
    facts: list[Fact] = field(default_factory=list)
    """Of the repository `placeholder`."""
    told: list[Told] = field(default_factory=list)
    """What the event says of requests."""
    problems: list[str] = field(default_factory=list)

    @property
    def placeholder(self) -> str:
        """What stands for the repository's id: made from its surest name, so that the same job makes the same ids."""
        return repository_id((), next(iter(self.context.names), ""))

    def facts_of(self, repository: str, person: Person) -> list[Fact]:
        """All facts, as the ledger that knows the repository by this id keeps them."""
        own: list[Any] = [*self.facts]
        found: list[Fact] = [replace(fact, repository_id=repository) for fact in own]
        for each in self.told:
            found += each.facts(repository, person)
        return found


def look_at_job(asked: Asked, folder: Path, environ: Environment, git: Git | None, now: datetime) -> Job:
    """What the job tells; raises LedgerError only where what was said cannot be meant."""
    problems: list[str] = []
    payload = _attempted(problems, lambda: read_payload(environ))
    context = _resolved(find_context(environ, payload, asked.said), git)
    job = Job(context, problems=problems)
    if asked.artifact is not None:
        _attempted(problems, lambda: _take_artifact(job, asked, payload or {}, now))
        return job
    _attempted(problems, lambda: _take_runs(job, asked, folder, now))
    _attempted(problems, lambda: _take_requests(job, payload))
    if not (job.facts or job.told or problems):
        problems.append(
            "Nothing here tells how this job ended or what became of a request; say --outcome, --exit-code, --needs "
            "or --report."
        )
    return job


def _attempted(problems: list[str], attempt: Callable[[], Any]) -> Any:
    """What it returns; None where it raised a LedgerError, whose sentence is kept."""
    try:
        return attempt()
    except LedgerError as error:
        problems.append(str(error))
        return None


def _resolved(context: CiContext, git: Git | None) -> CiContext:
    """The context with what only git can tell: an abbreviated commit, and the name of the clone's remote."""
    if git is None:
        return context
    if not context.repository:
        urls = git.remotes()
        remote = normalise_remote(urls.get("origin") or next(iter(urls.values()), ""))
        context = replace(context, repository=remote or "")
    if context.change_oid or not context.revision:
        return context
    found = git.commit_of(context.revision)
    if not found or (context.may_be_merge and _is_merge(git, found)):
        return context
    flagged = context.source == "flag"
    return replace(context, change_oid=found, source="flag" if flagged else "git", may_be_merge=False)


def _is_merge(git: Git, oid: str) -> bool:
    """By what the commit itself says: a shallow clone hides the parents of its last commits."""
    header = git.run("cat-file", "commit", oid, check=False).partition("\n\n")[0]
    return sum(line.startswith("parent ") for line in header.splitlines()) > 1


def _take_runs(job: Job, asked: Asked, folder: Path, now: datetime) -> None:
    if asked.outcome.strip() and concluded(asked.outcome) == UNKNOWN:
        job.problems.append(
            f"--outcome {plain(asked.outcome.strip(), 40)!r} is no word that is known (success, failure, cancelled, "
            "skipped are), so it tells nothing."
        )
    ending = Ending(
        outcome=asked.outcome.strip(),
        exit_code=_exit_code(asked.exit_code),
        needs=read_needs(asked.needs),
        results=_read_reports(job, asked.patterns, folder),
        name=asked.name,
        is_required=asked.is_required,
    )
    job.facts += runs_told(job.context, ending, job.placeholder, now)


def _exit_code(said: str) -> int | None:
    found = exit_code(said)
    if said.strip() and found is None:
        raise LedgerError("--exit-code must be a number, as in --exit-code 1.")
    return found


def _read_reports(job: Job, patterns: Sequence[str], folder: Path) -> Results | None:
    """What the reports tell together; what of them cannot be told is a sentence each."""
    asked = [pattern for pattern in patterns if pattern.strip()]
    if not asked:
        return None
    found = sorted(found_reports(folder, asked))
    if not found:
        job.problems.append(f"No report is at {' or '.join(asked)}; a run that writes none has not passed by that.")
        return unreadable("no report was written.")
    results = together(read_report(path) for path in found)
    job.problems += results.problems
    return results


def _take_requests(job: Job, payload: Mapping[str, Any] | None) -> None:
    """What the event says of requests: most say nothing, and a message about one may come without it."""
    event = job.context.event
    is_about = event.startswith("pull_request")
    if payload is None or job.context.provider not in _SPEAKERS or not (is_about or event == "push"):
        return
    try:
        told = list(read_request(payload))
    except Refused as error:
        if is_about:
            job.problems.append(
                f"The event tells nothing of its request: {error}; ledger ci sync asks the forge for it."
            )
        return
    if _is_elsewhere(payload):
        job.problems.append("The event's request is of another repository than the event, so it is not taken.")
        return
    job.told += told


def _is_elsewhere(payload: Mapping[str, Any]) -> bool:
    """By the forge's own ids: addresses change when a repository is renamed."""
    base = record(record(record(payload.get("pull_request")).get("base")).get("repo"))
    ids = (base.get("id"), record(payload.get("repository")).get("id"))
    return None not in ids and ids[0] != ids[1]


def _take_artifact(job: Job, asked: Asked, payload: Mapping[str, Any], now: datetime) -> None:
    """The confirmed facts of the artifact of the run that started this job; raises LedgerError where there is none."""
    context, run = job.context, record(payload.get("workflow_run"))
    if not (asked.artifact and run and context.event == "workflow_run" and context.run_id and context.change_oid):
        raise LedgerError(
            "--from checks a record against the run that it came from, so it is for a job that workflow_run starts "
            "(docs/ci.md#forks)."
        )
    ended_at = moment(run.get("updated_at")) or now
    facts = list(_decoded(job, read_artifact(asked.artifact)))
    checked = check_artifact(facts, context, job.placeholder, ended_at, is_required=asked.is_required)
    job.facts += checked.facts
    job.problems += checked.refused


def _decoded(job: Job, lines: Sequence[str]) -> Iterator[Fact]:
    """The facts of entries about this repository; the rest is counted, and the first of it is named."""
    own = {name.casefold() for name in job.context.names}

    def resolve(names: tuple[str, ...]) -> str | None:
        return job.placeholder if own & {name.casefold() for name in names} else None

    refused = list[str]()
    for number, line in enumerate(lines, 1):
        try:
            if _kind(line) not in _TOLD_KINDS:
                raise EntryRefused(f"line {number}: a run tells of runs, requests and events, and of nothing else.")
            yield from decode(line, f"line {number}", resolve)
        except EntryRefused as error:
            refused.append(str(error))
    if refused:
        count = f"{len(refused):,} {'entry' if len(refused) == 1 else 'entries'}"
        job.problems.append(f"{count} of the artifact refused: {plain(refused[0], 300)}")


def _kind(line: str) -> str:
    try:
        return text(record(json.loads(line)).get("kind"))
    except (ValueError, RecursionError):
        return ""
