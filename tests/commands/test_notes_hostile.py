"""Hostile text in trailers, notes and names: it does no harm, and every command shows it escaped."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import WHEN, commit, git
from tests.noting import add_note, note_text

ESCAPES = "\x1b]0;owned\x07\x1b[31m\u202e\u2066\x9b"
EVIL = f"m-1{ESCAPES}|<script>=cmd()"


def raw_commit(repository: Path, message: bytes) -> None:
    """A commit whose message git took as it is, from whoever wrote it."""
    arguments = ["git", "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-"]
    subprocess.run(arguments, cwd=repository, input=message, check=True)


@pytest.fixture(scope="module")
def marks() -> tuple[str, ...]:
    return ("\x1b", "\x07", "\u202e", "\u2066", "\x9b", "\0")


def is_harmless(text: str, marks: tuple[str, ...]) -> bool:
    return not any(mark in text for mark in marks)


@pytest.fixture
def hostile(committed: Path) -> Path:
    """A repository with hostile trailers, authors and notes, posted."""
    forged = f"feat: x{ESCAPES}\n\nAssisted-by: a{ESCAPES}b:{EVIL}\nAI-Tool: t{ESCAPES}\n\nquoted:\n"
    forged += f"Co-Authored-By: {ESCAPES}Claude Opus 4.8 <noreply@anthropic.com>\nLedger-Session: s{ESCAPES}\nmore"
    raw_commit(committed, forged.encode())
    git(
        committed,
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        f"fix: y\n\nAI-Model: {'x' * 1_000}",
        f"--author={EVIL} <noreply@anthropic.com>",
    )
    oid = commit(committed, "docs: z", {"z": "1\n2\n"}, at=WHEN)
    add_note(committed, oid, note_text({EVIL: "1-2"}, tool=f"tool{ESCAPES}", session=ESCAPES, task=EVIL, role=EVIL))
    done = run("-C", str(committed), "update")
    assert done.code == 0, done.err
    return committed


def test_every_command_shows_it_escaped(hostile: Path, marks: tuple[str, ...]) -> None:
    oids = git(hostile, "rev-list", "HEAD").split()
    asked = [["show", oid] for oid in oids] + [["report"], ["report", "--format", "json"], []]
    asked += [["query", "SELECT agent, model_raw, model, sessions FROM contribution"], ["sources"]]
    for arguments in asked:
        done = run("-C", str(hostile), *arguments)
        assert (done.code, done.err) == (0, ""), arguments
        assert is_harmless(done.out, marks), arguments
    assert json.loads(run("-C", str(hostile), "report", "--format", "json").out)["format"] == 1


def test_the_note_s_model_is_shown_and_counts(hostile: Path) -> None:
    shown = run("-C", str(hostile), "show", "HEAD").out
    assert "told by a note of git-ai" in shown
    assert "task type docs (by title)" in shown


def test_an_entry_with_hostile_names_is_shown_escaped(posted: Path, tmp_path: Path, marks: tuple[str, ...]) -> None:
    body = {"subject": "request:4", "at": "2026-03-01T00:00:00Z", "model_raw": EVIL, "agent": EVIL, "evidence": EVIL}
    path = tmp_path / "evil.jsonl"
    path.write_text(
        json.dumps({"v": 1, "kind": "contribution", "repository": ["github.com/example/shop"], "body": body})
    )
    assert run("-C", str(posted), "update", "--source", "entries", str(path)).code == 0
    shown = run("-C", str(posted), "show", "4").out
    assert "m-1" in shown
    assert is_harmless(shown, marks)


def test_a_message_of_a_million_trailers_and_a_megabyte_each_is_posted(committed: Path) -> None:
    lines = "".join(f"Assisted-by: agent:model-{number}\n" for number in range(100_000))
    raw_commit(committed, f"feat: x\n\n{lines}".encode())
    raw_commit(committed, b"feat: y\n\nAssisted-by: claude-code:" + b"x" * 1_000_000 + b"\n")
    done = run("-C", str(committed), "update")
    assert done.code == 0, done.err
    rows = run("-C", str(committed), "query", "--format", "json", "SELECT COUNT(*) AS n FROM contribution").out
    assert json.loads(rows) == [{"n": 64}]
