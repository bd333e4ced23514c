"""Which CI runs this, and what its job is: by the environment, the event's message, and what a person says.

What is said wins over what is found: CI differs more from place to place than its documentation does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.ci_context import CiContext, Environment, attempt, repository_at, request_number, word
from ledger.domain.ci_context import leg as leg_of
from ledger.domain.ci_github import read_github
from ledger.domain.ci_gitlab import read_gitlab
from ledger.domain.ci_others import read_azure, read_bitbucket, read_buildkite, read_circleci, read_jenkins
from ledger.domain.requests import oid, ref
from ledger.errors import LedgerError

Payload = Mapping[str, Any]

_DETECTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gitea", ("GITEA_ACTIONS",)),
    ("gitea", ("FORGEJO_ACTIONS",)),
    ("github", ("GITHUB_ACTIONS",)),
    ("gitlab", ("GITLAB_CI",)),
    ("bitbucket", ("BITBUCKET_BUILD_NUMBER",)),
    ("bitbucket", ("BITBUCKET_COMMIT",)),
    ("buildkite", ("BUILDKITE",)),
    ("circleci", ("CIRCLECI",)),
    ("azure", ("TF_BUILD",)),
    ("jenkins", ("JENKINS_URL", "BUILD_ID")),
)
"""Provider and the variables that tell it, first match first: Gitea's and Forgejo's jobs say that they are GitHub's."""

_READERS: Mapping[str, Callable[[Environment, Payload], CiContext]] = {
    "github": lambda environ, payload: read_github(environ, payload, "github"),
    "gitea": lambda environ, payload: read_github(environ, payload, "gitea"),
    "gitlab": lambda environ, _: read_gitlab(environ),
    "bitbucket": lambda environ, _: read_bitbucket(environ),
    "buildkite": lambda environ, _: read_buildkite(environ),
    "circleci": lambda environ, _: read_circleci(environ),
    "azure": lambda environ, _: read_azure(environ),
    "jenkins": lambda environ, _: read_jenkins(environ),
}
PROVIDERS = tuple(_READERS)
_PROVIDER = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of the job; '' leaves it to what is found."""

    provider: str = ""
    repository: str = ""
    sha: str = ""
    pr: str = ""
    base: str = ""
    run: str = ""
    attempt: str = ""
    job: str = ""
    leg: str = ""


def provider_of(environ: Environment) -> str:
    """The CI that runs this, '' where none is known."""
    return next((name for name, signs in _DETECTED if all(_is_set(environ.get(sign)) for sign in signs)), "")


def find_context(environ: Environment, payload: Payload | None, said: Said) -> CiContext:
    """The job; raises LedgerError for something said that cannot be."""
    name = said.provider.strip().lower() or provider_of(environ)
    if name and not _PROVIDER.fullmatch(name):
        raise LedgerError(f"--provider must be one of {', '.join(PROVIDERS)}, or another word in small letters.")
    reader = _READERS.get(name)
    # Outside of any CI that is known the commit is the one that was checked out.
    found = reader(environ, payload or {}) if reader else CiContext(provider=name, revision="HEAD")
    return _said_over(found, said)


def _said_over(found: CiContext, said: Said) -> CiContext:
    """What was found, with what was said in its place."""
    changed: dict[str, Any] = {}
    if said.sha:
        whole = oid(said.sha)
        asked = {"revision": "" if whole else said.sha.strip(), "may_be_merge": False}
        changed |= {"change_oid": whole, "source": "flag", **asked}
    if said.pr:
        number = request_number(said.pr.strip().removeprefix("#").removeprefix("!"))
        if number is None:
            raise LedgerError("--pr must be the number of a request, as in --pr 12.")
        changed |= {"request_number": number, "known_numbers": (number,)}
    if said.attempt:
        if request_number(said.attempt.strip()) is None:
            raise LedgerError("--attempt must be a number from 1, as in --attempt 2.")
        changed["attempt"] = attempt(said.attempt.strip())
    if said.repository:
        repository = repository_at(said.repository) or repository_at(f"https://{said.repository}")
        if repository.count("/") < 2:
            raise LedgerError("--repository must be HOST/OWNER/NAME, or the address of a remote.")
        changed |= {"repository": repository, "forge_id": ""}
    changed |= {"base_ref": ref(said.base)} if said.base else {}
    words = (("run_id", said.run, word), ("job", said.job, word), ("leg", said.leg, leg_of))
    changed |= {name: read(value) for name, value, read in words if value}
    # Who numbers the tries says which one this is.
    changed |= {"try_id": ""} if said.run or said.attempt else {}
    return replace(found, **changed)


def _is_set(value: str | None) -> bool:
    return (value or "").strip().lower() not in ("", "0", "false", "no")
