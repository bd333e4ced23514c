"""The token that GitHub's command line tool keeps for a host, asked of the tool itself."""

from __future__ import annotations

import os
import shutil
import subprocess

from ledger.domain.forge_access import Token

_SAID_BY_ENVIRONMENT = frozenset({"GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"})
"""With one of these the tool repeats it for hosts that it may not be meant for."""
_PATIENCE = 10


def read_token(host: str) -> Token | None:
    """What `gh auth token` prints for the host; None where there is no such tool, or it knows none."""
    program = shutil.which("gh")
    if program is None:
        return None
    kept = {name: text for name, text in os.environ.items() if name not in _SAID_BY_ENVIRONMENT}
    try:
        done = subprocess.run(
            [program, "auth", "token", "--hostname", host],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=kept | {"GH_PROMPT_DISABLED": "1"},
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.decode(errors="replace").strip()
    return Token("gh auth token", said) if said and not done.returncode else None
