"""What a person can do about calls that reached no change, by the reason that attribution gives."""

from __future__ import annotations

from ledger.domain.attribution import LOST_COMMIT, NO_BRANCH, NO_CHANGE_OF_BRANCH, NO_COMMIT_ON_TARGET, NO_SESSION

_REMEDIES = {
    LOST_COMMIT: "Post in the clone that has the commit (ledger update there), or fetch it; if it was thrown away, "
    "nothing is missing.",
    NO_CHANGE_OF_BRANCH: "Fetch the branch and run ledger update; if it was deleted before it was posted, fetch its "
    "request's head (git fetch origin refs/pull/NUMBER/head), or say ledger tag REV --session ID.",
    NO_COMMIT_ON_TARGET: "No hook saw which commit it made: ledger install; if it made one, say ledger tag REV "
    "--session ID; if it was dropped, nothing is missing.",
    NO_BRANCH: "No hook saw the session: ledger install notes it with each commit; of this one say ledger tag REV "
    "--session ID.",
    NO_SESSION: "Run ledger update where the agent's own logs are, or tag a gateway's calls with session:ID or "
    "commit:ID (docs/sources.md).",
}
_ANY = "If you know which change it made, say ledger tag REV --session ID."


def remedy(reason: str) -> str:
    """One sentence for a reason; of one that this version does not know, what helps whatever the reason."""
    return _REMEDIES.get(reason, _ANY)
