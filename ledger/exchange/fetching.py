"""Fetching the shared refs into a namespace of their own, and what is new in them since they were read last.

`+refs/ledger/*:refs/ledger/*` would overwrite what this clone has not pushed yet, so they never meet (hooks.md §8.1).
No branch or tag comes along, and a shallow clone stays shallow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.domain.sharing import origin_of
from ledger.exchange.objects import Stored, stored_in
from ledger.exchange.pushing import SECONDS, Outcome, Pushed, judge
from ledger.git import Git

PREFIX = "refs/ledger-remote/"
MAIN = "main"
DATA_BRANCH = "refs/heads/ledger/data"
DATA = "heads/data"
"""Where the branch is fetched to that stands in where only branches and tags may be pushed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetched ref: its name below refs/ledger/, and the commit it points at."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in a ref: the files that were not in the commit that was read last."""

    ref: Fetched
    files: tuple[tuple[str, Stored], ...]
    """(origin, file); the origin is '' for a file whose place says nothing of who wrote it."""


def tracking(remote: str) -> str:
    """Where the refs of a remote are fetched to."""
    return f"{PREFIX}{remote}/"


def fetch(git: Git, remote: str, seconds: float = SECONDS) -> Pushed:
    """Fetch the refs, forget those that are gone; DONE or UNREACHABLE."""
    own = tracking(remote)
    ended = git.talk(
        *("fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head", "--recurse-submodules=no"),
        *("--no-auto-maintenance", "--refmap=", "--", remote),
        *(f"+refs/ledger/*:{own}*", f"+refs/heads/ledger/*:{own}heads/*"),
        seconds=seconds,
    )
    came = judge(ended, remote, seconds)
    return came if came.is_done else Pushed(Outcome.UNREACHABLE, came.sentence)


def fetched(git: Git, remote: str) -> list[Fetched]:
    """The refs as they were fetched last, by name."""
    own = tracking(remote)
    said = git.run("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", own)
    rows = (line.split(" ", 2) for line in said.splitlines())
    return [Fetched(name.removeprefix(own), commit) for commit, kind, name in rows if kind == "commit"]


def remotes_fetched(git: Git) -> list[str]:
    """The remotes whose refs were fetched."""
    said = git.run("for-each-ref", "--format=%(refname)", PREFIX)
    return sorted({name.removeprefix(PREFIX).split("/", 1)[0] for name in said.splitlines()})


def changes(git: Git, refs: list[Fetched], known: Mapping[str, str]) -> Iterator[Change]:
    """Of each ref that has moved what is new; `known` says which commit of it was read last."""
    for ref in refs:
        before = known.get(ref.name, "")
        if before == ref.commit:
            continue
        held = set(stored_in(git, before)) if before and git.commit_of(before) else set()
        new = [stored for stored in stored_in(git, ref.commit) if stored not in held]
        yield Change(ref, tuple((origin(ref.name, stored.path), stored) for stored in new))


def origin(ref: str, path: str) -> str:
    """Who is said to have written a file: by its ref, or in a ref of many by its place."""
    return origin_of(path) if ref in (MAIN, DATA) else origin_of(ref)
