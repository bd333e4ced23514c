"""Real hook managers, and what a repository looks like before and after them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.gitting import commit, git

MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}
TRAILER = "Assisted-by: claude-code:claude-opus-4-8"
STATE = (".git/hooks", ".git/config", ".git/info", ".husky", ".githooks", "lefthook-local.yml")
"""Everything outside the ledger directory that an installation may touch."""


def write(path: Path, text: str, mode: int = 0o755) -> Path:
    """A file with this text, its directory made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
    path.chmod(mode)
    return path


def snapshot(repository: Path, *places: str) -> dict[str, tuple[bytes, int]]:
    """Every file and directory there: its bytes and mode."""
    found = {}
    for place in places or STATE:
        top = repository / place
        for path in (top, *top.rglob("*")) if top.exists() else ():
            content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
            found[str(path.relative_to(repository))] = (content, stat.S_IMODE(path.lstat().st_mode))
    return found


def only(found: dict[str, tuple[bytes, int]], *places: str) -> dict[str, tuple[bytes, int]]:
    """The part of a snapshot that lies in these places."""
    return {name: kept for name, kept in found.items() if name.startswith(places)}


def journal(repository: Path) -> list[dict[str, str]]:
    """The lines that the hooks jotted."""
    common = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    text = "".join(path.read_text() for path in sorted((common / "ledger/journal").glob("*.log")))
    return [dict(part.split("=", 1) for part in line.split("\t")) for line in text.splitlines()]


def told(repository: Path, event: str) -> int:
    """How many lines there are of this kind."""
    return sum(line["event"] == event for line in journal(repository))


def works(repository: Path, env: Mapping[str, str] | None = None) -> tuple[int, int, int]:
    """Commit once and amend once: how many commits and rewrites were jotted, and trailers written."""
    before = told(repository, "commit"), told(repository, "rewrite")
    commit(repository, "feat: x", {"a": os.urandom(4).hex()}, env={**MODEL, **(env or {})})
    git(repository, "commit", "-q", "--amend", "-m", "feat: y", env={**MODEL, **(env or {})})
    body = git(repository, "log", "-1", "--format=%B")
    return told(repository, "commit") - before[0], told(repository, "rewrite") - before[1], body.count(TRAILER)


ALL = (2, 1, 1)
"""What `works` gives where every hook is reached, once."""
NONE = (0, 0, 0)


def tool(repository: Path, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A manager's command in the repository, with the programs of this environment on PATH."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        command, cwd=repository, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


def has(program: str) -> bool:
    """The program is in this environment or on PATH."""
    return shutil.which(program, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") is not None
