"""`ledger check` from git alone and with a ledger: real commits, a real policy, a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.policed import Checked
from ledger.errors import BadSetting, LedgerError
from ledger.posting.policing import check_range
from ledger.posting.workplace import open_workplace
from tests.commands.running import run
from tests.gitting import WHEN, commit, git

POLICY = """\
[policy]
level = "fail"
[policy.roles.allow]
"claude-haiku" = ["scout"]
[policy.review]
[policy.trailers]
required = ["Ledger-Task"]
[policy.cost.bands]
any = { warn = 1, fail = 5 }
[policy.size]
files = 5
[policy.tests]
"""
REMOTE = "github.com/example/shop"
OPUS = "Assisted-by: claude-code:claude-opus-4-8\nLedger-Task: fix"


@pytest.fixture
def ruled(repository: Path) -> Path:
    """A repository with the policy on main, and a branch checked out."""
    git(repository, "remote", "add", "origin", f"https://{REMOTE}.git")
    commit(repository, "chore: begin", {"ledger.toml": POLICY}, at=WHEN)
    git(repository, "switch", "-q", "-c", "fix/token")
    return repository


def check(path: Path, name: str = "", **environ: str) -> Checked:
    return check_range(open_workplace(str(path), environ), name)


def told(checked: Checked) -> list[tuple[str, str]]:
    return [(each.rule, each.level) for each in checked.findings]


def test_by_git_alone_trailers_are_enough(ruled: Path) -> None:
    work = commit(ruled, f"fix: token\n\n{OPUS}", {"src/auth/token.py": "1", "tests/test_token.py": "1"})
    first = check(ruled)
    assert (first.range, first.commits) == ("main..HEAD", 1)
    assert told(first) == [("review", "fail"), ("cost", "unknown")]
    assert first.findings[0].commit == work
    assert first.notes == ("There is no ledger here: this was judged by git alone.",)
    git(ruled, "commit", "-q", "--allow-empty", "-m", "Review\n\nLedger-Review: codex:gpt-5.4")
    assert told(check(ruled)) == [("cost", "unknown")]
    commit(ruled, f"fix: more\n\n{OPUS}", {"src/auth/token.py": "2"})
    assert told(check(ruled)) == [("review", "fail"), ("cost", "unknown")]
    assert not (ruled / ".git" / "ledger").exists(), "nothing is written"


def test_every_rule_finds_what_is_against_it(ruled: Path) -> None:
    files = {f"src/{name}.py": "1" for name in "abcdef"}
    commit(ruled, "fix: it\n\nCo-Authored-By: Claude Haiku 4.5 <noreply@anthropic.com>", files)
    assert told(check(ruled)) == [
        *(("roles", "fail"), ("trailers", "fail"), ("size", "fail"), ("tests", "fail")),
        ("cost", "unknown"),
    ]


def test_the_size_is_that_of_the_whole_not_the_sum(ruled: Path) -> None:
    """What was made and taken away again on the branch is no part of the change."""
    commit(ruled, f"fix: it\n\n{OPUS}", {f"docs/{name}.md": "1" for name in "abcdef"})
    git(ruled, "rm", "-q", *(f"docs/{name}.md" for name in "bcdef"))
    commit(ruled, f"fix: less\n\n{OPUS}", {})
    assert told(check(ruled)) == [("cost", "unknown")]


def test_silence_is_counted_and_no_breach(ruled: Path) -> None:
    commit(ruled, "fix: by hand", {"docs/a.md": "1"})
    checked = check(ruled)
    assert told(checked) == [("cost", "unknown")]
    assert checked.notes[-1] == "1 commit of 1 name no model: a person's work, or nobody said."


def test_an_empty_range_has_nothing_to_judge(ruled: Path) -> None:
    checked = check(ruled)
    assert (checked.commits, checked.findings, checked.notes) == (0, (), ())


def test_ci_and_pre_commit_say_what_is_judged(ruled: Path) -> None:
    first = commit(ruled, f"fix: a\n\n{OPUS}", {"docs/a.md": "1"})
    git(ruled, "branch", "release")
    second = commit(ruled, f"fix: b\n\n{OPUS}", {"docs/b.md": "1"})
    for variable in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
        assert check(ruled, **{variable: "release"}).range == "release..HEAD"
    assert check(ruled, PRE_COMMIT_TO_REF=first).commits == 1
    assert check(ruled, PRE_COMMIT_TO_REF=second).commits == 2


def test_without_a_policy_the_way_to_one_is_told(repository: Path) -> None:
    commit(repository, "root")
    for text in (None, "authors = 'plain'\n"):
        if text:
            (repository / "ledger.toml").write_text(text)
        with pytest.raises(LedgerError, match="There is no policy here: ledger init --policy"):
            check(repository)
    (repository / "ledger.toml").write_text("[policy]\n\nlevel = 'hard'\n")
    with pytest.raises(BadSetting, match=r"ledger\.toml, line 3: policy\.level is 'hard'"):
        check(repository)


def statement(cost: str, **said: Any) -> dict[str, Any]:
    body = {"model": "claude-opus-4-8", "agent": "claude-code", "role": "implement", "task_type": "fix", "cost": cost}
    body |= {"change": "7", "opened": "2026-03-01", "decided": "2026-03-02", "outcome": "accepted"} | said
    return {"v": 1, "kind": "statement", "repository": [REMOTE], "body": body}


def test_with_a_ledger_costs_and_journal_are_known(ruled: Path, tmp_path: Path) -> None:
    entries = tmp_path / "entries.jsonl"
    entries.write_text(json.dumps(statement("6.50")) + "\n")
    commit(ruled, "fix: it (#7)", {"docs/a.md": "1"}, at=WHEN)
    git(ruled, "switch", "-q", "main")
    git(ruled, "merge", "-q", "--ff-only", "fix/token")
    assert run("-C", str(ruled), "update", "--source", "commits").code == 0
    assert run("-C", str(ruled), "update", "--source", "entries", str(entries)).code == 0
    assert run("-C", str(ruled), "tag", "HEAD", "--model", "claude-haiku-4-5").code == 0
    checked = check(ruled, "HEAD")
    reasons = {each.rule: each.reason for each in checked.findings if each.level == "fail"}
    assert reasons.keys() == {"roles", "trailers", "cost"}
    assert "claude-haiku-4-5 implements here" in reasons["roles"], "a tag outranks what the message says"
    assert reasons["cost"] == "'7' (fix) cost at least $6.50; the policy wants at most $5.00."
    later = commit(ruled, f"fix: later\n\n{OPUS}", {"docs/b.md": "1"})
    unread = [each.reason for each in check(ruled, later).findings]
    assert unread == ["The ledger does not have 1 commit of it yet."]


def test_a_ledger_that_cannot_be_read_is_said_so_and_git_is_asked(ruled: Path) -> None:
    commit(ruled, f"fix: it\n\n{OPUS}", {"docs/a.md": "1"})
    database = ruled / ".git" / "ledger" / "ledger.db"
    database.parent.mkdir()
    database.write_bytes(b"no database at all" * 100)
    checked = check(ruled)
    assert told(checked) == [("cost", "unknown")]
    assert checked.notes[0].endswith(" This was judged by git alone.")


def test_a_ledger_without_this_repository_is_said_so(ruled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other, "root", {"other": "1"})
    assert run("-C", str(other), "update", "--source", "commits").code == 0
    commit(ruled, f"fix: it\n\n{OPUS}", {"docs/a.md": "1"})
    checked = check_range(open_workplace(str(ruled), {}, str(other / ".git" / "ledger" / "ledger.db")))
    assert "does not have this repository" in checked.notes[0]
    assert told(checked) == [("cost", "unknown")]
