"""The agents whose logs are read: one line each; a source is a module with these four names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ledger.domain.reading import Reading
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
