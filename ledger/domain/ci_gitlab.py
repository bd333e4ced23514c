"""GitLab CI, by its predefined variables; the variables of a request are there only while it is open."""

from __future__ import annotations

from ledger.domain.ci_context import (
    CiContext,
    Environment,
    forge_id,
    host_of,
    page,
    repository_at,
    request_number,
    word,
)
from ledger.domain.fields import text
from ledger.domain.requests import oid, ref

_MERGES = frozenset(("merged_result", "merge_train"))
"""Pipelines that run on a merge made for the test; only these are told the source branch's own commit."""


def read_gitlab(environ: Environment) -> CiContext:
    """The job; of a request from a fork the repository is the one that the request is in."""
    number = request_number(environ.get("CI_MERGE_REQUEST_IID"))
    checkout, head = oid(environ.get("CI_COMMIT_SHA")), oid(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"))
    is_merge = environ.get("CI_MERGE_REQUEST_EVENT_TYPE") in _MERGES
    change = head or ("" if is_merge else checkout)
    target, source = environ.get("CI_MERGE_REQUEST_PROJECT_ID"), environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    address = environ.get("CI_MERGE_REQUEST_PROJECT_URL") if target else environ.get("CI_PROJECT_URL")
    repository = repository_at(text(address))
    branch = environ.get("CI_COMMIT_BRANCH") or environ.get("CI_COMMIT_TAG") or environ.get("CI_COMMIT_REF_NAME")
    return CiContext(
        provider="gitlab",
        repository=repository,
        forge_id=forge_id(host_of(repository), target or environ.get("CI_PROJECT_ID")),
        event=text(environ.get("CI_PIPELINE_SOURCE")),
        run_id=word(environ.get("CI_PIPELINE_ID")),
        job=word(environ.get("CI_JOB_NAME")),
        # A job that is tried again has another id and no number.
        try_id=word(environ.get("CI_JOB_ID")),
        run_url=page(environ.get("CI_PIPELINE_URL")),
        ref=ref(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or branch),
        base_ref=ref(environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
        checkout_oid=checkout,
        change_oid=change,
        request_number=number,
        is_fork=source != target if source and target else None,
        status=text(environ.get("CI_JOB_STATUS")),
        source="env" if change else "",
    )
