"""What an artifact may say: only what the forge's message about its run confirms, whoever wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_artifact import Checked, check_artifact
from ledger.domain.ci_context import CiContext
from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event, Request, Run
from tests.domain.building import call
from tests.domain.requesting import request as described
from tests.domain.requesting import rest
from tests.domain.triggering import HEAD, NOW, TIP, job

RUN = job(run_id="900", job="", attempt=3, conclusion="success", request_number=None, is_fork=True)
"""The run that ended, as the message tells it."""


def run(**changed: Any) -> Run:
    """A run as the artifact tells it."""
    known: dict[str, Any] = {
        "repository_id": "R",
        "run": "github/900/test/",
        "attempt": 3,
        "oid": HEAD,
        "request_number": 7,
        "name": "CI / test",
        "conclusion": "passed",
        "is_required": True,
        "tests": 12,
        "failures": 0,
        "evidence": "outcome",
        "reported": "passed",
        "at": NOW + timedelta(days=400),
    }
    return Run(**known | changed)


def request(**changed: Any) -> Request:
    """An open request on the run's commit."""
    return replace(described(rest(state="open", closed_at=None)), **{"head_oid": HEAD} | changed)


def event(kind: str = "opened", number: int = 7) -> Event:
    """An event of a request."""
    subject = f"request:{number}"
    return Event(repository_id="R", subject=subject, kind=kind, at=NOW, actor="", verdict="", oid="")


def checked(*facts: Fact, context: CiContext = RUN, is_required: bool = False) -> Checked:
    return check_artifact(facts, context, "R", NOW, is_required=is_required)


def test_a_run_that_the_message_confirms_is_kept_with_the_forge_s_time() -> None:
    (kept,) = checked(run()).facts
    assert isinstance(kept, Run)
    assert (kept.conclusion, kept.evidence, kept.reported, kept.tests) == ("passed", "api", "passed", 12)
    assert (kept.at, kept.is_required, kept.request_number) == (NOW, False, None)
    assert checked(run()).refused == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"run": "github/901/test/"}, "of another run"), ({"run": "github/9001/test/"}, "of another run"),
     ({"run": "gitlab/900/test/"}, "of another run"), ({"attempt": 2}, "of another attempt"),
     ({"oid": TIP}, "of another commit"), ({"failures": -1}, "counts below zero"),
     ({"run": "github/900/" + "x" * 999}, "no job has")],
)  # fmt: skip
def test_a_run_of_anything_else_is_refused_and_counted(changed: dict[str, Any], why: str) -> None:
    found = checked(run(**changed), run(**changed), run())
    assert len(found.facts) == 1
    (sentence,) = found.refused
    assert why in sentence
    assert sentence.startswith("2 entries refused: ")


def test_a_pass_in_a_run_that_failed_is_not_believed_and_the_failure_is_recorded() -> None:
    kept, whole = checked(run(), context=replace(RUN, conclusion="failure")).facts
    assert isinstance(kept, Run)
    assert isinstance(whole, Run)
    assert (kept.conclusion, kept.evidence, kept.reported) == ("unknown", "", "passed")
    assert (whole.run, whole.name, whole.conclusion, whole.evidence) == ("github/900//", "CI", "failed", "api")
    assert (whole.oid, whole.attempt, whole.at) == (HEAD, 3, NOW)


def test_a_failure_in_a_run_that_failed_is_that_failure() -> None:
    lint = run(run="github/900/lint/", name="CI / lint")
    kept = checked(lint, run(conclusion="failed"), context=replace(RUN, conclusion="failure")).facts
    assert [(fact.name, fact.conclusion) for fact in kept if isinstance(fact, Run)] == [
        ("CI / lint", "unknown"),
        ("CI / test", "failed"),
    ]


def test_a_failure_in_a_run_that_passed_is_kept_as_what_was_reported() -> None:
    kept, whole = checked(run(conclusion="failed", reported="")).facts
    assert isinstance(kept, Run)
    assert isinstance(whole, Run)
    assert (kept.conclusion, kept.reported, whole.conclusion) == ("unknown", "failed", "passed")


@pytest.mark.parametrize("status", ["", "action_required", "requested"])
def test_a_run_whose_end_the_forge_does_not_tell_has_none(status: str) -> None:
    (kept,) = checked(run(), context=replace(RUN, conclusion=status)).facts
    assert isinstance(kept, Run)
    assert (kept.conclusion, kept.reported) == ("unknown", "passed")


def test_an_empty_artifact_leaves_what_the_forge_says() -> None:
    (whole,) = checked(context=replace(RUN, conclusion="cancelled"), is_required=True).facts
    assert isinstance(whole, Run)
    assert (whole.conclusion, whole.is_required) == ("cancelled", True)


def test_a_request_is_believed_where_the_forge_names_it() -> None:
    named = replace(RUN, known_numbers=(7,), request_number=7)
    found = checked(run(), request(), event(), context=named)
    assert found.refused == ()
    assert found.facts[1:] == (request(), event())
    (kept,) = checked(run(), context=named).facts
    assert isinstance(kept, Run)
    assert kept.request_number == 7


@pytest.mark.parametrize(
    ("fact", "numbers", "why"),
    [(request(), (), "does not name"), (request(number=8), (7,), "does not name"),
     (request(head_oid=TIP), (7,), "another commit"), (request(state="merged"), (7,), "only the forge can say"),
     (request(state="closed"), (7,), "only the forge can say"), (event(), (), "does not name"),
     (event("merged"), (7,), "only the forge can tell"), (event("reopened"), (7,), "only the forge can tell"),
     (event("reviewed"), (7,), "only the forge can tell"), (event(number=8), (7,), "does not name"),
     (call("c", 1), (7,), "kinds other than")],
)  # fmt: skip
def test_what_only_the_forge_can_say_is_refused(fact: Fact, numbers: tuple[int, ...], why: str) -> None:
    found = checked(fact, run(), context=replace(RUN, known_numbers=numbers))
    assert len(found.facts) == 1
    (sentence,) = found.refused
    assert why in sentence
    assert sentence.startswith("1 entry refused: ")


_WORDS = st.sampled_from(["passed", "failed", "cancelled", "skipped", "unknown"])


@given(st.lists(_WORDS, max_size=5), st.sampled_from(["success", "failure", "cancelled", "skipped", "", "x"]))
def test_no_artifact_passes_a_run_that_the_forge_does_not(words: list[str], status: str) -> None:
    runs = [run(run=f"github/900/{number}/", conclusion=word) for number, word in enumerate(words)]
    facts = checked(*runs, context=replace(RUN, conclusion=status)).facts
    found = {fact.conclusion for fact in facts if isinstance(fact, Run)}
    assert "passed" not in found or status == "success"
    assert status != "failure" or "failed" in found
