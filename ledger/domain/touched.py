"""Which commits attribution needs the diffs of: reading every diff of a long human history would be waste."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ledger.domain.attribution import WINDOW
from ledger.domain.facts import Tip
from ledger.domain.history import History, short_name


def touched_commits(history: History) -> set[str]:
    """Commits that a model may have had a part in: named by a contribution or a session, or made soon after a call."""
    named = {row.subject for row in history.contributions} | {row.oid for row in history.seen if row.session}
    spans = _spans(call.at for call in history.calls)
    near = _within(((commit.authored_at, oid) for oid, commit in history.commits.items()), spans) if spans else set()
    listed = {oid for request in history.requests for oid in (*request.commits, request.head_oid, request.merge_oid)}
    return {oid for oid in named | near | listed if oid in history.commits}


def wanted_branches(history: History, touched: set[str]) -> list[Tip]:
    """Tips of branches that did not land and hold a touched commit; their ranges are kept for later."""
    known = {(row.branch, row.tip) for row in history.ranges}
    return [
        tip
        for tip in history.tips
        if not tip.is_target
        and (short_name(tip.ref), tip.oid) not in known
        and tip.oid not in history.landed
        and not touched.isdisjoint(history.walk([tip.oid], history.landed))
    ]


def wanted_diffs(history: History, touched: set[str]) -> list[str]:
    """Commits whose diff is needed and not yet known: touched ones, and trunk commits that may be a branch's squash."""
    since = _first_work(history)
    squashes = (
        {
            oid
            for oid in history.landed
            if len(history.commits[oid].parents) == 1 and history.commits[oid].committed_at >= since
        }
        if since
        else set()
    )
    return sorted((touched | squashes) - history.diffs.keys())


def _first_work(history: History) -> datetime | None:
    """When work began on the oldest branch whose patch-id is known."""
    tips = [row.tip for row in history.ranges if row.patch_id]
    oids = history.walk(tips, history.landed)
    return min((history.commits[oid].authored_at for oid in oids), default=None)


def _spans(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """The merged intervals from each call to 24 h after it."""
    spans: list[tuple[datetime, datetime]] = []
    for at in sorted(times):
        if spans and at <= spans[-1][1]:
            spans[-1] = (spans[-1][0], at + WINDOW)
        else:
            spans.append((at, at + WINDOW))
    return spans


def _within(dated: Iterable[tuple[datetime, str]], spans: list[tuple[datetime, datetime]]) -> set[str]:
    found, place = set[str](), 0
    for at, oid in sorted(dated):
        while place < len(spans) and spans[place][1] < at:
            place += 1
        if place == len(spans):
            break
        if spans[place][0] <= at:
            found.add(oid)
    return found
