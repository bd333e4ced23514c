"""The demo's own world: a home without the user's settings, identities, agents or hooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOREIGN = ("GIT_", "LEDGER", "CLAUDE", "ANTHROPIC_", "XDG_", "CODEX_", "GEMINI_", "COPILOT_", "CURSOR_", "AI_AGENT")


@contextmanager
def at_home(home: Path) -> Iterator[dict[str, str]]:
    """The environment of the process made the demo's, until the block ends; yields it.

    Hooks and git see what is inherited: a user's global hooks, signing key or `LEDGER_MODEL` would change the demo, and
    installing into a `core.hooksPath` of theirs would change more than that.
    """
    before = dict(os.environ)
    home.mkdir(parents=True, exist_ok=True)
    os.environ.clear()
    os.environ.update(_demo_environment(before, home))
    try:
        yield dict(os.environ)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _demo_environment(inherited: dict[str, str], home: Path) -> dict[str, str]:
    kept = {name: text for name, text in inherited.items() if not name.upper().startswith(_FOREIGN)}
    return {
        **kept,
        "HOME": str(home),
        "CLAUDE_CONFIG_DIR": str(home / ".claude"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LEDGER_DRAIN": "0",
        "LC_ALL": "C",
        "TZ": "UTC",
    }
