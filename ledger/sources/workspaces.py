"""The workspace files at the top of a worktree, which tell where a monorepo keeps its packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.domain.workspaces import WORKSPACE_FILES, patterns_in

_LARGEST = 1_000_000
"""Bytes: what is larger was not written by hand."""


def read_workspaces(top: Path | None) -> tuple[str, ...]:
    """The patterns of packages' directories, sorted; none without a worktree or such a file."""
    return tuple(sorted(set(_told(top)))) if top else ()


def _told(top: Path) -> Iterator[str]:
    for name in WORKSPACE_FILES:
        try:
            text = (top / name).read_bytes()[: _LARGEST + 1]
        except OSError:
            continue
        if len(text) <= _LARGEST:
            yield from patterns_in(name, text.decode(errors="replace"))
