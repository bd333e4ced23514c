"""What a run's artifact may say, checked against what the forge says of that run.

A job for a request from a fork has no right to write, so its record travels as an artifact; but whoever opened the
request wrote what the job does. So only what the forge's message confirms is taken: the commit, the run, its attempt,
the request where the forge names it, and a verdict that agrees with the forge's own. Times are the forge's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.domain.ci_context import CiContext, word
from ledger.domain.ci_runs import check_name, run_key
from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.run_verdicts import concluded
from ledger.domain.test_reports import UNKNOWN

LARGEST = 1 << 20
"""Bytes of an artifact: a record is a few hundred for each job."""

_LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """What of an artifact is confirmed, and in sentences what is not."""

    facts: tuple[Fact, ...]
    refused: tuple[str, ...]


def check_artifact(
    facts: Iterable[Fact], context: CiContext, repository_id: str, ended_at: datetime, *, is_required: bool
) -> Checked:
    """The facts that the forge's message about the run confirms, and the run itself where none of them tells its end.

    `context` is of the run that ended, not of the job that reads its artifact.
    """
    kept: list[Fact] = []
    refused: Counter[str] = Counter()
    ended = concluded(context.conclusion)
    for fact in facts:
        why = _refusal(fact, context)
        if why:
            refused[why] += 1
        elif isinstance(fact, Run):
            kept.append(_confirmed(fact, context, ended, ended_at, is_required=is_required))
        else:
            kept.append(fact)
    runs = [fact for fact in kept if isinstance(fact, Run)]
    if ended != UNKNOWN and not any(run.conclusion == ended for run in runs):
        kept.append(_whole(context, repository_id, ended, ended_at, is_required=is_required))
    return Checked(tuple(kept), _sentences(refused))


def _refusal(fact: Fact, context: CiContext) -> str:
    """Why the message does not confirm it, as in `1 entry refused: of another run`; '' where it does."""
    if isinstance(fact, Run):
        return _run_refusal(fact, context)
    if isinstance(fact, Request):
        if fact.number not in context.known_numbers:
            return "of requests that the forge does not name for this run"
        if fact.head_oid != context.change_oid:
            return "of requests whose head is another commit than the run's"
        return "of requests that are said to be decided, which only the forge can say" if fact.state != "open" else ""
    if isinstance(fact, Event):
        subjects = {f"request:{number}" for number in context.known_numbers}
        if fact.subject not in subjects:
            return "of events of requests that the forge does not name for this run"
        return "" if fact.kind == "opened" else "of events that only the forge can tell"
    return "of kinds other than run, request and event"


def _run_refusal(run: Run, context: CiContext) -> str:
    if len(run.run) > _LONGEST_KEY:
        return "of runs with a name that no job has"
    if not run.run.startswith(run_key(replace(context, job="", leg="")).rstrip("/") + "/"):
        return "of another run"
    if run.attempt != context.attempt:
        return "of another attempt"
    if run.oid != context.change_oid:
        return "of another commit"
    counts = (run.tests, run.failures, run.errors, run.skipped, run.flaky, run.duration_ms)
    return "with counts below zero" if any(count is not None and count < 0 for count in counts) else ""


def _confirmed(run: Run, context: CiContext, ended: str, ended_at: datetime, *, is_required: bool) -> Run:
    """The run as far as the forge bears it out: another verdict than the forge's own is kept as what was reported."""
    is_number_known = run.request_number in context.known_numbers
    number = run.request_number if is_number_known else context.request_number
    name = word(run.name)
    run = replace(run, name=name, at=ended_at, is_required=is_required, is_dirty=False, request_number=number)
    if run.conclusion == ended:
        return replace(run, evidence="api")
    reported = run.conclusion if run.conclusion in ("passed", "failed", "skipped") else run.reported
    return replace(run, conclusion=UNKNOWN, evidence="", reported=reported)


def _whole(context: CiContext, repository_id: str, ended: str, ended_at: datetime, *, is_required: bool) -> Run:
    """The run as the forge alone tells it."""
    return Run(
        repository_id=repository_id,
        run=run_key(context),
        attempt=context.attempt,
        oid=context.change_oid,
        request_number=context.request_number,
        name=check_name(context),
        conclusion=ended,
        is_required=is_required,
        tests=None,
        failures=None,
        evidence="api",
        at=ended_at,
    )


def _sentences(refused: Counter[str]) -> tuple[str, ...]:
    return tuple(
        f"{number:,} {'entry' if number == 1 else 'entries'} refused: {why}." for why, number in sorted(refused.items())
    )
