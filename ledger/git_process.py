"""How a git process is started, fed, cut into rows and ended; what it is asked is said in `ledger.git`."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""`git rev-parse --local-env-vars`: inherited from a hook, they point git at another repository (hooks.md §1.3)."""

_AS_RECORDED = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": f"{os.devnull}/none"}
"""Replacements and grafts are one clone's own view of history; facts are what the commits themselves say."""

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How a git command ended that may fail: its exit code, None when its time was over, and what it printed."""

    code: int | None
    out: str
    err: str


def environment() -> dict[str, str]:
    """The environment for a git process: ours, without what binds it to another repository, and never asking."""
    kept = {name: value for name, value in os.environ.items() if name not in LOCAL_VARIABLES}
    own = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **own, **_AS_RECORDED}


def unasking(ssh: str) -> dict[str, str]:
    """What keeps a connection from asking anybody; a program for passwords that the environment names is meant so."""
    chosen = os.environ.get("GIT_SSH_COMMAND") or ssh or os.environ.get("GIT_SSH")
    return {
        "GIT_ASKPASS": os.environ.get("GIT_ASKPASS", ""),
        "GCM_INTERACTIVE": "never",
        **({} if chosen else {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}),
    }


def ended_within(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code; None when the process and its children were killed after that time."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            _kill_all(process)


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Git leaves the connection to a child (ssh, git-remote-https), which would live on alone."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def written(file: IO[bytes]) -> str:
    """What a process wrote into a file, of which a megabyte is enough for any message."""
    file.seek(0)
    return file.read(1 << 20).decode(errors="replace")


def object_in(pipe: IO[bytes], header: bytes, largest: int) -> bytes | None:
    """The object that its header announces, read to its end whether it is wanted or not."""
    words = header.split()
    if len(words) != 3 or not words[2].isdigit():  # `NAME missing`
        return None
    left = int(words[2]) + 1  # a newline follows
    if left <= largest + 1:
        return pipe.read(left)[:-1]
    while left and (chunk := pipe.read(min(left, CHUNK))):
        left -= len(chunk)
    return None


def split(chunks: Iterable[bytes], separator: bytes) -> Iterator[bytes]:
    """The parts between separators, wherever the chunks were cut; what follows the last one too, if there is any."""
    rest = b""
    for chunk in chunks:
        *parts, rest = (rest + chunk).split(separator)
        yield from parts
    if rest:
        yield rest


@contextmanager
def spooled(text: bytes) -> Iterator[int]:
    """Standard input from a temporary file: a pipe would block both sides once its buffer is full."""
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        yield file.fileno()
