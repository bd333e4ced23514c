"""Small ledgers of facts as hypothesis draws them: what parallel agents leave behind in repositories that look alike.

Sessions overlap, share checkpoints and worktrees, commit at once, are rewritten, or come to nothing; branches have the
same names everywhere, and a fork has the same commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from ledger.domain.facts import Contribution, Fact, Place, Repository
from ledger.domain.forge_facts import Request
from ledger.domain.git_facts import BranchRange, Commit, CommitDiff, RepositoryCommit, Rewrite, Tip
from ledger.domain.history import History
from ledger.domain.session_facts import Call, Price, SessionCommit, SessionWrite
from tests.domain.building import START, at, call, commit, commit_call, credit, diff, kept_range, prices, request

REPOSITORIES = ("R", "S")
PLACES = {"/r": "R", "/r-two": "R", "/s": "S", "/nowhere": None}
SESSIONS = ("", "s1", "s2", "s3", "0123456789ab")
BRANCHES = ("main", "one", "two")
_SECONDS = st.builds(lambda hour, second: hour * 7200 + second, st.integers(0, 14), st.sampled_from([0, 0, 1, 7]))
"""A day and a bit, on few moments: much happens at once, and some beyond the window of a call."""
_MOST_PLACES = st.sampled_from(["/r", "/r", "/r", "/r-two", "/s", "/nowhere"])
_MOST_SESSIONS = st.sampled_from(["s1", "s1", "s2", "s2", "s3", "0123456789ab", ""])


@st.composite
def ledgers(draw: st.DrawFn) -> list[Fact]:
    """The facts of two repositories, in the order in which they would be read."""
    facts: list[Fact] = [Repository(id=name, name=name) for name in REPOSITORIES]
    facts += [
        Place(directory=path, repository_id=name, worktree=path if name else None) for path, name in PLACES.items()
    ]
    commits = draw(_commits())
    facts += commits
    for name in REPOSITORIES if draw(st.booleans()) else REPOSITORIES[:1]:  # the second is a fork
        facts += draw(_repository(name, commits))
    facts += draw(_sessions(commits))
    calls = draw(st.lists(_calls(), max_size=14, unique_by=lambda row: row.event_key))
    facts += calls
    facts += prices(calls)
    return facts


def histories_of(facts: list[Fact]) -> list[History]:
    """The history of each repository, as the ledger would load it: calls and what sessions did by their place."""
    return [_history(name, facts) for name in REPOSITORIES]


def _history(name: str, facts: list[Fact]) -> History:
    mine = {path for path, owner in PLACES.items() if owner == name}

    def of(kind: type[Any]) -> tuple[Any, ...]:
        rows = (fact for fact in facts if isinstance(fact, kind))
        return tuple(row for row in rows if getattr(row, "repository_id", name) == name)

    calls = tuple(row for row in of(Call) if row.directory in mine)
    seen = of(RepositoryCommit)
    oids = {row.oid for row in seen}
    sessions = {row.session for row in calls}
    return History(
        repository_id=name,
        is_forge=bool(of(Request)),
        commits={row.oid: row for row in of(Commit) if row.oid in oids},
        diffs={row.oid: row for row in of(CommitDiff) if row.oid in oids},
        seen=seen,
        tips=of(Tip),
        ranges=of(BranchRange),
        rewrites=of(Rewrite),
        contributions=of(Contribution),
        places=of(Place),
        session_commits=tuple(row for row in of(SessionCommit) if row.directory in mine),
        session_writes=tuple(row for row in of(SessionWrite) if row.session in sessions),
        calls=calls,
        prices=of(Price),
        requests=of(Request),
    )


@st.composite
def _commits(draw: st.DrawFn) -> list[Commit]:
    rows = [commit("0" * 40, "", 0, "first")]
    for number in range(1, draw(st.integers(3, 10))):
        parents = draw(st.lists(st.sampled_from([row.oid for row in rows]), min_size=1, max_size=2, unique=True))
        row = commit(
            f"{number:07x}" + "f" * 33,
            " ".join(parents),
            0,
            draw(st.sampled_from(["x", "y"])),
            number=draw(st.sampled_from([None, None, 1])),
            merged=draw(st.sampled_from([None, "one"])),
            sessions=tuple(draw(st.sets(st.sampled_from(["s3", "0123456789ab"]), max_size=1))),
        )
        when = START + timedelta(seconds=draw(_SECONDS))
        rows.append(
            replace(row, authored_at=when, committed_at=when + timedelta(seconds=draw(st.sampled_from([0, 9]))))
        )
    return rows


@st.composite
def _repository(draw: st.DrawFn, name: str, commits: list[Commit]) -> list[Fact]:
    """What one repository knows: few branches lead to few of the commits, so that many are lost."""
    oids = [row.oid for row in commits]
    some = st.sampled_from(oids)
    places = [path for path, owner in PLACES.items() if owner == name]
    facts: list[Fact] = [
        RepositoryCommit(repository_id=name, oid=oid, evidence="scan", branch="", session="", worktree="")
        for oid in oids
    ]
    for evidence, oid in draw(st.sets(st.tuples(st.sampled_from(["hook", "reflog"]), some), max_size=3)):
        facts.append(
            RepositoryCommit(
                repository_id=name,
                oid=oid,
                evidence=evidence,
                branch=draw(st.sampled_from(("", *BRANCHES))),
                session=draw(st.sampled_from(SESSIONS)) if evidence == "hook" else "",
                worktree=draw(st.sampled_from(places)),
            )
        )
    facts += [
        Tip(repository_id=name, clone_id="c", ref=f"refs/heads/{branch}", oid=draw(some), is_target=branch == "main")
        for branch in BRANCHES
    ]
    facts += [
        Rewrite(repository_id=name, old=old, new=new, kind=draw(st.sampled_from(_KINDS)), evidence="post-rewrite")
        for old, new in draw(st.sets(st.tuples(st.sampled_from([*oids, "e" * 40]), some), max_size=3))
        if old != new
    ]
    facts += [replace(kept_range("one", oid, "p1"), repository_id=name) for oid in draw(st.sets(some, max_size=1))]
    facts += [replace(credit(oid), repository_id=name) for oid in draw(st.sets(some, max_size=2))]
    facts += [
        replace(request(number, head=draw(some), head_ref=draw(st.sampled_from(BRANCHES))), repository_id=name)
        for number in draw(st.sets(st.integers(1, 2), max_size=2))
    ]
    return facts


_KINDS = ("amend", "rebase", "squash", "cherry-pick")


@st.composite
def _sessions(draw: st.DrawFn, commits: list[Commit]) -> list[Fact]:
    facts: list[Fact] = [
        diff(
            row.oid, patch=draw(st.sampled_from([None, "p1", "p1", "p2"])), paths=draw(st.sampled_from([(), ("mine",)]))
        )
        for row in commits
    ]
    for number in range(draw(st.integers(0, 6))):
        made = draw(st.sampled_from(commits))  # by this call, or so it looks
        started = (made.authored_at - START).total_seconds() / 3600
        row = commit_call(
            started,
            started + draw(st.sampled_from([1, 60])) / 3600,
            session=draw(st.sampled_from(["s1", "s1", "s2", "s3"])),
            printed=draw(st.sampled_from([made.oid[:7], made.oid[:7], "eeeeeee", ""])),
            subject=draw(st.sampled_from([made.subject, made.subject, "y", "fixup! x"])),
            branch=draw(st.sampled_from(("", *BRANCHES))),
            directory=draw(_MOST_PLACES),
        )
        facts.append(replace(row, id=f"{number}"))
    facts += [
        SessionWrite(session=session, path="mine", at=at(draw(_SECONDS) / 3600 / 4))
        for session in draw(st.sets(st.sampled_from(["s1", "s2"]), max_size=2))
    ]
    return facts


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    row = call(
        f"k{draw(st.integers(0, 30))}",
        draw(_SECONDS) / 3600,
        session=draw(_MOST_SESSIONS),
        branch=draw(st.sampled_from(("", "HEAD", "gone", "main", *BRANCHES))),
        model=draw(st.sampled_from(["opus", "haiku", None])),
        output=draw(st.integers(0, 10**6)),
        directory=draw(_MOST_PLACES),
        subject=draw(st.sampled_from([*[""] * 9, "request:1", "0000001", "f" * 40])),
        subagent=draw(st.booleans()),
    )
    return replace(
        row,
        source=draw(st.sampled_from([*["claude-code"] * 4, "litellm"])),
        quality=draw(st.sampled_from([*["final"] * 4, "rollup"])),
    )
