"""The plan made real: a repository, its hooks, and every commit, merge, squash and revert by git itself.

Each git process is told the date; between the processes nothing is written but the files that the commits are about.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from ledger.demo import titles
from ledger.demo.cast import AGENT
from ledger.demo.plan import PlannedChange, PlannedCommit, Release, Scenario, Turn
from ledger.errors import GitFailed
from ledger.git import Git
from ledger.hooking.install import install
from ledger.hooking.use import clear, declare

OWNER = "example/library"
ALIAS = f"github.com/{OWNER}"
MAIN = "main"
_PEOPLE = (("Ada Marsh", "ada@example.org"), ("Ben Okoye", "ben@example.org"), ("Chi Lund", "chi@example.org"))
_SETTINGS = {"gc.auto": "0", "maintenance.auto": "false", "commit.gpgsign": "false", "advice.detachedHead": "false"}
_FOR_EVER = timedelta(days=365 * 100)
Happening = tuple[datetime, int, Callable[[], None]]


@dataclass
class Made:
    """What git made of the plan."""

    commits: dict[PlannedCommit, str] = field(default_factory=dict)
    """Commit → object id."""
    said: dict[PlannedCommit, str] = field(default_factory=dict)
    """Commit → what `git commit` printed."""
    heads: dict[int, str] = field(default_factory=dict)
    """Change → its branch's last commit."""
    landings: dict[int, str] = field(default_factory=dict)
    """Change → the commit that landed it."""


def make_history(scenario: Scenario, repository: Path, step: Callable[[], None] = lambda: None) -> Made:
    """Make the repository at `repository`, which must not exist yet; `step` is called after each git operation.

    Runs in the process's own environment: see `surroundings.at_home`. Raises GitFailed.
    """
    hand = _Hand(repository)
    hand.begin(scenario)
    for _, _, happen in sorted(hand.happenings(scenario), key=lambda happening: happening[:2]):
        happen()
        step()
    hand.end(scenario)
    return hand.made


def count_happenings(scenario: Scenario) -> int:
    """How often `make_history` calls `step`."""
    return sum(1 for _ in _Hand(Path()).happenings(scenario))


class _Hand:
    """Does what the plan says, one git process at a time."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._branch = MAIN
        self._known = {MAIN}
        self.made = Made()

    @cached_property
    def _opened(self) -> Git:
        return Git.open(self._repository)

    def begin(self, scenario: Scenario) -> None:
        """A repository with a first commit, a remote's name and the hooks."""
        self._repository.mkdir(parents=True)
        self._git("init", "-q", "-b", MAIN)
        for key, setting in _SETTINGS.items():
            self._git("config", key, setting)
        self._git("remote", "add", "origin", f"https://{ALIAS}.git")
        for path in titles.files():
            (self._repository / path).parent.mkdir(parents=True, exist_ok=True)
            (self._repository / path).write_text(f"# {Path(path).stem.replace('_', ' ').capitalize()}\n")
        (self._repository / "README.md").write_text("# Library\n\nMade by `ledger demo`: nobody wrote this.\n")
        (self._repository / "CHANGELOG.md").write_text("# Changelog\n")
        self._git("add", "-A")
        self._git("commit", "-qm", "chore: start the library", at=scenario.started_at)
        install(self._opened, trailers=True)

    def happenings(self, scenario: Scenario) -> Iterator[Happening]:
        """(date, order within the second, what to do) of everything that git is asked for."""
        for change in scenario.changes:
            for turn in change.turns:
                if turn.commit:
                    yield turn.commit.at, 0, partial(self._commit, change, turn, turn.commit)
            if change.outcome == "accepted" and change.decided_at:
                yield change.decided_at, 1, partial(self._land, change, change.decided_at)
            if change.reverted_at:
                yield change.reverted_at, 2, partial(self._revert, change, change.reverted_at)
        for release in scenario.releases:
            yield release.at, 3, partial(self._release, release)

    def end(self, scenario: Scenario) -> None:
        """Back on the target branch; branches that were merged are deleted, as forges do."""
        self._switch(MAIN, scenario.as_of)
        gone = [
            change.branch for change in scenario.changes if change.outcome == "accepted" and change.landing == "merge"
        ]
        if gone:
            self._git("branch", "-qD", *gone)

    def _commit(self, change: PlannedChange, turn: Turn, commit: PlannedCommit) -> None:
        self._switch(change.branch, commit.at)
        with (self._repository / commit.path).open("a") as file:
            file.write(_lines(change.number, commit))
        if commit.voice == "use":
            # For ever, because the hook asks the real clock; `clear` ends it on the demo's.
            declare(self._opened, turn.model, now=commit.at, agent=AGENT, task=change.kind, duration=_FOR_EVER)
        message = [commit.subject, *(["\n".join(commit.trailers)] if commit.trailers else [])]
        flags = [flag for paragraph in message for flag in ("-m", paragraph)]
        said = self._git(
            "commit", "-a", *flags, at=commit.at, person=change.number, more=_context(change, turn, commit.voice)
        )
        if commit.voice == "use":
            clear(self._opened, now=commit.at + timedelta(seconds=1))
        oid = self._tip(change.branch)
        self.made.said[commit], self.made.commits[commit], self.made.heads[change.number] = said, oid, oid

    def _land(self, change: PlannedChange, at: datetime) -> None:
        self._switch(MAIN, at)
        if change.landing == "merge":
            subject = f"Merge pull request #{change.number} from example/{change.branch}"
            self._git("merge", "-q", "--no-ff", "-m", subject, "-m", change.title, change.branch, at=at, person=0)
        else:
            subjects = [turn.commit.subject for turn in change.turns if turn.commit]
            body = "\n".join(f"* {subject}" for subject in subjects)
            self._git("merge", "-q", "--squash", change.branch, at=at)
            self._git("commit", "-qm", f"{change.title} (#{change.number})", "-m", body, at=at, person=0)
        self.made.landings[change.number] = self._tip(MAIN)

    def _revert(self, change: PlannedChange, at: datetime) -> None:
        self._switch(MAIN, at)
        mainline = ("-m", "1") if change.landing == "merge" else ()
        self._git("revert", "--no-edit", *mainline, self.made.landings[change.number], at=at, person=1)

    def _release(self, release: Release) -> None:
        self._switch(MAIN, release.at)
        with (self._repository / "CHANGELOG.md").open("a") as file:
            file.write(f"\n## {release.version}\n")
        self._git("commit", "-qam", f"chore: release {release.version}", at=release.at, person=2)

    def _switch(self, branch: str, at: datetime) -> None:
        """Dated too: the hook after a squash reads the date from the reflog."""
        if branch == self._branch:
            return
        if branch in self._known:
            self._git("switch", "-q", branch, at=at)
        else:
            self._git("switch", "-q", "-c", branch, MAIN, at=at)
        self._known.add(branch)
        self._branch = branch

    def _tip(self, branch: str) -> str:
        """Read from the ref's file: a process for each of hundreds of commits would take longer than the commits."""
        return (self._repository / ".git" / "refs" / "heads" / branch).read_text().strip()

    def _git(
        self,
        *arguments: str,
        at: datetime | None = None,
        person: int = 0,
        more: Mapping[str, str] | None = None,
    ) -> str:
        name, address = _PEOPLE[person % len(_PEOPLE)]
        who = {
            f"GIT_{part}_{field}": text
            for part in ("AUTHOR", "COMMITTER")
            for field, text in (("NAME", name), ("EMAIL", address))
        }
        when = {f"GIT_{part}_DATE": f"{int(at.timestamp())} +0000" for part in ("AUTHOR", "COMMITTER")} if at else {}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self._repository,
            env={**os.environ, **who, **when, **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise GitFailed(" ".join(arguments[:2]), (done.stderr or done.stdout).decode(errors="replace"))
        return done.stdout.decode(errors="replace").rstrip("\n")


def _context(change: PlannedChange, turn: Turn, voice: str) -> dict[str, str]:
    """What the hook finds in the environment: a wrapper's word, or only the agent's own traces, or nothing."""
    if voice not in ("environment", "coauthor"):
        return {}
    traces = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": turn.session}
    if voice == "coauthor":
        return traces
    return {**traces, "LEDGER_MODEL": turn.model, "LEDGER_ROLE": turn.role, "LEDGER_TASK": change.kind}


def _lines(number: int, commit: PlannedCommit) -> str:
    """New text at the end of the file: prose or a function, as long as the plan says."""
    stamp = f"{number}-{int(commit.at.timestamp())}"
    if commit.path.endswith(".md"):
        return "".join(f"Note {stamp}, line {place}.\n" for place in range(commit.lines))
    body = "".join(f"    total += {place}\n" for place in range(max(commit.lines - 3, 1)))
    return f"\n\ndef step_{stamp.replace('-', '_')}(total):\n{body}    return total\n"
