"""`ledger use`: which model works in this worktree, until a branch switch or for a time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.jotting import jot

ROLES = ("implement", "review", "scout")
_SAFE = re.compile(r"[A-Za-z0-9._:/@+-]{1,120}")
_DURATION = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def declare(
    git: Git,
    model: str,
    *,
    now: datetime,
    agent: str = "",
    role: str = "",
    task: str = "",
    duration: timedelta = timedelta(hours=12),
) -> datetime:
    """Say which model works here from now on; returns until when. Raises LedgerError for an unfit name."""
    check_fit(model=model, agent=agent, task=task)
    until = now + duration
    branch = git.run("symbolic-ref", "-q", "--short", "HEAD", check=False)
    fields = {
        "model": model,
        "agent": agent,
        "role": role,
        "task": task,
        "branch": branch,
        "until": str(int(until.timestamp())),
    }
    path = _path(git)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(
            "".join(f"{key}={text}\n" for key, text in fields.items() if text or key == "branch"), encoding="utf-8"
        )
    except OSError as error:
        raise LedgerError(f"{path} cannot be written ({error.strerror}); make its directory writable.") from error
    jot(git, now, "use", fields)
    return until


def check_fit(**names: str) -> None:
    """Raise LedgerError for a name that could not stand in a trailer; '' is none."""
    for name, text in names.items():
        if text and not _SAFE.fullmatch(text):
            raise LedgerError(f"The {name} {text[:60]!r} does not fit a trailer; use letters, digits and . _ : / @ + -")


def clear(git: Git, *, now: datetime) -> bool:
    """End the declaration; whether there was one."""
    path = _path(git)
    if not path.exists():
        return False
    path.unlink()
    jot(git, now, "use", {"until": str(int(now.timestamp()))})
    return True


def parse_duration(text: str) -> timedelta:
    """`90m`, `12h`, `3d`; raises LedgerError."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise LedgerError(f"{text!r} is no duration; write minutes, hours or days like 90m, 12h or 3d.")
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})


def _path(git: Git) -> Path:
    return git.git_dir / "ledger" / "use"
