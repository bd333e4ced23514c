"""Why a call reached no change, and what a person can do about it: a closed set (metric.md §4, rule 6)."""

from __future__ import annotations

UNKNOWN_SUBJECT = "the commit or request it was booked to is not known here"
LOST_COMMIT = "its commit is in no change of this repository"
NO_CHANGE_OF_BRANCH = "its branch has no change"
AFTER_LAST_COMMIT = "it came after the session's last commit, on the target branch"
NO_COMMIT_ON_TARGET = "no commit followed within 24 hours on the target branch"
FED_NOTHING = "the session only read, and none that commits followed within 24 hours"
NO_BRANCH = "no branch was logged and the session made no commit"
NO_SESSION = "the call names no session"

REMEDIES: dict[str, str] = {
    UNKNOWN_SUBJECT: "Run ledger update in the clone that has the commit, or bring the request in (ledger ci import).",
    LOST_COMMIT: "If the work was thrown away, nothing is missing. If it landed in another form, run ledger update in "
    "the clone that made it, or say whose it is with ledger tag REV --session ID.",
    NO_CHANGE_OF_BRANCH: "If the branch lives elsewhere, fetch it and run ledger update; if it was deleted, fetch its "
    "request's head (git fetch origin refs/pull/NUMBER/head:kept), or say ledger tag REV --session ID.",
    AFTER_LAST_COMMIT: "Work on a branch of its own: what follows a commit there counts with the branch's change.",
    NO_COMMIT_ON_TARGET: "If the work was dropped, nothing is missing. If it was committed by hand or later, let "
    "ledger install tie commits to their sessions, and of this one say ledger tag REV --session ID.",
    FED_NOTHING: "Scouting that led nowhere, or questions. Read on the branch that it is for, and it counts there.",
    NO_BRANCH: "Let ledger install note sessions with each commit, and of this one say ledger tag REV --session ID.",
    NO_SESSION: "Tag a gateway's calls with session:ID, branch:NAME or commit:ID (docs/sources.md), or post on the "
    "machine that has the agent's own logs.",
}
"""Reason → its remedy, in the order from the surest cause to the vaguest."""

_ANY = "If you know which change it made, say ledger tag REV --session ID."


def remedy(reason: str) -> str:
    """What to do about calls that are unattributed for this reason; of one not known here, what always helps."""
    return REMEDIES.get(reason, _ANY)
