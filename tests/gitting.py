"""Real git for tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

WHEN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def git(
    cwd: Path, *arguments: str, env: Mapping[str, str] | None = None, at: datetime | None = None, check: bool = True
) -> str:
    """What a git command prints; author and committer dates are `at` where given."""
    dates = {} if at is None else {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()}
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env={**os.environ, **dates, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr}")
    return done.stdout.removesuffix("\n")


def commit(
    cwd: Path,
    message: str,
    files: Mapping[str, str] | None = None,
    at: datetime | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Write files, commit them all, and return the commit's id."""
    for name, text in (files if files is not None else {"file": message}).items():
        path = cwd / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(cwd, "add", "-A")
    git(cwd, "commit", "-q", "-m", message, at=at, env=env)
    return git(cwd, "rev-parse", "HEAD")
