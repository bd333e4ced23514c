"""`ledger install --agent`, `uninstall --agent` and what `init` offers, up to a commit that carries the model."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import commit, git
from tests.hooking.agents.calling import answer, claude, write_rows


@pytest.fixture
def settings(hermetic: Path) -> Path:
    """The settings of an agent that somebody uses."""
    path = hermetic / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text('{\n  "model": "opus"\n}\n')
    return path


def test_a_commit_carries_the_model_that_the_transcript_names(repository: Path, settings: Path, tmp_path: Path) -> None:
    commit(repository, "root")
    run("-C", str(repository), "install", "--trailers")
    done = run("-C", str(repository), "install", "--agent", "claude-code")
    assert (done.code, done.out) == (0, f"claude-code: written {settings}\n")
    transcript = write_rows(tmp_path / "t.jsonl", answer("claude-opus-4-8"), answer("claude-sonnet-4-6"))
    told = json.dumps(claude(repository, transcript, tool_input={"command": "git commit"}))
    (command,) = (
        each["command"] for entry in json.loads(settings.read_text())["hooks"]["PreToolUse"] for each in entry["hooks"]
    )
    subprocess.run(["sh", "-c", command], input=told.encode(), cwd=repository, check=True)
    commit(repository, "x", {"a": "1"}, env={"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "abc-123"})
    assert (
        git(repository, "log", "-1", "--format=%(trailers:only)").strip()
        == "Assisted-by: claude-code:claude-sonnet-4-6"
    )
    commit(repository, "mine", {"a": "2"})
    assert git(repository, "log", "-1", "--format=%(trailers:only)").strip() == ""


def test_options_of_the_hooks_are_not_lost_beside_an_agent(repository: Path, settings: Path) -> None:
    done = run("-C", str(repository), "install", "--trailers", "--require-model", "true", "--agent", "claude-code")
    assert done.code == 0
    assert done.out.startswith(f"claude-code: written {settings}\n")
    assert "The hooks stand" in done.err
    assert git(repository, "config", "ledger.trailers").strip() == "true"
    assert git(repository, "config", "ledger.requireModel").strip() == "true"


def test_an_agent_alone_leaves_the_hooks_as_they_are(repository: Path, settings: Path) -> None:
    done = run("-C", str(repository), "install", "--agent", "claude-code")
    assert (done.code, done.err) == (0, "")
    assert not (repository / ".git" / "ledger").exists()


def test_the_difference_is_shown_and_nothing_written(repository: Path, settings: Path) -> None:
    before = settings.read_text()
    done = run("-C", str(repository), "install", "--agent", "claude-code", "--dry-run")
    assert done.out.startswith(f"--- {settings}\n+++ {settings}\n")
    assert settings.read_text() == before


def test_twice_is_once_and_uninstall_restores_to_the_byte(repository: Path, settings: Path) -> None:
    before = settings.read_bytes()
    run("install", "--agent", "claude-code", "--agent", "codex")
    assert run("install", "--agent", "claude-code").out == "claude-code: names its model already\n"
    done = run("uninstall", "--agent", "claude-code", "--agent", "codex")
    assert done.code == 0
    assert settings.read_bytes() == before
    again = run("uninstall", "--agent", "claude-code")
    assert again.out == "claude-code: nothing of the ledger is in its settings\n"


def test_your_own_settings_need_no_repository_but_the_project_s_do(
    tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("install", "--agent", "claude-code").code == 0
    done = run("install", "--agent", "claude-code", "--scope", "project")
    assert (done.code, "is not in a git repository" in done.err) == (1, True)


def test_a_gateway_is_asked_for_with_its_agent(repository: Path, settings: Path) -> None:
    git(repository, "remote", "add", "origin", "git@github.com:example/shop.git")
    assert run("-C", str(repository), "install", "--gateway", "litellm").code == 1
    done = run("-C", str(repository), "install", "--agent", "claude-code", "--gateway", "litellm")
    assert done.code == 0
    local = json.loads((repository / ".claude" / "settings.local.json").read_text())
    assert local["env"]["ANTHROPIC_CUSTOM_HEADERS"] == "x-litellm-tags: repo:github.com/example/shop,branch:main"
    run("-C", str(repository), "uninstall", "--agent", "claude-code")
    assert not (repository / ".claude").exists()


@pytest.mark.parametrize("name", ["nobody", "amp"])
def test_an_agent_that_cannot_be_told_ends_in_a_sentence(name: str) -> None:
    done = run("install", "--agent", name)
    assert (done.code, done.out) == (1, "")
    assert name in done.err


def test_purge_is_another_matter(repository: Path) -> None:
    assert run("-C", str(repository), "uninstall", "--agent", "codex", "--purge", "--yes").code == 1


# -- init --------------------------------------------------------------------------------------------------------------


def test_init_names_the_agents_it_finds_and_leaves_them_alone(repository: Path, settings: Path) -> None:
    commit(repository, "root")
    before = settings.read_text()
    done = run("-C", str(repository), "init")
    assert "Found claude-code: ledger install --agent NAME lets them name their model." in done.err
    assert settings.read_text() == before


@pytest.mark.parametrize("wish", ["--agents", "--yes"])
def test_init_sets_them_up_where_that_is_wanted(repository: Path, settings: Path, wish: str) -> None:
    commit(repository, "root")
    assert run("-C", str(repository), "init", wish).code == 0
    assert "PreToolUse" in json.loads(settings.read_text())["hooks"]
    again = run("-C", str(repository), "init")
    assert "Found" not in again.err


def test_init_says_nothing_of_agents_that_are_not_wanted(repository: Path, settings: Path) -> None:
    commit(repository, "root")
    done = run("-C", str(repository), "init", "--yes", "--no-agents")
    assert "Found" not in done.err
    assert "hooks" not in json.loads(settings.read_text())


def test_settings_that_cannot_be_read_stop_nothing(repository: Path, settings: Path) -> None:
    commit(repository, "root")
    settings.write_text("{ this is none")
    done = run("-C", str(repository), "init", "--yes")
    assert done.code == 0
    assert settings.read_text() == "{ this is none"
    assert run("install", "--agent", "claude-code").code == 1
    assert os.listdir(settings.parent) == ["settings.json"]
