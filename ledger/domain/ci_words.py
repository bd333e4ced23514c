"""What is said in CI's log, summary and outputs, where text from outside must not become a command or markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ledger.domain.ci_context import CiContext
from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.markdown import escaped
from ledger.domain.screen import plain
from ledger.domain.test_reports import CANCELLED, FAILED, PASSED, SKIPPED, UNKNOWN, Counts, summed_up

_MOST = 20
_LONGEST = 400
_COMMAND = re.compile(r"##(?=\w*\[)")
"""Azure, TeamCity and GitHub's first form find their commands anywhere in a line."""
_WORST = (FAILED, CANCELLED, UNKNOWN, PASSED, SKIPPED)
_DECIDED = ("merged", "closed", "reopened", "reviewed")


def harmless(text: str, longest: int = _LONGEST) -> str:
    """One line for a log, without control characters, that no runner takes for a command."""
    line = _COMMAND.sub("#·", plain(" ".join(text.split()), longest))
    return f"·{line[1:]}" if line.startswith("::") else line


def warning(sentences: Sequence[str]) -> str:
    """One annotation for all that could not be done: of these a job may have few."""
    first, more = harmless(sentences[0]), len(sentences) - 1
    said = f"{first} ({more:,} more in the job's summary.)" if more else first
    escaped = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::warning title=ledger::{escaped}"


def summary(recorded: str, problems: Sequence[str]) -> str:
    """The part of a job's summary: what was recorded, and what could not be."""
    lines = [f"**ledger**: {escaped(recorded, _LONGEST)}", ""]
    lines += [f"- {escaped(problem, _LONGEST)}" for problem in problems[:_MOST]]
    lines += [f"- {len(problems) - _MOST:,} more."] if len(problems) > _MOST else []
    return "\n".join(lines) + "\n"


def output(name: str, value: str, delimiter: str) -> str:
    """A line of GITHUB_OUTPUT; the delimiter is random, so that no value can end it and name another output."""
    return f"{name}<<{delimiter}\n{harmless(value)}\n{delimiter}\n"


def verdict(runs: Iterable[Run]) -> str:
    """The worst of the conclusions; '' without a run."""
    found = {run.conclusion for run in runs}
    return next((word for word in _WORST if word in found), "")


def told(facts: Sequence[Fact], context: CiContext, places: Sequence[str]) -> str:
    """What was recorded, where, in one sentence."""
    runs = [fact for fact in facts if isinstance(fact, Run)]
    parts = [_run(run) for run in runs[:_MOST]]
    parts += [f"{len(runs) - _MOST:,} more"] if len(runs) > _MOST else []
    oid = f" on {context.change_oid[:10]}" if runs and context.change_oid else ""
    of = f" of #{context.request_number}" if context.request_number and runs else ""
    said = [f"{', '.join(parts)}{oid}{of}"] if parts else []
    said += _events(facts)
    return f"Recorded {'; '.join(said) or 'nothing'}{', '.join(f' in {place}' for place in places)}."


def _run(run: Run) -> str:
    if run.tests is None:
        return f"{run.name} {run.conclusion}"
    counts = Counts(
        tests=run.tests,
        failures=run.failures or 0,
        errors=run.errors or 0,
        skipped=run.skipped or 0,
        flaky=run.flaky or 0,
    )
    return f"{run.name} {run.conclusion} ({summed_up(counts)})"


def _events(facts: Sequence[Fact]) -> list[str]:
    """What became of requests: the decision, else that they are there."""
    events = [fact for fact in facts if isinstance(fact, Event)]
    subjects = {event.subject: event.kind for event in events if event.kind == "opened"}
    subjects |= {event.subject: event.kind for event in events if event.kind in _DECIDED}
    known = {f"request:{fact.number}" for fact in facts if isinstance(fact, Request)}
    return [
        f"#{subject.partition(':')[2]} {kind}" for subject, kind in sorted(subjects.items()) if subject in known
    ] + [f"#{event.subject.partition(':')[2]} {event.kind}" for event in events if event.subject not in known]
