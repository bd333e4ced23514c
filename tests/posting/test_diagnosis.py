"""The diagnosis of real repositories: every kind, and whatever state the ledger is in; nothing there changes."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.domain.diagnosis import Diagnosis
from ledger.git import Git
from ledger.hooking.agents import setup
from ledger.hooking.marks import EVENTS, HOOK, hook_text, marked
from ledger.posting.diagnosis import diagnose
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from ledger.store.engine import open_ledger
from tests.gitting import WHEN, commit, git

DAY = timedelta(days=1)
LATER = WHEN + 365 * DAY
OFF = {"LEDGER": "0"}


def install(repository: Path) -> Path:
    """Everything as `ledger install` leaves it, but for the drainer, which would post behind the test's back."""
    common = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    (common / "ledger").mkdir(exist_ok=True)
    for path in [common / "hooks" / event for event in EVENTS] + [common / "ledger" / HOOK]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(hook_text())
        path.chmod(0o755)
    return repository


def diagnosed(path: Path, *, commits: int = 200, rounds: int = 0, database: str | None = None) -> Diagnosis:
    return diagnose(open_workplace(str(path), database=database), now=LATER, commits=commits, rounds=rounds)


def codes(diagnosis: Diagnosis) -> set[str]:
    return {finding.code for finding in diagnosis.findings}


def reasons(diagnosis: Diagnosis) -> dict[str, int]:
    return {group.reason: group.count for group in diagnosis.commits.groups}


def post(repository: Path) -> None:
    workplace = open_workplace(str(repository))
    ledger = open_ledger(workplace.database)
    update(workplace, ledger, now=LATER)
    ledger.close()


def everything(path: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file()}


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    before = everything(path)
    yield
    assert everything(path) == before


def test_a_new_repository_is_told_what_to_do_first(repository: Path) -> None:
    with unchanged(repository):
        found = diagnosed(repository)
    assert codes(found) == {"not-installed", "no-database"}
    assert found.broken == ()
    assert (found.commits.looked_at, found.commits.hooks_since, found.commit_time) == (0, None, None)
    assert found.repository == str(repository)


def test_a_repository_that_is_set_up_and_posted_is_well(repository: Path) -> None:
    install(repository)
    (repository / ".git/ledger/interpreter").write_text(f"{sys.executable}\n")
    (repository / ".git/hooks/post-commit").chmod(0o644)  # the drainer stays out
    commit(repository, "a")
    (repository / ".git/hooks/post-commit").chmod(0o755)
    post(repository)
    with unchanged(repository):
        found = diagnosed(repository)
    assert codes(found) <= {"unhooked-commits"}
    assert (found.posting.has_interpreter, found.posting.lines_waiting) == (True, 0)
    assert (found.posting.posted_at, found.posting.logs_read_at) == (LATER, LATER)


def test_every_reason_is_told_of_real_commits(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a", at=WHEN)
    git(tmp_path, "clone", "-q", str(repository), "clone")
    clone = tmp_path / "clone"
    commit(repository, "theirs")
    commit(clone, "before", {"b": "1"}, at=WHEN + DAY)
    install(clone)
    commit(clone, "with a line", {"c": "1"})
    for name in "de":
        commit(clone, "turned off", {name: "1"}, at=LATER, env=OFF)
    git(clone, "-c", "core.hooksPath=/dev/null", "pull", "-q", "--no-rebase", "--no-edit", at=LATER)
    found = diagnosed(clone)
    assert reasons(found) == {"here": 3, "before": 1, "elsewhere": 2}
    assert (found.commits.looked_at, found.commits.without_line) == (7, 6)
    assert "unhooked-commits" in codes(found)
    assert reasons(diagnosed(clone, commits=1)) == {"here": 1}


def test_commits_older_than_the_reflog_are_unknown(repository: Path) -> None:
    commit(repository, "a", at=WHEN)
    install(repository)
    commit(repository, "b", at=WHEN + DAY)  # its line makes the hooks as old as this
    commit(repository, "c", at=WHEN + 2 * DAY, env=OFF)
    commit(repository, "d", at=WHEN + 9 * DAY)
    assert reasons(diagnosed(repository)) == {"here": 1, "before": 1}
    git(repository, "reflog", "expire", f"--expire={WHEN + 5 * DAY:%Y-%m-%d}", "--all")
    assert reasons(diagnosed(repository)) == {"before": 1, "unknown": 1}


def test_what_the_forge_committed_was_made_elsewhere(repository: Path) -> None:
    git(repository, "config", "core.logAllRefUpdates", "false")
    install(repository)
    web = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com", "LEDGER": "0"}
    commit(repository, "web (#1)", at=LATER, env=web)
    assert reasons(diagnosed(repository)) == {"elsewhere": 1}


def test_a_line_in_the_ledger_counts_when_the_journal_is_gone(repository: Path) -> None:
    install(repository)
    commit(repository, "a")
    post(repository)
    for path in (repository / ".git/ledger/journal").glob("*.log"):
        path.unlink()
    assert diagnosed(repository).commits.without_line == 0


def test_hooks_are_as_old_as_their_first_line(repository: Path) -> None:
    install(repository)
    commit(repository, "a", at=WHEN)
    since = diagnosed(repository).commits.hooks_since
    assert since == WHEN


def test_a_worktree_is_seen_with_its_own_hooks_and_all_commits(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a")
    install(repository)
    git(repository, "worktree", "add", "-q", str(tmp_path / "wt"))
    commit(tmp_path / "wt", "b")
    found = diagnosed(tmp_path / "wt")
    assert found.repository == str(tmp_path / "wt")
    assert (found.commits.looked_at, reasons(found)) == (2, {"before": 1})
    git(tmp_path / "wt", "config", "core.hooksPath", ".githooks")
    assert "hooks-path-missing" in codes(diagnosed(tmp_path / "wt"))


def test_bare_shallow_and_detached_repositories_are_diagnosed(repository: Path, tmp_path: Path) -> None:
    for name in "abc":
        commit(repository, name)
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    git(repository, "checkout", "-q", "--detach", "HEAD~1")
    bare, shallow, detached = (diagnosed(path) for path in (tmp_path / "bare.git", tmp_path / "shallow", repository))
    assert (bare.commits.looked_at, codes(bare)) == (3, {"no-database"})
    assert (shallow.commits.looked_at, reasons(shallow)) == (1, {"elsewhere": 1})
    assert detached.commits.looked_at == 3


def test_an_agent_that_tells_no_model_is_named_until_it_does(repository: Path, hermetic: Path) -> None:
    commit(repository, "one")
    install(repository)
    (hermetic / ".claude").mkdir()
    (hermetic / ".codex").mkdir()
    found = diagnosed(repository)
    assert [(agent.name, agent.names_its_model) for agent in found.agents] == [("claude-code", False), ("codex", False)]
    (says,) = (finding.says for finding in found.findings if finding.code == "agents-silent")
    assert says.endswith("run ledger install --agent claude-code --agent codex.")
    setup.apply(setup.plan("claude-code", environ=os.environ), environ=os.environ)
    setup.apply(setup.plan("codex", environ=os.environ, scope="project", git=Git.open(repository)), environ=os.environ)
    found = diagnosed(repository)
    assert all(agent.names_its_model for agent in found.agents)
    assert "agents-silent" not in {finding.code for finding in found.findings}


def test_lines_that_wait_are_counted(repository: Path) -> None:
    install(repository)
    commit(repository, "a")
    assert diagnosed(repository).posting.lines_waiting == 1
    post(repository)
    commit(repository, "b")
    commit(repository, "c")
    assert diagnosed(repository).posting.lines_waiting == 2
    found = diagnose(open_workplace(str(repository)), now=LATER + 2 * DAY, commits=9, rounds=0)
    assert "lines-waiting" in codes(found)


def test_logs_that_were_not_read_for_long_are_told(repository: Path) -> None:
    commit(repository, "a")
    post(repository)
    found = diagnose(open_workplace(str(repository)), now=LATER + 21 * DAY, commits=9, rounds=0)
    assert "logs-unread" in codes(found)
    assert "logs-unread" not in codes(diagnosed(repository))


def test_an_interpreter_that_is_gone_is_broken(repository: Path, tmp_path: Path) -> None:
    install(repository)
    assert "no-interpreter" in codes(diagnosed(repository))
    (repository / ".git/ledger/interpreter").write_text(f"{tmp_path / 'venv/bin/python'}\n")
    found = diagnosed(repository)
    assert [finding.code for finding in found.broken] == ["interpreter-gone"]
    assert str(tmp_path / "venv/bin/python") in found.broken[0].says


def test_an_error_of_the_drainer_is_broken_until_somebody_posts(repository: Path) -> None:
    commit(repository, "a")
    post(repository)
    error = repository / ".git/ledger/drain-error"
    error.write_text(f"{LATER + DAY:%Y-%m-%dT%H:%M:%SZ} DatabaseUnusable: x is full.\n")
    assert [finding.code for finding in diagnosed(repository).broken] == ["drain-failed"]
    error.write_text(f"{LATER - DAY:%Y-%m-%dT%H:%M:%SZ} DatabaseUnusable: x is full.\n")
    assert diagnosed(repository).broken == ()


@pytest.mark.parametrize(
    ("settings", "files", "broken"),
    [
        ({"ledger.trailers": "true"}, {}, True),
        ({"ledger.trailers": "true"}, {"trailers": ""}, False),
        ({}, {"trailers": ""}, True),
        ({"ledger.requireModel": "agents"}, {}, True),
        ({"ledger.requireModel": "agents"}, {"require-model": "agents\n"}, False),
        ({"ledger.requireModel": "yes"}, {"require-model": "true"}, False),
        ({"ledger.requireModel": "false"}, {"require-model": "true"}, True),
    ],
)
def test_flags_out_of_step_are_broken(
    repository: Path, settings: dict[str, str], files: dict[str, str], broken: bool
) -> None:
    install(repository)
    for key, setting in settings.items():
        git(repository, "config", key, setting)
    for name, text in files.items():
        (repository / ".git/ledger" / name).write_text(text)
    assert ("flag-out-of-step" in {finding.code for finding in diagnosed(repository).broken}) is broken


def test_a_setting_alone_is_no_flag_out_of_step(repository: Path) -> None:
    git(repository, "config", "ledger.trailers", "true")
    assert diagnosed(repository).broken == ()


def test_turned_off_hooks_are_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(repository)
    assert "turned-off" not in codes(diagnosed(repository))
    monkeypatch.setenv("LEDGER", "0")
    assert "turned-off" in codes(diagnosed(repository))


def test_a_locked_database_is_no_obstacle(repository: Path) -> None:
    commit(repository, "a")
    post(repository)
    path = repository / ".git/ledger/ledger.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("BEGIN EXCLUSIVE")
        found = diagnosed(repository)
    assert "database-locked" in codes(found)
    assert found.broken == ()
    assert (found.posting.lines_waiting, found.commits.looked_at) == (None, 1)


def test_a_damaged_database_is_broken_and_the_rest_is_told(repository: Path) -> None:
    commit(repository, "a")
    (repository / ".git/ledger").mkdir()
    (repository / ".git/ledger/ledger.db").write_text("no database" * 50)
    found = diagnosed(repository)
    assert [finding.code for finding in found.broken] == ["database-unusable"]
    assert found.commits.looked_at == 1


def test_an_older_database_is_told_and_left_as_it_is(repository: Path) -> None:
    commit(repository, "a")
    post(repository)
    with closing(sqlite3.connect(repository / ".git/ledger/ledger.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with unchanged(repository):
        found = diagnosed(repository)
    assert "old-database" in codes(found)
    assert (found.posting.schema, found.posting.is_readable) == ("0001", False)


def test_a_clone_that_was_never_posted_gets_no_id_from_a_look_at_another_s_ledger(
    repository: Path, tmp_path: Path
) -> None:
    commit(repository, "a")
    post(repository)
    git(tmp_path, "clone", "-q", str(repository), "clone")
    with unchanged(tmp_path / "clone"):
        found = diagnosed(tmp_path / "clone", database=str(repository / ".git/ledger/ledger.db"))
    assert not (tmp_path / "clone/.git/ledger").exists()
    assert (found.posting.is_readable, found.posting.lines_waiting) == (True, 0)


def test_a_password_in_the_database_s_url_is_hidden(repository: Path) -> None:
    found = diagnosed(repository, database="postgresql+psycopg://ann:secret@127.0.0.1:1/ledger?connect_timeout=2")
    assert "secret" not in repr(found)
    assert [finding.code for finding in found.broken] == ["database-unusable"]


def test_a_server_s_ledger_is_read_by_the_hashes_of_this_machine(repository: Path, server_url: str) -> None:
    install(repository)
    commit(repository, "a")
    workplace = open_workplace(str(repository), database=server_url)
    ledger = open_ledger(server_url)
    update(workplace, ledger, now=LATER)
    ledger.close()
    commit(repository, "b")
    found = diagnosed(repository, database=server_url)
    assert (found.posting.lines_waiting, found.posting.posted_at) == (1, LATER)


def test_a_commit_is_timed_where_hooks_are_reached(repository: Path) -> None:
    commit(repository, "a")
    assert diagnosed(repository, rounds=1).commit_time is None
    install(repository)
    with unchanged(repository):
        time = diagnosed(repository, rounds=1).commit_time
    assert time is not None
    assert time.rounds == 1


def test_a_hook_that_fails_commits_is_broken(repository: Path) -> None:
    install(repository)
    copy = repository / ".git/ledger" / HOOK
    copy.write_text(marked("#!/bin/sh\nexit 1\n"))
    found = diagnosed(repository, rounds=1)
    assert "commit-fails" in {finding.code for finding in found.broken}
    assert found.commit_time is None


def test_what_is_broken_comes_first(repository: Path) -> None:
    install(repository)
    commit(repository, "a", env=OFF)
    (repository / ".git/hooks/post-commit").unlink()
    severities = [finding.severity for finding in diagnosed(repository).findings]
    assert severities == sorted(severities, reverse=True)
    assert set(severities) == {"broken", "advice"}
