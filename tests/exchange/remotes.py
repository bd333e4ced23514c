"""A bare repository that stands for the server, and a clone of it."""

from __future__ import annotations

from pathlib import Path

from tests.gitting import commit, git


def bare(folder: Path) -> Path:
    """A server's repository with one commit on main."""
    server = folder / "server.git"
    git(folder, "init", "-q", "-b", "main", "--bare", str(server))
    seed = clone(server, folder / "seed")
    commit(seed, "begin")
    git(seed, "push", "-q", "origin", "HEAD:main")
    return server


def clone(server: Path, path: Path, *options: str) -> Path:
    """A clone of it."""
    git(server, "clone", "-q", *options, f"file://{server}", str(path))
    return path


def hook(server: Path, name: str, script: str) -> None:
    """Let the server run a shell script as one of its hooks."""
    path = server / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def refs(server: Path, below: str = "refs/ledger/") -> dict[str, str]:
    """The server's refs below a prefix, and where they stand."""
    said = git(server, "for-each-ref", "--format=%(refname) %(objectname)", below)
    return {line.split(" ")[0]: line.split(" ")[1] for line in said.splitlines()}
