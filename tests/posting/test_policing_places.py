"""`ledger check` where it runs: jobs of requests, clones, worktrees, other settings (ledger.posting.policing)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.policed import Checked
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.posting.policing import check_range, read_policy
from ledger.posting.workplace import open_workplace
from tests.commands.running import run
from tests.gitting import WHEN, commit, git

OPUS = "Assisted-by: claude-code:claude-opus-4-8"
GPT = "Ledger-Review: codex:gpt-5.4"
REVIEWED = "[policy.review]\nlevel = 'fail'\n"


@pytest.fixture
def ruled(repository: Path) -> Path:
    """A repository that wants reviews, its branch checked out."""
    commit(repository, "begin", {"ledger.toml": REVIEWED}, at=WHEN)
    git(repository, "switch", "-q", "-c", "feature")
    return repository


def check(path: Path, name: str = "", **environ: str) -> Checked:
    return check_range(open_workplace(str(path), environ), name)


def levels(path: Path, name: str = "", **environ: str) -> list[str]:
    return [each.level for each in check(path, name, **environ).findings]


def test_a_request_s_job_checks_what_the_request_brings(ruled: Path, tmp_path: Path) -> None:
    """A forge checks out a merge of its own that no branch leads to; what main got meanwhile is not the request's."""
    commit(ruled, f"feat: tokens\n\n{OPUS}", {"auth/token.py": "1"})
    git(ruled, "switch", "-q", "main")
    commit(ruled, f"feat: passwords\n\n{OPUS}", {"auth/password.py": "1"})
    clone = tmp_path / "job"
    git(tmp_path, "clone", "-q", str(ruled), str(clone))
    git(clone, "checkout", "-q", "--detach", "origin/main")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge 2 into 1", "origin/feature")
    checked = check(clone, GITHUB_BASE_REF="main")
    assert (checked.range, checked.commits) == ("origin/main..HEAD", 1)
    assert [(each.level, each.subject) for each in checked.findings] == [("fail", "feat: tokens")]
    assert "auth/token.py" in checked.findings[0].reason
    assert "password" not in checked.findings[0].reason


def test_a_job_with_one_commit_says_how_to_get_the_rest(ruled: Path, tmp_path: Path) -> None:
    commit(ruled, f"feat: tokens\n\n{OPUS}", {"auth/token.py": "1"})
    clone = tmp_path / "job"
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "feature", ruled.as_uri(), str(clone))
    with pytest.raises(LedgerError, match=r"No branch here is called main.*fetch-depth: 0"):
        check(clone, GITHUB_BASE_REF="main")
    with pytest.raises(LedgerError, match=r"shallow and has only a part of HEAD.*fetch --unshallow"):
        check(clone, "HEAD")


def test_a_squash_names_its_models_and_its_review(ruled: Path) -> None:
    """As a forge writes it: the trailers of all commits stand in one message."""
    body = f"* feat: one\n\n{OPUS}\n\n* fix: two\n\n{OPUS}"
    commit(ruled, f"feat: tokens (#3)\n\n{body}", {"auth/token.py": "1"})
    assert levels(ruled) == ["fail"]
    git(ruled, "commit", "-q", "--amend", "-m", f"feat: tokens (#3)\n\n{body}\n\n{GPT}")
    assert levels(ruled) == []


def test_documentation_after_the_review_asks_for_no_other(ruled: Path) -> None:
    commit(ruled, f"feat: tokens\n\n{OPUS}\n{GPT}", {"auth/token.py": "1"})
    commit(ruled, f"docs: tokens\n\n{OPUS}", {"auth/README.md": "1"})
    assert levels(ruled) == []
    commit(ruled, f"feat: more\n\n{OPUS}", {"src/app.py": "1"})
    assert levels(ruled) == ["fail"], "whatever it changes, the reviewer has not seen it beside the rest"


def test_documentation_alone_asks_for_none(ruled: Path) -> None:
    commit(ruled, f"docs: tokens\n\n{OPUS}", {"auth/README.md": "1", "docs/auth.md": "1"})
    assert levels(ruled) == []


def test_stakes_are_those_of_the_team_s_areas(ruled: Path) -> None:
    text = f"{REVIEWED}[areas]\nauth = []\ncore = {{ paths = ['core/'], stakes = 'high' }}\n"
    commit(ruled, "areas", {"ledger.toml": text})
    commit(ruled, f"feat: tokens\n\n{OPUS}", {"auth/token.py": "1"})
    assert levels(ruled) == []
    commit(ruled, f"feat: loop\n\n{OPUS}", {"core/loop.c": "1"})
    assert "core (core/loop.c)" in check(ruled).findings[0].reason


def test_a_rebased_review_counts_for_what_it_holds_now(ruled: Path) -> None:
    """Its commit was moved before the work, with all its dates as they were."""
    commit(ruled, f"feat: tokens\n\n{OPUS}", {"auth/token.py": "1"})
    git(ruled, "commit", "-q", "--allow-empty", "-m", f"Review\n\n{GPT}")
    assert levels(ruled) == []
    work, reviewed = git(ruled, "rev-parse", "HEAD~1"), git(ruled, "rev-parse", "HEAD")
    git(ruled, "reset", "-q", "--hard", "main")
    git(ruled, "cherry-pick", "--allow-empty", reviewed)
    git(ruled, "cherry-pick", work)
    assert levels(ruled) == ["fail"]


def test_the_target_is_the_one_that_is_set(ruled: Path) -> None:
    git(ruled, "branch", "develop")
    commit(ruled, f"feat: tokens\n\n{OPUS}", {"auth/token.py": "1"})
    git(ruled, "config", "ledger.target", "develop")
    assert check(ruled).range == "develop..HEAD"


def test_pyproject_has_it_too_and_a_linked_worktree_its_own(ruled: Path, tmp_path: Path) -> None:
    text = "[tool.ledger.policy.size]\nfiles = 1\n"
    commit(ruled, "move", {"pyproject.toml": text})
    git(ruled, "rm", "-q", "ledger.toml")
    git(ruled, "commit", "-q", "-m", "one file")
    assert read_policy(Git.open(ruled)).rules == ["size"]
    git(ruled, "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    assert read_policy(Git.open(tmp_path / "linked")).rules == ["review"]


def test_a_bare_repository_has_no_policy(ruled: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(ruled), "bare.git")
    with pytest.raises(LedgerError, match="There is no policy here"):
        check(tmp_path / "bare.git")


def test_a_tag_that_was_taken_back_says_nothing(ruled: Path) -> None:
    """With it the model that implemented is known, without it nobody is named again."""
    commit(ruled, "feat: tokens", {"auth/token.py": "1"}, at=WHEN)
    assert levels(ruled) == ["unknown"]
    assert run("-C", str(ruled), "tag", "HEAD", "--model", "claude-opus-4-8").code == 0
    assert levels(ruled) == ["fail"]
    assert run("-C", str(ruled), "tag", "HEAD", "--remove").code == 0
    assert levels(ruled) == ["unknown"]
