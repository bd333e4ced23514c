"""Why a commit has no line: each reason once, and what git writes into reflogs told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain.unlined import REASONS, Memory, Moved, Recent, reason, remember, without_line

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)


def _commit(oid: str, day: int, committer: str = "ann@example.org") -> Recent:
    return Recent(oid, START + day * DAY, committer)


@pytest.mark.parametrize(
    "action",
    [
        "commit: fix: a",
        "commit (initial): begin",
        "commit (amend): fix",
        "commit (merge): Merge branch 'x'",
        "merge x: Merge made by the 'ort' strategy.",
        "pull: Merge made by the 'ort' strategy.",
        "rebase (pick): fix",
        "rebase (continue): fix (start): of it",
        "rebase -i (squash): both",
        "pull --rebase (pick): fix",
        "cherry-pick: fix",
        "revert: Revert",
        "am: fix",
        "fix: as GitPython writes it, without git's word",
        "commit: merge: Fast-forward",
    ],
)
def test_what_was_made_here_is_told_by_the_reflog_s_word(action: str) -> None:
    assert remember([Moved("a", START, action)]).made == {"a": START}


@pytest.mark.parametrize(
    "action",
    [
        "",
        "checkout: moving from main to fix",
        "reset: moving to HEAD~1",
        "clone: from https://example.org/shop",
        "branch: Created from HEAD",
        "Branch: renamed refs/heads/a to refs/heads/b",
        "fetch origin main:main: fast-forward",
        "push",
        "merge origin/main: Fast-forward",
        "pull: Fast-forward",
        "pull origin main: Fast-forward",
        "initial pull",
        "rebase (start): checkout origin/main",
        "rebase (finish): returning to refs/heads/main",
        "rebase -i (finish): refs/heads/fix onto 1234567",
        "rebase finished: returning to refs/heads/main",
        "pull --rebase (start): checkout 1234567",
        "pull --rebase origin main (finish): returning to refs/heads/main",
        "cherry-pick: fast-forward",
    ],
)
def test_what_came_in_from_elsewhere_is_not(action: str) -> None:
    assert remember([Moved("a", START, action)]).made == {}


def test_the_first_time_a_commit_was_made_counts() -> None:
    entries = [Moved("a", START + DAY, "commit: x"), Moved("a", START, "commit: x"), Moved("a", START + DAY, "am: x")]
    assert remember(entries).made == {"a": START}


@pytest.mark.parametrize(
    ("first", "is_complete"),
    [
        ("clone: from https://example.org/shop", True),
        ("commit (initial): begin", True),
        ("initial pull", True),
        ("commit: later", False),
        ("branch: Created from HEAD", False),
    ],
)
def test_a_reflog_that_begins_with_the_clone_remembers_everything(first: str, is_complete: bool) -> None:
    memory = remember([Moved("b", START + DAY, "commit: y"), Moved("a", START, first)])
    assert (memory.since, memory.is_complete) == (START, is_complete)


def test_of_entries_in_one_second_any_may_be_the_first() -> None:
    entries = [Moved("a", START, "branch: Created from HEAD"), Moved("a", START, "commit (initial): begin")]
    assert remember(entries).is_complete
    assert remember(entries[::-1]).is_complete


def test_a_first_commit_that_is_not_the_oldest_entry_proves_nothing() -> None:
    entries = [Moved("b", START + DAY, "commit (initial): an orphan"), Moved("a", START, "commit: old")]
    assert not remember(entries).is_complete


def test_a_clone_s_first_entry_is_the_oldest_even_if_a_clock_says_otherwise() -> None:
    entries = [Moved("b", START, "commit: dated back"), Moved("a", START + DAY, "clone: from /shop")]
    assert remember(entries).is_complete


def test_no_reflog_remembers_nothing() -> None:
    assert remember([]) == Memory({}, None, False)


CUT = Memory({"mine": START + 10 * DAY}, START + 5 * DAY, False)
WHOLE = Memory({"mine": START + 10 * DAY}, START + 5 * DAY, True)


@pytest.mark.parametrize(
    ("commit", "memory", "hooks_since", "told"),
    [
        (_commit("mine", 10), CUT, 8, "here"),
        (_commit("mine", 10), CUT, 10, "before"),
        (_commit("mine", 10), CUT, 12, "before"),
        (_commit("mine", 10), CUT, None, "before"),
        (_commit("theirs", 10), CUT, 8, "elsewhere"),
        (_commit("theirs", 10), CUT, None, "elsewhere"),
        (_commit("theirs", 5), CUT, 1, "elsewhere"),
        (_commit("old", 4), CUT, 1, "unknown"),
        (_commit("old", 4), CUT, 8, "before"),
        (_commit("old", 4), CUT, None, "before"),
        (_commit("old", 4), WHOLE, 1, "elsewhere"),
        (_commit("web", 4, "noreply@github.com"), CUT, 1, "elsewhere"),
        (_commit("web", 4, "NoReply@GitHub.com"), Memory({}, None, False), 1, "elsewhere"),
        (_commit("any", 4), Memory({}, None, False), 1, "unknown"),
        (_commit("any", 4), Memory({}, None, False), 8, "before"),
    ],
)
def test_each_commit_has_one_reason(commit: Recent, memory: Memory, hooks_since: int | None, told: str) -> None:
    assert reason(commit, memory, None if hooks_since is None else START + hooks_since * DAY) == told
    assert told in REASONS


def test_commits_without_a_line_are_grouped_the_youngest_first() -> None:
    memory = remember(
        [Moved("a", START, "commit (initial): a")] + [Moved(f"m{n}", START + n * DAY, "commit: x") for n in range(1, 7)]
    )
    commits = [_commit(f"m{n}", n) for n in range(1, 7)] + [_commit("a", 0), _commit("web", 3)]
    groups = without_line(commits, {"m6"}, memory, START + DAY)
    assert [(group.reason, group.count, group.latest) for group in groups] == [
        ("here", 4, ("m5", "m4", "m3")),
        ("before", 2, ("m1", "a")),
        ("elsewhere", 1, ("web",)),
    ]
    assert groups[0].latest_at == START + 5 * DAY


def test_where_every_commit_has_a_line_there_is_no_group() -> None:
    assert without_line([_commit("a", 0)], {"a"}, Memory({}, None, False), None) == ()
    assert without_line([], set(), Memory({}, None, False), None) == ()
