"""Tool calls of any agent: the commits they made, the files they wrote, nothing else of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain.shell_calls import ShellCalls, command_of, output_of

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


def shell() -> ShellCalls:
    return ShellCalls("agent", lambda path, directory: f"{directory}|{path}")


def test_two_commits_of_one_call_are_two_and_the_answer_closes_it() -> None:
    calls = shell()
    calls.called("c", "git commit -m a; git commit -m b", "s", "/w", WHEN)
    later = WHEN + timedelta(seconds=9)
    made = list(calls.answered("c", "[m aaaaaaa] a\n[m bbbbbbb] b", later))
    assert [(row.id, row.printed_id, row.directory) for row in made] == [
        ("agent/c", "aaaaaaa", "/w"),
        ("agent/c#2", "bbbbbbb", "/w"),
    ]
    assert {(row.started_at, row.ended_at, row.session) for row in made} == {(WHEN, later, "s")}
    assert list(calls.answered("c", "[m aaaaaaa] a", later)) == []


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
    assert made.started_at == made.ended_at


def test_a_patch_names_its_files_once() -> None:
    patch = "*** Begin Patch\n*** Update File: a b.py\r\n*** Delete File: c\n*** Update File: c\n*** End Patch"
    assert [row.path for row in shell().patched(patch, "s", "/w", WHEN)] == ["/w|a b.py", "/w|c"]


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
