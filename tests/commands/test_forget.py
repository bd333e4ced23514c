"""`ledger forget` as a person uses it: it says what it takes away, and asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import Ran, run
from tests.posting.calling import made, post_calls


@pytest.fixture
def called(committed: Path) -> Path:
    """A repository with two calls of one session."""
    post_calls(committed, made("a", session="session-1"), made("b", session="session-1"))
    return committed


def told(repository: Path, *arguments: str) -> Ran:
    return run("-C", str(repository), "forget", *arguments)


def calls(repository: Path) -> str:
    return run("-C", str(repository), "query", "--format", "csv", "SELECT COALESCE(SUM(calls), 0) AS n FROM spend").out


def test_a_session_is_forgotten_and_remembered(called: Path) -> None:
    done = told(called, "session", "--yes")
    assert (done.code, done.out, done.err) == (0, "", "Forgotten: 1 session, 2 calls, $0.05 of cost.\n")
    assert calls(called) == "n\n0\n"
    assert told(called, "session-1").err == "It is forgotten already.\n"
    assert told(called, "session-1", "--undo").err == "It counts again.\n"
    assert calls(called) == "n\n2\n"
    assert told(called, "session-1", "--undo").err == "It was not forgotten.\n"


def test_an_author_is_forgotten_for_good(called: Path) -> None:
    assert told(called, "ann@example.org", "--yes").err == (
        "Forgotten: the author of 1 commit, 0 sessions, 0 calls, $0.00 of cost.\n"
    )
    assert told(called, "ann@example.org").err == "It is forgotten already.\n"
    refused = told(called, "ann@example.org", "--undo")
    assert refused.code == 1
    assert "cannot come back" in refused.err


def test_nothing_goes_where_nobody_can_be_asked(called: Path) -> None:
    done = told(called, "session-1")
    assert (done.code, done.out) == (1, "")
    assert done.err == "ledger: This would take away 1 session, 2 calls, $0.05 of cost; say --yes if it is meant.\n"
    assert calls(called) == "n\n2\n"


def test_what_is_not_known_is_a_sentence_that_steers_nothing(called: Path) -> None:
    done = told(called, "\x1b[2J\u202enobody", "--yes")
    assert done.code == 1
    assert "is no session and no author" in done.err
    assert not {"\x1b", "\u202e"} & set(done.err)


def test_without_a_ledger_nothing_is_made(committed: Path) -> None:
    done = told(committed, "session-1", "--yes")
    assert done.code == 1
    assert not (committed / ".git" / "ledger" / "ledger.db").exists()
