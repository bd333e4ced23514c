"""What one CI job leaves: a ref of its own with one file of entries.

Created once and never moved, so that jobs cannot get in each other's way: one push, nothing fetched, a shallow clone
is enough (hooks.md §8.3).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from ledger.exchange.objects import write_commit
from ledger.exchange.pushing import SECONDS, Outcome, Pushed, push
from ledger.git import Git

PREFIX = "refs/ledger/ci/"
FILE = "entries.jsonl"
_LONGEST = 60
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+|\.(?![A-Za-z0-9])|\.(?=lock(?![A-Za-z0-9]))")


def record_name(month: str, run: str, attempt: int, job: str, leg: str = "") -> str:
    """`<yyyymm>/<run>-<attempt>-<job>[-<leg>]`, the name of a job's ref, whatever characters its parts have.

    A part that has to be changed to fit gets a digest of itself behind it. Should two jobs share a name all the same,
    `publish_record` puts the second beside the first.
    """
    parts = [_word(run), str(attempt), _word(job), *([_word(leg)] if leg else [])]
    return f"{_word(month)}/{'-'.join(parts)}"


def publish_record(
    git: Git, remote: str, name: str, lines: Sequence[str], *, seconds: float = SECONDS
) -> tuple[str, Pushed]:
    """The ref that a job's entries were pushed to, and what came of the push.

    The same lines a second time change nothing. Other lines of the same job (it records twice) get a ref beside the
    first, named by their digest: a record is never replaced.
    """
    commit = write_commit(git, {FILE: "".join(f"{line}\n" for line in lines).encode()}, "Record a CI job")
    ref = PREFIX + name
    pushed = push(git, remote, [f"{commit}:{ref}"], seconds=seconds)
    if pushed.outcome is Outcome.REJECTED:
        ref = f"{ref}.{commit[:12]}"
        pushed = push(git, remote, [f"{commit}:{ref}"], seconds=seconds)
    return ref, pushed


def _word(text: str) -> str:
    """Letters, digits, `_`, `-` and dots between them: what every part of a ref's name may have everywhere."""
    plain = _UNFIT.sub("_", text)[:_LONGEST].strip("_.-")
    return plain if plain == text else f"{plain or 'x'}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
