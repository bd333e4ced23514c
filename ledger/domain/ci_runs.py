"""The runs that one job of CI tells of: its own, or one for each job that it needed.

A run's key is that of the provider: the same job recorded twice is one run. Its name is that of the check, and never
changes with the commit: of one name on one commit the last run counts, so that each leg of a matrix has its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ledger.domain.ci_context import CiContext, word
from ledger.domain.fields import record, text
from ledger.domain.forge_facts import Run
from ledger.domain.run_verdicts import concluded, verdict_of
from ledger.domain.test_reports import UNKNOWN, Results
from ledger.errors import LedgerError

_MOST_NEEDS = 500
_SHAPE = '--needs must be what toJSON(needs) gives, as in {"test": {"result": "success"}}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is told of how a job ended; whatever is '' or None is not told."""

    outcome: str = ""
    exit_code: int | None = None
    needs: Mapping[str, str] | None = None
    """Job that was needed → how it ended, of a matrix all of it."""
    results: Results | None = None
    """What its reports of tests tell; None where none was asked for."""
    name: str = ""
    """What the check is called; '' for the job's own name."""
    is_required: bool = False


def read_needs(said: str) -> dict[str, str] | None:
    """Job → result of what `toJSON(needs)` gives; None where nothing was said. Raises LedgerError for anything else."""
    if not said.strip() or said.strip() == "null":
        return None
    try:
        needs = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"{_SHAPE} What was given is no JSON.") from error
    if not isinstance(needs, dict) or not all(isinstance(record(each).get("result"), str) for each in needs.values()):
        raise LedgerError(_SHAPE)
    if len(needs) > _MOST_NEEDS:
        raise LedgerError(f"--needs names more than {_MOST_NEEDS} jobs, which no workflow has.")
    return {job: text(each["result"]) for job, each in needs.items()}


def runs_told(context: CiContext, ending: Ending, repository_id: str, now: datetime) -> tuple[Run, ...]:
    """The runs, none where nothing tells how a job ended; raises LedgerError where it is told and cannot be kept."""
    if ending.needs is not None:
        return tuple(_needed(context, ending, ending.needs, repository_id, now))
    # A job that still runs has a status too, and it tells nothing.
    status = next((said for said in (context.status, context.conclusion) if concluded(said) != UNKNOWN), "")
    code = context.exit_code if ending.exit_code is None else ending.exit_code
    if not (ending.outcome or status) and code is None and ending.results is None:
        return ()
    _check(context)
    verdict = verdict_of(
        outcome=ending.outcome or ("" if ending.exit_code is not None else context.status),
        exit_code=code,
        api=context.conclusion,
        reports=ending.results,
    )
    key = run_key(context, name=ending.name)
    name = check_name(context, ending.name)
    return (
        _run(context, ending, key, name, (verdict.conclusion, verdict.evidence, verdict.reported), now, repository_id),
    )


def _needed(
    context: CiContext, ending: Ending, needs: Mapping[str, str], repository_id: str, now: datetime
) -> Iterator[Run]:
    """One run for each job; the reports are of the one that was said, or of the only one there is."""
    _check(context)
    of_reports = next(iter(needs)) if len(needs) == 1 else context.job if context.job in needs else ""
    if ending.results is not None and not of_reports:
        raise LedgerError(
            "--report: which of the jobs wrote the reports is not known; say --job with one of "
            f"{', '.join(needs)[:200]}."
        )
    for job, result in needs.items():
        results = ending.results if job == of_reports else None
        verdict = verdict_of(outcome=result, reports=results)
        own = _of_job(context, job)
        said = (verdict.conclusion, verdict.evidence, verdict.reported)
        told = Ending(results=results, is_required=ending.is_required)
        yield _run(own, told, run_key(own), check_name(own), said, now, repository_id)


def _of_job(context: CiContext, job: str) -> CiContext:
    """The context as that job would have it: the result of a matrix is of all its legs."""
    return replace(context, job=word(job), leg="", try_id="")


def _run(
    context: CiContext,
    ending: Ending,
    key: str,
    name: str,
    verdict: tuple[str, str, str],
    now: datetime,
    repository_id: str,
) -> Run:
    """The fact; counts that something is missing from are none."""
    results = ending.results
    counts = results.counts if results is not None and results.is_whole else None
    conclusion, evidence, reported = verdict
    return Run(
        repository_id=repository_id,
        run=key,
        attempt=context.attempt,
        oid=context.change_oid,
        request_number=context.request_number,
        name=name,
        conclusion=conclusion,
        is_required=ending.is_required,
        tests=counts.tests if counts else None,
        failures=counts.failures if counts else None,
        errors=counts.errors + results.outside if counts and results else None,
        skipped=counts.skipped if counts else None,
        flaky=counts.flaky if counts else None,
        duration_ms=results.duration_ms if results and results.is_whole else None,
        evidence=evidence,
        reported=reported,
        at=now,
    )


def _check(context: CiContext) -> None:
    """Raise where a run could not be told from others, or is of no known commit."""
    if not context.run_id:
        raise LedgerError(
            "Which run of CI this is is not known, so it cannot be told from others; say it with --run ID "
            "(and --attempt, --job, --leg)."
        )
    if not context.change_oid:
        raise LedgerError(
            f"Which commit of the change was tested is not known{_why(context)}; say it with --sha COMMIT."
        )


def _why(context: CiContext) -> str:
    if context.may_be_merge:
        return ": what was built for the request may be a merge made for the test"
    if context.event:
        return f" from the event {word(context.event)}"
    return ""


def run_key(context: CiContext, name: str = "") -> str:
    """`provider/run/job/leg`, unique in a repository; a name that was said tells several checks of one job apart."""
    parts: list[Any] = [context.provider or "ci", context.run_id, context.job, context.leg]
    parts += [part for part in (context.try_id, name) if part]
    return "/".join(_part(str(part)) for part in parts)


def _part(text_of_part: str) -> str:
    return text_of_part.replace("%", "%25").replace("/", "%2F")


def check_name(context: CiContext, said: str = "") -> str:
    """What the check is called: `workflow / job (leg)` as far as these are known, or what was said and the leg."""
    own = " / ".join(part for part in (context.workflow, context.job) if part) or context.provider or "ci"
    name = word(said) or own
    return word(f"{name} ({context.leg})" if context.leg else name)
