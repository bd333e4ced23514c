"""`update`: read what happened and post each fact once; then draw the conclusions anew.

Facts go in by batches, each with the cursor that covers it in one transaction: killed anywhere, the next run goes on
where this one stopped, and what is read twice is posted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ledger.domain.derivation import DERIVATION_VERSION
from ledger.domain.facts import Fact, Place, Repository, RepositoryAlias
from ledger.domain.reading import Cursor, Named, Reading, Settled, Skip
from ledger.domain.repositories import forge_of, repository_id
from ledger.domain.retractions import withdrawn
from ledger.errors import LedgerError
from ledger.posting.agents import AGENTS
from ledger.posting.crew import Crew
from ledger.posting.forge_group import find_repository
from ledger.posting.places import resolve_gone, resolve_names, resolve_places
from ledger.posting.role_rules import post_role_rules
from ledger.posting.ruling import post_forge, post_rules
from ledger.posting.settling import drop_gone, settling
from ledger.posting.workplace import Workplace
from ledger.sources import commits, git_ai, journal, reflogs
from ledger.store import forgetting, known_commits, reads
from ledger.store.engine import Ledger

_BATCH = 10_000
HERE = ("commits", "journal", "reflogs", "git-ai")
"""What the repository itself tells."""

SOURCES = (*HERE, *AGENTS)
"""What is read whenever it is there, in this order; other sources read what is named (`ledger.posting.named`)."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})

Step = Callable[[str, int], None]


def _unheard(_source: str, _count: int) -> None:
    """Tell nobody."""


@dataclass
class Posted:
    """What an update did."""

    repository_id: str
    at: datetime
    new: int = 0
    changed: int = 0
    skipped: int = 0
    notices: list[str] = field(default_factory=list)
    is_derived: bool = False
    left_out: dict[str, frozenset[Skip]] = field(default_factory=dict)
    """What each source could not read this time."""
    logs_read_at: datetime | None = None
    """When the agents' logs were last read, now or earlier."""


def update(
    workplace: Workplace,
    ledger: Ledger,
    *,
    now: datetime,
    sources: Sequence[str] = SOURCES,
    named: Mapping[str, Named] = _NOTHING,
    step: Step = _unheard,
    concluding: bool = True,
    cores: int = 1,
) -> Posted:
    """Post everything new that the sources tell, then derive if any fact changed; raises LedgerError.

    `named` is what a person named, by source; `step` is told the source and how many of its facts were read so far.
    Without `concluding` the conclusions are left to a later update. With several `cores` much that is unread of the
    agents' logs is read on all of them.
    """
    workplace = shared_workplace(workplace, ledger)
    posted = Posted(identify_repository(workplace, ledger), now)
    worktrees = [str(path) for path in workplace.git.worktrees()]
    with Crew(cores, workplace.path_key(), worktrees) as crew:
        for source, reading in _readings(workplace, ledger, posted, sources, named, crew):
            _post_reading(workplace, ledger, source, reading, posted, step)
    if "commits" in sources and workplace.fetched_marker().exists():
        _post_fetched(workplace, ledger, posted)
    _post_places(workplace, ledger, posted, worktrees)
    if _is_stale(ledger):
        _post_unreached(workplace, ledger, posted, step)
    if posted.new:
        erase_forgotten(workplace, ledger)
    _post_tips(workplace, ledger, posted)
    post_role_rules(workplace, ledger, posted.repository_id, now)
    post_rules(workplace, ledger, posted.repository_id, now)
    post_forge(workplace, ledger, posted.repository_id, now)
    if concluding and _is_stale(ledger):
        # Imported now: with nothing new, which is most of the time, nobody waits for it.
        from ledger.posting.derive import derive_dirty, supply

        held = supply(workplace, ledger, posted.repository_id, now)
        posted.is_derived = derive_dirty(ledger, posted.repository_id, held)
        if not posted.is_derived:
            posted.notices.append(
                "The facts were posted; a newer git-ledger draws the conclusions of this ledger, so upgrade this one."
            )
    posted.logs_read_at = _note_times(ledger, now, logs_read=set(AGENTS) <= set(sources))
    return posted


def erase_forgotten(workplace: Workplace, ledger: Ledger) -> None:
    """Take out the names of authors who are to be forgotten, wherever they came from."""
    workplace = shared_workplace(workplace, ledger)
    with ledger.read() as connection:
        gone = withdrawn(reads.retractions(connection)).authors
        known = forgetting.authors(connection) if gone else []
    names = [name for name in known if workplace.author_id(name) in gone]
    if names:
        with ledger.write() as writing:
            forgetting.erase(writing, names)
            writing.mark_dirty(reads.repositories(writing.connection))


def shared_workplace(workplace: Workplace, ledger: Ledger) -> Workplace:
    """The workplace with the ledger's secret, where the ledger is shared."""
    if not ledger.is_shared:
        return workplace
    with ledger.write() as writing:
        return replace(workplace, shared_secret=writing.secret())


def repository_here(workplace: Workplace, ledger: Ledger) -> str:
    """The id of the repository that was posted from here; raises LedgerError before the first time."""
    with ledger.read() as connection:
        known = reads.repository_of_clone(connection, workplace.clone_id())
    if known is None:
        raise LedgerError("This repository was not posted yet; run ledger update first.")
    return known


def identify_repository(workplace: Workplace, ledger: Ledger) -> str:
    """The repository's id, posted with its aliases; raises LedgerError where none can be minted."""
    git = workplace.git
    if not git.has_commits:
        raise LedgerError(f"{git.worktree or git.git_dir} has no commits yet; make the first one and run this again.")
    origin = commits.read_origin(git)
    with ledger.read() as connection:
        known = reads.repository_of_clone(connection, workplace.clone_id())
        # Roots are looked for once: that is a walk through all of history.
        has_roots = known is not None and any("/" not in alias for alias in reads.aliases(connection, known))
        roots = () if has_roots else commits.read_roots(git)
        # Of several remotes the others may be what this was forked from, so only the own one names it.
        own = (origin.remote,) if origin.remote else ()
        known = known or reads.repository_by_alias(connection, (*own, *(() if git.is_shallow else roots)))
        known = known or (find_repository(connection, *own) if own and forge_of(own[0]) else None)
    if known is None and git.is_shallow:
        raise LedgerError(
            f"{git.worktree or git.git_dir} is a shallow clone, whose history starts in the middle; "
            "run git fetch --unshallow, then this again."
        )
    identity = known or repository_id(roots, origin.remote)
    aliases = [(remote, "remote") for remote in own]
    aliases += [] if git.is_shallow else [(root, "root") for root in roots]
    facts: list[Fact] = [] if known else [Repository(id=identity, name=origin.name)]
    facts += [RepositoryAlias(alias=alias, repository_id=identity, kind=kind) for alias, kind in aliases]
    with ledger.write() as writing:
        writing.post(facts)
    return identity


def _readings(
    workplace: Workplace,
    ledger: Ledger,
    posted: Posted,
    sources: Sequence[str],
    named: Mapping[str, Named],
    crew: Crew,
) -> Iterator[tuple[str, Reading]]:
    """Each wanted source with what it reads, begun only when its turn comes."""
    identity, git = posted.repository_id, workplace.git

    def known(source: str) -> Mapping[str, str]:
        with ledger.read() as connection:
            return workplace.veil().known(reads.cursors(connection, source))

    def resolve(aliases: tuple[str, ...]) -> str | None:
        with ledger.read() as connection:
            return reads.repository_by_alias(connection, aliases)

    if "commits" in sources:
        yield (
            "commits",
            commits.read_commits(git, identity, known("commits"), workplace.author_key(), workplace.clone_id()),
        )
    if "journal" in sources:
        yield "journal", journal.read_journal(git.ledger_dir, identity, known("journal"))
    if "reflogs" in sources:
        yield "reflogs", reflogs.read_reflogs(git, identity, known("reflogs"))
    if "git-ai" in sources:
        yield "git-ai", git_ai.read_notes(git, identity, known("git-ai"), workplace.clone_id())
    for source in (name for name in AGENTS if name in sources):
        roots = AGENTS[source].find_roots(workplace.environ)
        yield source, crew.read(source, roots, known(source))
    if named:
        from ledger.posting.named import read_named

        with ledger.read() as connection:
            names = tuple(reads.aliases(connection, identity))
    for source, asked in named.items():
        told = replace(asked, resolve=resolve, known=known(source), here=identity, here_names=names)
        yield source, read_named(source, replace(told, person=workplace.author_key()))


def _post_reading(
    workplace: Workplace, ledger: Ledger, source: str, reading: Reading, posted: Posted, step: Step
) -> None:
    """Post what a source tells, and note what it left out."""
    said = _post(ledger, source, map(workplace.veil().row, settling(reading)), posted, step)
    posted.left_out[source] = frozenset(said)
    if not ledger.is_shared:  # where others' files stand among one's own, and none can be looked for
        drop_gone(ledger, source, said, posted.at, is_all=source in AGENTS)


def _post(ledger: Ledger, source: str, reading: Reading, posted: Posted, step: Step) -> set[Skip]:
    """Write a reading in batches, the cursors with the facts that came before them; returns what it left out."""
    batch: list[Fact | Skip | Cursor | Settled] = []
    said = set[Skip]()
    count = 0
    for row in reading:
        batch.append(row)
        if len(batch) >= _BATCH:
            count += len(batch)
            _write(ledger, source, batch, posted, said)
            step(source, count)
            batch = []
    _write(ledger, source, batch, posted, said)
    step(source, count + len(batch))
    return said


def _write(ledger: Ledger, source: str, batch: Iterable[Any], posted: Posted, said: set[Skip]) -> None:
    """`said` is what this reading left out so far, and gets what of the batch it leaves out."""
    rows = list(batch)
    if not rows:
        return
    skips = [row for row in rows if isinstance(row, Skip)]
    said.update(skips)
    with ledger.write() as writing:
        done = writing.post(row for row in rows if not isinstance(row, Skip | Cursor | Settled))
        writing.drop_settled(source, [row for row in rows if isinstance(row, Settled)], said)
        writing.note_skips(source, skips, at=posted.at)
        for row in rows:
            if isinstance(row, Cursor):
                writing.set_cursor(row)
    posted.new += done.new
    posted.changed += done.changed
    posted.skipped += len(skips)


def _post_fetched(workplace: Workplace, ledger: Ledger, posted: Posted) -> None:
    """Post what was fetched from the shared refs and not read yet."""
    # Imported now: with nothing fetched nobody waits for the entries' codec.
    from ledger.posting.fetched import post_fetched

    taken = post_fetched(workplace, ledger, posted.at)
    posted.new += taken.new
    posted.changed += taken.changed
    posted.skipped += taken.skipped


def _post_unreached(workplace: Workplace, ledger: Ledger, posted: Posted, step: Step) -> None:
    """Read the commits that no ref reaches, while git still has them: who made them had a part in what they became."""
    git, identity, key = workplace.git, posted.repository_id, workplace.author_key()
    with ledger.read() as connection:
        unread = known_commits.unread_commits(connection, identity)
        printed = known_commits.unread_printed(connection, identity)
    if unread:
        _post(ledger, "commits", commits.read_named(git, identity, unread, key), posted, step)
    if printed:
        _post(ledger, "commits", commits.read_printed(git, identity, printed, key), posted, step)


def _post_tips(workplace: Workplace, ledger: Ledger, posted: Posted) -> None:
    found = commits.read_tips(workplace.git, posted.repository_id, workplace.clone_id(), workplace.config.target)
    if found.notice:
        posted.notices.append(found.notice)
    with ledger.write() as writing:
        writing.replace_tips(posted.repository_id, workplace.clone_id(), found.tips)


def _post_places(workplace: Workplace, ledger: Ledger, posted: Posted, worktrees: Sequence[str]) -> None:
    """Tell which of the agents' directories are this repository's: by git's worktrees, places remembered, ids printed.

    Rows of gateways come with the name of a repository instead, which may be any of this ledger.
    """
    veil = workplace.veil()
    with ledger.read() as connection:
        remembered = veil.revealed(reads.facts(connection, "place", posted.repository_id))
        unknown = reads.places_without_repository(connection)
        names = {row.alias: row.repository_id for row in reads.facts(connection, "repository_alias")}
        printed = known_commits.printed_elsewhere(connection) if posted.new else {}
    roots = {*worktrees, *workplace.config.path, *(place.worktree for place in remembered if place.worktree)}
    own = [Place(directory=path, repository_id=posted.repository_id, worktree=path) for path in worktrees]
    with ledger.write() as writing:
        found = [*own, *resolve_places(posted.repository_id, roots, veil.revealed(unknown))]
        left = [place for place in unknown if place.directory in printed]
        shown = ((place.directory, real) for place in left for real in veil.revealed([place]))
        taken = {place.directory for place in found}
        found += (place for place in resolve_gone(posted.repository_id, shown, printed) if place.directory not in taken)
        found += resolve_names(unknown, names)
        writing.post(row for place in found if isinstance(row := veil.row(place), Place))


def _is_stale(ledger: Ledger) -> bool:
    with ledger.read() as connection:
        return reads.is_stale(connection, DERIVATION_VERSION)


def _note_times(ledger: Ledger, now: datetime, *, logs_read: bool) -> datetime | None:
    """Note what was done now; returns when the agents' logs were last read."""
    with ledger.write() as writing:
        writing.set_time("posted_at", now)
        if logs_read:
            writing.set_time("logs_read_at", now)
        return reads.times(writing.connection).get("logs_read_at")
