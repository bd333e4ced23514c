"""`ledger demo` from the outside: the report, where it lies, and the same bytes for the same seed."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.commands import cli

_KEPT: dict[Path, Result] = {}


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A demo that was kept, made once for the tests that only look at it, and what was said of it."""
    if not _KEPT:
        path = tmp_path_factory.mktemp("kept") / "d"
        _KEPT[path] = _demo("--keep", str(path))
    ((path, done),) = _KEPT.items()
    return path, done


def test_it_prints_the_report_and_where_the_repository_lies(kept: tuple[Path, Result]) -> None:
    path, done = kept
    assert done.exit_code == 0, done.output
    assert "cost per accepted" in done.stdout
    assert "claude-opus-4-8" in done.stdout
    assert f"The repository: {path / 'ledger-demo'}" in done.stdout
    assert (path / "ledger-demo" / ".git").is_dir()


def test_the_same_seed_prints_the_same_report_and_without_keep_it_says_how_to_remove_it(
    kept: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = _demo()
    (made,) = tmp_path.glob("ledger-demo-*")
    assert f"rm -r {made}" in done.stdout
    one, two = (each.stdout.split("\nThe repository:")[0] for each in (kept[1], done))
    assert one == two
    assert len(one.splitlines()) > 5


def test_the_report_command_says_the_same_of_the_demo(kept: tuple[Path, Result]) -> None:
    shown = kept[1].stdout.split("\nThe repository:")
    words = shown[1].split("Look around:")[1].split()
    again = CliRunner().invoke(cli, words[1:])
    assert again.exit_code == 0, again.output
    assert again.stdout == shown[0]


def test_a_database_of_the_user_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", str(tmp_path / "theirs.db"))
    assert _demo("--keep", str(tmp_path / "d")).exit_code == 0
    assert not (tmp_path / "theirs.db").exists()


def test_git_finds_nothing_wrong_with_the_repository(kept: tuple[Path, Result]) -> None:
    checked = subprocess.run(
        ["git", "fsck", "--strict"], cwd=kept[0] / "ledger-demo", capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def _demo(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--changes", "12", *arguments], catch_exceptions=False)
