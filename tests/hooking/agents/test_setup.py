"""Installing into agents' settings, and taking it out again: whatever the file looks like, and whoever else wrote."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.agents import command, setup
from ledger.hooking.agents.jsonc import parse
from ledger.hooking.agents.table import AGENTS, Agent
from tests.gitting import git
from tests.hooking.agents.installing import HOOKED, file_of, install, snapshot, uninstall
from tests.hooking.agents.settings import LISTED

# -- Files and directories ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOOKED)
def test_a_home_without_the_agent_is_as_before(name: str, environ: dict[str, str], hermetic: Path) -> None:
    before = snapshot(hermetic)
    assert install(name, environ) == ["written"]
    assert file_of(name, environ).exists()
    assert install(name, environ) == []
    assert uninstall(name, environ) == ["removed"]
    assert snapshot(hermetic) == before
    assert uninstall(name, environ) == []


@pytest.mark.parametrize("name", HOOKED)
def test_a_file_that_others_wrote_into_is_kept_where_we_made_it(name: str, environ: dict[str, str]) -> None:
    install(name, environ)
    path = file_of(name, environ)
    if AGENTS[name].events:
        path.write_text(path.read_text().replace("{", '{"theirs": 1, ', 1))
        uninstall(name, environ)
        assert parse(path.read_text()).value["theirs"] == 1
        assert "witness" not in path.read_text()
    else:
        path.write_text(path.read_text() + "// theirs\n")
        planned = setup.plan_removal(name, environ=environ)
        assert planned.changes == ()
        assert "was edited" in planned.notes[0]


@pytest.mark.parametrize("agent", LISTED, ids=lambda agent: agent.name)
def test_an_edited_entry_is_kept_with_a_sentence(agent: Agent, environ: dict[str, str]) -> None:
    install(agent.name, environ)
    path = file_of(agent.name, environ)
    edited = path.read_text().replace("2>/dev/null", "2>>/tmp/why", 1)
    path.write_text(edited)
    again = setup.plan(agent.name, environ=environ)
    assert again.changes == ()
    setup.apply(setup.plan_removal(agent.name, environ=environ), environ=environ)
    assert "2>>/tmp/why" in path.read_text()
    assert path.read_text().count("witness.py") == 2
    notes = setup.plan_removal(agent.name, environ=environ).notes
    assert notes == (f"{path}: the entry at {agent.events[0].name} was edited and stays as it is.",)


def test_a_handler_that_someone_put_beside_ours_stays(environ: dict[str, str]) -> None:
    install("claude-code", environ)
    path = file_of("claude-code", environ)
    value = json.loads(path.read_text())
    value["hooks"]["PreToolUse"][0]["hooks"].append({"type": "command", "command": "theirs"})
    path.write_text(json.dumps(value))
    uninstall("claude-code", environ)
    theirs = {"matcher": "Bash", "hooks": [{"type": "command", "command": "theirs"}]}
    assert json.loads(path.read_text()) == {"hooks": {"PreToolUse": [theirs]}}


def test_a_matcher_that_someone_changed_is_kept(environ: dict[str, str]) -> None:
    install("claude-code", environ)
    path = file_of("claude-code", environ)
    edited = path.read_text().replace('"Bash"', '"Bash|Other"')
    path.write_text(edited)
    assert not setup.plan("claude-code", environ=environ).changes
    assert setup.plan_removal("claude-code", environ=environ).notes
    uninstall("claude-code", environ)
    assert list(json.loads(path.read_text())["hooks"]) == ["PreToolUse"]


def test_a_symbolic_link_is_written_through_and_modes_stay(environ: dict[str, str], tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "claude.json"
    real.parent.mkdir()
    real.write_text("{}")
    real.chmod(0o640)
    path = file_of("claude-code", environ)
    path.parent.mkdir()
    path.symlink_to(real)
    install("claude-code", environ)
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "witness" in real.read_text()
    uninstall("claude-code", environ)
    assert (path.is_symlink(), real.read_text()) == (True, "{}")


def test_a_new_file_is_for_its_owner_only(environ: dict[str, str]) -> None:
    install("claude-code", environ)
    assert stat.S_IMODE(file_of("claude-code", environ).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"hooks": ', "line 1: the end is not expected there"),
        ('{\n"a": 1\n"b": 2}', "line 3: '\"' is not expected there"),
        ("[]", "the file is not an object"),
        ('{"hooks": []}', "hooks is not an object"),
        ('{"hooks": {"PreToolUse": {}}}', "hooks.PreToolUse is not a list"),
        ("[" * 5000, "it is nested too deeply"),
    ],
)
def test_a_file_that_is_not_understood_is_left_alone(environ: dict[str, str], text: str, why: str) -> None:
    path = file_of("claude-code", environ)
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(LedgerError, match="left alone") as refused:
        setup.plan("claude-code", environ=environ)
    assert why in str(refused.value)
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_left_alone(environ: dict[str, str]) -> None:
    path = file_of("codex", environ)
    path.parent.mkdir()
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(LedgerError, match="not text in UTF-8"):
        setup.plan("codex", environ=environ)


def test_a_file_that_changed_since_the_plan_is_left_alone(environ: dict[str, str]) -> None:
    planned = setup.plan("codex", environ=environ)
    path = file_of("codex", environ)
    path.parent.mkdir()
    path.write_text("{}")
    with pytest.raises(LedgerError, match="changed meanwhile"):
        setup.apply(planned, environ=environ)
    assert path.read_text() == "{}"


def test_a_home_that_cannot_be_written_is_said(environ: dict[str, str], hermetic: Path) -> None:
    (hermetic / ".claude").symlink_to("/proc/self/nowhere")
    with pytest.raises(LedgerError, match="cannot be written"):
        install("claude-code", environ)


def test_where_lines_are_run_by_another_kind_of_shell_nothing_is_installed(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "IS_WINDOWS", True)
    with pytest.raises(LedgerError, match="on Windows"):
        setup.plan("codex", environ=environ)
    assert setup.plan("claude-code", environ=environ).changes


def test_codex_s_second_place_for_hooks_is_told(environ: dict[str, str], hermetic: Path) -> None:
    (hermetic / ".codex").mkdir()
    (hermetic / ".codex/config.toml").write_text('[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"\n')
    assert any("two places" in note for note in setup.plan("codex", environ=environ).notes)


def test_a_lost_record_leaves_removal_by_what_is_recognised(environ: dict[str, str], hermetic: Path) -> None:
    path = file_of("claude-code", environ)
    path.parent.mkdir()
    path.write_text('{\n  "model": "opus"\n}\n')
    install("claude-code", environ)
    (hermetic / ".local/state/ledger/agents.json").write_text("not a record")
    uninstall("claude-code", environ)
    assert json.loads(path.read_text()) == {"model": "opus", "hooks": {"SessionStart": [], "PreToolUse": []}}


def test_the_record_keeps_no_text_of_the_settings(environ: dict[str, str], hermetic: Path) -> None:
    path = file_of("claude-code", environ)
    path.parent.mkdir()
    path.write_text('{"env": {"KEY": "sk-secret"}}')
    install("claude-code", environ)
    kept = hermetic / ".local/state/ledger/agents.json"
    assert "sk-secret" not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


# -- Who and where -----------------------------------------------------------------------------------------------------


def test_agents_are_found_by_their_directory_or_command(
    environ: dict[str, str], hermetic: Path, tmp_path: Path
) -> None:
    assert setup.found_agents(environ) == []
    (hermetic / ".claude").mkdir()
    program = tmp_path / "gemini"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert setup.found_agents({**environ, "PATH": str(tmp_path)}) == ["claude-code", "gemini-cli"]


@pytest.mark.parametrize(
    ("name", "variable", "expected"),
    [
        ("claude-code", "CLAUDE_CONFIG_DIR", "settings.json"),
        ("codex", "CODEX_HOME", "hooks.json"),
        ("gemini-cli", "GEMINI_CLI_HOME", ".gemini/settings.json"),
        ("qwen-code", "QWEN_HOME", "settings.json"),
        ("copilot", "COPILOT_HOME", "hooks/ledger.json"),
        ("opencode", "OPENCODE_CONFIG_DIR", "plugins/ledger.js"),
        ("opencode", "XDG_CONFIG_HOME", "opencode/plugins/ledger.js"),
    ],
)
def test_a_moved_directory_is_respected(
    environ: dict[str, str], tmp_path: Path, name: str, variable: str, expected: str
) -> None:
    install(name, {**environ, variable: str(tmp_path / "moved")})
    assert (tmp_path / "moved" / expected).is_file()


def test_an_agent_without_hooks_and_one_that_nobody_knows_are_told_so(environ: dict[str, str]) -> None:
    with pytest.raises(LedgerError, match="ledger use MODEL"):
        setup.plan("amp", environ=environ)
    with pytest.raises(LedgerError, match="known are claude-code, codex"):
        setup.plan("nobody", environ=environ)


def test_a_project_scope_needs_a_worktree(environ: dict[str, str]) -> None:
    with pytest.raises(LedgerError, match="in a worktree"):
        setup.plan("codex", environ=environ, scope="project")


@pytest.mark.parametrize("name", HOOKED)
def test_a_project_file_is_restored_too_and_names_no_machine(
    name: str, environ: dict[str, str], repository: Path, hermetic: Path
) -> None:
    opened = Git.open(repository)
    before, exclude = snapshot(repository), repository / ".git/info/exclude"
    was = exclude.read_text()
    install(name, environ, scope="project", git=opened)
    path = repository / AGENTS[name].project_file
    if AGENTS[name].is_tracked:
        assert str(command.PROGRAM) not in path.read_text()
        assert any("people commit" in note for note in _notes(name, environ, opened))
    else:
        assert git(repository, "status", "--porcelain") == ""
    uninstall(name, environ, scope="project", git=opened)
    assert snapshot(repository) == before
    assert exclude.read_text() == was


def _notes(name: str, environ: dict[str, str], opened: Git) -> tuple[str, ...]:
    setup.apply(setup.plan_removal(name, environ=environ, scope="project", git=opened), environ=environ)
    planned = setup.plan(name, environ=environ, scope="project", git=opened)
    setup.apply(planned, environ=environ)
    return planned.notes


def test_codex_says_that_a_hook_must_be_trusted(environ: dict[str, str]) -> None:
    assert any("/hooks" in note for note in setup.plan("codex", environ=environ).notes)


# -- The difference ----------------------------------------------------------------------------------------------------


def test_the_difference_is_a_unified_diff_and_nothing_is_written(environ: dict[str, str]) -> None:
    path = file_of("cursor", environ)
    path.parent.mkdir()
    path.write_text('{\n  "version": 1,\n  "hooks": {}\n}')
    shown = setup.difference(setup.plan("cursor", environ=environ))
    assert shown.startswith(f"--- {path}\n+++ {path}\n@@ ")
    assert '+    "beforeShellExecution": [\n' in shown
    assert "\\ No newline at end of file\n" in shown
    assert path.read_text() == '{\n  "version": 1,\n  "hooks": {}\n}'


def test_the_difference_of_a_new_file_and_of_a_removal_names_no_file(environ: dict[str, str]) -> None:
    assert setup.difference(setup.plan("cursor", environ=environ)).startswith("--- /dev/null\n")
    install("cursor", environ)
    assert "+++ /dev/null\n" in setup.difference(setup.plan_removal("cursor", environ=environ))
    assert setup.difference(setup.plan("cursor", environ=environ)) == ""
