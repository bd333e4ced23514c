"""The command line that goes into an agent's settings.

It must never be noticed: where the interpreter or the program is gone, it does nothing and succeeds, and so it does
where the program cannot start. It is recognised again by what it calls, and as untouched by being what we would write.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from ledger.hooking.agents import witness

PROGRAM = Path(witness.__file__)
"""In the installed package: it is upgraded with it, no copy grows old, and where it is gone nothing happens."""
MODULE = "ledger.hooking.agents.witness"


def personal(agent: str, *, python: str = Path(sys.executable).as_posix(), program: str = PROGRAM.as_posix()) -> str:
    """For a file of this machine: absolute paths, no git, no site packages."""
    py, file = shlex.quote(python), shlex.quote(program)
    return f"[ -x {py} ] && [ -f {file} ] && {py} -I -S {file} {agent} 2>/dev/null || :"


def shared(agent: str) -> str:
    """For a file that is committed: each clone has noted its own interpreter, and one without the ledger has not."""
    return (
        'd=$(git rev-parse --git-common-dir 2>/dev/null) && read -r p 2>/dev/null <"$d/ledger/interpreter" && '
        f'[ -x "$p" ] && "$p" -P -m {MODULE} {agent} 2>/dev/null || :'
    )


def in_sh(command: str) -> str:
    """For agents that use the person's own shell, which may be one that reads no POSIX."""
    return f"/bin/sh -c {shlex.quote(command)}"


def is_ours(text: object) -> bool:
    """Whether a command calls the program."""
    return isinstance(text, str) and (f"{MODULE} " in text or "hooking/agents/witness.py" in text)


def is_untouched(text: str, agent: str) -> bool:
    """Whether a command of ours is one that we would write, for whatever interpreter and place of the package."""
    words = _words(text)
    inner, wrap = (words[2], in_sh) if words[:2] == ["/bin/sh", "-c"] and len(words) == 3 else (text, str)
    if text == wrap(shared(agent)):
        return True
    words = _words(inner)
    return len(words) > 7 and text == wrap(personal(agent, python=words[2], program=words[7]))


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []
