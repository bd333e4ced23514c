"""GitHub Actions, and Gitea's and Forgejo's, which speak as GitHub does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledger.domain.ci_context import CiContext, Environment, attempt, forge_id, host_of, page, repository_at, word
from ledger.domain.fields import record, text
from ledger.domain.github_events import Pointed, event_of, pointed
from ledger.domain.requests import oid, ref

_TRIAL = re.compile(r"refs/pull/(\d{1,10})/merge")
_OWN = frozenset(
    ("create", "deployment", "merge_group", "push", "release", "repository_dispatch", "schedule", "workflow_dispatch")
)
"""Events whose GITHUB_SHA is the commit that they are about."""


def read_github(environ: Environment, payload: Mapping[str, Any], provider: str) -> CiContext:
    """The job, by its message first; without one only where the environment's commit is the change's own."""
    event = text(environ.get("GITHUB_EVENT_NAME")) or event_of(payload)
    told = pointed(event, payload)
    context = _job(environ, payload, provider, event)
    if told is None:
        return _by_environment(context, environ)
    return _by_payload(context, told)


def _job(environ: Environment, payload: Mapping[str, Any], provider: str, event: str) -> CiContext:
    server = text(environ.get("GITHUB_SERVER_URL")) or "https://github.com"
    slug, run_id = text(environ.get("GITHUB_REPOSITORY")), word(environ.get("GITHUB_RUN_ID"))
    told = record(payload.get("repository"))
    repository = repository_at(text(told.get("html_url"))) or (repository_at(f"{server}/{slug}") if slug else "")
    number = told.get("id") or environ.get("GITHUB_REPOSITORY_ID")
    return CiContext(
        provider=provider,
        repository=repository,
        forge_id=forge_id(host_of(repository), number),
        event=event,
        workflow=word(environ.get("GITHUB_WORKFLOW")),
        run_id=run_id,
        attempt=attempt(environ.get("GITHUB_RUN_ATTEMPT")),
        job=word(environ.get("GITHUB_JOB")),
        run_url=page(f"{server}/{slug}/actions/runs/{run_id}") if slug and run_id else "",
        ref=ref(environ.get("GITHUB_HEAD_REF") or environ.get("GITHUB_REF")),
        base_ref=ref(environ.get("GITHUB_BASE_REF")),
        checkout_oid=oid(environ.get("GITHUB_SHA")),
    )


def _by_payload(context: CiContext, told: Pointed) -> CiContext:
    context = replace(
        context,
        change_oid=told.oid,
        source="payload" if told.oid else "",
        merge_oid=told.merge_oid,
        request_number=told.number,
        ref=told.ref or context.ref,
        base_ref=told.base_ref or context.base_ref,
        is_fork=told.is_fork,
        known_numbers=told.numbers,
    )
    if told.ran is None:
        return context
    # The job only hears of the run that ended; it is that one which says something of the commit.
    return replace(
        context,
        run_id=told.ran.run_id,
        attempt=told.ran.attempt,
        workflow=told.ran.workflow,
        job="",
        leg="",
        run_url=told.ran.url,
        conclusion=told.ran.conclusion,
    )


def _by_environment(context: CiContext, environ: Environment) -> CiContext:
    if context.event in _OWN and context.checkout_oid:
        return replace(context, change_oid=context.checkout_oid, source="env")
    trial = _TRIAL.fullmatch(text(environ.get("GITHUB_REF")))
    if not trial:
        return context
    # The second parent of the merge made for the test is the request's head; a shallow clone does not have it.
    asked = f"{context.checkout_oid}^2" if context.checkout_oid else ""
    return replace(context, request_number=int(trial[1]) or None, revision=asked)
