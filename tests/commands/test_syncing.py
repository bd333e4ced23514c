"""What `ledger init` and `update` do about the forge: ask where that is allowed, and else say what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ledger.commands import syncing
from ledger.commands.options import now
from tests import forges
from tests.commands.running import run
from tests.forges import TOKEN, Asked, World, serving
from tests.gitting import WHEN, commit, git
from tests.posting.calling import asked


@pytest.fixture
def clone(repository: Path) -> Path:
    commit(repository, "root", at=WHEN)
    git(repository, "remote", "add", "origin", "git@github.com:owner/name.git")
    return repository


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with serving(World().add(Asked(2, "CLOSED", minutes=2))) as served:
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", f"{served.url}/graphql")
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield served


def setting(clone: Path) -> str:
    return git(clone, "config", "--get", "ledger.sync", check=False)


def test_update_asks_nobody_unasked(clone: Path, world: World) -> None:
    assert run("-C", str(clone), "update").err.startswith("Posted ")
    assert (world.asked, setting(clone)) == ([], "")


def test_init_says_what_it_would_learn_and_does_not_ask(
    clone: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "updates would ask github.com which requests were closed, merged and reviewed"
    done = run("-C", str(clone), "init", "--no-hooks")
    assert f"With ledger.sync set to auto, {said}" in done.err
    monkeypatch.delenv("GITHUB_TOKEN")
    assert said in run("-C", str(clone), "init", "--no-hooks").err
    assert (world.asked, setting(clone)) == ([], "")
    git(clone, "config", "ledger.sync", "off")
    assert "would ask" not in run("-C", str(clone), "init", "--no-hooks").err, "somebody said so"


def test_init_with_yes_asks_now_and_from_then_on(clone: Path, world: World) -> None:
    done = run("-C", str(clone), "init", "--no-hooks", "--no-agents", "--yes")
    assert "github.com/owner/name: 1 request." in done.err, done.err
    assert setting(clone) == "auto"
    assert asked(clone, "SELECT number, state FROM change WHERE number IS NOT NULL") == [(2, "closed")]


def test_auto_asks_in_updates_but_not_every_minute(clone: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    git(clone, "config", "ledger.sync", "auto")
    assert "github.com/owner/name: 1 request." in run("-C", str(clone), "update").err
    count = len(world.asked)
    assert "request" not in run("-C", str(clone), "update").err
    run("-C", str(clone))
    assert len(world.asked) == count, "it was asked just now"
    monkeypatch.setattr(syncing, "now", lambda: now() + syncing._OFTEN)
    world.add(Asked(3, "MERGED", minutes=3))
    assert "request" in run("-C", str(clone)).err, "bare ledger updates too"
    assert asked(clone, "SELECT COUNT(*) FROM request") == [(2,)]


def test_a_forge_that_fails_does_not_fail_the_update(clone: Path, world: World) -> None:
    git(clone, "config", "ledger.sync", "auto")
    world.faults = [forges.status(401)]
    done = run("-C", str(clone), "update")
    assert done.code == 0
    assert "refused the token of GITHUB_TOKEN" in done.err
    assert done.err.splitlines()[-1].startswith("Posted ")


def test_one_source_alone_asks_no_forge(clone: Path, world: World) -> None:
    git(clone, "config", "ledger.sync", "auto")
    run("-C", str(clone), "update", "--source", "commits")
    assert world.asked == []


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_it_is_asked_once(
    answer: bool, clone: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []
    monkeypatch.setattr(syncing, "is_watched", lambda _options: True)

    def confirm(question: str, **_how: object) -> bool:
        questions.append(question)
        return answer

    monkeypatch.setattr(click, "confirm", confirm)
    run("-C", str(clone), "update")
    run("-C", str(clone), "update")
    (question,) = questions
    assert "with the token of GITHUB_TOKEN" in question
    assert TOKEN not in question
    assert setting(clone) == ("auto" if answer else "off")
    assert bool(world.asked) == answer


def test_a_wrong_setting_is_a_sentence(clone: Path) -> None:
    git(clone, "config", "ledger.sync", "sometimes")
    assert "ledger.sync is 'sometimes'" in run("-C", str(clone), "update").err


def test_where_no_forge_can_be_asked_nothing_is_said(clone: Path, world: World) -> None:
    git(clone, "remote", "set-url", "origin", "https://git.example.org/owner/name")
    assert "sync" not in run("-C", str(clone), "init", "--no-hooks").err


def test_a_file_of_the_repository_allows_nothing(clone: Path, world: World) -> None:
    (clone / "ledger.toml").write_text('sync = "auto"\n')
    run("-C", str(clone), "update")
    assert world.asked == [], "whoever wrote the repository is not who runs this"


def test_auto_without_a_token_is_said(clone: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    git(clone, "config", "ledger.sync", "auto")
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "github.com was not asked what became of requests" in run("-C", str(clone), "update").err


def test_a_forgotten_author_does_not_come_back_from_the_forge(clone: Path, world: World) -> None:
    run("-C", str(clone), "update")
    assert run("-C", str(clone), "forget", "ann@example.org", "--yes").code == 0
    assert run("-C", str(clone), "ci", "sync").code == 0
    assert asked(clone, "SELECT DISTINCT author FROM git_commit") == [("forgotten",)]
