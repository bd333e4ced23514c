"""The reflogs of HEAD, of every worktree: what the hooks would have jotted where none ran (hooks.md §1.2).

Git keeps them for 90 days and this clone only, so what they tell is kept. Where refs are not kept in files (reftable),
the hooks alone tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.domain.facts import Fact
from ledger.domain.git_facts import RepositoryCommit, Rewrite
from ledger.domain.reading import Cursor, Reading
from ledger.domain.reflog import Made, Mark, Replay, Walk, first_branch, parse_line, replayed
from ledger.git import Git

SOURCE = "reflogs"
_MARKS = "%H%x1f%P%x1f%an <%ae>%x1f%at%x1f%s"


@dataclass(frozen=True, slots=True)
class _Stand:
    """How far a reflog was read: after which line, and on which branch that left the worktree."""

    offset: int = 0
    last: str = ""
    branch: str = ""

    @classmethod
    def parse(cls, text: str) -> _Stand:
        """From a cursor's text; a broken one starts anew."""
        offset, _, rest = text.partition(" ")
        last, _, branch = rest.partition(" ")
        return cls(int(offset), last, branch) if offset.isdigit() else cls()

    def __str__(self) -> str:
        return f"{self.offset} {self.last} {self.branch}"


def read_reflogs(git: Git, repository_id: str, known: Mapping[str, str]) -> Reading:
    """The commits that were made here and what became of them, since the last reading."""
    for path, worktree, head in _logs(git):
        stand = _checked(path, _Stand.parse(known.get(str(path), "")))
        if stand.offset < path.stat().st_size:
            yield from _Reader(git, repository_id, worktree).read(path, stand, _branch_of(head))


def _logs(git: Git) -> Iterator[tuple[Path, str, Path]]:
    """(reflog, top of its worktree, HEAD) of every worktree that has one."""
    own = git.common_dir / "logs" / "HEAD"
    if own.is_file():
        yield own, _top(git, git.common_dir), git.common_dir / "HEAD"
    for path in sorted((git.common_dir / "worktrees").glob("*/logs/HEAD")):
        directory = path.parent.parent
        yield path, _linked_top(directory), directory / "HEAD"


def _top(git: Git, common: Path) -> str:
    """The main worktree's; unknown from a linked one, unless the directory lies in it as usual."""
    if git.git_dir == common and git.worktree:
        return str(git.worktree)
    return str(common.parent) if common.name == ".git" else ""


def _linked_top(directory: Path) -> str:
    try:
        return str(Path((directory / "gitdir").read_text().strip()).parent)
    except OSError:
        return ""


def _branch_of(head: Path) -> str:
    try:
        text = head.read_text(errors="replace").strip()
    except OSError:
        return ""
    return text.removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else ""


def _checked(path: Path, stand: _Stand) -> _Stand:
    """The stand, if the file still has its line there: git rewrites a reflog when it lets old lines go."""
    if not stand.offset:
        return stand
    with path.open("rb") as file:
        file.seek(max(stand.offset - 4096, 0))
        line = parse_line(file.read(min(stand.offset, 4096)).rpartition(b"\n")[0].rpartition(b"\n")[2])
    return stand if line and line.new == stand.last else _Stand()


class _Reader:
    """Reads one reflog."""

    def __init__(self, git: Git, repository_id: str, worktree: str) -> None:
        self._git, self._repository_id, self._worktree = git, repository_id, worktree

    def read(self, path: Path, stand: _Stand, current: str) -> Reading:
        """Everything after the stand; the cursor waits before a rebase that is not finished."""
        with path.open("rb") as file:
            file.seek(stand.offset)
            rows = [(len(raw), parse_line(raw)) for raw in file if raw.endswith(b"\n")]
        lines = [line for _, line in rows if line]
        start = stand.branch if stand.offset else first_branch(lines, current)
        walk = Walk(start, self._git.run("tag", "--list").split() if lines else ())
        offset = stand.offset
        for length, line in rows:
            offset += length
            for told in walk.read(line) if line else ():
                yield from self._facts(told)
            if line and not walk.is_open:
                stand = _Stand(offset, line.new, walk.branch)
        yield Cursor(SOURCE, str(path), str(stand))

    def _facts(self, told: Made | Replay) -> Iterator[Fact]:
        if isinstance(told, Replay):
            yield from (self._rewrite(old, new, "rebase") for old, new in self._replayed(told))
            return
        line = told.line
        yield RepositoryCommit(
            repository_id=self._repository_id,
            oid=line.new,
            evidence="reflog",
            branch=told.branch,
            session="",
            worktree=self._worktree,
        )
        if line.action == "commit (amend)" and line.old != line.new:
            yield self._rewrite(line.old, line.new, "amend")

    def _rewrite(self, old: str, new: str, kind: str) -> Rewrite:
        return Rewrite(repository_id=self._repository_id, old=old, new=new, kind=kind, evidence="reflog")

    def _replayed(self, replay: Replay) -> list[tuple[str, str]]:
        """The pairs of a rebase, by what git still knows of its commits; none once they are gone."""
        if not replay.steps:
            return []
        steps = [oid for line in replay.steps for oid in (line.old, line.new)]
        marks = self._marks([replay.original, replay.onto, *steps, f"^{replay.onto}^@"])
        # What the rebase left as it was is no part of it, though it lies over `onto`.
        span = (f"{replay.onto}..{replay.original}", f"^{steps[-1]}")
        originals = self._git.run("rev-list", "--reverse", "--topo-order", "--no-merges", *span, check=False).split()
        return replayed([oid for oid in originals if oid in marks], replay.steps, marks)

    def _marks(self, asked: list[str]) -> dict[str, Mark]:
        arguments = ("log", "-z", f"--format={_MARKS}", "--ignore-missing", "--stdin")
        said = self._git.run(*arguments, stdin="\n".join(asked).encode(), check=False)
        rows = (record.split("\x1f", 4) for record in said.split("\0") if record)
        return {row[0]: Mark(row[2], row[3], row[4], tuple(row[1].split())) for row in rows if len(row) == 5}
