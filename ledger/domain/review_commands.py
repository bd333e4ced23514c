"""Commands by which an agent reviews: `gh pr review` in a shell, `/review 12` in a chat."""

from __future__ import annotations

import re

_SHELL = re.compile(
    r"(?:^|[;&|(\n`])\s*(?:(?:then|do|else|command|time)\s+|\w+=\S*\s+)*"
    r"(?:gh\s+pr\s+review|glab\s+mr\s+approve)(?![\w-])([^\n;&|]{0,300})"
)
_TARGET = re.compile(r"^\s+(?:\S+/(?:pull|merge_requests)/)?#?(\d{1,15})(?=\s|$)")
_NAMED = re.compile(r"<command-name>\s*/?([\w:.-]{1,80})\s*</command-name>")
_ARGUMENTS = re.compile(r"<command-args>\s*(.{0,300}?)\s*</command-args>", re.S)
_NUMBER = re.compile(r"(?:^|\s|/(?:pull|merge_requests)/|[#!])(\d{1,9})(?=\s|$)")


def requests_reviewed(command: str) -> list[int | None]:
    """The requests that a shell command gives a verdict on; None for that of the branch checked out."""
    if "review" not in command and "glab" not in command:
        return []
    targets = (_TARGET.match(rest) for rest in _SHELL.findall(command))
    return [int(target.group(1)) if target else None for target in targets]


def command_named(prompt: str) -> str:
    """The command that a prompt runs, as `/review`; '' where it runs none."""
    found = _NAMED.search(prompt)
    return f"/{found.group(1)}" if found else ""


def request_named(prompt: str) -> int | None:
    """The request that the command in a prompt is about, as in `/review 12`."""
    found = _ARGUMENTS.search(prompt)
    number = _NUMBER.search(found.group(1)) if found else None
    return int(number.group(1)) if number else None
