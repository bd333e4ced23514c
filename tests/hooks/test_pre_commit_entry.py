"""Our hooks as pre-commit runs them from a clone of this repository, and only from there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.git import Git
from ledger.hooking.effective import effective
from ledger.hooking.install import install
from tests.gitting import commit, git
from tests.hooking.managing import journal, tool, works

ROOT = Path(__file__).parents[2]
STAGES = ("prepare-commit-msg", "commit-msg", "post-commit", "post-merge", "post-rewrite")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """What pre-commit clones: a repository with this one's hooks; its place and commit."""
    top = tmp_path_factory.mktemp("published")
    shutil.copytree(ROOT / "hooks", top / "hooks")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", top)
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "hooks"]):
        subprocess.run(["git", *arguments], cwd=top, check=True)
    return top, git(top, "rev-parse", "HEAD")


@pytest.fixture
def managed(pre_commit: Path, published: tuple[Path, str]) -> Path:
    """A repository whose pre-commit runs all five of ours."""
    place, revision = published
    hooks = "".join(f"  - id: ledger-{stage}\n" for stage in STAGES)
    (pre_commit / ".pre-commit-config.yaml").write_text(
        f"default_install_hook_types: [{', '.join(STAGES)}]\n"
        f"repos:\n- repo: {place}\n  rev: {revision}\n  hooks:\n{hooks}"
    )
    commit(pre_commit, "root", {})
    tool(pre_commit, "pre-commit", "install")
    return pre_commit


def test_all_events_are_jotted_and_trailers_written(managed: Path) -> None:
    """Trailers are allowed by the clone's own flag, which `ledger install` writes."""
    (managed / ".git/ledger").mkdir()
    (managed / ".git/ledger/trailers").touch()
    assert works(managed) == (2, 0, 1)  # its post-rewrite has no input; the commit's own line tells what was amended


def test_it_is_seen_as_reached_and_not_installed_twice(managed: Path) -> None:
    assert set(effective(Git.open(managed)).missing) == {"applypatch-msg", "post-applypatch"}
    made = {done.event: done.what for done in install(Git.open(managed), trailers=True)}
    assert [event for event, what in made.items() if what == "left"] == [event for event in made if event in STAGES]
    assert works(managed) == (2, 0, 1)  # its post-rewrite has no input; the commit's own line tells what was amended


def test_merges_are_told_with_what_pre_commit_says_of_them(managed: Path) -> None:
    git(managed, "switch", "-q", "-c", "one")
    commit(managed, "one", {"one": "1"})
    git(managed, "switch", "-q", "main")
    git(managed, "merge", "-q", "--squash", "one")
    git(managed, "commit", "-qm", "squashed")
    git(managed, "switch", "-q", "-c", "two")
    commit(managed, "two", {"two": "1"})
    git(managed, "switch", "-q", "main")
    git(managed, "merge", "-q", "--no-ff", "-m", "merge", "two")
    assert [line["squash"] for line in journal(managed) if line["event"] == "merge"] == ["1", "0"]


def test_the_manifest_names_one_hook_per_stage() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    for stage in STAGES:
        assert f"- id: ledger-{stage}\n" in text
        assert f"  stages: [{stage}]\n" in text


def test_the_manifest_is_valid_and_has_the_policy_before_a_push(pre_commit: Path) -> None:
    done = tool(pre_commit, "pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert not done.returncode, done.stdout
    check = (ROOT / ".pre-commit-hooks.yaml").read_text().partition("- id: ledger-check\n")[2].partition("- id:")[0]
    assert all(f"  {line}\n" in check for line in ("entry: ledger check", "language: python", "stages: [pre-push]"))
    assert "  pass_filenames: false\n" in check
