"""What became of a change: landed, closed or undecided, reverted or not, verified or not (metric.md §5).

What the clock decides (stale, abandoned, durable) is given as the date it turns, so one conclusion serves every
as-of date; `outcome` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.domain.changes import Identity
from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.forge_word import closed_at, last
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.origins import is_beside
from ledger.domain.run_verdicts import told_once

MATURITY = timedelta(days=14)
"""After so long an undecided request is stale, a silent branch abandoned, a landed change durable."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How a change stands and since when; see Change for the fields."""

    state: str
    decided_at: datetime | None
    opened_at: datetime
    stale_at: datetime
    abandoned_at: datetime | None
    durable_at: datetime | None
    is_forge_known: bool


def fate(identity: Identity, history: History, request: Request | None, events: Sequence[Event]) -> Fate | None:
    """The fate of one change, from the forge's word where it spoke and from git elsewhere; None if nothing dates it."""
    tried = [oid for oid in identity.former if oid not in identity.copies]
    dates = [history.commits[oid].authored_at for oid in (*identity.commits, *tried) if oid in history.commits]
    opened = request.opened_at if request else min(dates, default=identity.landed_at)
    if opened is None:
        return None
    state, decided = decision(identity, history, request, events)
    quiet = max([opened, *(history.commits[oid].committed_at for oid in identity.commits if oid in history.commits)])
    may_abandon = identity.basis == "branch" and not history.is_forge
    return Fate(
        state=state,
        decided_at=decided,
        opened_at=opened,
        stale_at=opened + MATURITY,
        abandoned_at=quiet + MATURITY if may_abandon else None,
        durable_at=decided + MATURITY if decided and state == "landed" else None,
        is_forge_known=request is not None or bool(events),
    )


def decision(
    identity: Identity, history: History, request: Request | None, events: Sequence[Event]
) -> tuple[str, datetime | None]:
    """(landed | closed | undecided, since when): by what stands on the target, else by the forge's word."""
    is_merged_elsewhere = request is not None and is_beside(request, history)
    landed = identity.landed_at or (None if is_merged_elsewhere else last(events, "merged"))
    if landed:
        return "landed", landed
    closed = closed_at(request, events)
    return ("closed", closed) if closed else ("undecided", None)


def days_between(landed: datetime | None, reverted: datetime | None) -> int | None:
    """Whole days from landing to a revert; None without one."""
    return max((reverted - landed).days, 0) if landed and reverted else None


def outcome(change: Change, as_of: datetime) -> str:
    """accepted | rejected | abandoned | open | stale | unknown, as one would have said on that day."""
    if change.decided_at is not None and change.decided_at <= as_of:
        return "accepted" if change.state == "landed" else "rejected"
    if change.basis == "request" and change.is_forge_known:
        return "stale" if change.stale_at <= as_of else "open"
    if change.abandoned_at is None:
        return "unknown"
    return "abandoned" if change.abandoned_at <= as_of else "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said of a change; None without runs."""

    is_verified: bool | None
    first_pass: bool | None
    failed_runs: int
    failures: tuple[Run, ...]
    """Failing runs before the first pass, flaky ones left out."""


def verdict(runs: Iterable[Run], landed: Iterable[str]) -> Verdict:
    """The verdict over a change's runs; `landed` are the commits that must have passed to call it verified.

    A commit passes when each of its checks has: one that fails beside others that pass is a failing run all the same.
    """
    ordered = sorted(
        (run for run in told_once(runs) if run.conclusion in ("passed", "failed")),
        key=lambda run: (run.at, run.attempt, run.run),
    )
    passed = {(run.oid, run.name) for run in ordered if run.conclusion == "passed"}
    heads = [
        [run for run in _binding(rows) if run.conclusion == "passed" or (oid, run.name) not in passed]
        for oid, rows in group(ordered, lambda run: run.oid).items()
    ]
    first_pass_at = min((at for head in heads if (at := _passed_at(head))), default=None)
    failures = tuple(
        run
        for run in sorted((run for head in heads for run in head), key=lambda run: (run.at, run.attempt, run.run))
        if run.conclusion == "failed" and (first_pass_at is None or run.at < first_pass_at)
    )
    first_pass = _passed_at(heads[0]) is not None if heads else None
    return Verdict(_verified(ordered, set(landed)), first_pass, len(failures), failures)


def _binding(runs: Sequence[Run]) -> Sequence[Run]:
    """The required ones of a commit's runs, where any is known to be required."""
    return [run for run in runs if run.is_required] or runs


def _passed_at(head: Sequence[Run]) -> datetime | None:
    """When the last of a commit's checks passed first; None where one of them failed."""
    if any(run.conclusion == "failed" for run in head):
        return None
    first: dict[str, datetime] = {}
    for run in head:
        first.setdefault(run.name, run.at)
    return max(first.values(), default=None)


def _verified(ordered: Sequence[Run], landed: set[str]) -> bool | None:
    """The last attempt of each required check on the landed head passed; None where there is no run."""
    on_head = _binding([run for run in ordered if run.oid in landed])
    last = {run.name: run.conclusion for run in on_head}
    return all(conclusion == "passed" for conclusion in last.values()) if last else None
