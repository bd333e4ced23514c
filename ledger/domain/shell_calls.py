"""Tool calls of agents that run a shell or write files, read for `git commit`, `gh pr review`, and which paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ledger.domain.commit_commands import commits_asked, commits_made, is_commit_command
from ledger.domain.jsonl import loads
from ledger.domain.review_commands import requests_reviewed
from ledger.domain.session_facts import SessionCommit, SessionReview, SessionWrite, Subagent

PathKey = Callable[[str, str], str]
_PATCHED = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.{1,1000}?)\r?$", re.M)
_MOST_OPEN = 200


class ShellCalls:
    """Remembers the `git commit` calls whose result is still to come; `subagent` is who of the session ran them."""

    def __init__(self, agent: str, path_key: PathKey, opened: Mapping[str, Any] | None = None) -> None:
        self._agent = agent
        self._path_key = path_key
        self._open: dict[str, list[str]] = {name: list(row) for name, row in (opened or {}).items()}

    def opened(self) -> dict[str, list[str]]:
        """Call → when, in which session and where, by whom and with which subjects; for the next reading."""
        return dict(list(self._open.items())[-_MOST_OPEN:])

    def called(
        self, call: str, command: str, session: str, directory: str, at: datetime, subagent: str = ""
    ) -> list[SessionReview]:
        """A shell command was started under the id of a tool call; the verdicts on requests that it gives."""
        if call and is_commit_command(command):
            self._open[call[:200]] = [at.isoformat(), session, directory, subagent, *commits_asked(command)]
        return [
            SessionReview(
                id=f"{self._agent}/{call[:200]}" + (f"#{index + 1}" if index else ""),
                session=session,
                subagent=subagent,
                directory=directory,
                at=at,
                request_number=asked.number,
                branch=asked.branch,
            )
            for index, asked in enumerate(requests_reviewed(command) if call else ())
        ]

    def is_open(self, call: str) -> bool:
        """Whether the result of this call is wanted."""
        return call[:200] in self._open

    def answered(self, call: str, output: str, at: datetime) -> Iterator[SessionCommit | Subagent]:
        """The commits that the call's output says were made, or that it made without a word."""
        opened = self._open.pop(call[:200], None)
        if opened is None:
            return
        started = min(datetime.fromisoformat(opened[0]), at)
        made = commits_made(output, opened[4:])
        if made and opened[3:] and opened[3]:
            yield Subagent(session=opened[1], id=opened[3], name="", has_written=True, at=at)
        for index, printed in enumerate(made):
            yield SessionCommit(
                id=f"{self._agent}/{call[:200]}" + (f"#{index + 1}" if index else ""),
                session=opened[1],
                directory=opened[2],
                started_at=started,
                ended_at=at,
                printed_id=printed.oid,
                branch=printed.branch,
                subject=printed.subject,
            )

    def wrote(
        self, path: str, session: str, directory: str, at: datetime, subagent: str = ""
    ) -> Iterator[SessionWrite | Subagent]:
        """A file was written; its path is kept as a hash."""
        yield SessionWrite(session=session, path=self._path_key(path, directory), at=at)
        if subagent:
            yield Subagent(session=session, id=subagent, name="", has_written=True, at=at)

    def patched(
        self, patch: str, session: str, directory: str, at: datetime, subagent: str = ""
    ) -> Iterator[SessionWrite | Subagent]:
        """The files that a patch in the `*** Update File:` form touches."""
        for path in dict.fromkeys(_PATCHED.findall(patch)):
            yield from self.wrote(path.strip(), session, directory, at, subagent)


def command_of(value: Any) -> str:
    """The shell text of a command that is a text, or a list such as `["bash", "-lc", "git commit"]`."""
    if isinstance(value, list):
        words = [str(word) for word in value]
        return words[-1] if len(words) > 1 and words[-2] in ("-c", "-lc") else " ".join(words)
    return value if isinstance(value, str) else ""


def output_of(value: Any) -> str:
    """The text of a tool's result: a text, JSON with an `output` in it, or blocks with texts."""
    if isinstance(value, str):
        if value.startswith("{"):
            try:
                return output_of(loads(value).get("output", value))
            except (ValueError, RecursionError):
                return value
        return value
    if isinstance(value, list):
        return "\n".join(output_of(item) for item in value)
    if isinstance(value, dict):
        return output_of(next((value[name] for name in ("output", "text", "content") if value.get(name)), ""))
    return ""
