"""The token that GitHub's own tool keeps, asked host by host."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.sources import gh
from tests.forges import TOKEN


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tool that keeps a token for one host, and repeats a variable for any, as the real one does."""
    program = tmp_path / "gh"
    program.write_text(
        '#!/bin/sh\n[ -n "$GH_TOKEN$GH_ENTERPRISE_TOKEN" ] && echo said-by-environment && exit\n'
        f'[ "$*" = "auth token --hostname github.com" ] && echo {TOKEN} && exit\necho no token >&2; exit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return program


def test_a_host_has_its_own_token(tool: Path) -> None:
    found = gh.read_token("github.com")
    assert found is not None
    assert (found.name, found.text) == ("gh auth token", TOKEN)
    assert gh.read_token("github.example.org") is None


def test_the_environments_token_is_not_handed_out_for_any_host(tool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_TOKEN", "x")
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", "x")
    assert gh.read_token("github.evil.example") is None


def test_a_tool_that_is_missing_silent_or_stuck_knows_none(tool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool.write_text("#!/bin/sh\nexit 0\n")
    assert gh.read_token("github.com") is None
    monkeypatch.setattr(gh, "_PATIENCE", 0.1)
    tool.write_text("#!/bin/sh\nexec sleep 5\n")
    assert gh.read_token("github.com") is None
    tool.write_text("no program\n")
    tool.chmod(0o755)
    assert gh.read_token("github.com") is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert gh.read_token("github.com") is None
