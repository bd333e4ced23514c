"""`ledger ci record`: what a job tells goes to a ledger, to a file of entries, or to the remote as a ref of its own.

A clone in CI is often shallow and always new: it makes no id for a repository, so the facts go by the repository's
names, and its branches are nobody's. Which ledger knows the names decides what they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ledger.domain.facts import Fact, RepositoryAlias
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.exchange.ci_refs import record_name
from ledger.posting.ci_job import Job
from ledger.posting.kept import has_ledger, shown
from ledger.posting.publishing import publish_lines
from ledger.posting.update import erase_forgotten, repository_here, shared_workplace, update
from ledger.posting.workplace import Workplace
from ledger.sources.commits import read_origin
from ledger.store import reads
from ledger.store.engine import Ledger, open_ledger

Say = Callable[[str], None]
_HERE = ("commits", "journal", "reflogs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where the record is to go."""

    database: str | None = None
    """The ledger that was named, by an option, the environment or a setting, else the clone's own; None for neither."""
    is_named: bool = True
    """The ledger was named. A clone's own is gone when the job is, so that what it is told must go elsewhere too."""
    entries: Path | None = None
    push: bool | None = None
    """To the remote; None: where nothing else was named and a CI runs this."""


@dataclass
class Recorded:
    """What was recorded, where, and what could not be."""

    facts: list[Fact] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """Where it went, as in `recorded in …`."""
    problems: list[str] = field(default_factory=list)


def wanted_places(
    workplace: Workplace | None,
    environ: Mapping[str, str],
    database: str | None,
    entries: Path | None,
    push: bool | None,
) -> Wanted:
    """Where the record is to go, with the database that a setting names or that is there."""
    named = database or environ.get("LEDGER_DATABASE_URL") or None
    if workplace is None or named:
        return Wanted(database=named, is_named=named is not None, entries=entries, push=push)
    named = workplace.config.database
    own = workplace.database if named or has_ledger(workplace) else None
    return Wanted(database=own, is_named=named is not None, entries=entries, push=push)


def record(job: Job, workplace: Workplace | None, wanted: Wanted, now: datetime, say: Say) -> Recorded:
    """Record what the job tells in every place that is wanted; what fails is a sentence, and the rest goes on."""
    done = Recorded(problems=list(job.problems))
    if not (job.facts or job.told):
        return done
    ways = _ways(job, workplace, wanted, now, say)
    if not ways:
        done.problems.append(
            "There is nowhere to record this: name a ledger (--database, LEDGER_DATABASE_URL), write --entries FILE, "
            "or let it --push."
        )
    for way in ways:
        try:
            facts, place = way()
        except LedgerError as error:
            done.problems.append(str(error))
        else:
            done.facts = done.facts or facts
            done.places.append(place)
    return done


def _ways(
    job: Job, workplace: Workplace | None, wanted: Wanted, now: datetime, say: Say
) -> list[Callable[[], tuple[list[Fact], str]]]:
    ways: list[Callable[[], tuple[list[Fact], str]]] = []
    database, entries = wanted.database, wanted.entries
    if database is not None:
        ways.append(lambda: _post(job, workplace, database, now, say))
    if entries is not None:
        ways.append(lambda: _write(job, entries))
    is_elsewhere = entries is not None or (database is not None and wanted.is_named)
    is_default = wanted.push is None and not is_elsewhere and bool(job.context.provider)
    if wanted.push or is_default:
        ways.append(lambda: _push(job, workplace, now, is_asked=bool(wanted.push)))
    return ways


def _post(job: Job, workplace: Workplace | None, database: str, now: datetime, say: Say) -> tuple[list[Fact], str]:
    """To a ledger. On a server, and without a clone that it knows, conclusions are left to the next update."""
    is_file = "://" not in database or database.startswith("sqlite:")
    ledger = open_ledger(database, create=is_file and workplace is not None, say=say)
    try:
        known = _known(job, ledger)
        own = None
        if workplace is not None and not ledger.is_shared:
            own = _own(job, workplace, ledger, known, now)
        identity = known or own
        if identity is None:
            raise LedgerError(
                f"{shown(database)} knows no repository {' or '.join(job.context.names) or 'here'}; run ledger update "
                "once in a clone of it, with the same database."
            )
        facts = job.facts_of(identity, _person(workplace, ledger))
        names = [RepositoryAlias(alias=job.context.forge_id, repository_id=identity, kind="forge")]
        with ledger.write() as writing:
            writing.post([*(names if job.context.forge_id else []), *facts])
        if workplace is not None:
            erase_forgotten(workplace, ledger)
        if workplace is not None and own == identity:
            # Conclusions are drawn where the clone can be asked for what they need.
            update(workplace, ledger, now=now, sources=())
        return facts, shown(database)
    finally:
        ledger.close()


def _known(job: Job, ledger: Ledger) -> str | None:
    """The repository that the ledger knows by one of the job's names, in any case: forges do not tell them apart."""
    wanted = {name.casefold() for name in job.context.names}
    with ledger.read() as connection:
        found = reads.repository_by_alias(connection, job.context.names) if wanted else None
        if found or not wanted:
            return found
        rows = reads.facts(connection, "repository_alias")
        return min((row.repository_id for row in rows if row.alias.casefold() in wanted), default=None)


def _own(job: Job, workplace: Workplace, ledger: Ledger, known: str | None, now: datetime) -> str | None:
    """The repository of the clone, posted so far as to be known; None where the job is of another one."""
    if not _is_here(job, workplace, ledger, known):
        return None
    return update(workplace, ledger, now=now, sources=_HERE, concluding=False).repository_id


def _is_here(job: Job, workplace: Workplace, ledger: Ledger, known: str | None) -> bool:
    """The clone is of the job's repository: as it was posted before, or by its remote."""
    try:
        if repository_here(workplace, ledger) == known:
            return True
    except LedgerError:
        pass  # not posted so far
    remote = read_origin(workplace.git).remote or ""
    names = {name.casefold() for name in job.context.names}
    return not names or remote.casefold() in names


def _person(workplace: Workplace | None, ledger: Ledger) -> Callable[[str], str]:
    """What stands for a person's login: nothing where there is no secret that holds beyond this job."""
    if workplace is None:
        return _nobody
    return shared_workplace(workplace, ledger).author_key()


def _nobody(_login: str) -> str:
    """A key made with the secret of a clone that is gone tomorrow would tell nobody apart."""
    return ""


def _lines(job: Job) -> tuple[list[Fact], list[str]]:
    """The facts and their entries; raises LedgerError where the repository has no name that others know it by."""
    context = job.context
    if not context.names:
        raise LedgerError("Which repository this is is not known; say it with --repository HOST/OWNER/NAME.")
    facts = job.facts_of(job.placeholder, _nobody)
    by = f"ci/{context.provider or 'ci'}/{context.run_id}-{context.attempt}"
    return facts, [encode(fact, context.names, by) for fact in facts]


def _write(job: Job, path: Path) -> tuple[list[Fact], str]:
    """Add to a file: a job that records twice must not lose what it recorded first."""
    facts, lines = _lines(job)
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{line}\n" for line in lines))
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be written ({error.strerror}); name a file in a directory that is there."
        ) from error
    return facts, str(path)


def _push(job: Job, workplace: Workplace | None, now: datetime, *, is_asked: bool) -> tuple[list[Fact], str]:
    """To the remote, as a ref of the job's own: one push, nothing fetched."""
    if workplace is None:
        raise LedgerError(
            "There is no clone here to push from; check the repository out first, or write --entries FILE."
        )
    if not job.context.may_push and not is_asked:
        raise LedgerError(
            "A job for a request from a fork may not push; write --entries FILE, and let a workflow_run job check it "
            "(docs/ci.md#forks)."
        )
    facts, lines = _lines(job)
    context = job.context
    name = record_name(f"{now:%Y%m}", context.run_id or "run", context.attempt, context.job or "job", context.leg)
    return facts, publish_lines(workplace.git, name, lines)
