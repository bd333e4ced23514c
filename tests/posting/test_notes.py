"""Notes and messages in a real repository: read, weighed, joined to what commits became, and concluded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.posting.derive import derive
from ledger.posting.reporting import make_report
from ledger.posting.update import update
from ledger.posting.workplace import open_workplace
from tests.gitting import WHEN, commit, git
from tests.noting import REF, add_note, note_text
from tests.posting.calling import NOW, asked, made, opened, post_calls

OPUS = "Co-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>"


@pytest.fixture
def begun(repository: Path) -> Path:
    """A repository with a commit of a person."""
    commit(repository, "feat: begin", {"file": "".join(f"{number}\n" for number in range(20))}, at=WHEN)
    return repository


def lines(text: str, count: int = 20) -> dict[str, str]:
    return {"file": f"{text}\n" * count}


def post(repository: Path) -> None:
    with opened(repository) as ledger:
        update(open_workplace(str(repository)), ledger, now=NOW, sources=("commits", "journal", "reflogs", "git-ai"))


def leads(repository: Path) -> list[tuple[Any, ...]]:
    return asked(repository, "SELECT title, lead_model, lead_evidence FROM change WHERE has_model ORDER BY title")


def test_the_model_with_most_lines_in_the_note_leads(begun: Path) -> None:
    oid = commit(begun, "feat: x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"claude-opus-4-8": "1-2", "claude-haiku-4-5": "3-9"}))
    post(begun)
    assert leads(begun) == [("feat: x", "claude-haiku-4-5", "lines")]
    rows = asked(begun, "SELECT model, evidence, lines, agent FROM contribution ORDER BY model")
    assert rows == [("claude-haiku-4-5", "note", 7, "claude-code"), ("claude-opus-4-8", "note", 2, "claude-code")]


def test_a_note_comes_before_a_trailer_and_both_are_kept(begun: Path) -> None:
    oid = commit(begun, f"feat: x\n\n{OPUS}", lines("x"), at=WHEN + timedelta(hours=1))
    post(begun)
    assert leads(begun) == [("feat: x", "claude-opus-4-8", "lines")]
    add_note(begun, oid, note_text({"gpt-5.4": "1-9"}, tool="codex"))
    post(begun)
    assert leads(begun) == [("feat: x", "gpt-5.4", "lines")]
    assert len(asked(begun, "SELECT * FROM contribution")) == 2
    assert asked(begun, "SELECT lineup FROM change WHERE has_model") == [("gpt-5.4",)]


def test_a_note_that_is_written_anew_stands_in_the_earlier_one_s_place(begun: Path) -> None:
    oid = commit(begun, "feat: x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"claude-opus-4-8": "1-20"}), at=WHEN + timedelta(hours=2))
    post(begun)
    add_note(begun, oid, note_text({"claude-haiku-4-5": "1-2"}), at=WHEN + timedelta(hours=3))
    post(begun)
    assert leads(begun) == [("feat: x", "claude-haiku-4-5", "lines")]


@pytest.mark.parametrize("reflog", [True, False])
def test_a_note_on_a_commit_that_was_amended_follows_it(begun: Path, reflog: bool) -> None:
    oid = commit(begun, "feat: x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"claude-opus-4-8": "1-9"}))
    git(begun, "commit", "-q", "--amend", "--no-edit", "-m", "feat: x")
    if not reflog:
        git(begun, "reflog", "expire", "--expire=now", "--all")
    post(begun)
    assert leads(begun) == [("feat: x", "claude-opus-4-8", "only")]


def test_a_note_on_a_commit_that_comes_later_is_joined_then(begun: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(begun), "other")
    oid = commit(tmp_path / "other", "feat: x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(tmp_path / "other", oid, note_text({"claude-opus-4-8": "1-9"}))
    git(begun, "fetch", "-q", str(tmp_path / "other"), f"{REF}:{REF}")
    post(begun)
    assert leads(begun) == []
    assert len(asked(begun, "SELECT * FROM contribution")) == 1
    git(begun, "pull", "-q", "--ff-only", str(tmp_path / "other"), "main")
    post(begun)
    assert leads(begun) == [("feat: x", "claude-opus-4-8", "lines")]


def test_the_session_of_a_note_ties_its_calls_to_the_commit(begun: Path) -> None:
    oid = commit(begun, "feat: x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"claude-opus-4-8": "1-9"}, session="s1"))
    post(begun)
    post_calls(begun, made("c", hours=0.5, session="s1"))
    assert asked(begun, "SELECT rule, calls FROM charge") == [("explicit", 1)]


def test_the_task_and_role_of_a_note_count(begun: Path) -> None:
    oid = commit(begun, "work on x", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"claude-opus-4-8": "1-9"}, task="perf"))
    post(begun)
    assert asked(begun, "SELECT task_type, type_source FROM change WHERE has_model") == [("perf", "tag")]


def test_a_squash_of_several_commits_is_led_by_no_model_that_one_of_them_names(begun: Path) -> None:
    body = f"* one\n\n{OPUS}\n\n* two\n\n---------\n\n{OPUS}"
    commit(begun, f"feat: mixed (#7)\n\n{body}", lines("x"), at=WHEN + timedelta(hours=1))
    each = f"* one\n\n{OPUS}\n\n* two\n\n{OPUS}"
    commit(begun, f"feat: opus (#8)\n\n{each}", lines("y"), at=WHEN + timedelta(hours=2))
    post(begun)
    assert leads(begun) == [
        ("feat: mixed (#7)", None, "mixed"),
        ("feat: opus (#8)", "claude-opus-4-8", "lines"),
    ]


def test_a_branch_s_name_is_evidence_where_nothing_else_is(begun: Path) -> None:
    git(begun, "switch", "-q", "-c", "codex/login")
    commit(begun, "feat: login", {"login": "1"}, at=WHEN + timedelta(hours=1))
    git(begun, "switch", "-q", "main")
    git(begun, "merge", "-q", "--no-ff", "-m", "Merge pull request #9 from owner/codex/login", "codex/login")
    git(begun, "branch", "-q", "-D", "codex/login")
    post(begun)
    assert asked(begun, "SELECT agent, model, evidence FROM contribution") == [("codex", None, "branch")]
    assert asked(begun, "SELECT number, lead_model, has_model FROM change") == [(9, None, 1)]


def test_a_rebuild_from_the_facts_says_the_same(begun: Path) -> None:
    oid = commit(begun, f"feat: x\n\n{OPUS}", lines("x"), at=WHEN + timedelta(hours=1))
    add_note(begun, oid, note_text({"gpt-5.4": "1-9"}, tool="codex"))
    post(begun)
    before = asked(begun, "SELECT * FROM change")
    with opened(begun) as ledger:
        repository = asked(begun, "SELECT id FROM repository")[0][0]
        with ledger.write() as writing:
            writing.replace_derived("change", repository, [])
        derive(ledger, repository)
    assert asked(begun, "SELECT * FROM change") == before


BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"


def people(repository: Path) -> int:
    with opened(repository) as ledger:
        return make_report(ledger, NOW).coverage.human_changes


def test_a_service_bot_is_in_no_count_of_people_and_its_name_is_kept(begun: Path) -> None:
    post(begun)
    assert people(begun) == 1
    git(begun, "commit", "-q", "--allow-empty", "-m", "build: bump x", f"--author={BOT}")
    git(begun, "commit", "-q", "--allow-empty", "-m", "build: bump y (#4)", f"--author={BOT}")
    post(begun)
    assert people(begun) == 1
    commit(begun, f"feat: x\n\n{OPUS}", lines("x"))
    post(begun)
    assert people(begun) == 1
    authors = asked(begun, "SELECT DISTINCT author FROM git_commit WHERE author LIKE 'service:%'")
    assert authors == [("service:dependabot[bot]",)]
