"""Jobs of GitHub Actions and of those that speak like it: the message first, then the environment if it may be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_context import CiContext
from ledger.domain.ci_github import read_github
from tests.domain.test_github_events import mutated
from tests.domain.triggering import HEAD, LANDED, REPOSITORY, TIP, TRIAL, ended, merged, pulled, variables


def read(event: str, payload: dict[str, Any] | None = None, provider: str = "github", **more: str) -> CiContext:
    return read_github(variables(event, **more), payload or {}, provider)


def test_a_job_of_a_request() -> None:
    found = read("pull_request", pulled())
    assert (found.change_oid, found.source, found.checkout_oid) == (HEAD, "payload", TRIAL)
    assert (found.request_number, found.base_ref, found.ref, found.is_fork) == (7, "main", "topic", False)
    assert (found.run_id, found.attempt, found.job, found.workflow) == ("1001", 2, "test", "CI")
    assert found.names == ("github.com/#42", REPOSITORY)
    assert found.run_url == "https://github.com/owner/name/actions/runs/1001"


def test_a_merged_request_is_of_its_head_and_knows_what_landed() -> None:
    found = read("pull_request", merged(), GITHUB_SHA=TIP, GITHUB_REF="refs/heads/main")
    assert (found.change_oid, found.merge_oid, found.request_number) == (HEAD, LANDED, 7)


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment", "check_suite", "fork"])
def test_the_default_branch_s_tip_is_never_taken_for_the_change(event: str) -> None:
    found = read(event, {}, GITHUB_SHA=TIP, GITHUB_REF="refs/heads/main")
    assert (found.change_oid, found.source, found.revision) == ("", "", "")


def test_without_its_message_a_request_s_head_is_for_git_to_tell() -> None:
    found = read("pull_request")
    assert (found.change_oid, found.revision, found.request_number) == ("", f"{TRIAL}^2", 7)
    closed = read("pull_request", GITHUB_REF="refs/heads/main")
    assert (closed.change_oid, closed.revision, closed.request_number) == ("", "", None)
    assert read("pull_request", GITHUB_SHA="").revision == ""


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch", "merge_group", "release"])
def test_other_jobs_are_of_the_commit_that_they_check_out(event: str) -> None:
    found = read(event, {}, GITHUB_SHA=HEAD, GITHUB_REF="refs/heads/main")
    assert (found.change_oid, found.source, found.ref) == (HEAD, "env", "main")


def test_a_push_that_deletes_has_no_commit_whatever_the_environment_says() -> None:
    gone = {"ref": "refs/heads/topic", "after": "0" * 40, "deleted": True, "head_commit": None, "commits": []}
    assert read("push", gone, GITHUB_SHA=TIP).change_oid == ""


def test_a_job_that_hears_of_a_run_speaks_of_that_run() -> None:
    found = read("workflow_run", ended("failure"), GITHUB_SHA=TIP, GITHUB_WORKFLOW="Ledger", GITHUB_JOB="record")
    assert (found.change_oid, found.run_id, found.attempt) == (HEAD, "900", 3)
    assert (found.workflow, found.job, found.conclusion, found.is_fork) == ("CI", "", "failure", True)
    assert found.run_url.endswith("/runs/900")


def test_the_message_names_the_repository_and_the_environment_does_without_it() -> None:
    moved = pulled()
    moved["repository"] = {"id": 43, "html_url": "https://git.example.org/new/name"}
    assert read("pull_request", moved).names == ("git.example.org/#43", "git.example.org/new/name")
    moved["repository"] = None
    assert read("pull_request", moved).names == ("github.com/#42", REPOSITORY)
    bare = read_github({"GITHUB_EVENT_NAME": "push", "GITHUB_SHA": HEAD}, {}, "github")
    assert (bare.names, bare.run_id, bare.run_url, bare.attempt) == ((), "", "", 1)


def test_gitea_says_so_and_speaks_alike() -> None:
    found = read("pull_request", pulled(), "gitea", GITHUB_SERVER_URL="https://git.example.org", GITHUB_RUN_ATTEMPT="")
    assert (found.provider, found.change_oid, found.attempt) == ("gitea", HEAD, 1)


def test_without_its_name_an_event_is_told_by_its_message() -> None:
    found = read("", pulled())
    assert (found.event, found.change_oid) == ("pull_request", HEAD)
    assert read("", {}, GITHUB_SHA=TIP, GITHUB_REF="refs/heads/main").change_oid == ""


def test_a_review_comes_with_its_request() -> None:
    payload = pulled("submitted") | {"review": {"state": "approved", "commit_id": TIP}}
    assert read("pull_request_review", payload).change_oid == HEAD


def test_samples_through_the_whole_environment(samples: Path) -> None:
    for path in sorted((samples / "github_events").glob("*/*.json")):
        payload = json.loads(path.read_text())
        found = read(path.parent.name, payload, GITHUB_SHA=TIP)
        assert found.change_oid != TIP
        assert found.source == ("payload" if found.change_oid else "")
        assert found.repository == payload["repository"]["html_url"].removeprefix("https://")
        assert found.forge_id == f"github.com/#{payload['repository']['id']}"


_EVENT = st.sampled_from(["pull_request", "pull_request_target", "workflow_run", "push", "merge_group"])


@given(st.data(), _EVENT, st.sampled_from([pulled(), merged(), ended()]))
def test_no_message_makes_a_merge_or_a_tip_of_the_change(
    data: st.DataObject, event: str, payload: dict[str, Any]
) -> None:
    found = read(event, mutated(payload, data), GITHUB_SHA=TIP, GITHUB_REF="refs/heads/main")
    own_anyway = event in ("push", "merge_group")
    assert found.change_oid in ({"", HEAD, TIP} if own_anyway else {"", HEAD})
    assert found.attempt >= 1
    assert all(isinstance(name, str) for name in found.names)
