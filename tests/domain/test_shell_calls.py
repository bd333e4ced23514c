"""Tool calls of any agent: the commits they made, the files they wrote, nothing else of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain.commit_commands import mark_of
from ledger.domain.session_facts import SessionCommit, SessionWrite, Subagent
from ledger.domain.shell_calls import ShellCalls, command_of, output_of

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def shell() -> ShellCalls:
    return ShellCalls("agent", lambda path, directory: f"{directory}|{path}")


def test_two_commits_of_one_call_are_two_and_the_answer_closes_it() -> None:
    calls = shell()
    calls.called("c", "git commit -m a; git commit -m b", "s", "/w", WHEN)
    later = WHEN + timedelta(seconds=9)
    answered = calls.answered("c", "[m aaaaaaa] a\n[m bbbbbbb] b", later)
    made = [row for row in answered if isinstance(row, SessionCommit)]
    assert [(row.id, row.printed_id, row.directory) for row in made] == [
        ("agent/c", "aaaaaaa", "/w"),
        ("agent/c#2", "bbbbbbb", "/w"),
    ]
    assert {(row.started_at, row.ended_at, row.session) for row in made} == {(WHEN, later, "s")}
    assert list(calls.answered("c", "[m aaaaaaa] a", later)) == []


def test_a_silent_commit_is_told_with_the_subagent_that_made_it_also_in_the_next_reading() -> None:
    calls = shell()
    calls.called("c", "git commit -qm 'feat: a' | tail -1", "s", "/w", WHEN, "sub")
    again = ShellCalls("agent", lambda path, _: path, calls.opened())
    worker, made = again.answered("c", "", WHEN)
    assert isinstance(worker, Subagent)
    assert isinstance(made, SessionCommit)
    assert (worker.has_written, made.printed_id, made.branch, made.subject) == (True, "", "", mark_of("feat: a"))
    calls.called("d", "git commit -qm 'feat: a'", "s", "/w", WHEN)
    assert list(calls.answered("d", "nothing to commit, working tree clean", WHEN)) == []


def test_only_commits_are_waited_for_and_not_more_than_a_few() -> None:
    calls = shell()
    calls.called("x", "ls", "s", "/w", WHEN)
    calls.called("", "git commit", "s", "/w", WHEN)
    assert not calls.is_open("x")
    for number in range(300):
        calls.called(f"c{number}", "git commit -m x", "s", "/w", WHEN)
    assert len(calls.opened()) == 200
    again = ShellCalls("agent", lambda path, _: path, calls.opened())
    assert again.is_open("c299")
    assert not again.is_open("c0")


def test_an_answer_before_its_call_makes_an_interval_of_no_length() -> None:
    calls = shell()
    calls.called("c", "git commit -m x", "s", "", WHEN)
    (made,) = calls.answered("c", "[m aaaaaaa] x", WHEN - timedelta(seconds=5))
    assert isinstance(made, SessionCommit)
    assert made.started_at == made.ended_at


def test_a_patch_names_its_files_once() -> None:
    patch = "*** Begin Patch\n*** Update File: a b.py\r\n*** Delete File: c\n*** Update File: c\n*** End Patch"
    rows = shell().patched(patch, "s", "/w", WHEN)
    assert [row.path for row in rows if isinstance(row, SessionWrite)] == ["/w|a b.py", "/w|c"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["bash", "-lc", "git commit -m x"], "git commit -m x"),
        (["git", "commit"], "git commit"),
        ("git commit", "git commit"),
        (None, ""),
        ({"command": "x"}, ""),
    ],
)
def test_the_text_of_a_command(given: object, wanted: str) -> None:
    assert command_of(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("plain", "plain"),
        ('{"output":"a\\nb","metadata":{}}', "a\nb"),
        ('{"broken', '{"broken'),
        ([{"type": "text", "text": "a"}, "b"], "a\nb"),
        ({"content": [{"text": "a"}]}, "a"),
        (7, ""),
        (None, ""),
    ],
)
def test_the_text_of_a_result(given: object, wanted: str) -> None:
    assert output_of(given) == wanted


def test_a_verdict_on_a_request_is_told_at_once_and_by_whom() -> None:
    made = shell().called("c", "gh pr review 7 --approve; gh pr review", "s", "/w", WHEN, "a1")
    assert [(row.id, row.session, row.subagent, row.directory, row.request_number) for row in made] == [
        ("agent/c", "s", "a1", "/w", 7),
        ("agent/c#2", "s", "a1", "/w", None),
    ]
    assert shell().called("", "gh pr review 7", "s", "/w", WHEN) == []


def test_what_a_subagent_wrote_or_committed_says_that_it_did() -> None:
    calls = shell()
    assert [type(row) for row in calls.wrote("x", "s", "/w", WHEN)] == [SessionWrite]
    assert [type(row) for row in calls.wrote("x", "s", "/w", WHEN, "a1")] == [SessionWrite, Subagent]
    calls.called("c", "git commit", "s", "/w", WHEN, "a1")
    again = ShellCalls("agent", lambda path, _: path, calls.opened())
    assert [type(row) for row in again.answered("c", "[m aaaaaaa] x", WHEN)] == [Subagent, SessionCommit]
    calls.called("d", "git commit", "s", "/w", WHEN, "a1")
    assert list(calls.answered("d", "nothing to commit", WHEN)) == []
