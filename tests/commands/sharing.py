"""A team without a forge: a server's bare repository, two developers with homes of their own, and CI."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.install import install
from tests.commands.running import Ran, run
from tests.exchange.remotes import bare, clone
from tests.gitting import WHEN, git
from tests.posting.sessions import Session

AS_OF = "2099-01-01"
"""After the runs, which are recorded today: of an earlier day they tell nothing."""
REPOSITORY = "git.example.org/team/shop"
"""What the server's repository is called; git finds it in a directory."""


@dataclass
class Developer:
    """A clone, and the home that its agents log to."""

    path: Path
    home: Path
    sessions: list[Session] = field(default_factory=list)

    @contextmanager
    def at_home(self, **env: str) -> Iterator[None]:
        """Everything that runs meanwhile finds this developer's home."""
        with pytest.MonkeyPatch.context() as patch:
            for name, text in {"HOME": str(self.home), "USERPROFILE": str(self.home), **env}.items():
                patch.setenv(name, text)
            yield

    def ledger(self, *arguments: str, **env: str) -> Ran:
        """A command of the ledger in this clone; it must end well."""
        with self.at_home(**env):
            done = run("-C", str(self.path), *arguments)
        assert done.code == 0, done.err
        return done

    def report(self, database: str = "") -> str:
        """The report as of a fixed day, without what differs by the clock."""
        chosen = ("--database", database) if database else ()
        with self.at_home():
            done = run("-C", str(self.path), *chosen, "report", "--as-of", AS_OF)
        assert done.code == 0, done.err
        return done.out

    def session(self, name: str, days: float) -> Session:
        """A session of an agent in this clone, so many days after the beginning."""
        self.sessions.append(Session(self.home, self.path, name, WHEN + timedelta(days=days)))
        return self.sessions[-1]


@dataclass
class Team:
    """Everybody."""

    server: Path
    ann: Developer
    ben: Developer
    ci: Developer

    def record(self, oid: str, run_id: str) -> None:
        """CI's own record of a run on a commit, in a ref of its own."""
        done = self.ci.ledger(
            *("ci", "record", "--push", "--strict", "--outcome", "success", "--repository", REPOSITORY),
            *("--sha", oid, "--run", run_id, "--job", "test"),
        )
        assert "refs/ledger/ci/" in done.out + done.err

    def everybody(self) -> tuple[Developer, ...]:
        """Ann, Ben and CI."""
        return self.ann, self.ben, self.ci


def make_team(folder: Path) -> Team:
    """The clones; both developers have the hooks, and write no trailers."""
    server = bare(folder)
    made = []
    for name in ("ann", "ben", "ci"):
        (folder / f"home-{name}").mkdir()
        made.append(Developer(clone(server, folder / name), folder / f"home-{name}"))
        git(made[-1].path, "config", "ledger.forge", "none")
        git(made[-1].path, "remote", "set-url", "origin", f"https://{REPOSITORY}.git")
        git(made[-1].path, "config", f"url.file://{server}.insteadOf", f"https://{REPOSITORY}.git")
    for developer in made[:2]:
        install(Git.open(developer.path), trailers=False)
    return Team(server, *made)


def work(team: Team) -> None:
    """Ann's branch by her agent, one commit of it amended; Ben's, squashed; and one that Ben's agent threw away."""
    with team.ann.at_home(LEDGER_MODEL="claude-opus-4-8", LEDGER_AGENT="claude-code"):
        _branch(team.ann, "ann-1", "feat-ann", 0, amended=True)
        git(team.ann.path, "push", "-q", "origin", "feat-ann")
        git(team.ann.path, "checkout", "-q", "main")
        git(team.ann.path, "merge", "-q", "--no-ff", "--no-edit", "feat-ann", at=WHEN + timedelta(hours=5))
        git(team.ann.path, "push", "-q", "origin", "main")
    with team.ben.at_home(LEDGER_MODEL="claude-opus-4-8", LEDGER_AGENT="claude-code"):
        git(team.ben.path, "pull", "-q", "--ff-only")
        _branch(team.ben, "ben-1", "feat-ben", 1)
        git(team.ben.path, "checkout", "-q", "main")
        git(team.ben.path, "merge", "-q", "--squash", "feat-ben")
        git(team.ben.path, "commit", "-q", "-m", "feat: squashed", at=WHEN + timedelta(days=1, hours=5))
        git(team.ben.path, "branch", "-q", "-D", "feat-ben")
        git(team.ben.path, "push", "-q", "origin", "main")
        team.ben.session("ben-2", 2).call(5000)


def _branch(developer: Developer, name: str, branch: str, days: float, *, amended: bool = False) -> None:
    git(developer.path, "checkout", "-q", "-b", branch)
    session = developer.session(name, days)
    for number in range(2):
        session.call(1000 + number)
        session.write(f"{branch}-{number}", "work\n")
        session.commit(f"feat: {branch} {number}")
    if amended:
        session.call(10)
        session.write(f"{branch}-1", "better work\n")
        session.commit(f"feat: {branch} 1, again", "--amend")
