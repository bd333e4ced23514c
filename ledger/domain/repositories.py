"""Which repository it is: its id, and the normal form of its remotes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_SCP = re.compile(r"^(?:[^@/]+@)?([\w.-]+\.[\w-]+|localhost):(?!\d+/|//)(.+)$")
_URL = re.compile(r"^(?:ssh|https?|git|git\+ssh)://(?:[^@/]+@)?([^/:]+)(?::\d+)?/(.+)$", re.IGNORECASE)
_FORGES = (
    ("github", re.compile(r"(^|\.)github\b")),
    ("gitlab", re.compile(r"(^|\.)gitlab\b")),
    ("bitbucket", re.compile(r"(^|\.)bitbucket\b")),
    ("gitea", re.compile(r"(^|\.)(gitea|forgejo|codeberg)\b")),
    ("azure", re.compile(r"(^|\.)(dev\.azure\.com|visualstudio\.com)$")),
)


def repository_id(roots: Iterable[str], remote: str | None) -> str:
    """16 hex digits over the sorted root commits and the first-seen origin; a fork has another origin."""
    text = "\n".join(sorted(roots)) + "\n" + (remote or "")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def normalise_remote(url: str) -> str | None:
    """`host/owner/name` of a remote's URL, without credentials and port; None for a local path.

    >>> normalise_remote("git@github.com:owner/name.git")
    'github.com/owner/name'
    """
    found = _URL.match(url.strip()) or _SCP.match(url.strip())
    if found is None:
        return None
    path = found.group(2).split("?")[0].strip("/").removesuffix(".git").strip("/")
    return f"{found.group(1).lower()}/{path}" if path else None


def forge_alias(host: str, number: str) -> str:
    """A forge's own number of a repository as a name of it, which stays when the repository is called otherwise.

    >>> forge_alias("github.com", "1296269")
    'github.com/#1296269'
    """
    return f"{host}/#{number}"


def spelled_alike(name: str, known: Iterable[tuple[str, str]]) -> str | None:
    """The repository that has a name but for its case, among (alias, repository); None for none.

    GitHub and GitLab take names in any case, and clones write them as they were typed.
    """
    return min((owner for alias, owner in known if alias.casefold() == name.casefold()), default=None)


def remotes_first(aliases: Iterable[str]) -> tuple[str, ...]:
    """Names in the order they are looked up by: a fork shares its root commits, and only the remote tells it apart."""
    return tuple(sorted(aliases, key=lambda alias: ("/" not in alias, alias)))


def forge_of(remote: str) -> str | None:
    """The kind of forge behind a normalised remote, by its host's name; None when the name does not tell."""
    host = remote.partition("/")[0]
    return next((forge for forge, pattern in _FORGES if pattern.search(host)), None)
