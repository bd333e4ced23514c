"""`git commit` in a shell command: what it was told, and what git printed about it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_COMMAND = re.compile(
    r"(?:^|[;&|(\n`])\s*(?:(?:then|do|else|sudo|command|time)\s+|\w+=\S*\s+)*"
    r"git\s+(?:-[cC]\s+\S+\s+|--?[\w-]+(?:=\S+)?\s+)*commit(?![\w-])"
)
_ARGUMENTS = re.compile(r"""(?:[^\n;&|"'\\]|\\.|"(?:[^"\\]|\\.)*+"|'[^']*+'){0,4000}""", re.S)
"""What stands behind a command, to the end of it; its quotes are closed."""
_HEREDOC = re.compile(r"""<<-?[ \t]*['"]?(\w+)['"]?[^\n]*\n(.*?)\n[ \t]*\1\b""", re.S)
_MESSAGE = re.compile(r"-[a-ln-su-zA-BD-EG-Z]*m(.*)|--message=(.*)|--message", re.S)
"""The option, perhaps behind others that take no value, and what stands in the same word."""
_MAKES_NONE = frozenset({"--dry-run", "--help", "-h", "--porcelain", "--short"})
_FAILED = re.compile(
    r"^(?:fatal|error): |^(?:nothing (?:added )?to commit|no changes added to commit|Aborting commit)"
    r"|^(?:Process exited with code|Exit code:?) [1-9]",
    re.M,
)
_PRINTED = re.compile(
    r"^\[(?:detached HEAD|([^\]\s]{1,250}))(?: \(root-commit\))? ([0-9a-f]{4,64})\] (.{0,500})$", re.M
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One `[branch id] subject` line; '' for what is not known."""

    branch: str
    oid: str
    subject: str


def is_commit_command(command: str) -> bool:
    """Whether a shell command runs `git commit`, alone or after others; a mention in a string does not count."""
    return "commit" in command and _COMMAND.search(command) is not None


def commits_asked(command: str) -> list[str]:
    """The marks of the subjects that the `git commit`s of a shell command give; '' for one that it does not tell.

    Marks, since a command is an agent's word: its text is nobody's to keep before git has made a commit of it.
    """
    if "commit" not in command:
        return []
    found = (_ARGUMENTS.match(command, call.end()) for call in _COMMAND.finditer(command))
    spans = [(span.start(), span.end(), shlex.split(span[0])) for span in found if span]
    subjects = (_subject(command, start, end, words) for start, end, words in spans if _MAKES_NONE.isdisjoint(words))
    return [mark_of(subject) if subject else "" for subject in subjects]


def mark_of(subject: str) -> str:
    """What stands for a subject that git did not print."""
    return "sha256:" + hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def commits_made(output: str, asked: Iterable[str], *, has_failed: bool = False) -> list[Printed]:
    """The commits that a shell command made: as git printed them, else as they were asked for.

    Git prints nothing with `-q`, and what it prints may go elsewhere (`| tail -1`, `>/dev/null`). Then of a commit only
    the mark of its subject is known, and none was made where the command failed.
    """
    printed = commits_printed(output)
    if printed or has_failed or _FAILED.search(output):
        return printed
    return [Printed("", "", subject) for subject in asked]


def commits_printed(output: str) -> list[Printed]:
    """The commits that git said it made; '' for the branch of a detached HEAD."""
    return [Printed(branch, oid, subject.rstrip("\r")) for branch, oid, subject in _PRINTED.findall(output)]


def _subject(command: str, start: int, end: int, words: Sequence[str]) -> str:
    """As git makes it of the message: its first paragraph as one line."""
    heredoc = _HEREDOC.search(command, start)
    if heredoc and heredoc.start() < end:
        return _first_paragraph(heredoc[2])
    for place, word in enumerate(words):
        told = _MESSAGE.fullmatch(word)
        if told:
            text = told[1] or told[2] or (words[place + 1] if place + 1 < len(words) else "")
            return "" if "$" in text or "`" in text else _first_paragraph(text)
    return ""


def _first_paragraph(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    end = lines.index("") if "" in lines else len(lines)
    return " ".join(lines[:end])[:500]
