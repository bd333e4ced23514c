"""Commits, refs and identity of a repository, from one streamed `git log` (hooks.md §6.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from ledger.domain.commit_facts import Written, commit_facts
from ledger.domain.facts import Fact
from ledger.domain.git_facts import Commit, RepositoryCommit, Tip
from ledger.domain.history import request_of, short_name
from ledger.domain.reading import Cursor, Reading, Skip
from ledger.domain.repositories import normalise_remote
from ledger.git import Git

SOURCE = "commits"
_FIELDS = 10
_FORMAT = "%x1f".join(("%H", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%s", "%b"))
_HIDDEN = ("refs/notes/", "refs/stash", "refs/ledger/", "refs/ledger-remote/", "refs/replace/", "refs/bisect/")
_OF_ENTRIES = re.compile(r"refs/(?:heads|remotes/[^/]+)/ledger/data")
"""The branch that entries stand in where only branches may be pushed."""
_TRIAL = re.compile(r"refs/(?:pull|pull-requests|merge-requests)/\d+/(?:merge|train)")
"""Merges that a forge makes to see whether they would work."""
_TRUNKS = ("main", "master", "trunk")
_LAST_YEAR = 2500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a repository can be known by."""

    name: str
    remote: str | None
    """Normalised URL of `origin`, else of the first remote; None without one."""
    remotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tips:
    """Where the refs stand, and what to tell the user of how the target branch was found."""

    tips: tuple[Tip, ...]
    notice: str | None


def read_origin(git: Git) -> Origin:
    """The name and the remotes."""
    urls = git.remotes()
    named = {name: remote for name, url in urls.items() if (remote := normalise_remote(url))}
    remote = named.get("origin") or next((named[name] for name in sorted(named)), None)
    directory = (git.worktree or git.git_dir).name.removesuffix(".git") or "repository"
    name = "/".join(remote.split("/")[-2:]) if remote else directory
    return Origin(name, remote, tuple(sorted(set(named.values()))))


def read_roots(git: Git) -> tuple[str, ...]:
    """The root commits, sorted; a walk through all of history."""
    return tuple(sorted(git.run("rev-list", "--max-parents=0", *_everything(git)).split()))


def read_commits(
    git: Git, repository_id: str, known: Mapping[str, str], author_key: Callable[[str], str], clone_id: str = ""
) -> Reading:
    """Every commit that a ref reaches and that was not reachable from the refs of the last reading.

    Yields Commit, RepositoryCommit, Rewrite and Contribution facts, then the cursor; a Skip for what cannot be parsed.
    """
    tips = _everything(git)
    cursor = f"{repository_id}@{clone_id}"  # another clone stands elsewhere
    earlier = json.loads(known.get(cursor, "[]"))
    if tips == earlier:
        return
    new = sorted(set(tips) - set(earlier))
    if new:
        yield from _log(git, repository_id, new, _existing(git, earlier), author_key)
    yield Cursor(SOURCE, cursor, json.dumps(tips))


def read_named(git: Git, repository_id: str, oids: Iterable[str], author_key: Callable[[str], str]) -> Reading:
    """These commits, which no ref may reach any more: rewritten away, but not yet forgotten by git.

    Yields Commit, Rewrite and Contribution facts; a commit that is gone is left out.
    """
    there = _existing(git, sorted(oids))
    if there:
        yield from _records(git, ("--no-walk=unsorted",), "\n".join(there).encode(), repository_id, author_key)


def read_printed(git: Git, repository_id: str, printed: Iterable[str], author_key: Callable[[str], str]) -> Reading:
    """The commits that git printed so in a session, where no ref, hook or reflog tells of them: a worktree is gone.

    Yields what `read_named` yields, and that the commit was made in this repository.
    """
    for read in read_named(git, repository_id, printed, author_key):
        yield read
        if isinstance(read, Commit):
            yield RepositoryCommit(
                repository_id=repository_id, oid=read.oid, evidence="session", branch="", session="", worktree=""
            )


def read_tips(git: Git, repository_id: str, clone_id: str, wanted: tuple[str, ...]) -> Tips:
    """The branches, local and remote, and the heads of requests that were fetched.

    Which are targets is told by `wanted` (patterns), else by DESIGN's order.
    """
    refs = [(oid, ref) for oid, ref in _refs(git) if _is_branch(ref) or request_of(short_name(ref)) is not None]
    targets, notice = _targets(git, wanted, {short_name(ref) for _, ref in refs if _is_branch(ref)})
    return Tips(
        tuple(
            Tip(repository_id=repository_id, clone_id=clone_id, ref=ref, oid=oid, is_target=short_name(ref) in targets)
            for oid, ref in sorted(refs, key=lambda pair: pair[1])
        ),
        notice,
    )


def _is_branch(ref: str) -> bool:
    is_request = request_of(short_name(ref)) is not None
    return ref.startswith(("refs/heads/", "refs/remotes/")) and not ref.endswith("/HEAD") and not is_request


def _targets(git: Git, wanted: tuple[str, ...], names: set[str]) -> tuple[set[str], str | None]:
    if wanted:
        found = {name for name in names if any(fnmatchcase(name, pattern) for pattern in wanted)}
        return (
            found,
            None if found else f"No branch matches ledger.target ({' '.join(wanted)}), so nothing counts as landed.",
        )
    head = git.run("symbolic-ref", "-q", "refs/remotes/origin/HEAD", check=False)
    if head and short_name(head) in names:
        return {short_name(head)}, None
    usual = next((name for name in _TRUNKS if name in names), None)
    if usual:
        return {usual}, None
    current = git.run("symbolic-ref", "-q", "--short", "HEAD", check=False)
    return {
        current
    }, f"Taking {current or 'no branch'} for the target branch; name another with git config ledger.target BRANCH."


def _refs(git: Git) -> list[tuple[str, str]]:
    """(commit, ref) of every ref that leads to a commit, and of the worktrees' HEADs."""
    listed = git.run(
        "for-each-ref", "--format=%(objectname)%09%(*objectname)%09%(objecttype)%09%(*objecttype)%09%(refname)"
    )
    rows = [line.split("\t") for line in listed.splitlines()]
    refs = [
        (peeled or oid, ref)
        for oid, peeled, kind, peeled_kind, ref in rows
        if "commit" in (kind, peeled_kind) and not _OF_ENTRIES.fullmatch(ref)
    ]
    heads = [
        line.removeprefix("HEAD ")
        for line in git.run("worktree", "list", "--porcelain").splitlines()
        if line.startswith("HEAD ")
    ]
    return refs + [(oid, "HEAD") for oid in heads if oid.strip("0")]


def _everything(git: Git) -> list[str]:
    return sorted({oid for oid, ref in _refs(git) if not ref.startswith(_HIDDEN) and not _TRIAL.fullmatch(ref)})


def _existing(git: Git, oids: list[str]) -> list[str]:
    """The commits among `oids` that the object database still has: a tip may have been pruned since."""
    if not oids:
        return []
    said = git.run("cat-file", "--batch-check", stdin="\n".join(oids).encode())
    return [line.split()[0] for line in said.splitlines() if line.split()[1:2] == ["commit"]]


def _log(
    git: Git, repository_id: str, new: list[str], seen: list[str], author_key: Callable[[str], str]
) -> Iterator[Fact | Skip]:
    asked = "\n".join([*new, *(f"^{oid}" for oid in seen)]).encode()
    for read in _records(git, (), asked, repository_id, author_key):
        yield read
        if isinstance(read, Commit):
            yield RepositoryCommit(
                repository_id=repository_id, oid=read.oid, evidence="scan", branch="", session="", worktree=""
            )


def _records(
    git: Git, how: tuple[str, ...], asked: bytes, repository_id: str, author_key: Callable[[str], str]
) -> Iterator[Fact | Skip]:
    """The facts of every commit that `git log` prints for what is asked on its standard input."""
    keys: dict[str, str] = {}
    hidden = _hidden_parents(git)
    arguments = (
        *("log", *how, "--stdin", "-z", f"--format={_FORMAT}"),
        *("--no-show-signature", "--no-notes", "--encoding=UTF-8"),
    )
    for record in git.stream(*arguments, stdin=asked):
        fields = record.decode(errors="replace").split("\x1f", _FIELDS - 1)
        if len(fields) < _FIELDS:
            yield Skip(
                "commit", record[:64].decode(errors="replace"), "git printed it in an unknown form, so it was left out."
            )
            continue
        fields[1] = hidden.get(fields[0], fields[1])
        yield from commit_facts(_written(fields), repository_id, keys, author_key)


def _hidden_parents(git: Git) -> dict[str, str]:
    """Commit → its parents, where a shallow clone says that it has none: the commit itself still names them."""
    boundary = git.boundary()
    said = git.run_bytes("cat-file", "--batch", stdin="\n".join(boundary).encode()) if boundary else b""
    found: dict[str, str] = {}
    while said:
        title, _, rest = said.partition(b"\n")
        oid, *kind = title.decode().split()
        size = int(kind[1]) if kind[:1] == ["commit"] else -1
        lines = rest[: max(size, 0)].partition(b"\n\n")[0].decode(errors="replace").splitlines()
        found[oid] = " ".join(line.removeprefix("parent ") for line in lines if line.startswith("parent "))
        said = rest[size + 1 :]
    return found


def _written(fields: list[str]) -> Written:
    oid, parents, name, email, authored, committer, committer_email, committed, subject, body = fields
    authored_at = _time(authored)
    return Written(
        oid=oid,
        parents=tuple(parents.split()),
        name=name,
        email=email,
        authored_at=authored_at,
        committer=committer,
        committer_email=committer_email,
        committed_at=authored_at if committed == authored else _time(committed),
        subject=subject,
        body=body,
    )


def _time(seconds: str) -> datetime:
    """UTC of git's epoch seconds; a date that git could not read, or beyond the calendar, is the epoch's start."""
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return _EPOCH
    return at if at.year <= _LAST_YEAR else _EPOCH
