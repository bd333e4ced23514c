"""A clone's own ref, `refs/ledger/w/<clone>`: one writer, so that no push has to wait for another.

The clone keeps its chain of commits under the same name. What stands in it was written, whether a push arrived or not;
the next push brings along what is missing. Only a copied clone finds another's commits there: it takes a new id.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ledger.errors import GitFailed
from ledger.exchange.fetching import DATA, DATA_BRANCH, tracking
from ledger.exchange.objects import lines_of, stored_in, write_commit
from ledger.exchange.pushing import SECONDS, Outcome, Pushed, push
from ledger.git import Git

PREFIX = "refs/ledger/w/"
TRIES = 12
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 8.0
_COPIES = 3
"""Ids that are tried: a random id is never there already, so more would be another fault."""

Encode = Callable[[str], Sequence[str]]
"""All lines that the clone has to say, under an id of it."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing."""

    pushed: Pushed
    clone: str
    """The clone's id, a new one where it turned out to be a copy."""
    lines: int = 0
    """Lines that were new."""
    pushes: int = 0
    via: str = "refs"
    """refs, or branch where only branches may be pushed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, and how to wait between two tries; tests inject what does not wait."""

    sleep: Callable[[float], None]
    tries: int = TRIES
    seconds: float = SECONDS
    """For one push."""
    draw: Callable[[float, float], float] = random.uniform

    def wait(self, after: int) -> None:
        """Wait a random time, at most twice as long as the time before: full jitter."""
        self.sleep(self.draw(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**after)))


def publish(
    git: Git, remote: str, clone: str, encode: Encode, month: str, patience: Patience, mint: Callable[[], str]
) -> Published:
    """Push every line of the clone that its ref does not hold yet; `mint` makes a new id when the ref is another's."""
    if git.commit_of(f"{tracking(remote)}{DATA}"):
        return _to_branch(git, remote, clone, encode(clone), month, patience)
    pushes = 0
    for _ in range(_COPIES):
        commit, count = _written(git, remote, clone, encode(clone), month)
        if not commit:
            return Published(Pushed(Outcome.DONE, "There is nothing to share."), clone)
        if commit == git.commit_of(f"{tracking(remote)}w/{clone}"):
            return Published(Pushed(Outcome.DONE, f"{remote} has it already."), clone)
        pushed, tried = _pushed(git, remote, clone, commit, patience)
        pushes += tried
        if pushed is not None:
            if pushed.outcome is Outcome.REFUSED:
                return _to_branch(git, remote, clone, encode(clone), month, patience)
            return Published(pushed, clone, count, pushes)
        clone = mint()
    return Published(Pushed(Outcome.REJECTED, f"{remote} has other commits under every id."), clone, 0, pushes)


def _written(git: Git, remote: str, clone: str, lines: Sequence[str], month: str) -> tuple[str, int]:
    """The tip of the clone's own chain with every line in it, and how many were new; '' where nothing is to be said."""
    ref = PREFIX + clone
    while True:
        own = git.commit_of(ref)
        head = own or git.commit_of(f"{tracking(remote)}w/{clone}")
        known = held(git, head)
        new = [line for line in dict.fromkeys(lines) if line not in known]
        commit = write_commit(git, {_segment(month, new): _text(new)}, "Share entries", head) if new else head
        try:
            if commit != own:
                git.run("update-ref", ref, commit, own or "0" * len(commit))
        except GitFailed:
            continue  # another push of this clone was first: look again
        return commit, len(new)


def held(git: Git, commit: str, below: str = "") -> set[str]:
    """All lines of a commit's files; none of no commit."""
    files = stored_in(git, commit, below) if commit else []
    return {line for _, lines in lines_of(git, files) for line in lines or ()}


def _segment(month: str, lines: Sequence[str]) -> str:
    return f"ev/{month}/{_digest(lines)}.jsonl"


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256(_text(lines)).hexdigest()[:16]


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _pushed(git: Git, remote: str, clone: str, commit: str, patience: Patience) -> tuple[Pushed | None, int]:
    """What came of pushing the chain, and after how many pushes; None where the ref holds another clone's commits."""
    ref = PREFIX + clone
    pushed = Pushed(Outcome.REJECTED, "It was not tried.")
    for attempt in range(patience.tries):
        pushed = push(git, remote, [f"{commit}:{ref}"], seconds=patience.seconds)
        if pushed.is_done:
            git.run("update-ref", f"{tracking(remote)}w/{clone}", commit)
        if pushed.outcome is not Outcome.REJECTED:
            return pushed, attempt + 1
        if _is_anothers(git, remote, ref, commit, patience.seconds):
            return None, attempt + 1
        patience.wait(attempt)
    return pushed, patience.tries


def _is_anothers(git: Git, remote: str, ref: str, commit: str, seconds: float) -> bool:
    """The remote's ref is at a commit that ours does not lead back to."""
    said = git.talk("ls-remote", "--", remote, ref, seconds=seconds)
    there = said.out.split("\t")[0] if said.code == 0 else ""
    if not there or there == commit:
        return False
    return not git.commit_of(there) or git.run("merge-base", there, commit, check=False) != there


def _to_branch(git: Git, remote: str, clone: str, lines: Sequence[str], month: str, patience: Patience) -> Published:
    """Add a file of the lines that are not there yet to the branch that all clones share; looks again when one lost."""
    kept = f"{tracking(remote)}{DATA}"
    pushed = Pushed(Outcome.REJECTED, "It was not tried.")
    for attempt in range(patience.tries):
        got = git.talk(
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--", remote),
            f"+{DATA_BRANCH}*:{kept}*",
            seconds=patience.seconds,
        )
        if got.code != 0:
            pushed = Pushed(Outcome.UNREACHABLE, f"{remote} cannot be reached.")
            return Published(pushed, clone, 0, attempt, "branch")
        head = git.commit_of(kept)
        known = held(git, head, f"w/{clone}/")
        new = [line for line in dict.fromkeys(lines) if line not in known]
        if not new:
            return Published(Pushed(Outcome.DONE, f"{remote} has it already."), clone, 0, attempt, "branch")
        path = f"w/{clone}/{month}/{_digest(new)}.jsonl"
        commit = write_commit(git, {path: _text(new)}, "Share entries", head)
        pushed = push(git, remote, [f"{commit}:{DATA_BRANCH}"], leases={DATA_BRANCH: head}, seconds=patience.seconds)
        if pushed.is_done:
            git.run("update-ref", kept, commit)
        if pushed.outcome is not Outcome.REJECTED:
            return Published(pushed, clone, len(new), attempt + 1, "branch")
        patience.wait(attempt)
    return Published(pushed, clone, 0, patience.tries, "branch")
