"""Jobs of Bitbucket, Buildkite, CircleCI, Azure and Jenkins, each with its own traps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ci_others import (
    exit_code,
    read_azure,
    read_bitbucket,
    read_buildkite,
    read_circleci,
    read_jenkins,
)
from tests.domain.triggering import HEAD, REPOSITORY, TRIAL

BITBUCKET = {
    "BITBUCKET_BUILD_NUMBER": "31",
    "BITBUCKET_COMMIT": HEAD,
    "BITBUCKET_REPO_FULL_NAME": "owner/name",
    "BITBUCKET_BRANCH": "topic",
    "BITBUCKET_PR_ID": "7",
    "BITBUCKET_PR_DESTINATION_BRANCH": "main",
    "BITBUCKET_STEP_UUID": "{5a}",
    "BITBUCKET_EXIT_CODE": "1",
}
BUILDKITE = {
    "BUILDKITE": "true",
    "BUILDKITE_COMMIT": HEAD,
    "BUILDKITE_PULL_REQUEST": "7",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
    "BUILDKITE_PULL_REQUEST_REPO": "https://github.com/ann/name.git",
    "BUILDKITE_REPO": "git@github.com:owner/name.git",
    "BUILDKITE_BRANCH": "topic",
    "BUILDKITE_BUILD_ID": "0193-a",
    "BUILDKITE_BUILD_URL": "https://buildkite.com/owner/name/builds/3",
    "BUILDKITE_PIPELINE_SLUG": "name",
    "BUILDKITE_STEP_KEY": "unit",
    "BUILDKITE_PARALLEL_JOB": "1",
    "BUILDKITE_RETRY_COUNT": "1",
    "BUILDKITE_COMMAND_EXIT_STATUS": "0",
}
CIRCLECI = {
    "CIRCLECI": "true",
    "CIRCLE_SHA1": HEAD,
    "CIRCLE_REPOSITORY_URL": "git@github.com:owner/name.git",
    "CIRCLE_PULL_REQUEST": "https://github.com/owner/name/pull/7",
    "CIRCLE_WORKFLOW_ID": "w-1",
    "CIRCLE_BUILD_NUM": "12",
    "CIRCLE_JOB": "test",
    "CIRCLE_BRANCH": "topic",
    "CIRCLE_NODE_TOTAL": "2",
    "CIRCLE_NODE_INDEX": "0",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_SOURCEVERSION": TRIAL,
    "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
    "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
    "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "7",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "4711",
    "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/topic",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
    "SYSTEM_PULLREQUEST_ISFORK": "False",
    "BUILD_REPOSITORY_URI": "https://github.com/owner/name",
    "BUILD_BUILDID": "88",
    "BUILD_DEFINITIONNAME": "CI",
    "SYSTEM_JOBNAME": "unit",
    "SYSTEM_JOBATTEMPT": "2",
    "AGENT_JOBSTATUS": "SucceededWithIssues",
}
JENKINS = {
    "JENKINS_URL": "https://ci.example.org/",
    "BUILD_ID": "5",
    "BUILD_NUMBER": "5",
    "JOB_NAME": "team/name/PR-7",
    "BRANCH_NAME": "PR-7",
    "CHANGE_ID": "7",
    "CHANGE_BRANCH": "topic",
    "CHANGE_TARGET": "main",
    "GIT_COMMIT": TRIAL,
    "GIT_URL": "https://github.com/owner/name.git",
    "BUILD_URL": "https://ci.example.org/job/team/5/",
    "STAGE_NAME": "unit",
}


def test_bitbucket() -> None:
    found = read_bitbucket(BITBUCKET)
    assert (found.change_oid, found.source, found.request_number, found.exit_code) == (HEAD, "env", 7, 1)
    assert (found.repository, found.run_id, found.try_id, found.base_ref) == (
        "bitbucket.org/owner/name",
        "31",
        "{5a}",
        "main",
    )


def test_an_abbreviated_commit_is_for_git_to_tell() -> None:
    found = read_bitbucket(BITBUCKET | {"BITBUCKET_COMMIT": HEAD[:12]})
    assert (found.change_oid, found.revision, found.may_be_merge, found.source) == ("", HEAD[:12], False, "")
    for odd in ("", "main", "--upload-pack=x", "$(id)", "0" * 40):
        found = read_bitbucket(BITBUCKET | {"BITBUCKET_COMMIT": odd})
        assert found.change_oid == ""
        assert found.revision in ("", "0" * 40), "what is no commit's id is not asked for"


def test_buildkite() -> None:
    found = read_buildkite(BUILDKITE)
    assert (found.change_oid, found.request_number, found.is_fork, found.exit_code) == (HEAD, 7, True, 0)
    assert (found.repository, found.workflow, found.job, found.leg) == (REPOSITORY, "name", "unit", "1")
    assert (found.run_id, found.attempt) == ("0193-a", 2)


def test_buildkite_s_words_for_none() -> None:
    found = read_buildkite(BUILDKITE | {"BUILDKITE_COMMIT": "HEAD", "BUILDKITE_PULL_REQUEST": "false"})
    assert (found.change_oid, found.revision, found.request_number, found.is_fork) == ("", "HEAD", None, None)


def test_circleci() -> None:
    found = read_circleci(CIRCLECI)
    assert (found.change_oid, found.request_number, found.is_fork, found.leg) == (HEAD, 7, None, "0")
    assert (found.repository, found.run_id, found.job, found.try_id) == (REPOSITORY, "w-1", "test", "12")
    assert read_circleci(CIRCLECI | {"CIRCLE_NODE_TOTAL": "1"}).leg == ""


@pytest.mark.parametrize(
    ("page", "number"),
    [("https://bitbucket.org/o/n/pull-requests/12", 12), ("https://gitlab.com/o/n/-/merge_requests/13#note", 13),
     ("https://github.com/o/n/issues/14", None), ("", None)],
)  # fmt: skip
def test_circleci_names_a_request_by_its_page(page: str, number: int | None) -> None:
    assert read_circleci(CIRCLECI | {"CIRCLE_PULL_REQUEST": page}).request_number == number


def test_circleci_numbers_only_requests_from_forks() -> None:
    found = read_circleci(CIRCLECI | {"CIRCLE_PULL_REQUEST": "", "CIRCLE_PR_NUMBER": "9"})
    assert (found.request_number, found.is_fork) == (9, True)


def test_azure_builds_a_merge_of_a_request_and_names_its_commit() -> None:
    found = read_azure(AZURE)
    assert (found.change_oid, found.checkout_oid, found.request_number, found.is_fork) == (HEAD, TRIAL, 7, False)
    assert (found.ref, found.base_ref, found.workflow, found.job) == ("topic", "main", "CI", "unit")
    assert (found.attempt, found.status, found.repository) == (2, "SucceededWithIssues", REPOSITORY)
    assert read_azure(AZURE | {"SYSTEM_PULLREQUEST_SOURCECOMMITID": ""}).change_oid == ""


def test_azure_without_a_request_builds_the_commit_itself() -> None:
    push = {name: value for name, value in AZURE.items() if "PULLREQUEST" not in name}
    found = read_azure(push | {"BUILD_SOURCEVERSION": HEAD, "BUILD_SOURCEBRANCH": "refs/heads/main"})
    assert (found.change_oid, found.request_number, found.ref, found.is_fork) == (HEAD, None, "main", None)
    legs = {"SYSTEM_TOTALJOBSINPHASE": "3", "SYSTEM_JOBPOSITIONINPHASE": "2"}
    assert read_azure(push | legs).leg == "2"


def test_jenkins_may_have_built_a_merge() -> None:
    found = read_jenkins(JENKINS)
    assert (found.change_oid, found.revision, found.may_be_merge, found.request_number) == ("", TRIAL, True, 7)
    assert (found.run_id, found.workflow, found.job) == ("team/name/PR-7#5", "team/name", "unit")
    assert (found.repository, found.ref, found.base_ref) == (REPOSITORY, "topic", "main")


def test_jenkins_without_a_request_built_the_commit_itself() -> None:
    push = JENKINS | {"CHANGE_ID": "", "BRANCH_NAME": "", "JOB_NAME": "nightly", "GIT_COMMIT": HEAD}
    found = read_jenkins(push)
    assert (found.change_oid, found.may_be_merge, found.workflow, found.run_id) == (HEAD, False, "nightly", "nightly#5")


def test_a_plugin_of_jenkins_names_the_request_s_own_commit() -> None:
    found = read_jenkins(JENKINS | {"CHANGE_ID": "", "ghprbPullId": "7", "ghprbActualCommit": HEAD})
    assert (found.change_oid, found.request_number, found.may_be_merge) == (HEAD, 7, False)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("0", 0), (" 1 ", 1), ("-9", -9), ("", None), (None, None), ("x", None), ("1.5", None), (3, 3), ("9" * 40, None)],
)
def test_exit_codes(said: Any, wanted: int | None) -> None:
    assert exit_code(said) == wanted


_READERS = [
    (read_bitbucket, BITBUCKET),
    (read_buildkite, BUILDKITE),
    (read_circleci, CIRCLECI),
    (read_azure, AZURE),
    (read_jenkins, JENKINS),
]


@given(st.sampled_from(_READERS), st.data())
def test_any_variable_may_hold_anything(pair: tuple[Any, dict[str, str]], data: st.DataObject) -> None:
    read, environ = pair
    name = data.draw(st.sampled_from(sorted(environ)))
    found = read(environ | {name: data.draw(st.text())})
    assert found.change_oid in ("", HEAD, TRIAL)
    assert found.request_number is None or found.request_number > 0
    assert found.attempt >= 1
    assert "\n" not in f"{found.run_id}{found.job}{found.leg}{found.repository}"
    if name not in ("CHANGE_ID", "BUILD_SOURCEBRANCH"):
        assert found.change_oid != TRIAL, "a merge made for the test is nobody's commit"
