"""From the facts in the ledger to its conclusions, and what a fact must be completed with before that.

`load` and `derive` read nothing but the ledger, so a rebuild gives the same bytes on any machine; `supply` asks git
and the price table for what attribution needs, and keeps the answers as facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ledger.domain.areas import sorter
from ledger.domain.changes import Identity, identify
from ledger.domain.conclude import conclude, nothing_but_people
from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.events import distinct
from ledger.domain.facts import Fact
from ledger.domain.forges import is_on_forge
from ledger.domain.history import History, is_made
from ledger.domain.horizon import MARGIN, beyond
from ledger.domain.own_prices import OwnPrice
from ledger.domain.pricing import price_keys
from ledger.domain.retractions import Withdrawn, withdrawn
from ledger.domain.session_facts import Call
from ledger.domain.touched import touched_commits, wanted_areas, wanted_branches, wanted_diffs
from ledger.entries import fact_id
from ledger.posting.ruling import path_rules
from ledger.posting.withdrawing import is_gone, without_forgotten, without_retracted, without_session
from ledger.posting.workplace import Workplace
from ledger.sources.diffs import read_areas, read_diffs, read_ranges
from ledger.sources.own_prices import read_own_prices
from ledger.sources.prices import read_prices
from ledger.store import known_commits, reads, retold, seen_twice
from ledger.store.engine import Ledger

_BATCH = 1000
_UNASKED: dict[str, Any] = {"best_rank": (), "owner_rank": (), "agent_version": None, "reasoning": None}
"""Of a call, what no conclusion is drawn from: the ranks decide between two rows of it when they are posted."""


@dataclass(frozen=True, slots=True)
class Held:
    """A repository's facts as they were loaded, and the marks that tell whether anybody posted or derived since."""

    history: History
    marks: frozenset[str]
    """The marks of what was posted before: gone, once somebody else derived."""
    own: frozenset[str]
    """Those of what was supplied afterwards."""
    identities: tuple[Identity, ...]
    """The changes, drawn from all of it: which areas and prices there are makes no difference to them."""

    def is_current(self, marks: Set[str]) -> bool:
        """Whether these marks are still all that there is."""
        return self.marks <= marks <= self.marks | self.own


def load(connection: Connection, repository_id: str) -> History:
    """Everything the ledger knows of a repository."""
    gone = withdrawn(reads.retractions(connection))
    rows = _reader(connection, repository_id, gone)
    started = reads.first_trace(connection, repository_id)
    old = (
        beyond(known_commits.committed_before(connection, repository_id, started - MARGIN))
        if started
        else frozenset[str]()
    )
    known = sorted(known_commits.commit_ids(connection, repository_id) - old)
    commits = {row.oid: row for row in _counted(known_commits.commits_of(connection, known), gone)}
    requests = rows("request")
    remotes = [row.alias for row in rows("repository_alias") if row.kind == "remote"]
    numbered = known_commits.names_requests(connection, repository_id)
    calls = rows("call")
    parents = tuple(row for row in retold.families_of(connection, calls) if not is_gone(row, gone))
    elsewhere = [
        *seen_twice.told_elsewhere(connection, repository_id),
        *retold.retold_elsewhere(connection, repository_id, calls, parents),
    ]
    return History(
        repository_id=repository_id,
        is_forge=is_on_forge(rows("forge_rule"), remotes, has_requests=bool(requests) or numbered),
        commits=commits,
        rules=rows("repository_rules"),
        before=len(old - known_commits.service_commits(connection, repository_id)) if old else 0,
        seen=tuple(
            without_session(row, gone)
            for row in _counted(known_commits.sightings(connection, repository_id, known), gone)
            if is_made(row, commits.get(row.oid))
        ),
        tips=rows("tip"),
        rewrites=rows("rewrite"),
        contributions=without_forgotten(rows("contribution"), commits),
        tags=rows("tag"),
        uses=rows("use_period"),
        places=rows("place"),
        session_parents=parents,
        session_commits=rows("session_commit"),
        session_writes=rows("session_write"),
        session_reviews=rows("session_review"),
        subagents=rows("subagent"),
        role_rules=rows("role_rule"),
        calls=calls,
        usages=rows("usage"),
        forgotten=gone.sessions,
        elsewhere=tuple(row for row in elsewhere if fact_id(row.call) not in gone.ids),
        runs=rows("run"),
        requests=requests,
        events=distinct(rows("event")),
        **_supplied(rows),
    )


def _counted(found: Iterable[Any], gone: Withdrawn) -> tuple[Any, ...]:
    """The facts but those that count no more."""
    return tuple(row for row in found if not is_gone(row, gone)) if gone else tuple(found)


def _reader(connection: Connection, repository_id: str, gone: Withdrawn) -> Callable[[str], tuple[Any, ...]]:
    """Reads the facts of one kind, without those that count no more; calls of forgotten sessions are among them."""

    def rows(kind: str) -> tuple[Any, ...]:
        without = _unasked(connection) if kind == "call" else {}
        found = reads.facts(connection, kind, repository_id, without)
        return without_retracted(found, gone) if kind == "call" else _counted(found, gone)

    return rows


def _unasked(connection: Connection) -> Mapping[str, Any]:
    """Of a call, what no conclusion is drawn from; the request's name tells only where somebody else tells of it."""
    return _UNASKED if seen_twice.has_tellers(connection) else _UNASKED | {"request_id": ""}


def _supplied(rows: Callable[[str], tuple[Any, ...]]) -> dict[str, Any]:
    """The facts that `supply` posts."""
    return {
        "diffs": {row.oid: row for row in rows("commit_diff")},
        "commit_areas": rows("commit_area"),
        "ranges": rows("branch_range"),
        "prices": rows("price"),
    }


def _completed(connection: Connection, history: History) -> History:
    """The history with what was supplied since it was loaded."""
    rows = _reader(connection, history.repository_id, withdrawn(reads.retractions(connection)))
    return replace(history, **_supplied(rows))


def supply(workplace: Workplace, ledger: Ledger, repository_id: str, now: datetime) -> Held | None:
    """Post what attribution needs and only git or the price table can tell: branch ranges, diffs, areas, prices.

    Returns what was loaded for it, so that `derive` need not load it again; None where no model left a trace.
    """
    with ledger.read() as connection:
        if not reads.has_traces(connection, repository_id):
            return None
    # A mark of our own, before the first look: whoever derives meanwhile takes it away, and nobody can miss that.
    with ledger.write() as writing:
        writing.mark_dirty([repository_id])
        marks = reads.marks(writing.connection, repository_id)
        writing.keep_few_pages()
    with ledger.read() as connection:
        history = load(connection, repository_id)
    touched = touched_commits(history)
    branches = wanted_branches(history, touched)
    own = _post(ledger, read_ranges(workplace.git, repository_id, branches, history.tips, now)) if branches else set()
    if branches:
        with ledger.read() as connection:
            history = _completed(connection, history)
    rules = path_rules(workplace)
    sort = sorter(rules)
    diffs = wanted_diffs(history, touched)
    own |= _post(ledger, read_diffs(workplace.git, diffs, workplace.path_key(), sort))
    if diffs:
        with ledger.read() as connection:
            history = _completed(connection, history)
    identities = identify(history)
    areas = wanted_areas(history, identities, touched, rules.digest)
    own |= _post(ledger, read_areas(workplace.git, areas, sort))
    known = {
        (price.provider, price.model_raw, price.day, price.speed, price.service_tier, price.region)
        for price in history.prices
    }
    asked = price_keys(chain(history.calls, _seated(workplace, ledger)))
    wanted = sorted(asked - known)
    if wanted:
        own |= _post(ledger, read_prices(wanted, own_prices(workplace)))
    return Held(history, frozenset(marks), frozenset(own), identities)


def _seated(workplace: Workplace, ledger: Ledger) -> list[Call]:
    """The calls elsewhere that have a share in what is paid for seats: they need a price too."""
    agents = sorted({seat.agent for seat in workplace.config.seats})
    if not agents:
        return []
    with ledger.read() as connection:
        return retold.counted_elsewhere(connection, agents)


def own_prices(workplace: Workplace) -> tuple[OwnPrice, ...]:
    """The prices of the file that `ledger.prices` names, none without one; raises BadSetting."""
    if workplace.config.prices is None:
        return ()
    base = Path(workplace.git.worktree or workplace.git.git_dir)
    return read_own_prices(base / Path(workplace.config.prices).expanduser())


def _post(ledger: Ledger, facts: Iterable[Fact]) -> set[str]:
    """Post in batches; returns the marks that this left."""
    stream = iter(facts)
    marks = set[str]()
    while batch := list(islice(stream, _BATCH)):
        with ledger.write() as writing:
            writing.post(batch)
            marks.add(writing.mark)
    return marks


def derive_dirty(ledger: Ledger, repository_id: str, held: Held | None = None) -> bool:
    """Derive the repositories that facts were posted about; all of them, when the rules are newer than the last time.

    `held` is what was loaded of that repository. False where a newer program's rules are in force: nothing was derived
    then.
    """
    with ledger.read() as connection:
        behind = reads.to_derive(connection, DERIVATION_VERSION)
        drawn = reads.derivation_version(connection)
    for each in behind:
        derive(ledger, each, held if each == repository_id else None)
    if drawn < DERIVATION_VERSION:
        with ledger.write() as writing:
            writing.derived(DERIVATION_VERSION)
    return drawn <= DERIVATION_VERSION


def derive(ledger: Ledger, repository_id: str, held: Held | None = None) -> None:
    """Replace the conclusions about a repository by what its facts say now, in one transaction."""
    with ledger.write() as writing:
        marks = writing.take_dirty(repository_id)
        writing.keep_few_pages()
        if held and held.is_current(marks):
            conclusions = conclude(_completed(writing.connection, held.history), held.identities)
        elif reads.has_traces(writing.connection, repository_id):
            conclusions = conclude(load(writing.connection, repository_id))
        else:
            conclusions = nothing_but_people(known_commits.count_commits(writing.connection, repository_id))
        for field in fields(conclusions):
            rows = getattr(conclusions, field.name)
            if isinstance(rows, tuple):
                writing.replace_derived(field.name, repository_id, rows)
        writing.set_text(f"plain_commits {repository_id}", str(conclusions.plain_commits))
        writing.set_text(f"service_changes {repository_id}", str(conclusions.service_changes))
