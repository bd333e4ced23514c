"""`ledger share`: what of this clone's facts the others get, in which lines, and bringing theirs in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ledger.domain.conclusions import Change, Charge
from ledger.domain.facts import Entry, Fact
from ledger.domain.grouping import group
from ledger.domain.retractions import withdrawn
from ledger.domain.sharing import retraction_of, told_here
from ledger.domain.usage import MOST_CALLS, PREFIX, Sum, Usage, session_key
from ledger.entries import encode, fact_id, retraction
from ledger.errors import LedgerError
from ledger.exchange import fetching
from ledger.exchange.compacting import Compacted, compact
from ledger.exchange.pushing import Pushed
from ledger.exchange.writer import Patience, Published, publish
from ledger.posting.update import repository_here
from ledger.posting.workplace import Workplace
from ledger.store import known_commits, reads, told
from ledger.store.engine import Ledger

ERROR = "share-error"
"""A file in the ledger directory: what sharing beside a push could not do the last time."""
_KINDS = ("contribution", "tag", "repository_commit", "rewrite", "branch_range")
_MONTHS_IDLE = 6
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Shareable:
    """What a clone has to say, before it is put into lines."""

    facts: tuple[Fact, ...]
    usages: tuple[Usage, ...]
    taken_back: tuple[str, ...]
    """Ids of facts and retractions that are taken back."""
    aliases: tuple[str, ...]

    def lines(self, clone: str) -> list[str]:
        """The entries, spoken by a clone of this id."""
        facts = [*self.facts, *(replace(usage, clone_id=clone) for usage in self.usages)]
        told_lines = [encode(fact, self.aliases, clone) for fact in facts]
        return [*told_lines, *(retraction(gone, by=clone).text for gone in self.taken_back)]


def choose_remote(workplace: Workplace, wanted: str = "") -> str:
    """The remote to share through: the named one, origin, or the only one; raises LedgerError."""
    known = sorted(workplace.git.remotes())
    if wanted and wanted not in known:
        raise LedgerError(f"There is no remote {wanted}; git remote lists {', '.join(known) or 'none'}.")
    if wanted or "origin" in known or len(known) == 1:
        return wanted or ("origin" if "origin" in known else known[0])
    raise LedgerError(
        f"Name the remote to share through with --remote: {', '.join(known)}."
        if known
        else "There is no remote to share through; add one with git remote add origin URL."
    )


def shareable(workplace: Workplace, ledger: Ledger, mode: str, now: datetime) -> Shareable:
    """What this clone knows that no other one told, as `mode` (facts, usage) allows; raises LedgerError on a server.

    The sums of its sessions are kept, so that they are drawn up anew only where they changed.
    """
    if ledger.is_shared:
        raise LedgerError(
            "This ledger is on a server that the team has already; share from a ledger in a file, or stop sharing with "
            "ledger share off."
        )
    repository = repository_here(workplace, ledger)
    origin = f"w/{workplace.clone_id()}"
    with ledger.read() as connection:
        elsewhere = told.told_elsewhere(connection, origin)
        facts = [fact for fact in _facts(connection, repository) if fact_id(fact) not in elsewhere]
        usages = _usages(connection, repository, workplace.clone_id(), now) if mode == "usage" else []
        taken_back = _taken_back(reads.retractions(connection), {fact_id(fact) for fact in facts})
        aliases = tuple(reads.aliases(connection, repository))
    if usages:
        with ledger.write() as writing:
            writing.post(usages)
    return Shareable(tuple(facts), tuple(usages), tuple(taken_back), aliases)


def _facts(connection: Connection, repository: str) -> Iterator[Fact]:
    former = {row.oid for row in reads.derived(connection, "change_commit", repository) if not row.is_head}
    for kind in _KINDS:
        yield from told_here(reads.facts(connection, kind, repository), former)
    yield from told_here(known_commits.commits_of(connection, sorted(former)), former)


def _taken_back(retractions: Sequence[Entry], own: set[str]) -> list[str]:
    """What the retractions of our own facts name, and the retractions of those, to the end of each chain."""
    waiting, found = dict.fromkeys((entry.id, retraction_of(entry)) for entry in retractions), list[str]()
    known = set(own)
    while True:
        new = [(id_, gone) for id_, gone in waiting if gone in known and gone not in found]
        if not new:
            return found
        found += [gone for _, gone in new]
        known |= {id_ for id_, _ in new}


def _usages(connection: Connection, repository: str, clone: str, now: datetime) -> list[Usage]:
    """The usage of every session that is booked here, and none any more for one that was told and is gone."""
    gone = withdrawn(reads.retractions(connection)).sessions
    changes = {row.id: row for row in reads.derived(connection, "change", repository)}
    heads: dict[str, str] = {}
    for row in reads.derived(connection, "change_commit", repository):
        if row.is_head:
            heads.setdefault(row.change_id, row.oid)
    charges = (
        row
        for row in reads.derived(connection, "charge", repository)
        if row.session and not row.session.startswith(PREFIX) and row.session not in gone
    )
    own = {row.session: row for row in reads.facts(connection, "usage", repository) if row.clone_id == clone}
    sums = {
        session_key(session): tuple(_sum(row, changes.get(row.change_id), heads).row() for row in _in_order(rows))
        for session, rows in group(charges, lambda row: row.session).items()
    }
    for session in own.keys() - sums.keys():
        sums[session] = ()
    return [
        own[session]
        if session in own and own[session].sums == told_sums
        else Usage(repository_id=repository, clone_id=clone, session=session, sums=told_sums, at=now)
        for session, told_sums in sorted(sums.items())
    ]


def _in_order(charges: Sequence[Charge]) -> list[Charge]:
    return sorted(charges, key=lambda row: (row.first_at, row.id))


def _sum(charge: Charge, change: Change | None, heads: dict[str, str]) -> Sum:
    """A charge without the session, branch and times that only its clone needs."""
    number = change.number if change else None
    calls = min(charge.calls, MOST_CALLS)
    return Sum(
        day=charge.occurred_on,
        at=charge.first_at.isoformat(),
        commit=(change.landed_oid or heads.get(change.id, "")) if change else "",
        request="" if number is None else str(number),
        agent=charge.agent,
        model=charge.model,
        provider=charge.provider,
        role=charge.role,
        role_evidence=charge.role_evidence,
        rule=charge.rule,
        reason=charge.reason,
        calls=calls,
        calls_unpriced=min(charge.calls_unpriced, calls),
        calls_placeholder=min(charge.calls_placeholder, calls),
        nusd=charge.nusd,
        list_nusd=charge.list_nusd,
        paid_nusd=charge.paid_nusd,
        parts_unlisted=charge.parts_unlisted,
        parts_unpaid=charge.parts_unpaid,
        input=charge.input,
        cache_read=charge.cache_read,
        cache_write_5m=charge.cache_write_5m,
        cache_write_1h=charge.cache_write_1h,
        output=charge.output,
    )


def push(workplace: Workplace, ledger: Ledger, remote: str, mode: str, now: datetime, patience: Patience) -> Published:
    """Publish what is new; a clone that turns out to be a copy goes on under a new id, and says everything under it."""
    said = shareable(workplace, ledger, mode, now)
    before = workplace.clone_id()
    minted: list[str] = []

    def mint() -> str:
        minted.append(secrets.token_hex(32))
        return minted[-1][:16]

    done = publish(workplace.git, remote, before, said.lines, f"{now:%Y-%m}", patience, mint)
    if minted:
        _rename(workplace, ledger, before, minted[-1])
    if done.pushed.is_done:
        (workplace.git.ledger_dir / ERROR).unlink(missing_ok=True)
    return done


def _rename(workplace: Workplace, ledger: Ledger, before: str, secret: str) -> None:
    """The clone has a new id: its refs' places and usage are told under it, and stand under the old one no more."""
    workplace.rename_clone(secret)
    with ledger.read() as connection:
        repository = reads.repository_of_clone(connection, before) or ""
        tips = [row for row in reads.facts(connection, "tip", repository) if row.clone_id == before]
    with ledger.write() as writing:
        writing.replace_tips(repository, before, [])
        writing.replace_tips(repository, secret[:16], [replace(tip, clone_id=secret[:16]) for tip in tips])


def fetch(workplace: Workplace, remote: str, seconds: float) -> Pushed:
    """Fetch what others share, to be posted by the next update; DONE or UNREACHABLE."""
    came = fetching.fetch(workplace.git, remote, seconds)
    if came.is_done:
        workplace.git.ledger_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        workplace.fetched_marker().touch()
    return came


def fold(workplace: Workplace, remote: str, now: datetime, patience: Patience) -> Compacted:
    """Fold what clones and CI jobs left into the common ref."""
    months = now.year * 12 + now.month - 1 - _MONTHS_IDLE
    return compact(workplace.git, remote, f"{months // 12:04d}-{months % 12 + 1:02d}", patience)
