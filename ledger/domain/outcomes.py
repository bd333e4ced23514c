"""What became of a change: landed, closed or undecided, reverted or not, verified or not (metric.md §5).

What the clock decides (stale, abandoned, durable) is given as the date it turns, so one conclusion serves every
as-of date; `outcome` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.domain.changes import Identity
from ledger.domain.conclusions import Change
from ledger.domain.forge_facts import Event, Request, Run
from ledger.domain.forge_word import closed_at, last
from ledger.domain.grouping import group
from ledger.domain.history import History
from ledger.domain.run_verdicts import told_once
from ledger.domain.unlanded import is_beside

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
    dates = [history.commits[oid].authored_at for oid in identity.commits if oid in history.commits]
    opened = request.opened_at if request else min(dates, default=identity.landed_at)
    if opened is None:
        return None
    is_merged_elsewhere = request is not None and is_beside(request, history)
    landed = identity.landed_at or (None if is_merged_elsewhere else last(events, "merged"))
    closed = None if landed else closed_at(request, events)
    quiet = max([opened, *(history.commits[oid].committed_at for oid in identity.commits if oid in history.commits)])
    may_abandon = identity.basis == "branch" and not history.is_forge
    return Fate(
        state="landed" if landed else "closed" if closed else "undecided",
        decided_at=landed or closed,
        opened_at=opened,
        stale_at=opened + MATURITY,
        abandoned_at=quiet + MATURITY if may_abandon else None,
        durable_at=landed + MATURITY if landed else None,
        is_forge_known=request is not None or bool(events),
    )


def outcome(change: Change, as_of: datetime) -> str:
    """accepted | rejected | abandoned | open | stale | unknown, as one would have said on that day."""
    if change.decided_at is not None and change.decided_at <= as_of:
        return "accepted" if change.state == "landed" else "rejected"
    if change.basis == "request" and change.is_forge_known:
        return "stale" if change.stale_at <= as_of else "open"
    if change.abandoned_at is None:
        return "unknown"
    return "abandoned" if change.abandoned_at <= as_of else "open"


def reversions(identities: Sequence[Identity], history: History) -> Mapping[str, datetime]:
    """Change → when the revert that stands landed on the target branch.

    A revert of a revert restores, by the parity of the chain; a revert inside the reverted change's own branch does
    not count (metric.md §5), nor does that of a copy on another branch; a copy that came after the revert restores.
    Reverts without git's sentence are invisible.
    """
    landed = {identity.id: identity for identity in identities if identity.landed_at}
    owners = _owners(identities)
    reverters: dict[str, list[Identity]] = {}
    for identity in landed.values():
        reverted = {oid for mine in identity.commits if mine in history.landed for oid in history.commits[mine].reverts}
        for target in sorted({each for oid in _known(reverted, owners) for each in owners[oid]} - {identity.id}):
            if not _is_picked_again(landed.get(target), identity, history):
                reverters.setdefault(target, []).append(identity)
    standing: dict[str, datetime | None] = {}

    def reverted_at(change: str, above: frozenset[str]) -> datetime | None:
        if change not in standing:
            dates = [
                by.landed_at
                for by in reverters.get(change, ())
                if by.landed_at and by.id not in above and reverted_at(by.id, above | {change}) is None
            ]
            standing[change] = min(dates, default=None)
        return standing[change]

    found = {change: reverted_at(change, frozenset()) for change in sorted(reverters) if change in landed}
    return {change: at for change, at in found.items() if at is not None}


def _owners(identities: Iterable[Identity]) -> Mapping[str, set[str]]:
    """Commit → the changes that reverting it reverts: its own, and for the merge of several branches all of them."""
    owners: dict[str, set[str]] = {}
    for identity in identities:
        for oid in {*identity.commits, *identity.former, identity.landed_oid or ""} - {*identity.copies, ""}:
            owners.setdefault(oid, set()).add(identity.id)
        if identity.number is not None:
            owners[f"request:{identity.number}"] = {identity.id}
    return owners


def _is_picked_again(change: Identity | None, revert: Identity, history: History) -> bool:
    """Whether a copy of the change came onto the same target after its revert."""
    copies = [oid for oid in change.copies if oid in history.landed] if change else []
    return revert.landed_oid is not None and any(revert.landed_oid in history.walk([oid]) for oid in copies)


def _known(oids: Iterable[str], owner: Mapping[str, object]) -> list[str]:
    """The full ids among the known commits that the (possibly abbreviated) ids name."""
    exact = [oid for oid in oids if oid in owner]
    short = [oid for oid in oids if oid not in owner and len(oid) >= 7 and ":" not in oid]
    return [*exact, *(full for oid in short for full in owner if full.startswith(oid))]


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
