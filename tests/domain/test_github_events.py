"""Which commit and request a message of GitHub is about: never a test merge, never the default branch's tip."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.github_events import Pointed, event_of, pointed
from tests.domain.triggering import BASE, HEAD, LANDED, TRIAL, ended, merged, pulled, repository

PUSH = {"ref": "refs/heads/topic", "before": BASE, "after": HEAD, "head_commit": {"id": HEAD}, "commits": []}
QUEUE = {
    "merge_group": {
        "head_sha": HEAD,
        "head_ref": f"refs/heads/gh-readonly-queue/release/1.2/pr-7-{BASE}",
        "base_ref": "refs/heads/release/1.2",
    }
}


def about(event: str, payload: dict[str, Any]) -> Pointed:
    found = pointed(event, payload)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "event", ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"]
)
def test_a_request_s_own_commit_is_its_head(event: str) -> None:
    found = about(event, pulled())
    assert (found.oid, found.number, found.ref, found.base_ref) == (HEAD, 7, "topic", "main")
    assert (found.merge_oid, found.is_fork) == ("", False)


def test_only_a_request_that_was_merged_has_a_merge_commit() -> None:
    assert about("pull_request", merged()).merge_oid == LANDED
    closed = pulled("closed", state="closed", closed_at="2026-03-02T08:00:00Z")
    assert closed["pull_request"]["merge_commit_sha"] == TRIAL
    assert about("pull_request", closed).merge_oid == ""
    assert about("pull_request", merged()).oid == HEAD


@pytest.mark.parametrize(
    ("head", "wanted"),
    [({"repo": {"id": 42}}, False), ({"repo": {"id": 43}}, True), ({"repo": None}, True), ({}, None),
     ({"repo": {}}, None), ({"repo": "x"}, None)],
)  # fmt: skip
def test_a_fork_is_another_repository_and_a_deleted_one_was_one(head: dict[str, Any], wanted: bool | None) -> None:
    payload = pulled(head={"ref": "topic", "sha": HEAD} | head)
    assert about("pull_request", payload).is_fork is wanted


@pytest.mark.parametrize("missing", [{}, {"pull_request": None}, {"pull_request": []}, {"pull_request": "x"}])
def test_without_the_request_nothing_is_known(missing: dict[str, Any]) -> None:
    assert pointed("pull_request", {"action": "closed", "number": 7, **missing}) is None


def test_a_merge_queue_names_the_request_in_its_branch() -> None:
    found = about("merge_group", QUEUE)
    assert (found.oid, found.number, found.base_ref) == (HEAD, 7, "release/1.2")
    odd = {"merge_group": {"head_sha": HEAD, "head_ref": "refs/heads/pr-7-x"}}
    assert (about("merge_group", odd).oid, about("merge_group", odd).number) == (HEAD, None)
    assert pointed("merge_group", {}) is None


def test_a_push_is_of_the_commit_it_ends_with() -> None:
    found = about("push", PUSH)
    assert (found.oid, found.number, found.ref) == (HEAD, None, "topic")
    assert about("push", PUSH | {"after": None}).oid == HEAD
    assert about("push", PUSH | {"commits": None, "head_commit": None}).oid == HEAD


def test_a_deleted_branch_has_no_commit() -> None:
    gone = PUSH | {"after": "0" * 40, "deleted": True, "head_commit": None}
    assert about("push", gone).oid == ""
    assert about("push", PUSH | {"deleted": True}).oid == ""


def test_an_annotated_tag_is_an_object_of_its_own() -> None:
    tag = PUSH | {"ref": "refs/tags/v1", "after": TRIAL}
    assert about("push", tag).oid == HEAD


def test_a_run_that_ended_names_its_commit_attempt_and_conclusion() -> None:
    found = about("workflow_run", ended("failure"))
    assert (found.oid, found.number, found.is_fork, found.numbers) == (HEAD, None, True, ())
    assert found.ran is not None
    assert (found.ran.run_id, found.ran.attempt, found.ran.workflow) == ("900", 3, "CI")
    assert (found.ran.conclusion, found.ran.url) == ("failure", "https://github.com/owner/name/actions/runs/900")
    assert about("workflow_run", ended(None, head_repository={"id": 42})).is_fork is False


def test_of_the_requests_of_a_run_those_of_other_repositories_are_not_ours() -> None:
    here, there = ({"number": n, "base": {"repo": {"id": of}}} for n, of in ((7, 42), (8, 43)))
    assert about("workflow_run", ended(pull_requests=[here, there])).number == 7
    two = about("workflow_run", ended(pull_requests=[here, here | {"number": 9}]))
    assert (two.number, two.numbers) == (None, (7, 9))


@pytest.mark.parametrize("event", ["check_suite", "check_run", "workflow_job"])
def test_checks_are_of_the_commit_that_they_name(event: str) -> None:
    found = about(event, {event: {"head_sha": HEAD, "head_branch": "topic", "pull_requests": [{"number": 7}]}})
    assert (found.oid, found.number, found.ref) == (HEAD, 7, "topic")
    assert pointed(event, {}) is None


def test_a_comment_names_the_request_and_no_commit() -> None:
    found = about("issue_comment", {"issue": {"number": 7, "pull_request": {}}})
    assert (found.oid, found.number) == ("", 7)
    assert pointed("issue_comment", {"issue": {"number": 7}}) is None


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "", "no such event"])
def test_other_events_are_for_the_environment_to_tell(event: str) -> None:
    assert pointed(event, {}) is None


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [(pulled(), "pull_request"), (pulled() | {"review": {}}, "pull_request_review"), (PUSH, "push"),
     (QUEUE, "merge_group"), (ended(), "workflow_run"), ({"check_suite": {}}, "check_suite"),
     ({"issue": {}, "comment": {}}, "issue_comment"), ({"issue": {}}, ""), ({}, "")],
)  # fmt: skip
def test_a_message_whose_sender_names_no_event_is_told_by_what_it_holds(payload: dict[str, Any], wanted: str) -> None:
    assert event_of(payload) == wanted


def test_every_sample_names_the_commit_that_it_is_about(samples: Path) -> None:
    found: dict[str, int] = {}
    for path in sorted((samples / "github_events").glob("*/*.json")):
        payload, event = json.loads(path.read_text()), path.parent.name
        what = about(event, payload)
        assert event_of(payload) == event
        own = payload.get("pull_request", payload.get(event, {}))
        wanted = own["head"]["sha"] if "head" in own else own.get("head_sha", payload.get("after"))
        assert what.oid == (wanted if wanted.strip("0") else ""), path.name
        assert what.oid not in {own.get("merge_commit_sha"), payload.get("before")} - {wanted, None}
        if event.startswith("pull_request"):
            assert what.number == own["number"]
        found[event] = found.get(event, 0) + 1
    assert found["pull_request"] >= 14
    assert len(found) == 7


_VALUE = st.sampled_from([None, 0, -1, 1.5, True, "", "x", "0" * 40, [], {}, [None], {"id": None}, "\ud800", 2**70])
_WHOLE = [
    ("pull_request", pulled()),
    ("pull_request", merged()),
    ("merge_group", QUEUE | {"repository": repository()}),
    ("push", PUSH | {"repository": repository()}),
    ("workflow_run", ended(pull_requests=[{"number": 7, "base": {"repo": {"id": 42}}}])),
]


def _places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a message that something can be put in."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*here, step)
        yield from _places(inner, (*here, step))


def mutated(payload: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The message with up to four of its parts taken away or replaced by something that does not belong there."""
    payload = copy.deepcopy(payload)
    for _ in range(data.draw(st.integers(1, 4))):
        places = list(_places(payload))
        if not places:
            break
        *way, last = data.draw(st.sampled_from(places))
        inner: Any = payload
        for step in way:
            inner = inner[step]
        if isinstance(inner, dict) and data.draw(st.booleans()):
            del inner[last]
        else:
            inner[last] = copy.deepcopy(data.draw(_VALUE))
    return payload


@given(st.data(), st.sampled_from(_WHOLE))
def test_a_message_with_anything_in_it_names_a_commit_that_it_holds_or_none(
    data: st.DataObject, whole: tuple[str, dict[str, Any]]
) -> None:
    event, payload = whole
    found = pointed(event, mutated(payload, data))
    if found is not None:
        assert found.oid in ("", HEAD)
        assert found.merge_oid in ("", LANDED, TRIAL)
        assert found.number in (None, 7)
        assert found.is_fork in (None, True, False)
