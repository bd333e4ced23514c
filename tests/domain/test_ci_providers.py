"""Which CI runs a job, and that what a person says wins over what is found."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.ci_context import CiContext
from ledger.domain.ci_providers import PROVIDERS, Said, find_context, provider_of
from ledger.errors import LedgerError
from tests.domain.test_ci_gitlab import REQUEST
from tests.domain.test_ci_others import AZURE, BITBUCKET, BUILDKITE, CIRCLECI, JENKINS
from tests.domain.triggering import HEAD, TIP, ended, pulled, variables

GITHUB = variables("pull_request")


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        (GITHUB, "github"),
        (GITHUB | {"GITEA_ACTIONS": "true"}, "gitea"),
        (GITHUB | {"FORGEJO_ACTIONS": "true"}, "gitea"),
        (REQUEST, "gitlab"),
        (BITBUCKET, "bitbucket"),
        ({"BITBUCKET_COMMIT": HEAD}, "bitbucket"),
        (BUILDKITE, "buildkite"),
        (CIRCLECI, "circleci"),
        (AZURE, "azure"),
        (JENKINS, "jenkins"),
        ({"JENKINS_URL": "https://ci.example.org"}, ""),
        ({"CI": "true"}, ""),
        ({"GITHUB_ACTIONS": "false", "GITLAB_CI": ""}, ""),
        ({}, ""),
    ],
)
def test_each_is_told_by_its_variables(environ: dict[str, str], wanted: str) -> None:
    assert provider_of(environ) == wanted
    assert find_context(environ, None, Said()).provider == wanted


def test_all_that_can_be_told_can_be_said() -> None:
    assert set(PROVIDERS) == {
        *("github", "gitea", "gitlab", "bitbucket", "buildkite", "circleci", "azure", "jenkins"),
    }


def said(**words: str) -> CiContext:
    return find_context(GITHUB, pulled(), Said(**words))


def test_what_is_said_wins() -> None:
    found = said(sha=TIP, pr="#12", base="release", run="r-1", attempt="5", job="unit", leg='{"os": "mac"}')
    assert (found.change_oid, found.source, found.request_number, found.base_ref) == (TIP, "flag", 12, "release")
    assert (found.run_id, found.attempt, found.job, found.leg) == ("r-1", 5, "unit", "mac")
    assert (found.provider, found.known_numbers) == ("github", (12,))


def test_what_is_not_said_stays_as_it_was_found() -> None:
    assert said() == find_context(GITHUB, pulled(), Said())
    assert said(job="unit").change_oid == HEAD


def test_a_commit_that_is_said_by_another_name_is_for_git_to_tell() -> None:
    found = said(sha="HEAD~1")
    assert (found.change_oid, found.revision, found.source) == ("", "HEAD~1", "flag")
    merge = find_context(JENKINS, None, Said(sha="HEAD"))
    assert (merge.revision, merge.may_be_merge) == ("HEAD", False)


def test_another_repository_has_another_id() -> None:
    assert said(repository="git.example.org/a/b").names == ("git.example.org/a/b",)
    assert said(repository="git@git.example.org:a/b.git").names == ("git.example.org/a/b",)


def test_whoever_numbers_the_tries_needs_no_id_of_a_job() -> None:
    assert find_context(REQUEST, None, Said()).try_id == "5005"
    assert find_context(REQUEST, None, Said(attempt="2")).try_id == ""
    assert find_context(REQUEST, None, Said(run="x")).try_id == ""


def test_a_provider_that_is_said_is_read_as_such() -> None:
    found = find_context(REQUEST | {"GITHUB_ACTIONS": "true"}, None, Said(provider="GitLab"))
    assert (found.provider, found.run_id) == ("gitlab", "1001")


def test_outside_of_every_ci_it_is_the_commit_that_is_checked_out() -> None:
    found = find_context({}, None, Said(provider="tekton", run="7"))
    assert (found.provider, found.run_id, found.revision, found.change_oid) == ("tekton", "7", "HEAD", "")


@pytest.mark.parametrize(
    ("words", "names"),
    [({"pr": "x"}, "--pr"), ({"pr": "0"}, "--pr"), ({"attempt": "first"}, "--attempt"), ({"attempt": "0"}, "--attempt"),
     ({"provider": "a b"}, "--provider"), ({"provider": "::warning::x"}, "--provider"),
     ({"repository": "name"}, "--repository"), ({"repository": "github.com/name"}, "--repository")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(words: dict[str, Any], names: str) -> None:
    with pytest.raises(LedgerError, match=names):
        said(**words)


def test_a_run_that_ended_can_be_given_its_request() -> None:
    found = find_context(variables("workflow_run"), ended(), Said(pr="7"))
    assert (found.request_number, found.known_numbers) == (7, (7,))
