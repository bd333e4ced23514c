"""One piece of work, told with real git: how it was rewritten, how it landed, and what the ledger makes of it.

On branch `feat` two commits by OPUS, one by GPT and one by a person; calls of their sessions, and of one that reviewed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.domain.session_facts import Call, SessionCommit
from ledger.git import Git
from ledger.hooking.install import install
from ledger.posting.update import HERE, update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import Ledger, open_ledger
from tests.gitting import WHEN, git
from tests.posting.calling import made

OPUS, GPT, SONNET = "claude-opus-4-8", "gpt-5.4", "claude-sonnet-4-6"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
_AGENT = {OPUS: "claude-code", GPT: "codex"}


@dataclass
class Work:
    """A repository in which the work is done; every command is a minute after the one before."""

    path: Path
    hooked: bool = False
    minutes: int = 0
    calls: list[Call] = field(default_factory=list)
    commits: list[SessionCommit] = field(default_factory=list)
    forges: int = 0

    def run(self, *arguments: str, by: str = "", check: bool = True, **env: str) -> str:
        """A git command, by a model or a person."""
        self.minutes += 1
        who = {"LEDGER_MODEL": by, "LEDGER_AGENT": _AGENT[by]} if by else {}
        at = WHEN + timedelta(minutes=self.minutes)
        return git(self.path, *arguments, env={"GIT_EDITOR": ":", **who, **env}, at=at, check=check)

    def commit(self, name: str, lines: Sequence[str], by: str = "", *, session: str = "") -> str:
        """A commit of one file, made by a session of the model where one is named; its log and cost are kept."""
        (self.path / name).write_text("".join(f"{line}\n" for line in lines))
        git(self.path, "add", name)
        trailer = [] if self.hooked or not by else ["-m", f"Assisted-by: {_AGENT[by]}:{by}"]
        if session:
            self.call(session, by)
        self.run("commit", "-q", "-m", f"feat: add {name}", *trailer, by=by)
        oid = git(self.path, "rev-parse", "HEAD")
        if session:
            self._log(session, oid, f"feat: add {name}")
        return oid

    def call(self, session: str, model: str, **changed: Any) -> None:
        """A call of a thousand output tokens in the repository, a little before the next command."""
        at = WHEN + timedelta(minutes=self.minutes, seconds=30)
        call = made(f"{session}/{len(self.calls)}", model, session=session, branch="feat", **changed)
        self.calls.append(replace(call, at=at, agent=_AGENT.get(model, "claude-code"), directory=str(self.path)))

    def _log(self, session: str, oid: str, subject: str) -> None:
        at = WHEN + timedelta(minutes=self.minutes)
        self.commits.append(
            SessionCommit(
                id=f"{session}@{self.minutes}",
                session=session,
                directory=str(self.path),
                started_at=at - timedelta(seconds=1),
                ended_at=at + timedelta(seconds=1),
                printed_id=oid[:8],
                branch="feat",
                subject=subject,
            )
        )

    def on_forge(self, *commands: Sequence[str]) -> None:
        """Land on main somewhere else, where no hook runs, and fetch what came of it."""
        forge = self.path.parent / "forge"
        if not self.forges:
            git(self.path.parent, "clone", "-q", "--shared", "--no-tags", str(self.path), str(forge))
        self.forges += 1
        git(forge, "fetch", "-q", "origin", "+refs/heads/*:refs/heads/*", "--update-head-ok")
        git(forge, "switch", "-q", "-f", "main")
        git(forge, "reset", "-q", "--hard")
        for command in commands:
            self.minutes += 1
            git(forge, *command, env={"GIT_EDITOR": ":"}, at=WHEN + timedelta(minutes=self.minutes))
        if git(self.path, "branch", "--show-current") == "main":
            git(self.path, "pull", "-q", "--ff-only", str(forge), "main")
        else:
            git(self.path, "fetch", "-q", str(forge), "main:main")


def begun(path: Path, *, hooked: bool) -> Work:
    """The work on feat, done; HEAD is on feat."""
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    if hooked:
        install(Git.open(path))
    work = Work(path, hooked)
    work.commit("root", ["root"])
    work.run("switch", "-q", "-c", "feat")
    work.commit("one", [f"line {number}" for number in range(30)], OPUS, session="s-opus")
    work.call("s-opus", OPUS)
    work.commit("two", [f"line {number}" for number in range(20)], OPUS, session="s-opus")
    work.commit("three", ["1", "2", "3"], GPT, session="s-gpt")
    work.commit("four", [str(number) for number in range(60)])
    work.call("s-review", SONNET, role="review")
    return work


def copied(work: Work, path: Path) -> Work:
    """The same work in a directory of its own."""
    shutil.copytree(work.path, path, symlinks=True)
    calls = [replace(call, directory=str(path)) for call in work.calls]
    commits = [replace(row, directory=str(path)) for row in work.commits]
    return replace(work, path=path, calls=calls, commits=commits)


@contextmanager
def _opened(database: Path) -> Iterator[Ledger]:
    ledger = open_ledger(str(database))
    try:
        yield ledger
    finally:
        ledger.close()


def post(work: Work, database: Path, where: Path | None = None) -> None:
    """Post what is there now; from another clone of it where one is named."""
    workplace = open_workplace(str(where or work.path), database=str(database))
    with _opened(database) as ledger:
        with ledger.write() as writing:
            writing.post([*work.calls, *work.commits])
        update(workplace, ledger, now=NOW, sources=HERE)


_SEEN = """SELECT basis, outcome, landed_by, lead_model, lineup, second_review, cost_known, calls, attempts
  FROM changes WHERE has_model = 1 ORDER BY opened_on, id"""


@dataclass(frozen=True)
class Seen:
    """What the ledger says of a change."""

    basis: str
    outcome: str
    landed_by: str | None
    lead: str | None
    lineup: str
    second_review: int
    cost_known: str
    calls: int
    attempts: int

    @property
    def short(self) -> tuple[str, str, str | None, int]:
        """Basis, outcome, how it landed, how many calls were booked to it."""
        return self.basis, self.outcome, self.landed_by, self.calls


def seen(database: Path) -> list[Seen]:
    """The changes that a model took part in."""
    with _opened(database) as ledger, ledger.read() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(_SEEN)]
    return [Seen(*row) for row in rows]


def conclusions(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything derived about changes."""
    tables = ("change", "change_alias", "change_commit", "charge", "attempt", "change_spend")
    with _opened(database) as ledger, ledger.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)  # noqa: S608
            for name in tables
        }
