"""`ledger check`: a range of commits, and what the ledger knows of it, held against the policy. It writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ledger.domain.evidence import counted as counting
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit
from ledger.domain.grouping import group
from ledger.domain.paths import kind_of
from ledger.domain.policed import Books, Checked, File, Policed, PolicedCommit
from ledger.domain.policy import Policy
from ledger.domain.policy_evidence import Evidence, weigh_policy
from ledger.domain.policy_rules import check
from ledger.domain.report import BEHIND
from ledger.domain.retractions import withdrawn
from ledger.domain.screen import counted
from ledger.domain.tasks import task_type
from ledger.errors import DatabaseUnusable, LedgerError
from ledger.git import Git
from ledger.policies import parse_policy
from ledger.posting.kept import is_missing, shown
from ledger.posting.reporting import is_settled
from ledger.posting.update import repository_here
from ledger.posting.withdrawing import is_gone
from ledger.posting.workplace import Workplace, settings_file
from ledger.sources.commits import read_named, read_origin
from ledger.sources.diffs import read_files, read_whole
from ledger.sources.ranges import Range, named_range, range_over_target, read_trailers
from ledger.store import reads
from ledger.store.engine import Ledger, open_unchanged
from ledger.store.policing import Kept, read_kept, read_past
from ledger.store.schema import HEAD

_TARGETS_IN_CI = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
"""Where GitHub and GitLab say which branch a request is for."""
_PUSHED = "PRE_COMMIT_TO_REF"
"""Where pre-commit says which commit is pushed."""


def check_range(workplace: Workplace, name: str = "") -> Checked:
    """What the policy finds in a range, by default in what HEAD has over the target branch.

    Raises LedgerError where there is no policy or no such range, and BadSetting for a policy that cannot be used.
    """
    policy = read_policy(workplace.git)
    found = named_range(workplace.git, name) if name else _range_here(workplace)
    oids = [oid for oid, parents in found.commits if len(parents) < 2]
    if not oids:
        return Checked(range=found.name, commits=0, rules=tuple(policy.rules), findings=(), notes=())
    kept, notes = _kept(workplace, [oid for oid, _ in found.commits])
    policed = _policed(workplace, policy, found, kept)
    silent = sum(not commit.claims for commit in policed.work)
    if silent:
        notes.append(f"{counted(silent, 'commit')} of {len(oids):,} name no model: a person's work, or nobody said.")
    return Checked(
        range=found.name,
        commits=len(oids),
        rules=tuple(policy.rules),
        findings=check(policy, policed),
        notes=tuple(notes),
    )


def weigh_here(workplace: Workplace, ledger: Ledger, as_of: datetime) -> Evidence:
    """What this repository's past changes say of each rule; raises LedgerError without a policy, or before a post."""
    policy = read_policy(workplace.git)
    here = repository_here(workplace, ledger)
    with ledger.read() as connection:
        return weigh_policy(policy, read_past(connection, here), as_of)


def read_policy(git: Git) -> Policy:
    """The policy of this worktree; raises LedgerError where there is none."""
    file, text = settings_file(git)
    policy = parse_policy(text, file) if file else None
    if policy is None:
        raise LedgerError(
            "There is no policy here: ledger init --policy writes a commented one into ledger.toml, and docs/policy.md "
            "tells of each rule."
        )
    return policy


def _range_here(workplace: Workplace) -> Range:
    environ = workplace.environ
    base = next((environ[name] for name in _TARGETS_IN_CI if environ.get(name)), "")
    wanted = (base,) if base else workplace.config.target
    return range_over_target(workplace.git, wanted, environ.get(_PUSHED) or "HEAD")


def _policed(workplace: Workplace, policy: Policy, found: Range, kept: Kept | None) -> Policed:
    git, books = workplace.git, kept.books if kept else None
    oids = [oid for oid, _ in found.commits]
    facts = list(read_named(git, "", oids, str.lower))
    known = {fact.oid: fact for fact in facts if isinstance(fact, Commit)}
    told = [fact for fact in facts if isinstance(fact, Contribution)]
    claims = _claims(told, kept.contributions if kept else ())
    required = {key.lower() for key in policy.trailers.required} if policy.trailers else set()
    trailers = read_trailers(git, oids, required) if required else {}
    files = read_files(git, oids)
    commits = [
        PolicedCommit(
            oid=oid,
            parents=parents,
            subject=known[oid].subject if oid in known else "",
            files=tuple(files.get(oid, ())),
            claims=tuple(claims.get(oid, ())),
            trailers=trailers.get(oid, frozenset()),
        )
        for oid, parents in found.commits
    ]
    whole = read_whole(git, found.base, found.head)
    kind = _task_type(git, [known[commit.oid] for commit in commits if commit.oid in known], whole, books)
    return Policed(commits=commits, files=whole, areas=workplace.config.areas, task_type=kind, books=books)


def _claims(told: Iterable[Contribution], kept: Iterable[Contribution]) -> dict[str, list[Contribution]]:
    """Commit → the claims that count, of its message and of the ledger; what both have is one."""
    rows = [*told, *(replace(row, repository_id="") for row in kept)]
    once = {(row.subject, row.role, row.agent, row.model_raw, row.evidence): row for row in rows}
    return group(counting(once.values()), lambda row: row.subject)


def _task_type(git: Git, commits: Sequence[Commit], files: Iterable[File], books: Books | None) -> str:
    """That of the one change the ledger knows it as, else what the commits, their branch and the paths tell."""
    if books and len(books.changes) == 1:
        return books.changes[0].task_type
    work = [commit for commit in commits if len(commit.parents) < 2]
    branch = git.run("symbolic-ref", "-q", "--short", "HEAD", check=False)
    kinds = Counter[str]()
    for lines, path in files:
        kinds[kind_of(path)] += lines
    return task_type(
        trailers=[commit.task_type for commit in work if commit.task_type],
        title=work[0].subject if len(work) == 1 else branch,
        labels=(),
        branch=branch,
        kinds=kinds.items(),
        subjects=[commit.subject for commit in work],
    )[0]


def _kept(workplace: Workplace, oids: Sequence[str]) -> tuple[Kept | None, list[str]]:
    """What the ledger knows of the commits, and what to say of it; None where it cannot be read."""
    try:
        if is_missing(workplace.database):
            return None, ["There is no ledger here: this was judged by git alone."]
        ledger, schema = open_unchanged(workplace.database)
        try:
            if schema == HEAD:
                return _ask(workplace, ledger, oids)
        finally:
            ledger.close()
        where = shown(workplace.database)
        return None, [f"{where} is of another version of git-ledger: this was judged by git alone; run ledger update."]
    except DatabaseUnusable as error:
        return None, [f"{error} This was judged by git alone."]


def _ask(workplace: Workplace, ledger: Ledger, oids: Sequence[str]) -> tuple[Kept | None, list[str]]:
    # Asking for the id would make one where there is none, and a clone without one was never posted.
    has_id = (workplace.git.ledger_dir / "clone-id").is_file()
    remote = read_origin(workplace.git).remote
    with ledger.read() as connection:
        here = reads.repository_of_clone(connection, workplace.clone_id()) if has_id else None
        here = here or (reads.repository_by_alias(connection, (remote,)) if remote else None)
        if here is None:
            return None, [
                f"{ledger.where} does not have this repository: it was judged by git alone; run ledger update."
            ]
        kept, gone = read_kept(connection, here, oids), withdrawn(reads.retractions(connection))
    told = tuple(row for row in kept.contributions if not is_gone(row, gone))
    return replace(kept, contributions=told), [] if is_settled(ledger) else [BEHIND]
