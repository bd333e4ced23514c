"""What a worktree's reflog of HEAD says: which commits were made where, and which became which (hooks.md §1.1, §1.2).

The reflog tells what a hook would have told, where no hook ran: the branch by the checkouts before a commit, an amend
by its two ids, a rebase by its steps from `(start)` to `(finish)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

_LINE = re.compile(rb"([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t]*?(\d{1,15}) [+-]\d{4}(?:\t(.*))?")
_STEP = re.compile(r"(?:rebase|pull)\b.*\((\w+)\)")
_MOVED = re.compile(r"moving from (\S+) to (\S+)")
_RENAMED = re.compile(r"renamed refs/heads/(\S+) to refs/heads/(\S+)")
_RETURNED = re.compile(r"returning to refs/heads/(\S+)")
_REVISION = re.compile(r"[0-9a-f]{7,64}|.*[~^:@].*|HEAD")
_FOLDS = ("squash", "fixup")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: HEAD went from `old` to `new` by `action`; `text` is what git says after the colon."""

    old: str
    new: str
    action: str
    text: str

    @property
    def step(self) -> str:
        """The step of a rebase: start, pick, reword, squash, fixup, edit, continue, finish, abort; '' for another."""
        found = _STEP.fullmatch(self.action)
        return found[1] if found else ""

    @property
    def makes_a_commit(self) -> bool:
        """The new commit was made here and now, not moved to."""
        if self.action.startswith(("commit", "cherry-pick", "revert", "am")):
            return self.text != "fast-forward"
        return self.action.startswith(("merge ", "pull")) and self.text.startswith("Merge made")


@dataclass(frozen=True, slots=True)
class Made:
    """A commit made on a branch; '' where it is not known which."""

    line: Line
    branch: str


@dataclass(slots=True)
class Replay:
    """A rebase that was finished: from the branch's old tip, over `onto`, by steps."""

    branch: str
    original: str
    onto: str
    steps: list[Line] = field(default_factory=list)


def parse_line(raw: bytes) -> Line | None:
    """The parts of a line; None for what is none of git's."""
    found = _LINE.fullmatch(raw.rstrip(b"\r\n"))
    if found is None:
        return None
    action, _, text = (found[4] or b"").decode(errors="replace").partition(": ")
    return Line(found[1].decode(), found[2].decode(), action, text)


class Walk:
    """Follows one reflog line by line; `branch` and `is_open` say where it stands after each."""

    def __init__(self, branch: str, tags: Iterable[str] = ()) -> None:
        self.branch = branch
        self._tags = frozenset(tags)
        self._replay: Replay | None = None

    @property
    def is_open(self) -> bool:
        """A rebase is under way: what comes next belongs to it."""
        return self._replay is not None

    def read(self, line: Line) -> Iterator[Made | Replay]:
        """What one more line tells."""
        if line.step:
            yield from self._step(line)
            return
        if line.action == "checkout" and (moved := _MOVED.fullmatch(line.text)):
            yield from self._close(is_finished=False)
            self.branch = self._as_branch(moved[2])
        elif line.action == "Branch" and (renamed := _RENAMED.search(line.text)):
            self.branch = renamed[2]
        elif line.makes_a_commit:
            yield from self._make(line)

    def _make(self, line: Line) -> Iterator[Made]:
        """A commit; of a rebase it is told at the end which branch it was made on."""
        if self._replay:
            self._replay.steps.append(line)
        else:
            yield Made(line, self.branch)

    def _step(self, line: Line) -> Iterator[Made | Replay]:
        if line.step == "start":
            self._replay = Replay(self.branch, line.old, line.new)
        elif line.step in ("finish", "abort"):
            # `git rebase ONTO BRANCH` goes to the branch without a line that says so.
            back = _RETURNED.fullmatch(line.text)
            self.branch = back[1] if back else self.branch
            yield from self._close(is_finished=line.step == "finish")
        else:
            yield from self._make(line)

    def _close(self, *, is_finished: bool) -> Iterator[Made | Replay]:
        """The commits of the rebase that is under way, and the rebase itself if it was finished."""
        replay, self._replay = self._replay, None
        if replay:
            yield from (Made(step, self.branch) for step in replay.steps)
            if is_finished:
                yield replace(replay, branch=self.branch)

    def _as_branch(self, name: str) -> str:
        return "" if _REVISION.fullmatch(name) or name in self._tags else name


def first_branch(lines: Iterable[Line], current: str) -> str:
    """The branch before the first line: the first checkout says what it left, else it is the current one."""
    for line in lines:
        if line.action == "checkout" and (moved := _MOVED.fullmatch(line.text)):
            return "" if _REVISION.fullmatch(moved[1]) else moved[1]
    return current


# -- which commit became which -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What survives a replay: author and author date; most often the subject too."""

    author: str
    authored: str
    subject: str
    parents: tuple[str, ...]


@dataclass(slots=True)
class _Result:
    new: str
    sources: list[str | None]


def replayed(originals: list[str], steps: Iterable[Line], marks: dict[str, Mark]) -> list[tuple[str, str]]:
    """(old, new) of every original, oldest first, that the steps of a rebase turned into another commit.

    A pick is told by author, date and subject, a reworded one without its subject. Which commit a squash or fixup took
    in is not written down: it is told only where those steps are as many as the originals that remain.
    """
    left, results = list(originals), list[_Result]()
    for line in steps:
        if line.step in _FOLDS and (not results or line.old != results[-1].new):
            # What it was folded into stood where it should, and was not picked anew.
            results.append(_Result(line.old, [line.old]))
            left = [oid for oid in left if oid != line.old]
        if results and line.old == results[-1].new and _replaces(line, marks):
            results[-1].new = line.new
            if line.step in _FOLDS:
                results[-1].sources.append(None)
        else:
            source = _source(left, marks, line.new)
            if source:
                left.remove(source)
            results.append(_Result(line.new, [source] if source else []))
    return _paired(results, left)


def _paired(results: list[_Result], left: list[str]) -> list[tuple[str, str]]:
    holes = sum(result.sources.count(None) for result in results)
    rest = iter(left if holes == len(left) else [])
    pairs = [(source or next(rest, ""), result.new) for result in results for source in result.sources]
    return [(old, new) for old, new in pairs if old and old != new]


def _replaces(line: Line, marks: dict[str, Mark]) -> bool:
    """The new commit stands in the old one's place rather than upon it."""
    old, new = marks.get(line.old), marks.get(line.new)
    return old is not None and new is not None and old.parents == new.parents


def _source(left: list[str], marks: dict[str, Mark], new: str) -> str | None:
    mark = marks.get(new)
    if mark is None:
        return None
    dated = [oid for oid in left if (marks[oid].author, marks[oid].authored) == (mark.author, mark.authored)]
    same = [oid for oid in dated if marks[oid].subject == mark.subject]
    return next(iter(same or dated), None)
