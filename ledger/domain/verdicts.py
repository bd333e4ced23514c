"""Why a change is called accepted, rejected, abandoned, open, stale or unknown: the evidence in a sentence."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Request

_LANDINGS = {
    "merge": "the merge {oid} brought its commits to the target branch",
    "squash": "the commit {oid} on the target branch is its squash",
    "rebase": "its commits stand rebased on the target branch, the last as {oid}",
    "fast-forward": "the target branch was moved forward to its last commit, {oid}",
    "direct": "the commit {oid} was made on the target branch itself, which accepts it by construction",
}


def why(change: Change, outcome: str, request: Request | None) -> str:
    """The reason for an outcome, as one would have said on the day it was judged from."""
    if outcome == "accepted":
        return _landed(change)
    if outcome == "rejected":
        return f"the forge says that its request was closed unmerged on {change.decided_at:%Y-%m-%d}"
    if outcome == "stale":
        return f"its request has been undecided since {change.opened_at:%Y-%m-%d}, for more than 14 days"
    if outcome == "abandoned":
        return f"its branch landed nowhere and had no commit for 14 days, until {change.abandoned_at:%Y-%m-%d}"
    if outcome == "unknown":
        return "its branch matches no landing, and git cannot see a request that was closed on the forge"
    if change.basis == "request":
        state = "the forge says that its request is open" if request and not request.is_draft else "nobody decided it"
        return "its request is a draft" if request and request.is_draft else state
    return "its branch landed nowhere so far, and was worked on within 14 days"


def _landed(change: Change) -> str:
    oid = (change.landed_oid or "")[:10]
    if change.landed_by in _LANDINGS and oid:
        return _LANDINGS[change.landed_by].format(oid=oid)
    return f"the forge says that it was merged{f' as {oid}' if oid else ''}"


def how_it_stands(change: Change, outcome: str, as_of: datetime) -> str:
    """Whether an accepted change was verified and is durable, in words; '' for any other."""
    if outcome != "accepted":
        return ""
    tested = {True: "verified", False: "not verified: a check failed on what landed", None: "no run on what landed"}
    return f"{tested[change.is_verified]}; {_durable(change, as_of)}"


def _durable(change: Change, as_of: datetime) -> str:
    if change.reverted_at and change.reverted_at <= as_of:
        return f"reverted {change.reverted_at:%Y-%m-%d}"
    if change.durable_at and change.durable_at <= as_of:
        return f"durable: not reverted within 14 days, by {change.durable_at:%Y-%m-%d}"
    return "too young to be called durable"
