"""Commands by which an agent reviews: `gh pr review` in a shell, `/review 12` in a chat."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

_SHELL = re.compile(
    r"(?:^|[;&|(\n`])\s*(?:(?:then|do|else|command|time)\s+|\w+=\S*\s+)*"
    r"(?:gh\s+pr\s+review|glab\s+mr\s+approve)(?![\w-])"
    r"""((?:[^\n;&|"']|"(?:[^"\\]|\\.)*+"|'[^']*+'){0,400})"""
)
_NUMBERED = re.compile(r"(?:\S+/(?:pull|merge_requests)/|[#!])?(\d{1,9})(?:/\S*)?", re.ASCII)
_BRANCH = re.compile(r"[\w./+-]{1,200}")
"""A branch as it is kept: no name that may hold an address."""
_WITH_VALUE = frozenset({"-b", "--body", "-F", "--body-file", "-R", "--repo", "-s", "--sha"})
"""Options of `gh pr review` and `glab mr approve` that take the next word."""
_NAMED = re.compile(r"<command-name>\s*/?([\w:.-]{1,80})\s*</command-name>")
_ARGUMENTS = re.compile(r"<command-args>\s*(.{0,300}?)\s*</command-args>", re.S)
_NUMBER = re.compile(r"(?:^|\s|/(?:pull|merge_requests)/|[#!])(\d{1,9})(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The request that a verdict is on: its number, else the branch that it is of; neither: the one checked out."""

    number: int | None = None
    branch: str = ""


def requests_reviewed(command: str) -> list[Reviewed]:
    """The requests that a shell command gives a verdict on."""
    if "review" not in command and "glab" not in command:
        return []
    return [found for rest in _SHELL.findall(command) if (found := _target(_words(rest))) is not None]


def _words(rest: str) -> list[str]:
    """What follows a command, as a shell divides it; by blanks where that would not take it."""
    try:
        return shlex.split(rest, comments=False)
    except ValueError:
        return rest.split()


def _target(words: Sequence[str]) -> Reviewed | None:
    """What the first word that is no option names; None where it could be anything."""
    skips = False
    for word in words:
        if skips:
            skips = False
        elif word.startswith("-"):
            skips = word in _WITH_VALUE
        elif numbered := _NUMBERED.fullmatch(word):
            return Reviewed(int(numbered.group(1)))
        else:
            branch = word.rpartition(":")[2]  # OWNER:BRANCH names a fork's
            return Reviewed(branch=branch) if _BRANCH.fullmatch(branch) else None
    return Reviewed()


def command_named(prompt: str) -> str:
    """The command that a prompt runs, as `/review`; '' where it runs none."""
    found = _NAMED.search(prompt)
    return f"/{found.group(1)}" if found else ""


def request_named(prompt: str) -> int | None:
    """The request that the command in a prompt is about, as in `/review 12`."""
    found = _ARGUMENTS.search(prompt)
    number = _NUMBER.search(found.group(1)) if found else None
    return int(number.group(1)) if number else None
