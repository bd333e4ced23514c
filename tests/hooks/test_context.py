"""Who says which model (DESIGN "Trailers"), what a squash or pick leaves, and a model that is required."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.install import install
from ledger.hooking.marks import EVENTS, hook_text
from ledger.hooking.use import declare
from tests.gitting import commit, git
from tests.hooks.test_operations import journal
from tests.requiring import missing

CLAUDE = {"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "s-1"}


@pytest.fixture
def hooked(repository: Path) -> Path:
    """A repository with one commit, the hooks, and trailers allowed."""
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    return repository


def tell(repository: Path, name: str, **fields: str) -> None:
    """What an agent's own hook writes of its session."""
    path = Path(git(repository, "rev-parse", "--absolute-git-dir")) / "ledger" / "agents" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key}={text}\n" for key, text in fields.items()))


def jotted(repository: Path, env: Mapping[str, str]) -> tuple[str, str, str, str]:
    """(agent, model, role, session) that a commit is jotted with."""
    commit(repository, "x", {"file": str(len(list(journal(repository))))}, env=dict(env))
    line = journal(repository)[-1]
    return line["agent"], line["model"], line["role"], line["session"]


# -- the order of witnesses --------------------------------------------------------------------------------------------


def test_the_environment_outweighs_everything(hooked: Path) -> None:
    declare(Git.open(hooked), "from-use", now=datetime.now(UTC))
    tell(hooked, "claude-code.s-1", model="from-agent", session="s-1")
    assert jotted(hooked, {**CLAUDE, "LEDGER_MODEL": "said"}) == ("claude-code", "said", "", "s-1")


def test_a_running_agent_s_own_word_outweighs_use(hooked: Path) -> None:
    declare(Git.open(hooked), "from-use", now=datetime.now(UTC))
    tell(hooked, "claude-code.s-1", model="claude-opus-4-8", session="s-1", role="review")
    assert jotted(hooked, CLAUDE) == ("claude-code", "claude-opus-4-8", "review", "s-1")
    assert "Ledger-Review: claude-code:claude-opus-4-8" in git(hooked, "log", "-1", "--format=%B")


def test_use_holds_where_the_agent_does_not_know(hooked: Path) -> None:
    declare(Git.open(hooked), "from-use", now=datetime.now(UTC))
    assert jotted(hooked, CLAUDE) == ("claude-code", "from-use", "", "s-1")


def test_use_of_another_agent_says_nothing_about_this_one(hooked: Path) -> None:
    declare(Git.open(hooked), "gpt-5.4", now=datetime.now(UTC), agent="codex", role="review")
    assert jotted(hooked, CLAUDE) == ("claude-code", "", "", "s-1")
    assert jotted(hooked, {}) == ("codex", "gpt-5.4", "review", "")


def test_another_session_s_word_is_not_taken(hooked: Path) -> None:
    tell(hooked, "claude-code", model="claude-opus-4-8", session="s-2")
    tell(hooked, "claude-code.s-2", model="claude-opus-4-8", session="s-2")
    assert jotted(hooked, CLAUDE) == ("claude-code", "", "", "s-1")


def test_an_agent_that_names_no_session_is_known_by_its_last_one(hooked: Path) -> None:
    tell(hooked, "gemini-cli", model="gemini-3-pro", session="g-1")
    assert jotted(hooked, {"GEMINI_CLI": "1"}) == ("gemini-cli", "gemini-3-pro", "", "g-1")


def test_a_person_beside_a_running_agent_is_not_taken_for_it(hooked: Path) -> None:
    tell(hooked, "claude-code.s-1", model="claude-opus-4-8", session="s-1")
    tell(hooked, "claude-code", model="claude-opus-4-8", session="s-1")
    assert jotted(hooked, {}) == ("", "", "", "")


def test_a_worktree_has_its_own_sessions(hooked: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    git(hooked, "worktree", "add", "-q", "-b", "wt", str(tree))
    tell(tree, "claude-code.s-1", model="claude-opus-4-8", session="s-1")
    commit(tree, "there", env=CLAUDE)
    commit(hooked, "here", env=CLAUDE)
    assert [(line["branch"], line["model"]) for line in journal(hooked)] == [("wt", "claude-opus-4-8"), ("main", "")]


def test_a_commit_in_another_worktree_is_known_by_its_session(hooked: Path, tmp_path: Path) -> None:
    git(hooked, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "tree"))
    shared = hooked / ".git" / "ledger" / "agents"
    shared.mkdir(parents=True)
    (shared / "claude-code.s-1").write_text("model=claude-opus-4-8\nsession=s-1\n")
    commit(tmp_path / "tree", "there", env=CLAUDE)
    commit(tmp_path / "tree", "of another session", {"b": "1"}, env={**CLAUDE, "CLAUDE_CODE_SESSION_ID": "s-2"})
    assert [line["model"] for line in journal(hooked)] == ["claude-opus-4-8", ""]


def test_a_variant_s_mark_is_no_part_of_the_name(hooked: Path) -> None:
    assert jotted(hooked, {"LEDGER_MODEL": "claude-opus-4-8[1m]"})[1] == "claude-opus-4-8"


@pytest.mark.parametrize("name", ["../use", "a/b", "..", "agents"])
def test_a_name_that_is_a_path_leads_nowhere(hooked: Path, name: str) -> None:
    declare(Git.open(hooked), "from-use", now=datetime.now(UTC), agent="other")
    assert jotted(hooked, {"LEDGER_AGENT": name})[1] == ""


@pytest.mark.parametrize(
    ("environment", "agent", "session"),
    [
        ({"CLAUDECODE": "1"}, "claude-code", ""),
        ({"CODEX_THREAD_ID": "t-1"}, "codex", "t-1"),
        ({"CODEX_SANDBOX": "seatbelt"}, "codex", ""),
        ({"GEMINI_CLI": "1"}, "gemini-cli", ""),
        ({"CURSOR_AGENT": "1"}, "cursor", ""),
        ({"AMP_THREAD_ID": "T-1"}, "amp", "T-1"),
        ({"OPENCODE_BIN_PATH": "/bin/opencode"}, "opencode", ""),
        ({"OPENCODE": "1", "OPENCODE_SESSION_ID": "o-1"}, "opencode", "o-1"),
        ({"QWEN_CODE": "1"}, "qwen-code", ""),
        ({"COPILOT_CLI": "1"}, "copilot", ""),
        ({"COPILOT_AGENT": "1"}, "copilot", ""),
        ({"CLINE_ACTIVE": "true"}, "cline", ""),
        ({"AI_AGENT": "kimi-cli@1.2"}, "kimi-cli", ""),
        ({"CURSOR_TRACE_ID": "also-where-a-person-types"}, "", ""),
    ],
)
def test_an_agent_s_environment_names_it_but_no_model(
    hooked: Path, environment: dict[str, str], agent: str, session: str
) -> None:
    assert jotted(hooked, environment) == (agent, "", "", session)


# -- copies get no trailer ---------------------------------------------------------------------------------------------


def test_merges_picks_and_squashes_are_left_as_they_are(hooked: Path) -> None:
    model = {"LEDGER_MODEL": "gpt-5.4", "LEDGER_AGENT": "codex"}
    git(hooked, "switch", "-q", "-c", "side")
    picked = commit(hooked, "side", {"side": "1"})
    git(hooked, "switch", "-q", "main")
    commit(hooked, "main", {"side": "2"})
    git(hooked, "cherry-pick", picked, env=model, check=False)
    (hooked / "side").write_text("3")
    git(hooked, "add", "-A")
    git(hooked, "-c", "core.editor=:", "cherry-pick", "--continue", env=model)
    assert git(hooked, "log", "-1", "--format=%B").strip() == "side"
    git(hooked, "merge", "-q", "-X", "ours", "-m", "merge", "side", env=model)
    assert git(hooked, "log", "-1", "--format=%B").strip() == "merge"
    git(hooked, "switch", "-q", "-c", "other", "main~1")
    commit(hooked, "other", {"other": "1"})
    git(hooked, "switch", "-q", "main")
    git(hooked, "merge", "-q", "--squash", "other", env=model)
    git(hooked, "commit", "-q", "-m", "squashed", env=model)
    assert git(hooked, "log", "-1", "--format=%B").strip() == "squashed"


def test_a_squash_says_the_models_of_what_it_squashed(hooked: Path) -> None:
    git(hooked, "switch", "-q", "-c", "side")
    for number, model in enumerate(("claude-opus-4-8", "gpt-5.4", "claude-opus-4-8")):
        commit(hooked, f"side {number}", {"side": str(number)}, env={"LEDGER_MODEL": model, "LEDGER_AGENT": "agent"})
    git(hooked, "switch", "-q", "main")
    git(hooked, "merge", "-q", "--squash", "side")
    git(hooked, "commit", "-q", "-m", "in one", env={"LEDGER_MODEL": "who-only-squashed"})
    assert git(hooked, "log", "-1", "--format=%B").strip().splitlines() == [
        "in one",
        "",
        "Assisted-by: agent:claude-opus-4-8",
        "Assisted-by: agent:gpt-5.4",
    ]


def test_a_squash_that_was_given_up_tells_nothing_of_the_next_commit(hooked: Path, tmp_path: Path) -> None:
    git(hooked, "switch", "-q", "-c", "side")
    commit(hooked, "side", {"side": "1"})
    git(hooked, "switch", "-q", "main")
    git(hooked, "merge", "-q", "--squash", "side")
    git(hooked, "commit", "-q", "-m", "", check=False)
    assert (hooked / ".git" / "ledger" / "pending").stat().st_size
    git(hooked, "reset", "-q", "--hard")
    commit(hooked, "another", {"b": "1"})
    git(hooked, "commit", "-q", "--allow-empty", "--no-verify", "-m", "yet another")
    assert [line["state"] for line in journal(hooked) if line["event"] == "commit"][-2:] == ["", ""]
    assert not [line for line in journal(hooked) if line["event"] == "rewrite"]


def test_what_was_captured_on_another_head_is_not_believed(hooked: Path) -> None:
    """A client that skips prepare-commit-msg finds what an earlier one left."""
    (hooked / ".git" / "ledger" / "pending").write_text(f"head={'1' * 40}\npicked={'2' * 40}\nsquashed={'3' * 40}\n")
    (hooked / ".git" / "hooks" / "prepare-commit-msg").unlink()
    commit(hooked, "x", {"a": "1"})
    (line,) = journal(hooked)
    assert (line["picked"], line["state"]) == ("", "")
    assert not (hooked / ".git" / "ledger" / "pending").stat().st_size


# -- a model may be required -------------------------------------------------------------------------------------------


def attempt(repository: Path, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Exit code of a commit and what was said."""
    command = ["git", "commit", "-q", "--allow-empty", *arguments]
    done = subprocess.run(
        command, cwd=repository, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.fixture
def strict(hooked: Path) -> Path:
    (hooked / ".git" / "ledger" / "require-model").write_text("true\n")
    return hooked


def test_a_commit_without_a_model_is_refused_with_the_way_out(strict: Path) -> None:
    code, said = attempt(strict, "-m", "x")
    assert code == 1
    assert "ledger.requireModel" in said
    assert all(way in said for way in ("ledger use", "LEDGER_MODEL", "Assisted-by", "--no-verify"))
    assert attempt(strict, "--no-verify", "-m", "x")[0] == 0
    assert attempt(strict, "-m", "x", env={"LEDGER": "0"})[0] == 0


@pytest.mark.parametrize(
    "line",
    [
        "Assisted-by: codex:gpt-5.4",
        "assisted-by: Claude:claude-3-opus",
        "Ledger-Review: codex:gpt-5.4",
        "Co-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>",
        "Co-authored-by: aider (gpt-5) <noreply@aider.chat>",
    ],
)
def test_a_message_that_names_one_is_enough(strict: Path, line: str) -> None:
    assert attempt(strict, "-m", "x", "-m", line)[0] == 0


@pytest.mark.parametrize("line", ["Co-authored-by: Ben <ben@example.org>", "Assisted-by:", "see assisted-by: nobody"])
def test_a_message_that_only_looks_like_it_is_not(strict: Path, line: str) -> None:
    assert attempt(strict, "-m", "x", "-m", line)[0] == 1


def test_a_declared_model_is_enough_whether_or_not_trailers_are_written(strict: Path) -> None:
    (strict / ".git" / "ledger" / "trailers").unlink()
    assert attempt(strict, "-m", "x", env={"LEDGER_MODEL": "gpt-5.4"}) == (0, "")


def test_it_may_be_asked_of_agents_only(strict: Path) -> None:
    (strict / ".git" / "ledger" / "require-model").write_text("agents\n")
    assert attempt(strict, "-m", "x")[0] == 0
    assert attempt(strict, "-m", "x", env=CLAUDE)[0] == 1


def test_merges_and_picks_are_asked_nothing(strict: Path) -> None:
    git(strict, "switch", "-q", "-c", "side", env={"LEDGER": "0"})
    commit(strict, "side", {"side": "1"}, env={"LEDGER": "0"})
    git(strict, "switch", "-q", "main")
    git(strict, "merge", "-q", "--no-ff", "-m", "merge", "side")
    git(strict, "switch", "-q", "-c", "other", "main~1")
    git(strict, "cherry-pick", "side")


# -- under every shell -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh", "bash --posix"])
def test_it_says_the_same_under_every_shell(hooked: Path, tmp_path: Path, shell: str) -> None:
    program, *arguments = shell.split()
    place = shutil.which(program)
    if not place:
        missing(program, f"{program} is not on this machine")
    body = tmp_path / "body"
    body.write_text(hook_text())
    for event in EVENTS:
        hook = hooked / ".git" / "hooks" / event
        run = f'exec {place} {" ".join(arguments)} "$0.body" "$@"'
        hook.write_text(f"#!/bin/sh\n{run}\n")
        shutil.copy(body, hook.with_name(f"{event}.body"))
    git(hooked, "switch", "-q", "-c", "feat")
    tell(hooked, "claude-code.s-1", model="claude-opus-4-8", session="s-1")
    old = commit(hooked, "feat: é", {"a": "1"}, env={**CLAUDE, "LEDGER_TASK": "a b\tc\n"})
    git(hooked, "commit", "-q", "--amend", "--no-edit", env={**CLAUDE, "GIT_COMMITTER_DATE": "2026-03-01T00:00:00Z"})
    new = git(hooked, "rev-parse", "HEAD")
    git(hooked, "switch", "-q", "main")
    git(hooked, "merge", "-q", "--squash", "feat")
    git(hooked, "commit", "-q", "-m", "in one")
    squash = git(hooked, "rev-parse", "HEAD")
    assert git(hooked, "log", "-1", "--format=%B", new).strip().splitlines() == [
        "feat: é",
        "",
        "Assisted-by: claude-code:claude-opus-4-8",
        "Ledger-Task: abc",
    ]
    told = [
        (line["event"], line.get("action", line.get("kind")), line.get("old", ""), line["new"])
        for line in journal(hooked)
    ]
    root = git(hooked, "rev-parse", "main~1")
    assert sorted(told) == sorted(
        [
            ("commit", "commit", root, old),
            ("commit", "commit (amend)", old, new),
            ("rewrite", "amend", old, new),
            ("merge", "checkout", new, root),
            ("commit", "commit", root, squash),
            ("rewrite", "squash", new, squash),
        ]
    )
    assert {line["branch"] for line in journal(hooked)} == {"feat", "main"}
