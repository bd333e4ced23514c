"""`ledger demo` from the outside: the report, where it lies, and the same bytes for the same seed."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.commands import cli


def test_it_prints_the_report_and_where_the_repository_lies(tmp_path: Path) -> None:
    done = _demo("--keep", str(tmp_path / "d"))
    assert done.exit_code == 0, done.output
    assert "cost per accepted" in done.stdout
    assert "claude-opus-4-8" in done.stdout
    assert f"The repository: {tmp_path / 'd' / 'ledger-demo'}" in done.stdout
    assert (tmp_path / "d" / "ledger-demo" / ".git").is_dir()


def test_the_same_seed_prints_the_same_report(tmp_path: Path) -> None:
    one, two = (_demo("--keep", str(tmp_path / name)).stdout.split("\nThe repository:")[0] for name in ("a", "b"))
    assert one == two
    assert len(one.splitlines()) > 5


def test_without_keep_it_says_how_to_remove_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = _demo()
    (made,) = tmp_path.glob("ledger-demo-*")
    assert f"rm -r {made}" in done.stdout


def test_the_report_command_says_the_same_of_the_demo(tmp_path: Path) -> None:
    shown = _demo("--keep", str(tmp_path / "d")).stdout.split("\nThe repository:")
    words = shown[1].split("Look around:")[1].split()
    again = CliRunner().invoke(cli, words[1:])
    assert again.exit_code == 0, again.output
    assert again.stdout == shown[0]


def test_a_database_of_the_user_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", str(tmp_path / "theirs.db"))
    assert _demo("--keep", str(tmp_path / "d")).exit_code == 0
    assert not (tmp_path / "theirs.db").exists()


def test_git_finds_nothing_wrong_with_the_repository(tmp_path: Path) -> None:
    _demo("--keep", str(tmp_path / "d"))
    checked = subprocess.run(
        ["git", "fsck", "--strict"], cwd=tmp_path / "d" / "ledger-demo", capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def _demo(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--changes", "12", *arguments], catch_exceptions=False)
