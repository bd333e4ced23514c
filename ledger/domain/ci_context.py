"""What a job in CI is: who runs it, for which request, and above all on which commit of the change.

CI often checks out a commit that is nobody's work: a merge made for the test, or the tip of the default branch. The
change's own commit is never one of these; where nothing tells it, it is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ledger.domain.fields import text
from ledger.domain.repositories import normalise_remote
from ledger.domain.screen import discreet, storable

Environment = Mapping[str, str]

_MOST = 2**31
_LONGEST = 200
_PRIVILEGED = frozenset(("pull_request_target", "workflow_run"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CiContext:
    """A job as its environment and its event describe it; '' and None are unknown."""

    provider: str = ""
    """github | gitea | gitlab | bitbucket | buildkite | circleci | azure | jenkins, or another word that was said."""
    repository: str = ""
    """`host/owner/name`: of a request the repository that it is to be merged into."""
    forge_id: str = ""
    """`host/#NUMBER`, the forge's own id of the repository, which stays when that is renamed."""
    event: str = ""
    workflow: str = ""
    run_id: str = ""
    attempt: int = 1
    job: str = ""
    leg: str = ""
    """Which of the jobs of a matrix or of a parallel one."""
    try_id: str = ""
    """The id of this very job, where tries of it are not numbered."""
    run_url: str = ""
    ref: str = ""
    base_ref: str = ""
    checkout_oid: str = ""
    """The commit that CI says it checked out."""
    change_oid: str = ""
    """The change's own commit."""
    merge_oid: str = ""
    """The commit that a request was merged with."""
    revision: str = ""
    """What git is to be asked for, where the change's commit is told in a form that only git knows."""
    may_be_merge: bool = False
    """The revision is the change's commit only if it is no merge."""
    request_number: int | None = None
    is_fork: bool | None = None
    """The change comes from another repository."""
    status: str = ""
    """How the job ended, in the word that its environment has for it."""
    conclusion: str = ""
    """How the run ended that the event's message is about, in the forge's word."""
    exit_code: int | None = None
    source: str = ""
    """What tells the change's commit: payload | env | git | flag; '' where nothing does."""
    known_numbers: tuple[int, ...] = ()
    """The requests that the forge itself says the run is for."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the repository is called, the surest first."""
        return tuple(name for name in (self.forge_id, self.repository) if name)

    @property
    def may_push(self) -> bool:
        """Jobs for requests from forks have no right to, but those that the base repository's own events start."""
        return not self.is_fork or self.event in _PRIVILEGED


def request_number(value: Any) -> int | None:
    """A request's number from a number or its digits; None for anything else, such as Buildkite's `false`."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11:
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < _MOST else None


def attempt(value: Any, *, counts_from: int = 1) -> int:
    """The number of a try, from 1; 1 for what is none."""
    found = request_number(str(value)) if str(value or "").strip("0") else 0
    return 1 if found is None else max(1, found + 1 - counts_from)


def forge_id(host: str, number: Any) -> str:
    """`host/#NUMBER`; '' where one of them is unknown."""
    digits = str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
    return f"{host.lower()}/#{digits}" if host and digits.isascii() and digits.isdigit() and len(digits) < 20 else ""


def host_of(address: str) -> str:
    """The host in a URL or in `host/owner/name`; '' where there is none."""
    try:
        return (urlsplit(address).hostname or "") if "://" in address else address.partition("/")[0]
    except ValueError:
        return ""


def repository_at(address: str) -> str:
    """`host/owner/name` of a page or remote; '' for what is none, or holds an address or a secret."""
    found = normalise_remote(text(address)) or ""
    return found if discreet(found) == found else ""


def page(address: Any) -> str:
    """A web address; '' for anything else."""
    found = text(address)
    return found if found.startswith(("https://", "http://")) and discreet(found) == found else ""


def word(value: Any) -> str:
    """A name that CI or a person gave a job: one line, cut, without addresses and secrets."""
    return discreet(" ".join(storable(text(value)).split()))[:_LONGEST].strip()


def leg(value: Any) -> str:
    """Which leg of a matrix: an index or a name as it is, and of `toJSON(matrix)` its values, as GitHub names a job."""
    said = str(value or "").strip()
    if not said.startswith("{"):
        return "" if said == "null" else word(said)
    try:
        return word(", ".join(_values(json.loads(said))))
    except (ValueError, RecursionError):
        return word(said)


def _values(matrix: Any) -> Iterator[str]:
    """In the order of the matrix, those of inner objects and lists in their place."""
    if isinstance(matrix, dict | list):
        for each in matrix.values() if isinstance(matrix, dict) else matrix:
            yield from _values(each)
    else:
        yield matrix if isinstance(matrix, str) else json.dumps(matrix)
