"""`ledger use`: a declaration made, credited, and ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run
from tests.gitting import commit, git


def message(repository: Path) -> str:
    return git(repository, "log", "-1", "--format=%B")


def test_a_declared_model_is_credited_by_the_hooks(repository: Path) -> None:
    run("-C", str(repository), "install", "--trailers")
    done = run("-C", str(repository), "use", "gpt-5.4", "--agent", "codex", "--role", "review", "--task", "fix")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("gpt-5.4 works here until ")
    commit(repository, "fix: a gate")
    assert "Ledger-Review: codex:gpt-5.4" in message(repository)
    assert "Ledger-Task: fix" in message(repository)


def test_a_cleared_one_is_not(repository: Path) -> None:
    run("-C", str(repository), "install", "--trailers")
    run("-C", str(repository), "use", "gpt-5.4")
    assert run("-C", str(repository), "use", "--clear").err == "Cleared.\n"
    commit(repository, "fix: a gate")
    assert message(repository).strip() == "fix: a gate"
    assert run("-C", str(repository), "use", "--clear").err == "Nothing was declared here.\n"


def test_it_ends_with_a_switch_of_branch(repository: Path) -> None:
    run("-C", str(repository), "install", "--trailers")
    commit(repository, "feat: begin")
    run("-C", str(repository), "use", "gpt-5.4")
    git(repository, "checkout", "-q", "-b", "other")
    commit(repository, "fix: elsewhere")
    assert message(repository).strip() == "fix: elsewhere"


@pytest.mark.parametrize("model", ["a b", "a\nb", "x" * 121, "modèle", "a\tb"])
def test_what_does_not_fit_a_trailer_is_refused(repository: Path, model: str) -> None:
    done = run("-C", str(repository), "use", model)
    assert (done.code, done.out) == (1, "")
    assert "does not fit a trailer" in done.err
    assert not (repository / ".git" / "ledger" / "use").exists()


def test_without_a_model_it_says_how(repository: Path) -> None:
    done = run("-C", str(repository), "use")
    assert done.code == 1
    assert "ledger use claude-opus-4-8" in done.err


@pytest.mark.parametrize("time", ["12", "h", "-1h", "1w", "99999d", "1.5h", ""])
def test_a_time_that_is_none_is_refused(repository: Path, time: str) -> None:
    done = run("-C", str(repository), "use", "m", "--for", time)
    assert done.code == 1
    assert "is no duration" in done.err


def test_a_role_is_one_of_three(repository: Path) -> None:
    assert run("-C", str(repository), "use", "m", "--role", "boss").code == 2


def test_an_agent_with_a_colon_is_refused(repository: Path) -> None:
    assert run("-C", str(repository), "use", "m", "--agent", "a:b").code == 1
