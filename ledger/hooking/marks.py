"""The texts that we put among other people's hooks, and how they are known again.

A whole file of ours carries a marker with the hash of the rest, so that one that was edited is told apart. In a file
of somebody else, what is ours stands between two marked lines.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import Path

import ledger

EVENTS = (
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "applypatch-msg",
    "post-applypatch",
)
CHAINED = ".ledger-chained"
"""What a foreign hook's name ends in while ours stands in its place and runs it."""
HOOK = "hook"
"""The shared copy in the ledger directory, which takes the event as its first argument."""
BEGIN = "# >>> ledger: who made each change; `ledger uninstall` takes this out >>>"
END = "# <<< ledger <<<"
_MARK = "# ledger-hook "

ADVICE = 'h=$(git rev-parse --git-common-dir)/ledger/hook; if [ -x "$h" ]; then "$h" "${0##*/}" "$@" || exit; fi'
"""One line for a hook file of somebody else, the same for every event; it holds no path of a machine."""
_PRIVATE = "not for committing"


def hook_text() -> str:
    """The hook as it is installed, its marker completed by the hash of the rest."""
    return _packaged("ledger-hook")


def push_hook_text() -> str:
    """The hook that shares beside a push, marked in the same way."""
    return _packaged("ledger-push")


def _packaged(name: str) -> str:
    package = Path(ledger.__file__).parent
    inside = package / "hooks" / name
    return marked((inside if inside.is_file() else package.parent / "hooks" / name).read_text(encoding="utf-8"))


def marked(text: str) -> str:
    """A script with our marker in its second line."""
    first, _, rest = text.partition("\n")
    return f"{first}\n{_MARK}{digest(rest)}\n{rest}"


def is_marked(text: str) -> bool:
    """The file is one of ours."""
    return any(line.startswith(_MARK) for line in text.split("\n", 2)[1:2])


def is_edited(text: str) -> bool:
    """The file is no longer what we wrote."""
    lines = text.split("\n", 2)
    return len(lines) < 3 or lines[1] != f"{_MARK}{digest(lines[2])}"


def guarded_call(hook: Path, event: str) -> str:
    """A command that runs the hook for an event, and does nothing where the hook is gone; git appends `"$@"`.

    A command without the guard would fail every commit once the repository was moved.
    """
    return f'h={shlex.quote(str(hook))}; [ -x "$h" ] || exit 0; exec "$h" {event}'


def private_text(hook: Path, event: str) -> str:
    """A script for this machine only, marked: the place of the shared copy stands in it."""
    return marked(f'#!/bin/sh\n# For {event}; {_PRIVATE}.\n{guarded_call(hook, event)} "$@"\n')


def is_private(text: str) -> bool:
    """The script of ours holds a place of this machine."""
    return _PRIVATE in text[:200]


def team_block(event: str) -> str:
    """Lines for a hook that a team has committed: they hold no path, and do nothing in a clone without the ledger.

    They run ahead of the rest, so that what checks a message sees the trailers; the input is handed on.
    """
    body = ["ledger_hook=$(git rev-parse --git-common-dir 2>/dev/null)/ledger/hook || ledger_hook="]
    call = f'"$ledger_hook" {event} "$@"'
    if event == "post-rewrite":
        body += [
            "ledger_pairs=$(cat)",
            f"""if [ -x "$ledger_hook" ]; then printf '%s\\n' "$ledger_pairs" | {call} || :; fi""",
            "exec <<LEDGER_PAIRS",
            "$ledger_pairs",
            "LEDGER_PAIRS",
        ]
    else:
        refuse = " || exit $?" if event == "commit-msg" else " || :"
        body.append(f'if [ -x "$ledger_hook" ]; then {call}{refuse}; fi')
    return "\n".join([BEGIN, *body, END]) + "\n"


def with_block(text: str, block: str) -> str:
    """A script with the block behind its first line, where `#!` stands; an older block of ours is replaced."""
    text = without_block(text)
    first, newline, rest = text.partition("\n")
    if first.startswith("#!"):
        return f"{first}\n{block}{rest}" if newline else f"{first}\n{block}"
    return block + text


def without_block(text: str) -> str:
    """A text as it was before our block came in."""
    return _BLOCK.sub("", text)


def has_block(text: str) -> bool:
    """Our block stands in it."""
    return _BLOCK.search(text) is not None


def calls_shared_copy(text: str, event: str) -> bool:
    """A script that runs the shared copy for an event, as a person may have written it from our advice."""
    return (
        re.search(rf"""ledger[_/]hook["']?;?.*((?<![\w-]){re.escape(event)}(?![\w-])|\$\{{0##\*/\}})""", text)
        is not None
    )


_BLOCK = re.compile(rf"^[ ]*{re.escape(BEGIN)}\n.*?^[ ]*{re.escape(END)}\n", re.DOTALL | re.MULTILINE)


def digest(text: str) -> str:
    """What tells whether a text is as it was written."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
