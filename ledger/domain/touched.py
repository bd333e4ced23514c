"""Which commits attribution needs the diffs of: reading every diff of a long human history would be waste."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ledger.domain.areas import in_force
from ledger.domain.changes import Identity
from ledger.domain.history import History, short_name
from ledger.domain.rules import WINDOW
from ledger.domain.usage import sum_of


def touched_commits(history: History) -> set[str]:
    """Commits that a model may have had a part in: named by a contribution or a session, or made soon after a call."""
    named = {row.subject for row in history.contributions} | {row.oid for row in history.seen if row.session}
    named |= _printed(history) | {told.commit for usage in history.usages for told in map(sum_of, usage.sums)}
    spans = _spans(call.at for call in history.calls)
    near = _within(((commit.authored_at, oid) for oid, commit in history.commits.items()), spans) if spans else set()
    listed = {oid for request in history.requests for oid in (*request.commits, request.head_oid, request.merge_oid)}
    return {oid for oid in named | near | listed if oid in history.commits}


def wanted_branches(history: History, touched: set[str]) -> list[tuple[str, str]]:
    """(branch, tip) of branches that did not land and hold a touched commit; their ranges are kept for later.

    A branch that was deleted before anybody posted it is known by what hooks and reflogs tell of its commits.
    """
    known = {(row.branch, row.tip) for row in history.ranges}
    standing = {(short_name(tip.ref), tip.oid) for tip in history.tips if not tip.is_target}
    return [
        (name, oid)
        for name, oid in sorted((standing | _lost_heads(history)) - known)
        if oid not in history.landed and not touched.isdisjoint(history.walk([oid], history.landed))
    ]


def _lost_heads(history: History) -> set[tuple[str, str]]:
    """(branch, commit) of the last commits that were made on branches that are gone, and became no other commit.

    What a commit that still stands was rewritten into was taken back, as `git reset` does after an amend.
    """
    taken_back = {new for old, news in history.newer.items() if old in history.reachable for new in news}
    lost = {
        oid: name
        for oid, name in history.made_on.items()
        if oid in history.commits and oid not in history.reachable | taken_back and history.latest(oid) == (oid,)
    }
    inner = {parent for oid in lost for parent in history.commits[oid].parents}
    return {(name, oid) for oid, name in lost.items() if oid not in inner}


def wanted_diffs(history: History, touched: set[str]) -> list[str]:
    """Commits whose diff is needed and not yet known: touched ones, and trunk commits that may be a branch's squash."""
    return sorted((touched | _squashes(history)) - history.diffs.keys())


def wanted_areas(history: History, identities: Iterable[Identity], touched: set[str], rules: str) -> list[str]:
    """Commits whose areas are not known by these rules, nor by those in force, and are not read with their diff now.

    They are the touched ones, and the people's commits beside them: a change's stakes are known only with all of it.
    """
    chosen = in_force(history.rules)
    holding = {rules, chosen.rules if chosen else rules}
    known = {row.oid for row in history.commit_areas if row.rules in holding}
    changes = (set(change.commits) for change in identities)
    beside = set[str]().union(*(oids for oids in changes if not oids.isdisjoint(touched)))
    return sorted((beside | touched | _squashes(history)) - known - set(wanted_diffs(history, touched)))


def _squashes(history: History) -> set[str]:
    since = _first_work(history)
    if since is None:
        return set()
    return {
        oid
        for oid in history.landed
        if len(history.commits[oid].parents) == 1 and history.commits[oid].committed_at >= since
    }


def _first_work(history: History) -> datetime | None:
    """When work began on the oldest branch whose patch-id is known, or that a session committed and nothing leads to.

    Either may have landed as a commit with the same patch-id.
    """
    tips = [row.tip for row in history.ranges if row.patch_id]
    oids = {*history.walk(tips, history.landed), *(_printed(history) - history.reachable)}
    return min((history.commits[oid].authored_at for oid in oids), default=None)


def _printed(history: History) -> set[str]:
    """The commits that git printed in a session."""
    return {history.short_ids.only(row.printed_id) for row in history.session_commits} & history.commits.keys()


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
