"""Tags for a gateway: who can send them, from where, and what a person is told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.agents import command, setup
from tests.gitting import commit, git

TAGS = "repo:example.org/ann/app,branch:main"


@pytest.fixture
def environ(hermetic: Path) -> dict[str, str]:
    return {"HOME": str(hermetic), "PATH": "", "ANTHROPIC_BASE_URL": "http://localhost:4000"}


@pytest.fixture
def opened(repository: Path) -> Git:
    """A repository with a ledger and a remote."""
    commit(repository, "root")
    git(repository, "remote", "add", "origin", "git@example.org:ann/app.git")
    (repository / ".git/ledger").mkdir()
    return Git.open(repository)


def install(name: str, environ: dict[str, str], opened: Git | None, **asked: Any) -> setup.Plan:
    planned = setup.plan(name, environ=environ, git=opened, gateway="litellm", **asked)
    setup.apply(planned, environ=environ)
    return planned


def uninstall(name: str, environ: dict[str, str], opened: Git) -> None:
    setup.apply(setup.plan_removal(name, environ=environ, git=opened), environ=environ)


def everything(*folders: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".local/state" not in str(path)
    }


def test_claude_code_sends_them_from_this_worktree_by_a_file_that_git_ignores(
    environ: dict[str, str], opened: Git, hermetic: Path
) -> None:
    top = Path(opened.worktree or "")
    before = everything(top, hermetic)
    assert install("claude-code", environ, opened).notes == ()
    local = json.loads((top / ".claude/settings.local.json").read_text())
    assert local == {"env": {"ANTHROPIC_CUSTOM_HEADERS": f"x-litellm-tags: {TAGS}"}}
    assert git(top, "status", "--porcelain") == ""
    assert not setup.plan("claude-code", environ=environ, git=opened, gateway="litellm").changes
    uninstall("claude-code", environ, opened)
    assert everything(top, hermetic) == before
    assert not (top / ".claude").exists()


def test_headers_that_wider_settings_set_are_taken_along(environ: dict[str, str], opened: Git, hermetic: Path) -> None:
    user = hermetic / ".claude/settings.json"
    user.parent.mkdir()
    user.write_text('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "x-team: a"}}')
    install("claude-code", environ, opened)
    local = Path(opened.worktree or "") / ".claude/settings.local.json"
    headers = json.loads(local.read_text())["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert headers == f"x-team: a\nx-litellm-tags: {TAGS}"


def test_headers_of_the_environment_are_taken_along(environ: dict[str, str], opened: Git) -> None:
    install("claude-code", {**environ, "ANTHROPIC_CUSTOM_HEADERS": "x-team: a"}, opened)
    local = Path(opened.worktree or "") / ".claude/settings.local.json"
    assert "x-team: a" in json.loads(local.read_text())["env"]["ANTHROPIC_CUSTOM_HEADERS"]


def test_hooks_and_tags_in_one_file_come_and_go_together(environ: dict[str, str], opened: Git, hermetic: Path) -> None:
    top = Path(opened.worktree or "")
    path = top / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_bytes(b'{\r\n\t"permissions": {"allow": []},\r\n\t"env": {"A": "b"}\r\n}')
    before = everything(top, hermetic)
    install("claude-code", environ, opened, scope="project")
    said = json.loads(path.read_text())
    assert set(said) == {"permissions", "env", "hooks"}
    assert set(said["env"]) == {"A", "ANTHROPIC_CUSTOM_HEADERS"}
    assert not setup.plan("claude-code", environ=environ, git=opened, gateway="litellm", scope="project").changes
    setup.apply(setup.plan_removal("claude-code", environ=environ, git=opened, scope="project"), environ=environ)
    assert everything(top, hermetic) == before


def test_after_a_switch_the_session_s_hook_renews_them_and_they_still_come_out(
    environ: dict[str, str], opened: Git, hermetic: Path
) -> None:
    top = Path(opened.worktree or "")
    path = top / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text('{\n  "env": {\n    "ANTHROPIC_CUSTOM_HEADERS": "x-litellm-tags: mine"\n  }\n}\n')
    before = everything(top, hermetic)
    install("claude-code", environ, opened)
    git(top, "switch", "-q", "-c", "feat/x")
    user = json.loads((hermetic / ".claude/settings.json").read_text())
    line = user["hooks"]["SessionStart"][0]["hooks"][0]["command"]
    told = {"session_id": "s", "transcript_path": "/none", "cwd": str(top), "hook_event_name": "SessionStart"}
    subprocess.run(["sh", "-c", line], input=json.dumps(told).encode(), check=True)
    assert "mine,repo:example.org/ann/app,branch:feat/x" in path.read_text()
    assert not setup.plan("claude-code", environ=environ, git=opened, gateway="litellm").changes
    git(top, "switch", "-q", "main")
    git(top, "branch", "-q", "-D", "feat/x")
    uninstall("claude-code", environ, opened)
    after = everything(top, hermetic)
    assert after[str(path)] == before[str(path)]
    assert str(top / ".git/ledger/gateway-claude-code") not in after


def test_codex_reads_them_from_a_variable(environ: dict[str, str], opened: Git, hermetic: Path) -> None:
    path = hermetic / ".codex/config.toml"
    path.parent.mkdir()
    path.write_text('model_provider = "ours"\n[model_providers.ours]\nname = "Ours"\n')
    was = path.read_text()
    notes = install("codex", environ, opened).notes
    assert '"x-litellm-tags" = "LEDGER_LITELLM_TAGS"' in path.read_text()
    (line,) = (note for note in notes if "LEDGER_LITELLM_TAGS=" in note)
    start = line.partition('LEDGER_LITELLM_TAGS="$(')[2].partition(')"')[0]
    done = subprocess.run(["sh", "-c", start], cwd=opened.worktree, capture_output=True, check=True)
    assert done.stdout.decode() == TAGS
    uninstall("codex", environ, opened)
    assert path.read_text() == was


@pytest.mark.parametrize(("text", "why"), [("", "names no model_provider"), ("a b", "is not TOML")])
def test_codex_without_a_provider_of_its_own_cannot(
    environ: dict[str, str], opened: Git, hermetic: Path, text: str, why: str
) -> None:
    (hermetic / ".codex").mkdir()
    (hermetic / ".codex/config.toml").write_text(text)
    with pytest.raises(LedgerError, match=why):
        setup.plan("codex", environ=environ, git=opened, gateway="litellm")


def test_opencode_asks_the_plugin(environ: dict[str, str], opened: Git) -> None:
    assert install("opencode", environ, opened).notes
    flag = opened.ledger_dir / "gateway-opencode"
    assert flag.read_text() == "kind=litellm\nrepository=example.org/ann/app\n"
    uninstall("opencode", environ, opened)
    assert not flag.exists()


def test_who_cannot_is_told_so(environ: dict[str, str], opened: Git, repository: Path) -> None:
    with pytest.raises(LedgerError, match="no setting for headers"):
        setup.plan("cursor", environ=environ, git=opened, gateway="litellm")
    with pytest.raises(LedgerError, match="no gateway that is known"):
        setup.plan("codex", environ=environ, git=opened, gateway="other")
    with pytest.raises(LedgerError, match="run this in a worktree"):
        setup.plan("claude-code", environ=environ, gateway="litellm")
    git(repository, "remote", "remove", "origin")
    with pytest.raises(LedgerError, match="no remote"):
        setup.plan("claude-code", environ=environ, git=opened, gateway="litellm")


def test_tags_to_nobody_s_gateway_are_warned_of(environ: dict[str, str], opened: Git) -> None:
    del environ["ANTHROPIC_BASE_URL"]
    assert any("ANTHROPIC_BASE_URL" in note for note in install("claude-code", environ, opened).notes)


def test_settings_that_are_no_json_are_named(environ: dict[str, str], opened: Git, hermetic: Path) -> None:
    (hermetic / ".claude").mkdir()
    (hermetic / ".claude/settings.json").write_text("{")
    with pytest.raises(LedgerError, match=r"settings\.json is not JSON"):
        setup.plan("claude-code", environ=environ, git=opened, gateway="litellm")


def test_each_worktree_sends_its_own_branch(environ: dict[str, str], opened: Git, tmp_path: Path) -> None:
    git(Path(opened.worktree or ""), "worktree", "add", "-q", "-b", "feat/y", str(tmp_path / "wt"))
    linked = Git.open(tmp_path / "wt")
    for each, branch in ((opened, "main"), (linked, "feat/y")):
        install("claude-code", environ, each)
        local = Path(each.worktree or "") / ".claude/settings.local.json"
        assert json.loads(local.read_text())["env"]["ANTHROPIC_CUSTOM_HEADERS"].endswith(f",branch:{branch}")
        assert git(Path(each.worktree or ""), "status", "--porcelain") == ""
    exclude = (opened.common_dir / "info/exclude").read_text()
    assert exclude.count("settings.local.json") == 1


def test_a_moved_package_renews_the_hooks_and_leaves_the_tags(
    environ: dict[str, str], opened: Git, hermetic: Path
) -> None:
    top = Path(opened.worktree or "")
    path = top / ".claude/settings.local.json"
    path.parent.mkdir()
    path.write_text('{\n  "model": "opus"\n}\n')
    install("claude-code", environ, opened, scope="project")
    moved = path.read_text().replace(str(command.PROGRAM), "/old/ledger/hooking/agents/witness.py")
    path.write_text(moved)
    install("claude-code", environ, opened, scope="project")
    said = json.loads(path.read_text())
    assert "/old/" not in path.read_text()
    assert said["env"] == {"ANTHROPIC_CUSTOM_HEADERS": f"x-litellm-tags: {TAGS}"}
    assert [len(said["hooks"][event]) for event in ("SessionStart", "PreToolUse")] == [1, 1]
    setup.apply(setup.plan_removal("claude-code", environ=environ, git=opened, scope="project"), environ=environ)
    assert json.loads(path.read_text()) == {"model": "opus"}


@pytest.mark.parametrize(
    ("remotes", "name_of_it"),
    [
        ({"origin": "https://user:secret@Example.org:8443/ann/app.git"}, "example.org/ann/app"),
        ({"zeta": "git@example.org:z/z.git", "alpha": "ssh://git@example.org/a/a"}, "example.org/a/a"),
        ({"origin": "/srv/app.git", "fork": "git@example.org:f/f.git"}, "example.org/f/f"),
    ],
)
def test_the_repository_is_told_by_its_remote_and_no_credential_is(
    environ: dict[str, str], opened: Git, remotes: dict[str, str], name_of_it: str
) -> None:
    git(opened.common_dir.parent, "remote", "remove", "origin")
    for name, url in remotes.items():
        git(opened.common_dir.parent, "remote", "add", name, url)
    install("opencode", environ, opened)
    flag = (opened.ledger_dir / "gateway-opencode").read_text()
    assert flag == f"kind=litellm\nrepository={name_of_it}\n"
