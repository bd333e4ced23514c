"""A commit is the same facts, whether git tells it or a forge."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.commit_facts import Contained, Written, split_message
from ledger.domain.facts import Contribution
from ledger.domain.git_facts import Commit, RepositoryCommit
from ledger.git import Git
from ledger.sources.commits import read_commits
from tests.domain.requesting import person
from tests.gitting import WHEN, commit, git

MESSAGES = [
    "feat: a",
    "feat: one\nand two  \n\nbecause\n\nCo-authored-by: Claude <noreply@anthropic.com>",
    "fix: b (#12)\n\n\nThis reverts commit " + "a" * 40 + ".\n\nAssisted-by: codex:gpt-5.4\nLedger-Task: fix",
    "\n\nfix: c\n \nbody after a blank that is none",
    "Größe: ü\n\n(cherry picked from commit " + "b" * 40 + ")",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_forges_commit_is_the_one_that_git_has(message: str, repository: Path) -> None:
    oid = commit(repository, message, at=WHEN)
    from_git = [each for each in read_commits(Git.open(repository), "R", {}, person) if isinstance(each, Commit)]
    who = {"name": "Ann", "email": "ann@example.org", "date": "2026-03-01T09:00:00Z"}
    whole = git(repository, "log", "-1", "--format=%B", oid)
    told = Written.told(oid, (), whole, who, who)
    assert told is not None
    facts = list(Contained(7, "", (told,)).facts("R", person))
    assert [each for each in facts if isinstance(each, Commit)] == from_git
    credits_of_git = [e for e in read_commits(Git.open(repository), "R", {}, person) if isinstance(e, Contribution)]
    assert [each for each in facts if isinstance(each, Contribution)] == credits_of_git
    assert [each.evidence for each in facts if isinstance(each, RepositoryCommit)] == ["forge"]


def test_a_message_is_split_as_git_splits_it() -> None:
    assert split_message("") == ("", "")
    assert split_message("a\n") == ("a", "")
    assert split_message("a\nb\n\n\nc\n\nd") == ("a b", "c\n\nd")


@pytest.mark.parametrize(
    ("message", "author"),
    [(None, {"date": "2026-03-01T09:00:00Z"}), ("x", {"date": "yesterday"}), ("x", None), (5, {})],
)
def test_what_git_would_tell_otherwise_is_not_told(message: object, author: object) -> None:
    assert Written.told("a" * 40, (), message, author, {"date": "2026-03-01T09:00:00Z"}) is None
