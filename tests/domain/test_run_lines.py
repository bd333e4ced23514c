"""A run comes out of the journal as it went in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.forge_facts import Run
from ledger.domain.journal import line_facts, parse_line
from ledger.domain.run_lines import run_fields, run_told

OID = "1" * 40
RUN = Run(
    repository_id="R",
    run="local/c/1111/tests",
    attempt=2,
    oid=OID,
    request_number=None,
    name="npm test",
    conclusion="failed",
    is_required=False,
    tests=3,
    failures=1,
    at=datetime(2026, 3, 1, 9, 0, 5, 123456, UTC),
    errors=0,
    skipped=None,
    flaky=2,
    duration_ms=70_000,
    evidence="exit-code",
    reported="unknown",
)


def told(run: Run) -> Run:
    fields = {"v": "1", "at": str(int(run.at.timestamp())), "event": "run", "worktree": "/w", **run_fields(run)}
    line = "\t".join(f"{key}={text}" for key, text in fields.items())
    (found,) = (fact for fact in line_facts(parse_line(line), "R") if isinstance(fact, Run))
    return found


COUNT = st.none() | st.integers(0, 10**12)


@settings(deadline=None)
@given(COUNT, COUNT, COUNT, st.booleans(), st.integers(0, 999_999))
def test_a_run_comes_out_as_it_went_in(
    tests: int | None, errors: int | None, skipped: int | None, is_dirty: bool, micros: int
) -> None:
    run = replace(
        RUN, tests=tests, errors=errors, skipped=skipped, is_dirty=is_dirty, at=RUN.at.replace(microsecond=micros)
    )
    assert told(run) == run


@pytest.mark.parametrize("broken", [{"run": ""}, {"oid": "1234567"}, {"conclusion": "green"}])
def test_a_line_that_names_no_run_is_refused_in_words(broken: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="it names no run"):
        run_told({**run_fields(RUN), **broken}, "R", RUN.at)


def test_what_is_no_count_is_unknown_and_a_try_without_a_number_the_first() -> None:
    run = run_told({**run_fields(RUN), "tests": "many", "attempt": "", "micros": "9999999999"}, "R", RUN.at)
    assert (run.tests, run.attempt) == (None, 1)
