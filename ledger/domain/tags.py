"""Tags on calls: how a gateway's rows are told whose work they are.

`repo:github.com/owner/name`, `branch:fix/login`, `commit:SHA`, `request:12`, `role:review`, `task:fix`,
`session:ID`, `agent:NAME`, `model:NAME`. Other tags are the gateway's own business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.domain.amounts import text
from ledger.domain.repositories import normalise_remote

PLACE = "repository:"
"""Begins the directory of a call that came with a repository's name instead of one."""

_ROLES = {
    "implement": "implement", "implementer": "implement", "implementation": "implement", "coder": "implement",
    "review": "review", "reviewer": "review", "scout": "scout", "explore": "scout", "explorer": "scout",
}  # fmt: skip
_OID = re.compile(r"[0-9a-f]{7,64}")
_NUMBER = re.compile(r"[#!]?(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Tagged:
    """What tags say of a call; '' for what they do not."""

    repository: str = ""
    """`host/owner/name`."""
    branch: str = ""
    role: str = ""
    """implement | review | scout"""
    task_type: str = ""
    """As written."""
    subject: str = ""
    """Object id of a commit, or `request:12`."""
    session: str = ""
    agent: str = ""
    model: str = ""
    """As written; for rows that name none."""

    @property
    def directory(self) -> str:
        """What stands for a directory, so that the call has a place; '' without a repository."""
        return f"{PLACE}{self.repository}" if self.repository else ""


def read_tags(tags: Any) -> Tagged:
    """What a list of tags says, or a text that holds one (JSON, or words between commas); the first of a kind counts.

    >>> found = read_tags(["role:reviewer", "repo:https://github.com/acme/app.git"])
    >>> (found.repository, found.role)
    ('github.com/acme/app', 'review')
    """
    return read_pairs(_pair(tag) for tag in reversed(_listed(tags)))


def read_pairs(pairs: Iterable[tuple[str, Any]] | Mapping[str, Any]) -> Tagged:
    """What (key, text) pairs say, the last of a kind."""
    tagged = Tagged()
    for key, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
        found = _READ.get(key.strip().lower().removeprefix("ledger."))
        if found:
            name, said = found[0], found[1](text(value))
            tagged = replace(tagged, **{name: said}) if said else tagged
    return tagged


def joined(first: Tagged, second: Tagged) -> Tagged:
    """What the first says, and where it is silent the second."""
    return Tagged(*(getattr(first, name) or getattr(second, name) for name in Tagged.__slots__))


def repository_name(value: str) -> str:
    """`host/owner/name` of a remote's URL or of the name itself; '' for what is neither."""
    name = normalise_remote(value) or value.strip("/").removesuffix(".git")
    host, _, path = name.partition("/")
    return f"{host.lower() if '.' in host else host}/{path}" if path and not value.startswith(("/", ".")) else ""


def _listed(tags: Any) -> list[str]:
    if isinstance(tags, str):
        try:
            tags = json.loads(tags)
        except (ValueError, RecursionError):
            tags = tags.strip("{}").replace('"', "").split(",")  # a PostgreSQL array's text, or plain words
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list | tuple) else []


def _pair(tag: str) -> tuple[str, str]:
    found = re.match(r"\s*([\w.]+)\s*[:=]\s*(.*)", tag, re.S)
    return (found.group(1), found.group(2)) if found else ("", "")


def _role(word: str) -> str:
    return _ROLES.get(word.lower(), "")


def _commit(word: str) -> str:
    return word.lower() if _OID.fullmatch(word.lower()) else ""


def _request(word: str) -> str:
    found = _NUMBER.fullmatch(word)
    return f"request:{int(found.group(1))}" if found else ""


def _branch(word: str) -> str:
    return word.removeprefix("refs/heads/")


_READ: dict[str, tuple[str, Callable[[str], str]]] = {
    "repo": ("repository", repository_name),
    "repository": ("repository", repository_name),
    "branch": ("branch", _branch),
    "role": ("role", _role),
    "task": ("task_type", str.lower),
    "commit": ("subject", _commit),
    "request": ("subject", _request),
    "pr": ("subject", _request),
    "session": ("session", str),
    "agent": ("agent", str),
    "model": ("model", str),
}
