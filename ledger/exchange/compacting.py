"""Folding the refs of clones and CI jobs into `refs/ledger/main`: one file per origin and month, sorted and unique.

What is folded is deleted only together with the push that brings main along, by its exact value, all or nothing. So
whatever ends a compactor, and however many run at once, an entry stands in one place or in both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.sharing import CI, origin_of
from ledger.exchange.fetching import DATA, MAIN, Fetched, fetch, fetched, origin, tracking
from ledger.exchange.objects import Stored, commit_of, lines_of, stored_in, write_blob
from ledger.exchange.pushing import Outcome, Pushed, push
from ledger.exchange.writer import Patience
from ledger.git import Git

REF = "refs/ledger/main"
LARGEST_PART = 4 * 1024 * 1024
"""Bytes of one file; a month that has more is divided by its lines' hashes, so that every file can be read whole."""
MOST_AT_ONCE = 200
"""Refs deleted by one push: a server takes its time for each."""
_MONTH = re.compile(r"(?:^|/)(\d{4})-?(\d\d)(?:/|[.\-]|$)")
_UNDATED = "0000-00"


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compactor did."""

    pushed: Pushed
    refs: int = 0
    """Refs that were folded and deleted."""
    lines: int = 0
    """Lines that are in main now and were not."""


def compact(git: Git, remote: str, idle_before: str, patience: Patience, most: int = MOST_AT_ONCE) -> Compacted:
    """Fold everything; a clone's ref stays unless its newest month is before `idle_before` (YYYY-MM)."""
    refs = lines = 0
    pushed = Pushed(Outcome.REJECTED, "It was not tried.")
    attempt = 0
    while attempt < patience.tries:
        pushed = fetch(git, remote, patience.seconds)
        if not pushed.is_done:
            break
        folding = _fold(git, remote, idle_before, most)
        if not folding.lines and not folding.gone:
            return Compacted(Pushed(Outcome.DONE, f"{remote} has nothing that is not folded."), refs, lines)
        pushed = _push(git, remote, folding, patience.seconds)
        if pushed.outcome is Outcome.REJECTED:
            patience.wait(attempt)
            attempt += 1
        elif not pushed.is_done:
            break
        else:
            refs, lines, attempt = refs + len(folding.gone), lines + folding.lines, 0
            if not folding.has_more:
                break
    return Compacted(pushed, refs, lines)


@dataclass(frozen=True, slots=True)
class _Folding:
    """A commit for main, what it replaces, and the refs that are in it whole."""

    commit: str
    before: str
    gone: tuple[Fetched, ...]
    lines: int
    has_more: bool


def _fold(git: Git, remote: str, idle_before: str, most: int) -> _Folding:
    refs = {ref.name: ref for ref in fetched(git, remote)}
    main = refs.pop(MAIN, None)
    taken = [ref for name, ref in sorted(refs.items()) if origin_of(name) or name == DATA]
    jobs = [ref for ref in taken if origin_of(ref.name) == CI]
    late = {ref.name for ref in jobs[most:]}
    before = main.commit if main else ""
    old = {stored.path: stored.blob for stored in stored_in(git, before)} if before else {}
    found = dict[tuple[str, str], set[str]]()
    whole = set[str]()
    for ref in (ref for ref in taken if ref.name not in late):
        if _collect(git, ref, found):
            whole.add(ref.name)
    files, lines = _merged(git, old, found)
    commit = commit_of(git, files, "Fold entries", before) if lines else before
    gone = [ref for ref in taken if ref.name in whole and (ref in jobs or _is_idle(git, ref, idle_before))]
    return _Folding(commit, before, tuple(gone[:most]), lines, bool(late))


def _collect(git: Git, ref: Fetched, found: dict[tuple[str, str], set[str]]) -> bool:
    """Put a ref's lines to those of their origin and month; False where a file of it could not be read."""
    is_whole = True
    for stored, lines in lines_of(git, stored_in(git, ref.commit)):
        who = origin(ref.name, stored.path)
        if lines is None or not who:
            is_whole = False
            continue
        found.setdefault((who, _month(ref.name if who == CI else stored.path)), set()).update(lines)
    return is_whole


def _month(path: str) -> str:
    said = _MONTH.search(path)
    return f"{said[1]}-{said[2]}" if said else _UNDATED


def _merged(git: Git, old: Mapping[str, str], found: Mapping[tuple[str, str], set[str]]) -> tuple[dict[str, str], int]:
    """Main's files with the lines in them, and how many of those are new; files that gain nothing stay as they are."""
    files, count = dict(old), 0
    for (who, month), lines in sorted(found.items()):
        mine = [Stored(path, blob) for path, blob in old.items() if re.match(rf"{who}/{month}[.-]", path)]
        # What nobody can read stays as it is, beside what is written.
        there = {stored.path: held for stored, held in lines_of(git, mine) if held is not None}
        known = {line for held in there.values() for line in held}
        if lines <= known:
            continue
        count += len(lines - known)
        for path in there:
            del files[path]
        for part, text in _parts(sorted(lines | known)):
            name = f"{who}/{month}{part}"
            files[f"{name}.1.jsonl" if f"{name}.jsonl" in files else f"{name}.jsonl"] = write_blob(git, text)
    return files, count


def _parts(lines: Sequence[str], digits: int = 0) -> Iterable[tuple[str, bytes]]:
    """(ending of the name, content) of files that are each small enough, the same for the same lines."""
    parts: dict[str, list[str]] = {}
    for line in lines:
        part = hashlib.sha256(line.encode()).hexdigest()[:digits]
        parts.setdefault(part, []).append(line)
    texts = {part: "".join(f"{line}\n" for line in held).encode() for part, held in parts.items()}
    if digits < 4 and any(len(text) > LARGEST_PART for text in texts.values()):
        return _parts(lines, digits + 1)
    return [(f"-{part}" if part else "", text) for part, text in sorted(texts.items())]


def _is_idle(git: Git, ref: Fetched, idle_before: str) -> bool:
    """A clone that has long said nothing: all its months are over."""
    if not ref.name.startswith("w/"):
        return False
    return all(_month(stored.path) < idle_before for stored in stored_in(git, ref.commit))


def _push(git: Git, remote: str, folding: _Folding, seconds: float) -> Pushed:
    """Main and the deletions as one; each only where the remote still has what was folded."""
    leases = {REF: folding.before} if folding.commit != folding.before else {}
    refspecs = [f"{folding.commit}:{REF}"] if leases else []
    leases |= {f"refs/ledger/{ref.name}": ref.commit for ref in folding.gone}
    refspecs += [f":refs/ledger/{ref.name}" for ref in folding.gone]
    pushed = push(git, remote, refspecs, leases=leases, atomic=True, seconds=seconds)
    if pushed.is_done and folding.commit != folding.before:
        git.run("update-ref", f"{tracking(remote)}{MAIN}", folding.commit)
    return pushed
