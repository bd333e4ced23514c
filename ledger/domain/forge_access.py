"""Where a forge answers questions about a repository, and which token of the environment may be sent there.

A token belongs to a host. The remote of a clone is text that anybody may have written, so a token goes only to the
forge's own host and to hosts that the environment itself names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.domain.repositories import forge_of

SPOKEN = ("github", "gitlab")
"""The forges that can be asked."""
_SSH = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
"""Hosts that only take git's own traffic → the forge behind them."""
_URL = re.compile(r"(https?)://([^/:@\s]+)(:\d+)?(/[^\s?#]*)?", re.I)
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class Access:
    """A repository, or what holds several, on a forge that can be asked."""

    forge: str
    """github | gitlab"""
    host: str
    path: str
    """`owner/name`, with as many owners as a GitLab group has; a group or an organisation alone."""
    api: str
    """Address of GitHub's GraphQL, or of the fourth version of GitLab's REST; without a slash at its end."""

    @property
    def alias(self) -> str:
        """`host/owner/name`."""
        return f"{self.host}/{self.path}"


@dataclass(frozen=True, slots=True)
class Token:
    """A secret and where it is from; it is never printed, so it is no part of its own description."""

    name: str
    """The variable that holds it, or the command that told it."""
    text: str = field(repr=False)

    @property
    def is_sendable(self) -> bool:
        """It can stand in a header: printable, in one piece."""
        return _TOKEN.fullmatch(self.text) is not None

    def header(self) -> tuple[str, str]:
        """The header that it is sent in; GitLab knows a job's token by another one."""
        return ("JOB-TOKEN", self.text) if self.name == "CI_JOB_TOKEN" else ("Authorization", f"Bearer {self.text}")


def access(alias: str, forge: str | None, environ: Mapping[str, str]) -> Access | None:
    """How the forge of `host/owner/name` is asked; None for one that cannot be. `forge` overrides what its host says.

    >>> access("github.com/owner/name", None, {}).api
    'https://api.github.com/graphql'
    """
    host, _, path = alias.partition("/")
    host = _SSH.get(host.lower(), host.lower())
    kind = forge or forge_of(host)
    if kind not in SPOKEN or not path:
        return None
    api = _github_api(host, environ) if kind == "github" else _gitlab_api(host, environ)
    return Access(kind, host, path, api)


def tokens(asked: Access, environ: Mapping[str, str]) -> Iterator[Token]:
    """The environment's tokens that may be sent to this host, the one that was set on purpose first."""
    for name in _names(asked, environ):
        text = environ.get(name, "").strip()
        if text:
            yield Token(name, text)


def withheld(asked: Access, environ: Mapping[str, str]) -> str:
    """Why a token that is there is not sent: nothing says that it is this host's; '' where none is held back."""
    names = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN") if asked.forge == "github" else ("GITLAB_TOKEN",)
    name = next((name for name in names if environ.get(name, "").strip()), "")
    if not name or any(True for _ in tokens(asked, environ)):
        return ""
    own = "GH_HOST" if asked.forge == "github" else "GITLAB_HOST"
    variable = "GH_ENTERPRISE_TOKEN" if asked.forge == "github" else name
    return (
        f"{name} is not sent to {asked.host}, which the environment does not name: if it is that host's token, "
        f"set {own}={asked.host} and {variable}."
    )


def _names(asked: Access, environ: Mapping[str, str]) -> tuple[str, ...]:
    if asked.forge == "github":
        if _is_githubs(asked.host):
            return ("GH_TOKEN", "GITHUB_TOKEN")
        if asked.host == _host(environ.get("GITHUB_SERVER_URL", "")):
            return ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_TOKEN", "GITHUB_TOKEN")
        is_named = asked.host == _host(environ.get("GH_HOST", ""))
        return ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN") if is_named else ()
    is_job = asked.host in {_host(environ.get(name, "")) for name in ("CI_API_V4_URL", "CI_SERVER_URL")}
    is_named = asked.host in ("gitlab.com", _host(environ.get("GITLAB_HOST", ""))) or is_job
    return (*(("GITLAB_TOKEN",) if is_named else ()), *(("CI_JOB_TOKEN",) if is_job else ()))


def _github_api(host: str, environ: Mapping[str, str]) -> str:
    if host == (_host(environ.get("GITHUB_SERVER_URL", "")) or "github.com"):
        told = environ.get("GITHUB_GRAPHQL_URL", "")
        if not told and environ.get("GITHUB_API_URL"):
            told = f"{environ['GITHUB_API_URL'].rstrip('/').removesuffix('/v3')}/graphql"
        if _URL.fullmatch(told):
            return told.rstrip("/")
    return f"https://api.{host}/graphql" if _is_githubs(host) else f"https://{host}/api/graphql"


def _gitlab_api(host: str, environ: Mapping[str, str]) -> str:
    told = environ.get("CI_API_V4_URL", "")
    is_here = host in (_host(told), _host(environ.get("CI_SERVER_URL", "")))
    if is_here and _URL.fullmatch(told):
        return told.rstrip("/")
    found = _URL.fullmatch(environ.get("GITLAB_HOST", ""))
    base = f"{found[1]}://{found[2]}{found[3] or ''}" if found and found[2].lower() == host else f"https://{host}"
    return f"{base}/api/v4"


def _is_githubs(host: str) -> bool:
    """GitHub's own, the hosts of its tenants included, which take the same tokens."""
    return host == "github.com" or host.endswith(".ghe.com")


def _host(told: str) -> str:
    """The host of an address, or a bare host; '' where it is neither."""
    found = _URL.fullmatch(told if "://" in told else f"https://{told}")
    return found[2].lower() if found else ""
