"""The agents whose logs are read: one line each; a source is a module with these names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ledger.domain.reading import Reading, Skip
from ledger.domain.standstill import Watch
from ledger.logs import LogFile
from ledger.sources import aider, antigravity, claude_code, codex, copilot_cli, gemini_cli, opencode, pi, qwen_code


class AgentLogs(Protocol):
    """A module that reads one agent's logs."""

    SOURCE: str
    """The name that `ledger update --source` takes."""

    LOGS: tuple[str, ...]
    """Patterns of the files below a root that hold logs; a root that is a file is one itself."""

    def find_roots(self, environ: Mapping[str, str]) -> list[Path]:
        """The agent's directories and files that exist on this machine."""
        ...

    def watch(self, environ: Mapping[str, str]) -> Watch:
        """What looks otherwise as soon as there are other roots, or `read` would find anything new under them."""
        ...

    def read(
        self,
        roots: Sequence[Path],
        known: Mapping[str, str],
        path_key: Callable[[str], str],
        worktrees: Sequence[str] = (),
    ) -> Reading:
        """The facts under the roots that are newer than the known cursors.

        `path_key` makes of a written file's path, from the top of the worktree that holds it, what is kept of it.
        """
        ...


class LogsByFile(AgentLogs, Protocol):
    """A module whose files are each read by themselves, so that several can be read at once."""

    def unread(self, roots: Sequence[Path], known: Mapping[str, str]) -> Iterable[LogFile | Skip]:
        """The files under the roots that changed since the known cursors, and what cannot be one."""
        ...

    def read_file(self, file: LogFile, path_key: Callable[[str], str], worktrees: Sequence[str] = ()) -> Reading:
        """The facts of one file, then its cursor."""
        ...


_MODULES: tuple[AgentLogs, ...] = (
    claude_code,
    codex,
    opencode,
    gemini_cli,
    qwen_code,
    copilot_cli,
    aider,
    pi,
    antigravity,
)

AGENTS: dict[str, AgentLogs] = {module.SOURCE: module for module in _MODULES}
"""Source → the module that reads it, in the order of reading. Agents delete their logs after a while."""

BY_FILE: dict[str, LogsByFile] = {module.SOURCE: module for module in (claude_code, codex)}
"""Those whose logs grow to gigabytes."""
