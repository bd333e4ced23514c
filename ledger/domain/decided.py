"""Decided changes that are compared one by one: which these are, and their five sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.domain.conclusions import Change
from ledger.domain.estimates import Sums
from ledger.domain.outcomes import outcome


def is_counted(change: Change, as_of: datetime) -> bool:
    """It is in the ratio of a report, its cost apart."""
    is_heard = change.basis == "branch" or (change.basis == "request" and change.is_forge_known)
    is_decided = outcome(change, as_of) in ("accepted", "rejected", "abandoned")
    return is_heard and change.has_model and change.opened_at <= as_of and is_decided


def accepted_of(changes: Sequence[Change], as_of: datetime) -> list[Change]:
    """Those that were accepted."""
    return [change for change in changes if outcome(change, as_of) == "accepted"]


def sums_of(changes: Sequence[Change], accepted: Sequence[Change]) -> Sums:
    """The five sums over those of known cost; `accepted` are the accepted ones among the changes."""
    known = [change for change in changes if change.cost_known == "known"]
    paid = [change for change in accepted if change.cost_known == "known"]
    return Sums(
        n=len(known),
        accepted=len(paid),
        cost_nusd=sum(change.nusd for change in known),
        cost_sq=sum(change.cost_sq for change in known),
        accepted_nusd=sum(change.nusd for change in paid),
    )
