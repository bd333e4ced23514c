"""Where a job's request can be commented on: told by the variables that the forge itself sets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_SAFE = re.compile(r"https://|http://(?:localhost|127\.0\.0\.1|\[::1\])[:/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlace:
    """A request on a forge, and the token that the environment has for it."""

    forge: str
    """github | gitlab"""
    api: str
    """Address of GitHub's GraphQL, or of the fourth version of GitLab's REST."""
    repository: str
    """`owner/name`, or a GitLab project's number."""
    number: int
    token: str = field(default="", repr=False)

    @property
    def is_private(self) -> bool:
        """The way to it is encrypted, or does not leave this machine."""
        return _SAFE.match(self.api) is not None


def request_place(environ: Mapping[str, str], number: int | None) -> RequestPlace | None:
    """Where the request of that number is; None outside GitHub and GitLab, and for no request."""
    place = _place(environ)
    return replace(place, number=number) if place and number else None


def _place(environ: Mapping[str, str]) -> RequestPlace | None:
    if environ.get("GITHUB_REPOSITORY") and not environ.get("GITEA_ACTIONS"):
        return RequestPlace(
            forge="github",
            api=environ.get("GITHUB_GRAPHQL_URL") or "https://api.github.com/graphql",
            repository=environ["GITHUB_REPOSITORY"],
            number=0,
            token=environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or "",
        )
    if environ.get("CI_PROJECT_ID"):
        return RequestPlace(
            forge="gitlab",
            api=(environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4").rstrip("/"),
            repository=environ["CI_PROJECT_ID"],
            number=0,
            token=environ.get("GITLAB_TOKEN", ""),
        )
    return None
