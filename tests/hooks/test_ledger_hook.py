"""The hook under real git: what it writes, what it jots, and that nobody notices it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.install import install
from ledger.hooking.marks import EVENTS, hook_text
from ledger.hooking.use import clear, declare, parse_duration
from tests.gitting import WHEN, commit, git

MODEL = {"LEDGER_MODEL": "claude-opus-4-8", "LEDGER_AGENT": "claude-code"}


@pytest.fixture
def hooked(repository: Path) -> Path:
    """A repository with one commit, the hooks, and trailers allowed."""
    commit(repository, "root")
    install(Git.open(repository), trailers=True)
    return repository


def lines(repository: Path) -> list[dict[str, str]]:
    folder = Path(git(repository, "rev-parse", "--git-common-dir"))
    folder = (folder if folder.is_absolute() else repository / folder) / "ledger" / "journal"
    text = "".join(path.read_text() for path in sorted(folder.glob("*.log")))
    return [dict(part.split("=", 1) for part in line.split("\t")) for line in text.splitlines()]


def message(repository: Path, revision: str = "HEAD") -> str:
    return git(repository, "log", "-1", "--format=%B", revision).rstrip()


def test_a_commit_is_jotted_and_gets_its_trailer(hooked: Path) -> None:
    oid = commit(hooked, "feat: x", {"a": "1"}, at=WHEN, env={**MODEL, "LEDGER_TASK": "feat", "LEDGER_SESSION": "s-1"})
    (line,) = lines(hooked)
    told = {
        "v": "1",
        "event": "commit",
        "new": oid,
        "branch": "main",
        "model": "claude-opus-4-8",
        "agent": "claude-code",
        "task": "feat",
        "session": "s-1",
        "action": "commit",
    }
    assert {name: line[name] for name in told} == told
    assert line["at"] == str(int(WHEN.timestamp()))
    assert line["worktree"] == str(hooked)
    assert message(hooked) == "feat: x\n\nAssisted-by: claude-code:claude-opus-4-8\nLedger-Task: feat"
    assert [path.name for path in (hooked / ".git/ledger/journal").iterdir()] == ["2026-03.log"]


@pytest.mark.parametrize(
    ("role", "key"),
    [("", "Assisted-by"), ("implement", "Assisted-by"), ("review", "Ledger-Review"), ("scout", "Ledger-Scout")],
)
def test_the_role_chooses_the_trailer(hooked: Path, role: str, key: str) -> None:
    commit(hooked, "x", {"a": "1"}, env={**MODEL, "LEDGER_ROLE": role})
    assert f"{key}: claude-code:claude-opus-4-8" in message(hooked).splitlines()


def test_without_a_model_there_is_no_trailer_but_a_line(hooked: Path) -> None:
    commit(hooked, "x", {"a": "1"}, env={"CLAUDECODE": "1"})
    assert message(hooked) == "x"
    assert [(line["agent"], line["model"]) for line in lines(hooked)] == [("claude-code", "")]


def test_where_trailers_are_not_allowed_messages_stay_as_they_are(repository: Path) -> None:
    commit(repository, "root")
    install(Git.open(repository))
    commit(repository, "x", {"a": "1"}, env=MODEL)
    assert message(repository) == "x"
    assert [line["model"] for line in lines(repository)] == ["claude-opus-4-8"]


def test_ledger_0_turns_it_off(hooked: Path) -> None:
    commit(hooked, "x", {"a": "1"}, env={**MODEL, "LEDGER": "0"})
    assert message(hooked) == "x"
    assert lines(hooked) == []


def test_amending_writes_no_trailer_twice_and_tells_the_rewrite(hooked: Path) -> None:
    old = commit(hooked, "x", {"a": "1"}, env=MODEL)
    git(hooked, "commit", "-q", "--amend", "--no-edit", env=MODEL)
    new = git(hooked, "rev-parse", "HEAD")
    assert message(hooked).count("Assisted-by") == 1
    rewrites = [(line["kind"], line["old"], line["new"]) for line in lines(hooked) if line["event"] == "rewrite"]
    assert rewrites == [("amend", old, new)] if old != new else rewrites == []


def test_a_second_model_is_added_beside_the_first(hooked: Path) -> None:
    commit(hooked, "x", {"a": "1"}, env=MODEL)
    git(hooked, "commit", "-q", "--amend", "--no-edit", env={**MODEL, "LEDGER_MODEL": "claude-sonnet-4-6"})
    assert message(hooked).splitlines()[-2:] == [
        "Assisted-by: claude-code:claude-opus-4-8",
        "Assisted-by: claude-code:claude-sonnet-4-6",
    ]


def test_a_rebase_tells_every_pair(hooked: Path) -> None:
    git(hooked, "switch", "-q", "-c", "feat")
    old = [commit(hooked, f"c{n}", {f"f{n}": "1"}) for n in range(2)]
    git(hooked, "switch", "-q", "main")
    commit(hooked, "elsewhere", {"z": "1"})
    git(hooked, "switch", "-q", "feat")
    git(hooked, "rebase", "-q", "main")
    new = git(hooked, "rev-list", "--reverse", "main..feat").split()
    pairs = [(line["old"], line["new"]) for line in lines(hooked) if line["event"] == "rewrite"]
    assert pairs == list(zip(old, new, strict=True))
    assert {line["branch"] for line in lines(hooked) if line["event"] == "commit" and line["new"] in new} == {"feat"}


def test_merges_and_squashes_are_jotted(hooked: Path) -> None:
    for name in ("one", "two"):
        git(hooked, "switch", "-q", "-c", name, "main")
        commit(hooked, name, {name: "1"})
    git(hooked, "switch", "-q", "main")
    git(hooked, "merge", "-q", "--no-ff", "-m", "merge", "one")
    git(hooked, "merge", "-q", "--squash", "two")
    assert [
        (line["squash"], line["new"] == git(hooked, "rev-parse", "HEAD"))
        for line in lines(hooked)
        if line["event"] == "merge"
    ] == [
        ("0", True),
        ("1", True),
    ]


def test_a_cherry_pick_tells_its_source(hooked: Path) -> None:
    git(hooked, "switch", "-q", "-c", "side")
    source = commit(hooked, "x", {"x": "1"})
    git(hooked, "switch", "-q", "main")
    commit(hooked, "y", {"y": "1"})
    git(hooked, "cherry-pick", source)
    assert lines(hooked)[-1]["picked"] == source


def test_a_linked_worktree_writes_to_the_same_journal(hooked: Path, tmp_path: Path) -> None:
    git(hooked, "worktree", "add", "-q", "-b", "wt", str(tmp_path / "wt"))
    commit(tmp_path / "wt", "x", {"x": "1"}, env=MODEL)
    (line,) = lines(hooked)
    assert (line["branch"], line["worktree"]) == ("wt", str(tmp_path / "wt"))
    assert "Assisted-by" in message(tmp_path / "wt")


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"GIT_EDITOR": str(path), **MODEL}


def test_an_empty_message_still_aborts(hooked: Path, tmp_path: Path) -> None:
    (hooked / "a").write_text("1")
    git(hooked, "add", "-A")
    for arguments in (["commit"], ["commit", "-v"], ["-c", "core.commentChar=;", "commit"]):
        before = git(hooked, "rev-parse", "HEAD")
        git(hooked, *arguments, env=editor(tmp_path, "exit 0"), check=False)
        assert git(hooked, "rev-parse", "HEAD") == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["commit"],
        ["commit", "-v"],
        ["commit", "--cleanup=scissors", "-v"],
        ["-c", "core.commentChar=;", "commit", "-v"],
    ],
)
def test_with_an_editor_the_trailer_lands_in_the_message(hooked: Path, tmp_path: Path, arguments: list[str]) -> None:
    (hooked / "a").write_text("1")
    git(hooked, "add", "-A")
    git(hooked, *arguments, env=editor(tmp_path, '{ echo "feat: x"; cat "$1"; } >"$1.new" && mv "$1.new" "$1"'))
    assert git(hooked, "log", "-1", "--format=%(trailers:only)").strip() == "Assisted-by: claude-code:claude-opus-4-8"
    assert "diff --git" not in message(hooked)


@pytest.mark.parametrize(
    "body", ["x\n\na\n---\nb", "x\r\n\r\nwith carriage returns\r\n", "x\n\nSigned-off-by: Ann <ann@example.org>"]
)
def test_odd_bodies_keep_their_words_and_get_the_trailer(hooked: Path, body: str) -> None:
    (hooked / "a").write_text("1")
    git(hooked, "add", "-A")
    subprocess.run(
        ["git", "commit", "-q", "-F", "-"], cwd=hooked, input=body.encode(), env={**os.environ, **MODEL}, check=True
    )
    text = message(hooked)
    assert text.splitlines()[-1] == "Assisted-by: claude-code:claude-opus-4-8"
    assert all(word in text for word in body.split())


@pytest.mark.parametrize(
    "hostile", ["a\nb\tc=1\x1b[31m", "x" * 1_000_000, "$(touch pwned) `touch pwned`", "é\u202eß", "-n", "a b"]
)
def test_text_from_the_environment_breaks_nothing(hooked: Path, hostile: str) -> None:
    env = dict.fromkeys(("LEDGER_MODEL", "LEDGER_ROLE", "LEDGER_TASK", "LEDGER_AGENT", "LEDGER_SESSION"), hostile)
    if len(hostile) > 100_000:
        env = {"LEDGER_MODEL": hostile[:100_000]}
    commit(hooked, "x", {"a": "1"}, env=env)
    (line,) = lines(hooked)
    assert line["v"] == "1"
    assert all(part.isascii() and part.isprintable() for part in (line["model"], line["agent"], line["session"]))
    assert len(repr(line)) < 4000
    assert not (hooked / "pwned").exists()


def test_what_cannot_be_written_stops_no_commit(hooked: Path) -> None:
    shutil.rmtree(hooked / ".git/ledger")
    (hooked / ".git/ledger").write_text("a file in the way")
    done = subprocess.run(
        ["git", "commit", "-q", "--allow-empty", "-m", "x"],
        cwd=hooked,
        env={**os.environ, **MODEL},
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")


def test_fifty_at_once_leave_fifty_whole_lines(hooked: Path, tmp_path: Path) -> None:
    trees = [tmp_path / f"w{number}" for number in range(10)]
    for tree in trees:
        git(hooked, "worktree", "add", "-q", "--detach", str(tree))
    script = "for n in 1 2 3 4 5; do git commit -q --allow-empty -m $n || exit 1; done"
    running = [subprocess.Popen(["sh", "-c", script], cwd=tree, env={**os.environ, **MODEL}) for tree in trees]
    assert [process.wait() for process in running] == [0] * 10
    made = set(git(hooked, "rev-list", "--no-walk", *(git(tree, "rev-parse", "HEAD~0") for tree in trees)).split())
    found = [line["new"] for line in lines(hooked)]
    assert len(found) == 50
    assert made <= set(found)


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_it_runs_under_every_shell(hooked: Path, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not on this machine")
    for event in EVENTS:
        path = hooked / ".git/hooks" / event
        path.write_text(path.read_text().replace("#!/bin/sh", f"#!{shutil.which(shell)}", 1))
    commit(hooked, "x", {"a": "1"}, env=MODEL)
    assert message(hooked).endswith("Assisted-by: claude-code:claude-opus-4-8")
    assert len(lines(hooked)) == 1


def test_months_are_those_of_the_calendar(hooked: Path) -> None:
    for day in ("2024-02-29", "2025-12-31", "2026-01-01", "2000-03-01"):
        git(hooked, "commit", "-q", "--allow-empty", "-m", day, env={"GIT_COMMITTER_DATE": f"{day}T12:00:00Z"})
    assert sorted(path.stem for path in (hooked / ".git/ledger/journal").iterdir()) == [
        "2000-03",
        "2024-02",
        "2025-12",
        "2026-01",
    ]


# -- `ledger use` ------------------------------------------------------------------------------------------------------


def test_a_declaration_holds_on_its_branch_until_it_ends(hooked: Path) -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    opened = Git.open(hooked)
    declare(opened, "gpt-5.4", now=now, agent="codex", role="review", task="fix")
    commit(hooked, "x", {"a": "1"})
    assert message(hooked) == "x\n\nLedger-Review: codex:gpt-5.4\nLedger-Task: fix"
    git(hooked, "switch", "-q", "-c", "other")
    commit(hooked, "y", {"a": "2"})
    assert message(hooked) == "y"
    git(hooked, "switch", "-q", "main")
    declare(opened, "gpt-5.4", now=now, duration=parse_duration("0m"))
    commit(hooked, "z", {"a": "3"})
    assert message(hooked) == "z"
    assert clear(opened, now=now)
    assert not clear(opened, now=now)


def test_the_installed_hook_needs_nothing_of_ours(hooked: Path) -> None:
    text = hook_text()
    assert "python" not in text.lower()
    assert str(Path(__file__).parents[2]) not in text
