"""The verdict of a run: from what whoever ran it says, from its exit code, from an interface, then from its reports.

A report can be greener than the run (a step after the tests failed, retries that hide failures) and redder (failures
that were let pass), so it decides only where nothing else does. Where they contradict each other both are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ledger.domain.forge_facts import Run
from ledger.domain.test_reports import CANCELLED, FAILED, PASSED, SKIPPED, UNKNOWN, Results

_OUTCOMES = {
    "success": PASSED,
    "passed": PASSED,
    "pass": PASSED,
    "succeeded": PASSED,
    "succeededwithissues": PASSED,
    "fixed": PASSED,
    "failure": FAILED,
    "failed": FAILED,
    "fail": FAILED,
    "error": FAILED,
    "errored": FAILED,
    "broken": FAILED,
    "unstable": FAILED,
    "partiallysucceeded": FAILED,
    "timed_out": FAILED,
    "timedout": FAILED,
    "startup_failure": FAILED,
    "infrastructure_fail": FAILED,
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
    "aborted": CANCELLED,
    "stopped": CANCELLED,
    "skipped": SKIPPED,
    "neutral": SKIPPED,
    "not_built": SKIPPED,
    "not_run": SKIPPED,
}
"""What forges and CI call an outcome → what the ledger calls it."""

API = "api"
"""The evidence of a run that a forge's interface told."""

_STOPS = (1, 2, 3, 15)
"""SIGHUP, SIGINT, SIGQUIT, SIGTERM: somebody ended it. Other signals are its own failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run ended, what that rests on, and what its reports say of it."""

    conclusion: str
    """passed | failed | cancelled | skipped | unknown"""
    evidence: str
    """outcome | exit-code | api | report; '' where nothing tells"""
    reported: str
    """passed | failed | skipped | unknown; '' without reports"""


def verdict_of(
    *,
    outcome: str = "",
    exit_code: int | None = None,
    was_stopped: bool = False,
    api: str = "",
    reports: Results | None,
) -> Verdict:
    """The verdict by the first that tells; a word that nobody knows tells nothing.

    `exit_code` is that of the command, below zero the signal that ended it; `was_stopped` says that somebody asked it
    to end. A run whose reports are missing is as its exit code says: no report is no pass.
    """
    reported = reports.conclusion if reports is not None else ""
    said = (
        ("outcome", concluded(outcome)),
        ("exit-code", of_exit_code(exit_code, was_stopped=was_stopped)),
        ("api", concluded(api)),
        ("report", reported),
    )
    evidence, conclusion = next(((name, word) for name, word in said if word not in ("", UNKNOWN)), ("", UNKNOWN))
    return Verdict(conclusion=conclusion, evidence=evidence, reported=reported)


def concluded(word: str) -> str:
    """passed | failed | cancelled | skipped for a forge's or CI's word; unknown for any other."""
    return _OUTCOMES.get(word.strip().lower(), UNKNOWN)


def of_exit_code(code: int | None, *, was_stopped: bool = False) -> str:
    """What an exit code tells; unknown without one. A shell tells a signal as 128 and its number."""
    if code is None:
        return UNKNOWN
    if code == 0:
        return PASSED
    signal = -code if code < 0 else code - 128
    return CANCELLED if was_stopped or signal in _STOPS else FAILED


def told_once(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs without those that the forge's interface tells of a job which recorded itself.

    The job knows more: each of its tries, and its tests. Only the forge knows whether the check is required.
    """
    known = list(runs)
    recorded = {_check_of(run) for run in known if run.evidence != API}
    required = {_check_of(run) for run in known if run.evidence == API and run.is_required}
    for run in known:
        if run.evidence != API:
            yield replace(run, is_required=run.is_required or _check_of(run) in required)
        elif _check_of(run) not in recorded:
            yield run


def _check_of(run: Run) -> tuple[str, str, tuple[str, ...]]:
    """What both tellings of a job have alike: the commit, the check's name, and the provider's run."""
    return run.oid, run.name, tuple(run.run.split("/")[:2])


def is_disputed(run: Run) -> bool:
    """One of the conclusion and the reports says passed and the other failed."""
    return {run.conclusion, run.reported} == {PASSED, FAILED}
