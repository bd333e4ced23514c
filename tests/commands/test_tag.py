"""`ledger tag` as a person uses it: sentences, questions, lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.commands import tag
from tests.commands.running import Ran, run
from tests.gitting import git
from tests.posting.calling import made, post_calls

OPUS = ("--model", "claude-opus-4-8")


def tagged(repository: Path, *arguments: str) -> Ran:
    return run("-C", str(repository), "tag", *arguments)


def test_a_commit_is_tagged_listed_and_untagged(committed: Path) -> None:
    oid = git(committed, "rev-parse", "HEAD")
    done = tagged(committed, "HEAD", *OPUS, "--agent", "codex", "--task", "bugfix")
    assert (done.code, done.out, done.err) == (0, "", "Tagged 1 commit.\n")
    listed = tagged(committed, "--list").out.splitlines()
    assert [line.rpartition(",")[0] for line in listed] == [
        f"{oid[:12]}  claude-opus-4-8 in codex as implement",
        f"{oid[:12]}  task fix",
    ]
    assert tagged(committed, "HEAD", "--list").out.splitlines() == listed
    shown = run("-C", str(committed), "show", "HEAD").out
    assert "claude-opus-4-8" in shown
    assert tagged(committed, "HEAD", *OPUS, "--agent", "codex").err == "That was said before: nothing changed.\n"
    assert tagged(committed, "HEAD", "--remove").err == "Took back 2 tags.\n"
    assert tagged(committed, "HEAD", "--remove").err == "Nothing of that was tagged.\n"
    assert tagged(committed, "--list").out == "Nothing is tagged.\n"


def test_requests_and_commits_are_counted_apart(posted: Path) -> None:
    assert tagged(posted, "#4", "HEAD", "!5", "--task", "perf").err == "Tagged 1 commit and 2 requests.\n"
    (change,) = json.loads(
        run(
            "-C",
            str(posted),
            "query",
            "--format",
            "json",
            "SELECT task_type, type_source FROM changes WHERE number = 4",
        ).out
    )
    assert change == {"task_type": "perf", "type_source": "tag"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name what is meant"),
        (OPUS, "Name what is meant"),
        (("HEAD",), "Say what it is"),
        (("nowhere", *OPUS), "names no commit"),
        (("HEAD..HEAD", *OPUS), "holds no commit"),
        (("HEAD", "--task", "magic"), "'magic' is no task type; it is one of feat, fix"),
        (("HEAD", "--model", "a b"), "does not fit a trailer"),
        (("HEAD", "--model", "\x1b[2J"), "does not fit a trailer"),
        (("HEAD", "--list", *OPUS), "--list changes nothing"),
        (("--session", "s", *OPUS), "priced by"),
        (("a", "b", "--session", "s"), "name one REV"),
        (("--session", "s"), "Say what it is"),
        (("--session", "nobody", "--role", "review"), "No session is known"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(committed: Path, arguments: tuple[str, ...], said: str) -> None:
    done = tagged(committed, *arguments)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert "\x1b" not in done.err


def test_an_unknown_role_is_a_usage_error(committed: Path) -> None:
    done = tagged(committed, "HEAD", "--role", "boss")
    assert done.code == 2
    assert "'boss' is not one of 'implement', 'review', 'scout'." in done.err


def test_very_many_commits_are_asked_about_first(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag, "_MANY", 0)
    refused = tagged(committed, "HEAD", *OPUS)
    assert refused.code == 1
    assert "These are 1 commits; say --yes" in refused.err
    assert tagged(committed, "--list").out == "Nothing is tagged.\n"
    assert tagged(committed, "HEAD", *OPUS, "--yes").err == "Tagged 1 commit.\n"


def test_a_session_is_tagged_by_the_beginning_of_its_id(committed: Path) -> None:
    post_calls(committed, made("a", session="session-1234"))
    assert (
        tagged(committed, "--session", "session-", "HEAD", "--role", "review").err == "Tagged session session-1234.\n"
    )
    listed = tagged(committed, "--list").out
    assert "session session-1234  role review" in listed
    assert "session session-1234  change " in listed
    done = tagged(committed, "--session", "session-1234", "--remove")
    assert done.err == "Took back what was said of session session-1234.\n"
