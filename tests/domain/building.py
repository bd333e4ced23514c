"""Short ways to make facts, so that a test shows only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from ledger.domain.facts import Contribution, Place
from ledger.domain.forge_facts import Request, Run
from ledger.domain.git_facts import BranchRange, Commit, CommitDiff, RepositoryCommit, Rewrite, Tip
from ledger.domain.history import History
from ledger.domain.session_facts import Call, Price, SessionCommit

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOME = "/work"


def sure(count: int | None) -> int:
    """A count that is known."""
    assert count is not None
    return count


def at(hours: float) -> datetime:
    """So many hours after the start of every test's time."""
    return START + timedelta(hours=hours)


def commit(
    oid: str,
    parents: str = "",
    hours: float = 0,
    subject: str = "work",
    *,
    number: int | None = None,
    merged: str | None = None,
    reverts: tuple[str, ...] = (),
    squashed: tuple[str, ...] = (),
    task: str | None = None,
    sessions: tuple[str, ...] = (),
    author: str = "ann",
    committed: float | None = None,
) -> Commit:
    """A commit; parents are separated by blanks. A rebased or picked one was `committed` later than authored."""
    return Commit(
        oid=oid,
        parents=tuple(parents.split()),
        author=author,
        authored_at=at(hours),
        committed_at=at(hours if committed is None else committed),
        subject=subject,
        request_number=number,
        merged_branch=merged,
        reverts=reverts,
        picked_from=None,
        squashed=squashed,
        task_type=task,
        sessions=sessions,
    )


def diff(
    oid: str, added: int = 10, *, patch: str | None = None, paths: tuple[str, ...] = (), kind: str = "source"
) -> CommitDiff:
    """A diff of one kind of path."""
    return CommitDiff(oid=oid, added=added, deleted=0, kinds=((kind, added),), paths=paths, patch_id=patch)


def target(oid: str, name: str = "main") -> Tip:
    """A target branch's tip."""
    return Tip(repository_id="R", clone_id="c", ref=f"refs/heads/{name}", oid=oid, is_target=True)


def request_ref(number: int, oid: str) -> Tip:
    """A request's head as it is fetched from a forge."""
    return Tip(repository_id="R", clone_id="c", ref=f"refs/pull/{number}/head", oid=oid, is_target=False)


def edge(old: str, new: str, kind: str = "amend") -> Rewrite:
    """A rewrite that a hook told."""
    return Rewrite(repository_id="R", old=old, new=new, kind=kind, evidence="post-rewrite")


def branch(oid: str, name: str) -> Tip:
    """Another branch's tip."""
    return Tip(repository_id="R", clone_id="c", ref=f"refs/heads/{name}", oid=oid, is_target=False)


def kept_range(name: str, tip: str, patch: str | None = None, hours: float = 50, base: str = "") -> BranchRange:
    """A branch's range as it was read."""
    return BranchRange(repository_id="R", branch=name, tip=tip, base=base, patch_id=patch, seen_at=at(hours))


def made_on(
    oid: str, name: str, session: str = "", *, worktree: str = HOME, evidence: str = "hook"
) -> RepositoryCommit:
    """A hook's line about a commit, or a reflog's."""
    return RepositoryCommit(
        repository_id="R", oid=oid, evidence=evidence, branch=name, session=session, worktree=worktree
    )


def credit(
    subject: str, model: str | None = "opus", role: str = "implement", agent: str = "claude-code"
) -> Contribution:
    """A model's contribution."""
    return Contribution(
        repository_id="R",
        subject=subject,
        role=role,
        agent=agent,
        model_raw=model or "",
        model=model,
        provider="anthropic",
        family=model,
        evidence="trailer",
        at=START,
    )


def call(
    key: str,
    hours: float,
    *,
    session: str = "s1",
    branch: str = "main",
    model: str | None = "opus",
    output: int = 1000,
    subject: str = "",
    directory: str = HOME,
    reported: int | None = None,
    subagent: bool = False,
) -> Call:
    """A call that costs `output` micro-USD at the test's price."""
    return Call(
        event_key=key,
        source="test",
        session=session,
        directory=directory,
        branch=branch,
        at=at(hours),
        agent="claude-code",
        agent_version=None,
        model_raw=model or "",
        model=model,
        provider="anthropic" if model else None,
        family=model,
        role="",
        subject=subject,
        is_subagent=subagent,
        input=0,
        cache_read=0,
        cache_write_5m=0,
        cache_write_1h=0,
        output=output,
        reasoning=None,
        web_searches=0,
        speed="",
        service_tier="",
        region="",
        request_id="",
        reported_nusd=reported,
        reported_kind="",
        quality="final",
        best_rank=(1, output, at(hours).isoformat(), key),
        owner_rank=(at(hours).isoformat(), 0, session),
    )


def prices(calls: Iterable[Call]) -> tuple[Price, ...]:
    """A dollar per million output tokens for every known model and day of the calls."""
    keys = {(call.provider or "", call.model_raw, call.at.date().isoformat()) for call in calls if call.model}
    return tuple(
        Price(
            provider=provider,
            model_raw=model,
            day=day,
            speed="",
            service_tier="",
            region="",
            priced_as=model,
            match="exact",
            tiers=((0, 0, 0, 0, 0, 1_000_000_000),),
            web_search_nusd=0,
            table_version="test",
        )
        for provider, model, day in sorted(keys)
    )


def commit_call(
    started: float,
    ended: float,
    *,
    session: str = "s1",
    printed: str = "",
    subject: str = "work",
    branch: str = "",
    directory: str = HOME,
    number: int = 0,
) -> SessionCommit:
    """A `git commit` call in a session; `number` tells several of one call apart."""
    return SessionCommit(
        id=f"{session}@{started}" + (f"#{number}" if number else ""),
        session=session,
        directory=directory,
        started_at=at(started),
        ended_at=at(ended),
        printed_id=printed,
        branch=branch,
        subject=subject,
    )


def request(
    number: int,
    *,
    head: str = "",
    opened: float = 0,
    merged: float | None = None,
    closed: float | None = None,
    described: float = 1000,
    **extra: str,
) -> Request:
    """A request as the forge describes it."""
    return Request(
        repository_id="R",
        number=number,
        title=extra.get("title", "work"),
        state="merged" if merged is not None else "closed" if closed is not None else "open",
        head_ref=extra.get("head_ref", ""),
        head_oid=head,
        base_ref=extra.get("base_ref", "main"),
        merge_oid=extra.get("merge_oid", ""),
        opened_at=at(opened),
        merged_at=None if merged is None else at(merged),
        closed_at=None if closed is None else at(closed),
        labels=(),
        is_draft=False,
        commits=tuple(extra.get("commits", "").split()),
        at=at(described),
    )


def run(oid: str, hours: float, conclusion: str = "passed", *, name: str = "tests", attempt: int = 1) -> Run:
    """A test run on a commit."""
    return Run(
        repository_id="R",
        run=f"{name}-{oid}-{hours}",
        attempt=attempt,
        oid=oid,
        request_number=None,
        name=name,
        conclusion=conclusion,
        is_required=False,
        tests=None,
        failures=None,
        at=at(hours),
    )


def history(*commits: Commit, **facts: object) -> History:
    """A history over the commits; calls are priced, and `worktrees` (HOME) are places of the repository."""
    calls = tuple(cast("Iterable[Call]", facts.pop("calls", ())))
    places = cast("Iterable[str]", facts.pop("worktrees", (HOME,)))
    diffs = cast("Iterable[CommitDiff]", facts.pop("diffs", ()))
    return History(
        repository_id="R",
        is_forge=bool(facts.pop("is_forge", False)),
        commits={row.oid: row for row in commits},
        diffs={row.oid: row for row in diffs},
        calls=calls,
        prices=prices(calls),
        places=tuple(Place(directory=path, repository_id="R", worktree=path) for path in places),
        **{name: tuple(rows) for name, rows in facts.items()},  # type: ignore[arg-type]
    )
