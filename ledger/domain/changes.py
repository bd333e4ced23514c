"""Change identity: which commits are one change, and how it landed.

What landed is drawn first, in the order in which it came onto the trunk, then requests and branches that did not land.
A commit belongs to one change. Rules: DESIGN "Words", hooks.md §2.3 and §7, ci.md §3.2.
"""

from __future__ import annotations

from ledger.domain.history import History
from ledger.domain.identities import Claims, Identity
from ledger.domain.landed import draw_landed
from ledger.domain.origins import Origins
from ledger.domain.unlanded import draw_unlanded

__all__ = ["Identity", "identify"]


def identify(history: History) -> tuple[Identity, ...]:
    """Every change of the repository, each commit in at most one of them."""
    claims, origins = Claims(history), Origins(history)
    draw_landed(history, claims, origins)
    draw_unlanded(history, claims, origins)
    return claims.finished()
