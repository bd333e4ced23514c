"""Jobs of GitLab: detached and merged-results pipelines, forks, retries, words of a job that still runs."""

from __future__ import annotations

import pytest

from ledger.domain.ci_context import CiContext
from ledger.domain.ci_gitlab import read_gitlab
from tests.domain.triggering import HEAD, TRIAL

PUSH = {
    "GITLAB_CI": "true",
    "CI_PIPELINE_SOURCE": "push",
    "CI_PROJECT_ID": "42",
    "CI_PROJECT_URL": "https://gitlab.example.org/group/part/name",
    "CI_PIPELINE_ID": "1001",
    "CI_PIPELINE_URL": "https://gitlab.example.org/group/part/name/-/pipelines/1001",
    "CI_JOB_ID": "5005",
    "CI_JOB_NAME": "test: [3.12]",
    "CI_COMMIT_SHA": HEAD,
    "CI_COMMIT_BRANCH": "main",
    "CI_JOB_STATUS": "success",
}
REQUEST = PUSH | {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_COMMIT_BRANCH": "",
    "CI_MERGE_REQUEST_ID": "99",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example.org/group/part/name",
}


def read(**changed: str) -> CiContext:
    return read_gitlab(REQUEST | changed)


def test_a_push() -> None:
    found = read_gitlab(PUSH)
    assert (found.change_oid, found.source, found.request_number, found.ref) == (HEAD, "env", None, "main")
    assert found.names == ("gitlab.example.org/#42", "gitlab.example.org/group/part/name")
    assert (found.run_id, found.job, found.try_id, found.attempt) == ("1001", "test: [3.12]", "5005", 1)
    assert (found.status, found.is_fork) == ("success", None)
    assert found.run_url.endswith("/pipelines/1001")


def test_a_detached_pipeline_runs_on_the_source_s_own_commit() -> None:
    found = read()
    assert (found.change_oid, found.request_number, found.is_fork) == (HEAD, 7, False)
    assert (found.ref, found.base_ref) == ("topic", "main")


@pytest.mark.parametrize("kind", ["merged_result", "merge_train"])
def test_a_pipeline_on_a_merge_knows_the_source_s_commit_by_another_name(kind: str) -> None:
    merge = {"CI_MERGE_REQUEST_EVENT_TYPE": kind, "CI_COMMIT_SHA": TRIAL}
    found = read(**merge, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD)
    assert (found.change_oid, found.checkout_oid, found.source) == (HEAD, TRIAL, "env")
    unknown = read(**merge)
    assert (unknown.change_oid, unknown.source) == ("", "")


def test_a_request_from_a_fork_is_of_the_repository_that_it_is_for() -> None:
    theirs = "https://gitlab.example.org/ann/name"
    found = read(CI_PROJECT_ID="43", CI_PROJECT_URL=theirs, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="43")
    assert found.is_fork is True
    assert found.names == ("gitlab.example.org/#42", "gitlab.example.org/group/part/name")


def test_the_number_is_that_of_the_project_and_not_of_the_whole_server() -> None:
    assert read(CI_MERGE_REQUEST_IID="", CI_MERGE_REQUEST_ID="99").request_number is None


def test_a_tag_is_a_ref_too() -> None:
    assert read_gitlab(PUSH | {"CI_COMMIT_BRANCH": "", "CI_COMMIT_TAG": "v1"}).ref == "v1"


def test_an_empty_environment_tells_nothing() -> None:
    found = read_gitlab({})
    assert (found.change_oid, found.run_id, found.names, found.source) == ("", "", (), "")
