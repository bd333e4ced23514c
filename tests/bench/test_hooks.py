"""The benchmark of hooks measures commits in which the hooks do what its rows say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench.loading import load
from tests.gitting import git


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """bench/hooks.py in a home of its own; what it sets in the environment is taken back."""
    kept = dict(os.environ)
    module = load("hooks", monkeypatch)
    module.prepare(tmp_path)
    yield module
    os.environ.clear()
    os.environ.update(kept)


def _measured(bench: ModuleType, folder: Path, *names: str) -> list[Path]:
    variants, missing = bench.made(folder, {name: bench.VARIANTS[name] for name in names})
    if missing:
        pytest.skip(missing[0])
    for variant in variants:
        bench.commit(variant)
        bench.wait_for_drainer(variant)
    return [variant.repository for variant in variants]


def _journal(repository: Path) -> list[str]:
    return [
        line
        for path in (repository / ".git" / "ledger" / "journal").glob("*.log")
        for line in path.read_text().splitlines()
    ]


def test_ours_write_what_their_rows_say(bench: ModuleType, tmp_path: Path) -> None:
    plain, silent, trailers = _measured(bench, tmp_path, "plain", "ledger", "ledger-trailers")
    said = [git(path, "log", "-1", "--format=%(trailers:only)") for path in (plain, silent, trailers)]
    assert said == ["", "", "Assisted-by: claude-code:claude-opus-4-8\n"]
    lines = [_journal(path) for path in (plain, silent, trailers)]
    assert [len(each) for each in lines] == [0, 1, 1]
    assert "model=claude-opus-4-8" in lines[2][0]


def test_the_drainer_has_posted_before_the_next_commit_is_measured(bench: ModuleType, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    (repository,) = _measured(bench, tmp_path, "ledger-drainer")
    with closing(sqlite3.connect(repository / ".git" / "ledger" / "ledger.db")) as connection:
        said = connection.execute("SELECT oid FROM repository_commit WHERE evidence = 'hook'").fetchall()
    assert said == [(git(repository, "rev-parse", "HEAD"),)]


@pytest.mark.parametrize("name", ["lefthook", "pre-commit"])
def test_a_manager_runs_its_hook(bench: ModuleType, tmp_path: Path, name: str) -> None:
    (repository,) = _measured(bench, tmp_path, name)
    hook = (repository / ".git" / "hooks" / "commit-msg").read_text()
    assert name in hook


def test_the_console_script_writes_its_row(bench: ModuleType, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    _measured(bench, tmp_path, "console-script")
    with closing(sqlite3.connect(tmp_path / "lines.db")) as connection:
        assert connection.execute("SELECT count(*) FROM line").fetchone() == (1,)


def test_what_is_not_on_this_machine_is_named_and_left_out(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_git = tmp_path / "bin"
    only_git.mkdir()
    (only_git / "git").symlink_to(bench._GIT)
    monkeypatch.setattr(bench.sys, "executable", str(only_git / "python"))
    monkeypatch.setenv("PATH", str(only_git))
    variants, missing = bench.made(tmp_path, {name: bench.VARIANTS[name] for name in ("plain", "husky", "lefthook")})
    assert [variant.name for variant in variants] == ["plain git"]
    assert missing == [
        "Not measured: husky (npm is not on this machine).",
        "Not measured: lefthook (lefthook is not on this machine).",
    ]


def test_a_commit_that_fails_is_no_measurement(bench: ModuleType, tmp_path: Path) -> None:
    (repository,) = _measured(bench, tmp_path, "plain")
    hook = repository / ".git" / "hooks" / "commit-msg"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(AssertionError, match="plain git: the commit failed"):
        bench.commit(bench.plain(repository))


def test_the_table_compares_with_the_first_row(bench: ModuleType) -> None:
    head, first, second = bench.table(["plain git", "ours"], [[0.004, 0.004, 0.004], [0.010, 0.008, 0.012]])
    assert head.split()[-4:] == ["median", "p10", "over", "ratio"]
    assert first.split()[-4:] == ["4.0", "4.0", "+0.0", "1.0"]
    assert second.split()[-4:] == ["10.0", "8.4", "+6.0", "2.5"]
