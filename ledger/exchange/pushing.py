"""One push, and what came of it, in four words.

A push that lost a race is told in two shapes: git's own refusal before anything was sent (non-fast-forward, fetch
first, stale info) and the server's after it (cannot lock ref, failed to update ref). Either means: look again and
retry. What a hook, a rule or missing rights refuse stays refused. (hooks.md §8.1)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ledger.domain.screen import discreet, plain
from ledger.git import Git
from ledger.git_process import Ended

SECONDS = 60.0
"""A push may take so long where nobody waits for anything else."""

_QUIETLY = (
    "--porcelain",
    "--no-verify",  # a pre-push hook that pushes would call itself
    "--no-signed",
    "--no-follow-tags",
    "--recurse-submodules=no",
)
_RACE = re.compile(
    r"non-fast-forward|fetch first|stale info|needs force|already exists|cannot lock ref|failed to update ref"
    r"|incorrect old value|reference already exists|unable to (?:create|lock)|failed to (?:lock|write)",
    re.IGNORECASE,
)
_COLLATERAL = re.compile(
    r"atomic (?:push|transaction) (?:failed|aborted)|transaction (?:failed|aborted)", re.IGNORECASE
)
"""What git says of the other refs of a push that had to go as one."""
_UNREPORTED = "remote failure"
_NO_RIGHT = re.compile(
    r"error: 403|permission to \S+ denied|write access|not allowed to push|read.only|pre-receive hook declined"
    r"|you are not allowed|insufficient permission",
    re.IGNORECASE,
)


class Outcome(Enum):
    """What came of a push."""

    DONE = "done"
    REJECTED = "rejected"
    """Somebody else was first: fetch and try again."""
    REFUSED = "refused"
    """A hook, a rule or missing rights: trying again changes nothing."""
    UNREACHABLE = "unreachable"
    """No answer, no such remote, not known there, or out of time; it may have arrived all the same."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """The outcome of a push, and one sentence about it."""

    outcome: Outcome
    sentence: str

    @property
    def is_done(self) -> bool:
        """The remote has it."""
        return self.outcome is Outcome.DONE


def push(
    git: Git,
    remote: str,
    refspecs: Sequence[str],
    *,
    leases: Mapping[str, str] | None = None,
    atomic: bool = False,
    seconds: float = SECONDS,
) -> Pushed:
    """Push once; `leases` names the value that a ref of the remote must have, '' that it must not be there.

    A refspec with `+` is a mistake of ours: it would switch off its lease without a word.
    """
    if any(refspec.startswith("+") for refspec in refspecs):
        raise ValueError("a refspec with + ignores its lease")
    held = [f"--force-with-lease={ref}:{value}" for ref, value in (leases or {}).items()]
    ended = git.talk(
        *("-c", f"remote.{remote}.mirror=false"),  # a mirror takes no refspecs
        *("push", *_QUIETLY, *held, *(["--atomic"] if atomic else []), "--", remote, *refspecs),
        seconds=seconds,
    )
    return judge(ended, remote, seconds)


def judge(ended: Ended, remote: str, seconds: float) -> Pushed:
    """What came of a push, from its exit code and from what git and the server said."""
    if ended.code == 0:
        return Pushed(Outcome.DONE, f"{remote} has it.")
    if ended.code is None:
        return Pushed(Outcome.UNREACHABLE, f"{remote} did not answer within {seconds:g} seconds.")
    reasons = _reasons(ended.out)
    why = next((reason for reason in reasons if not _COLLATERAL.search(reason)), reasons[0] if reasons else "")
    if not reasons:
        return _unanswered(ended.err, remote)
    if why.startswith(_UNREPORTED):
        return Pushed(Outcome.UNREACHABLE, f"The connection to {remote} broke off before it had answered.")
    if all(_RACE.search(reason) or _COLLATERAL.search(reason) for reason in reasons):
        return Pushed(Outcome.REJECTED, f"Another push to {remote} was first ({_said(why)}).")
    return Pushed(Outcome.REFUSED, f"{remote} refused it: {_said(_told(ended.err) or why)}.")


def _reasons(out: str) -> list[str]:
    """Of each ref that was not updated: `rejected (why)`, `remote rejected (why)`."""
    rows = (line.split("\t") for line in out.splitlines() if line.startswith("!\t"))
    return [re.sub(r"^\[([^\]]*)\]", r"\1", row[2]) for row in rows if len(row) > 2]


def _unanswered(err: str, remote: str) -> Pushed:
    """No ref was answered for: there was no connection, or no right to write at all."""
    last = next((line for line in reversed(err.splitlines()) if line.startswith(("fatal:", "ERROR:", "error:"))), "")
    said = _said(re.sub(r"^(?:fatal|ERROR|error):\s*", "", last)) or "it gave no reason"
    if _NO_RIGHT.search(err):
        return Pushed(Outcome.REFUSED, f"{remote} refused it: {_said(_told(err)) or said}.")
    return Pushed(Outcome.UNREACHABLE, f"{remote} cannot be reached: {said}.")


def _told(err: str) -> str:
    """What the server's hook or rule said, on one line."""
    lines = (line.removeprefix("remote:").strip() for line in err.splitlines() if line.startswith("remote:"))
    return " ".join(line for line in lines if line and not line.startswith("error: cannot lock"))


def _said(text: str) -> str:
    return plain(discreet(text), 160).strip().rstrip(".")
