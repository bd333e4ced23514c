"""What is said in CI's log, summary and outputs: text from outside is neither a command nor markup there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_runs import Ending, runs_told
from ledger.domain.ci_words import harmless, output, summary, told, verdict, warning
from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event
from ledger.domain.test_reports import Counts, Results
from tests.domain.requesting import HEAD as OTHER
from tests.domain.requesting import request as described
from tests.domain.requesting import rest
from tests.domain.triggering import NOW, job

HOSTILE = [
    "::error::x",
    "a\n::set-output name=verdict::passed",
    "\r::warning::x",
    "x ##[command]y",
    "##vso[task.setvariable variable=PATH]x",
    "##teamcity[x]",
    "\x1b[2J\x1b]8;;https://example.org\x07",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_a_log_is_no_command(text: str) -> None:
    line = harmless(text)
    assert not line.startswith("::")
    assert not re.search(r"##\w*\[", line)
    assert line.isprintable()


@given(st.text())
def test_any_text_is_one_printable_line_and_no_command(text: str) -> None:
    line = harmless(text)
    assert "\n" not in line
    assert "\r" not in line
    assert not line.lstrip().startswith("::")
    assert not re.search(r"##\w*\[", line)
    assert len(line) <= 400


def test_a_warning_is_one_annotation_whose_text_cannot_end_it() -> None:
    said = warning(["100 % of a\nb::error::x", "more", "and more"])
    assert said == "::warning title=ledger::100 %25 of a b::error::x (2 more in the job's summary.)"
    assert warning(["One."]) == "::warning title=ledger::One."


def test_a_summary_mentions_nobody_and_links_nothing() -> None:
    said = summary("Recorded @ann's #12", ["![x](https://example.org) <img src=x>"])
    assert not re.search(r"@a|#1|!\[x|https://|<img", said)


def test_a_summary_is_short_whatever_went_wrong() -> None:
    said = summary("Recorded nothing.", [f"Problem <b>{number}</b> {'x' * 9999}" for number in range(500)])
    assert len(said.encode()) < 20_000
    assert "480 more" in said
    assert "<b>" not in said
    assert summary("Recorded it.", []) == "**ledger**: Recorded it.\n\n"


def test_an_output_holds_one_line_and_its_delimiter_is_its_own() -> None:
    assert output("verdict", "passed", "D1") == "verdict<<D1\npassed\nD1\n"
    assert output("verdict", "x\nD1\nother<<D2\ny\nD2", "D1").count("\n") == 3


def test_the_worst_conclusion_is_the_verdict() -> None:
    def runs(*words: str) -> str:
        needs = {str(number): word for number, word in enumerate(words)}
        return verdict(runs_told(job(), Ending(needs=needs), "R", NOW))

    assert runs() == ""
    assert runs("success", "failure", "cancelled") == "failed"
    assert runs("success", "cancelled", "what") == "cancelled"
    assert runs("success", "what", "skipped") == "unknown"
    assert runs("success", "skipped") == "passed"
    assert runs("skipped") == "skipped"


def test_what_was_recorded_in_one_sentence() -> None:
    results = Results(form="junit", counts=Counts(tests=12, failures=1, flaky=2))
    facts: list[Fact] = [*runs_told(job(), Ending(outcome="failure", results=results), "R", NOW)]
    assert told(facts, job(), ["a.jsonl"]) == (
        "Recorded CI / test failed (12 tests, 1 failed, 2 flaky) on bbbbbbbbbb of #7 in a.jsonl."
    )
    assert told(facts, job(request_number=None), []).endswith("on bbbbbbbbbb.")
    assert told([], job(), []) == "Recorded nothing."


def test_many_runs_are_counted() -> None:
    needs = {f"job{number}": "success" for number in range(30)}
    said = told(runs_told(job(), Ending(needs=needs), "R", NOW), job(), [])
    assert "CI / job19 passed, 10 more on bbbbbbbbbb of #7" in said


def test_what_became_of_the_request_is_said() -> None:
    closed = described(rest())
    known = {"repository_id": "R", "at": NOW, "actor": "", "verdict": "", "oid": OTHER}
    events = [Event(subject="request:7", kind=kind, **known) for kind in ("opened", "closed")]  # type: ignore[arg-type]
    assert told([closed, *events], job(), ["x"]) == "Recorded #7 closed in x."
    assert told([closed, events[0]], job(), []) == "Recorded #7 opened."
    landed = replace(events[1], subject="request:9", kind="merged")
    assert told([landed], job(), []) == "Recorded #9 merged."
