"""The demo's world is its own, and the user's comes back afterwards."""

import os
from pathlib import Path

import pytest

from ledger.demo.surroundings import at_home


def test_settings_of_the_user_are_out_of_reach_inside_and_back_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "LEDGER", "LEDGER_MODEL", "CLAUDE_CODE_SESSION_ID", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "theirs")
    before = dict(os.environ)
    with at_home(tmp_path / "home") as environ:
        assert environ == dict(os.environ)
        assert "theirs" not in environ.values()
        assert environ["HOME"] == str(tmp_path / "home")
        assert environ["PATH"] == before["PATH"]
    assert dict(os.environ) == before


def test_the_user_gets_the_environment_back_after_a_failure(tmp_path: Path) -> None:
    before = dict(os.environ)
    with pytest.raises(RuntimeError), at_home(tmp_path / "home"):
        raise RuntimeError
    assert dict(os.environ) == before
