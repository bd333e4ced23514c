"""Lets git answer a forge with a job's token, without a word of it in a file, a command line or git's configuration.

Git asks a program for name and password (gitcredentials(7)). Ours answers for one host, out of the environment.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

_SCRIPT = """#!/bin/sh
# Git calls this with its question, which names the host in quotes.
case $1 in
*"://$LEDGER_GIT_HOST'"* | *"@$LEDGER_GIT_HOST'"*) ;;
*) exit 1 ;;
esac
case $1 in
Username*) printf '%s\\n' "$LEDGER_GIT_USER" ;;
*) printf '%s\\n' "$LEDGER_GIT_TOKEN" ;;
esac
"""
_FORGES = (
    ("GITHUB_SERVER_URL", "x-access-token", ("GITHUB_TOKEN", "GH_TOKEN")),
    ("CI_SERVER_URL", "oauth2", ("GITLAB_TOKEN",)),
    ("CI_SERVER_URL", "gitlab-ci-token", ("CI_JOB_TOKEN",)),
)
"""Where a forge says its own address, the name that its tokens go by, and what holds them."""


@contextmanager
def answering(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The variables by which git finds the answer; none where there is no token, or git has somebody to ask already."""
    found = _credentials(environ)
    if not found or environ.get("GIT_ASKPASS"):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        script = Path(folder) / "answer"
        script.touch(mode=0o700)
        script.write_text(_SCRIPT, encoding="ascii")
        yield {"GIT_ASKPASS": str(script), **found}


def _credentials(environ: Mapping[str, str]) -> dict[str, str]:
    for address, user, names in _FORGES:
        host = urlsplit(environ.get(address, "")).netloc
        token = next((environ[name] for name in names if environ.get(name)), "")
        if host and token:
            return {"LEDGER_GIT_HOST": host, "LEDGER_GIT_USER": user, "LEDGER_GIT_TOKEN": token}
    return {}
