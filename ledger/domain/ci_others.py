"""Bitbucket, Buildkite, CircleCI, Azure and Jenkins, by the variables of their jobs."""

from __future__ import annotations

import re
from typing import Any

from ledger.domain.ci_context import CiContext, Environment, attempt, page, repository_at, request_number, word
from ledger.domain.fields import text
from ledger.domain.requests import oid, ref

_SHORT = re.compile(r"[0-9a-f]{7,64}")
_REQUEST_PAGE = re.compile(r"/(?:pulls?|pull-requests|merge_requests)/(\d{1,10})(?:$|[/?#])")


def read_bitbucket(environ: Environment) -> CiContext:
    """Bitbucket Pipelines; commits of request pipelines are abbreviations of twelve digits, which only git can tell."""
    slug = text(environ.get("BITBUCKET_REPO_FULL_NAME"))
    return CiContext(
        provider="bitbucket",
        repository=repository_at(f"https://bitbucket.org/{slug}") if slug else "",
        run_id=word(environ.get("BITBUCKET_BUILD_NUMBER")),
        attempt=attempt(environ.get("BITBUCKET_STEP_RUN_NUMBER")),
        leg=word(environ.get("BITBUCKET_PARALLEL_STEP")),
        try_id=word(environ.get("BITBUCKET_STEP_UUID")),
        ref=ref(environ.get("BITBUCKET_BRANCH") or environ.get("BITBUCKET_TAG")),
        base_ref=ref(environ.get("BITBUCKET_PR_DESTINATION_BRANCH")),
        request_number=request_number(environ.get("BITBUCKET_PR_ID")),
        exit_code=exit_code(environ.get("BITBUCKET_EXIT_CODE")),
        **_commit(environ.get("BITBUCKET_COMMIT")),
    )


def read_buildkite(environ: Environment) -> CiContext:
    """Buildkite; the commit may be the word HEAD, and the request the word false."""
    number = request_number(environ.get("BUILDKITE_PULL_REQUEST"))
    theirs = repository_at(text(environ.get("BUILDKITE_PULL_REQUEST_REPO")))
    ours = repository_at(text(environ.get("BUILDKITE_REPO")))
    return CiContext(
        provider="buildkite",
        repository=ours,
        event=text(environ.get("BUILDKITE_SOURCE")),
        workflow=word(environ.get("BUILDKITE_PIPELINE_SLUG")),
        run_id=word(environ.get("BUILDKITE_BUILD_ID")),
        attempt=attempt(environ.get("BUILDKITE_RETRY_COUNT"), counts_from=0),
        job=word(environ.get("BUILDKITE_STEP_KEY") or environ.get("BUILDKITE_LABEL")),
        leg=word(environ.get("BUILDKITE_PARALLEL_JOB")),
        run_url=page(environ.get("BUILDKITE_BUILD_URL")),
        ref=ref(environ.get("BUILDKITE_BRANCH")),
        base_ref=ref(environ.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")),
        request_number=number,
        is_fork=theirs.casefold() != ours.casefold() if number and theirs and ours else None,
        exit_code=exit_code(environ.get("BUILDKITE_COMMAND_EXIT_STATUS")),
        **_commit(environ.get("BUILDKITE_COMMIT")),
    )


def read_circleci(environ: Environment) -> CiContext:
    """CircleCI; a request is named by its page, and by its number only where it comes from a fork."""
    found = _REQUEST_PAGE.search(text(environ.get("CIRCLE_PULL_REQUEST")))
    fork = request_number(environ.get("CIRCLE_PR_NUMBER"))
    is_parallel = (request_number(environ.get("CIRCLE_NODE_TOTAL")) or 1) > 1
    return CiContext(
        provider="circleci",
        repository=repository_at(text(environ.get("CIRCLE_REPOSITORY_URL"))),
        run_id=word(environ.get("CIRCLE_WORKFLOW_ID") or environ.get("CIRCLE_BUILD_NUM")),
        job=word(environ.get("CIRCLE_JOB")),
        leg=word(environ.get("CIRCLE_NODE_INDEX")) if is_parallel else "",
        try_id=word(environ.get("CIRCLE_BUILD_NUM")),
        run_url=page(environ.get("CIRCLE_BUILD_URL")),
        ref=ref(environ.get("CIRCLE_BRANCH") or environ.get("CIRCLE_TAG")),
        request_number=request_number(found[1]) if found else fork,
        is_fork=True if fork else None,
        **_commit(environ.get("CIRCLE_SHA1")),
    )


def read_azure(environ: Environment) -> CiContext:
    """Azure Pipelines; the version that is built for a request is a merge made for the test."""
    number = request_number(environ.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER")) or request_number(
        environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID")
    )
    built, head = environ.get("BUILD_SOURCEVERSION"), environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID")
    is_parallel = (request_number(environ.get("SYSTEM_TOTALJOBSINPHASE")) or 1) > 1
    is_fork = {"true": True, "false": False}.get(text(environ.get("SYSTEM_PULLREQUEST_ISFORK")).lower())
    is_request = number is not None or text(environ.get("BUILD_SOURCEBRANCH")).startswith("refs/pull/")
    commit = _commit(head or ("" if is_request else built))
    return CiContext(
        provider="azure",
        repository=repository_at(text(environ.get("BUILD_REPOSITORY_URI"))),
        event=text(environ.get("BUILD_REASON")),
        workflow=word(environ.get("BUILD_DEFINITIONNAME")),
        run_id=word(environ.get("BUILD_BUILDID")),
        attempt=attempt(environ.get("SYSTEM_JOBATTEMPT")),
        job=word(environ.get("SYSTEM_JOBNAME") or environ.get("AGENT_JOBNAME")),
        leg=word(environ.get("SYSTEM_JOBPOSITIONINPHASE")) if is_parallel else "",
        ref=ref(environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH") or environ.get("BUILD_SOURCEBRANCH")),
        base_ref=ref(environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH")),
        request_number=number,
        is_fork=is_fork,
        status=text(environ.get("AGENT_JOBSTATUS")),
        **(commit | {"checkout_oid": oid(built)}),
    )


def read_jenkins(environ: Environment) -> CiContext:
    """Jenkins; with some strategies it builds a request's merge with its target, and says so nowhere."""
    name, build = word(environ.get("JOB_NAME")), word(environ.get("BUILD_NUMBER") or environ.get("BUILD_ID"))
    number = request_number(environ.get("CHANGE_ID")) or request_number(environ.get("ghprbPullId"))
    own = oid(environ.get("ghprbActualCommit"))
    is_request = bool(environ.get("CHANGE_ID") or environ.get("ghprbPullId"))
    commit = _commit(own or environ.get("GIT_COMMIT"), may_be_merge=is_request and not own)
    # A job of many branches has the branch's name as its last part, which is no part of what is checked.
    is_branched = bool(environ.get("BRANCH_NAME")) and "/" in name
    return CiContext(
        provider="jenkins",
        repository=repository_at(text(environ.get("GIT_URL"))),
        workflow=name.rpartition("/")[0] if is_branched else name,
        run_id=f"{name}#{build}" if name and build else build,
        job=word(environ.get("STAGE_NAME")),
        run_url=page(environ.get("BUILD_URL")),
        ref=ref(environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME") or environ.get("GIT_BRANCH")),
        base_ref=ref(environ.get("CHANGE_TARGET")),
        request_number=number,
        is_fork=True if environ.get("CHANGE_FORK") else None,
        **commit,
    )


def exit_code(value: Any) -> int | None:
    """An exit code from its digits; None for anything else."""
    said = str(value if value is not None else "").strip()
    return int(said) if re.fullmatch(r"-?\d{1,9}", said) else None


def _commit(value: Any, *, may_be_merge: bool = False) -> dict[str, Any]:
    """The commit that a variable names: in full, or as what git is to be asked for."""
    said = text(value)
    whole = oid(said)
    if whole and not may_be_merge:
        return {"change_oid": whole, "checkout_oid": whole, "source": "env"}
    is_asked = bool(whole) or said == "HEAD" or _SHORT.fullmatch(said.lower()) is not None
    return {"checkout_oid": whole, "revision": said if is_asked else "", "may_be_merge": may_be_merge and is_asked}
