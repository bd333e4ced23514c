"""`git commit` in a shell command, and what git printed about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMAND = re.compile(
    r"(?:^|[;&|(\n`])\s*(?:(?:then|do|else|sudo|command|time)\s+|\w+=\S*\s+)*"
    r"git\s+(?:-[cC]\s+\S+\s+|--?[\w-]+(?:=\S+)?\s+)*commit\b"
)
_PRINTED = re.compile(
    r"^\[(?:detached HEAD|([^\]\s]{1,250}))(?: \(root-commit\))? ([0-9a-f]{4,64})\] (.{0,500})$", re.M
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One `[branch id] subject` line."""

    branch: str
    oid: str
    subject: str


def is_commit_command(command: str) -> bool:
    """Whether a shell command runs `git commit`, alone or after others; a mention in a string does not count."""
    return "commit" in command and _COMMAND.search(command) is not None


def commits_printed(output: str) -> list[Printed]:
    """The commits that git said it made; '' for the branch of a detached HEAD."""
    return [Printed(branch, oid, subject.rstrip("\r")) for branch, oid, subject in _PRINTED.findall(output)]
