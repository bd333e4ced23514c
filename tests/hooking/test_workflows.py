"""The files for CI: written once, renewed while they are as we wrote them, and kept once somebody edited them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ledger
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.hooking.workflows import TEMPLATES, default_branch, is_edited, made_of, write_workflows
from tests.action.harness import load
from tests.commands.running import run
from tests.gitting import commit, git

ROOT = Path(__file__).resolve().parent.parent.parent
FORGES = pytest.mark.parametrize("forge", sorted(TEMPLATES))


def told(repository: Path, forge: str) -> dict[str, str]:
    return {each.event: each.what for each in write_workflows(Git.open(repository), forge).done}


@FORGES
def test_they_are_written_and_again_changes_nothing(repository: Path, forge: str) -> None:
    assert set(told(repository, forge).values()) == {"written"}
    before = {each.place: (repository / each.place).read_bytes() for each in TEMPLATES[forge]}
    assert set(told(repository, forge).values()) == {"kept"}
    assert before == {each.place: (repository / each.place).read_bytes() for each in TEMPLATES[forge]}


def test_an_edited_file_is_kept_and_said_so_and_an_older_one_is_renewed(repository: Path) -> None:
    write_workflows(Git.open(repository), "github")
    folder = repository / ".github" / "workflows"
    edited, older = folder / "ledger-sync.yml", folder / "ledger-report.yml"
    edited.write_text(edited.read_text().replace("17 */6", "3 */2"))
    git(repository, "update-ref", "refs/remotes/origin/trunk", commit(repository, "x", {"f": "1"}))
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    text = edited.read_text()
    found = {each.event: each for each in write_workflows(Git.open(repository), "github").done}
    assert found[".github/workflows/ledger-sync.yml"].why.startswith("it was edited")
    assert found[".github/workflows/ledger-outcome.yml"].what == "renewed"
    assert found[".github/workflows/ledger-report.yml"].what == "kept"
    assert (edited.read_text(), is_edited(older.read_text())) == (text, False)
    assert load(folder / "ledger-outcome.yml")["on"]["push"]["branches"] == ["trunk"]


def test_a_file_of_somebody_else_is_left_alone(repository: Path) -> None:
    file = repository / ".gitlab" / "ledger.yml"
    file.parent.mkdir()
    file.write_text("job: {}\n")
    assert told(repository, "gitlab") == {".gitlab/ledger.yml": "kept"}
    assert file.read_text() == "job: {}\n"


def test_a_branch_that_yaml_cannot_hold_is_not_written(repository: Path) -> None:
    for name, branch in {"a]b": "main", "'q": "main", "${{x}}": "main", "rel/1.x": "rel/1.x"}.items():
        git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{name}")
        assert default_branch(Git.open(repository)) == branch


def test_without_a_worktree_there_is_nowhere_to_write(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(LedgerError, match="no files to write"):
        write_workflows(Git.open(tmp_path / "bare.git"), "github")


def test_what_is_left_to_do_names_the_workflow_that_runs_on_requests(repository: Path) -> None:
    folder = repository / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text("on:\n  pull_request:\njobs: {}\n")
    (folder / "lint.yaml").write_text("on: [push, pull_request]\njobs: {}\n")
    (folder / "nightly.yml").write_text("on:\n  schedule: []\n# not on a pull request\n")
    done = run("-C", str(repository), "init", "--ci", "github")
    assert (done.code, done.out.count(": written\n")) == (0, 4)
    assert "to the workflow (ci.yml, lint.yaml) that runs your tests." in done.err
    assert not (repository / ".git" / "ledger").exists()
    assert "include: [{local: .gitlab/ledger.yml}]" in run("-C", str(repository), "init", "--ci", "gitlab").err


@FORGES
def test_every_tool_has_an_exact_version(forge: str) -> None:
    texts = [made_of(each.source, "main") for each in TEMPLATES[forge]]
    for text in texts:
        uses = [line.split("uses:")[1].strip() for line in text.splitlines() if line.strip().startswith("uses: ")]
        assert all(len(use.partition("@")[2].split(" # v")[0]) == 40 for use in uses), uses
    assert f"{ledger.__version__}" in "".join(texts)


def test_each_version_that_is_named_is_this_one() -> None:
    places = [
        "action.yml",
        "docs/action.md",
        "templates/ledger.yml",
        *(f"templates/{each.source}" for each in TEMPLATES["github"]),
    ]
    for place in places:
        text = (ROOT / place).read_text()
        assert f"git-ledger=={ledger.__version__}" in text or f"default: {ledger.__version__}\n" in text, place


def test_only_jobs_have_permissions_and_none_runs_a_request_s_code() -> None:
    for each in TEMPLATES["github"]:
        workflow = load(ROOT / "templates" / each.source)
        assert workflow["permissions"] == {}
        (job,) = workflow["jobs"].values()
        checkout = next(step for step in job["steps"] if "checkout" in step.get("uses", ""))["with"]
        is_own = set(workflow["on"]) <= {"schedule", "workflow_dispatch"}
        assert checkout.get("ref") == (None if is_own else "${{ github.event.repository.default_branch }}")
        assert checkout["persist-credentials"] is False
        assert set(job["permissions"]) <= {"contents", "pull-requests", "checks"}


def test_the_written_files_pass_the_linters(repository: Path) -> None:
    paths = []
    for forge, templates in TEMPLATES.items():
        write_workflows(Git.open(repository), forge)
        paths += [str(repository / each.place) for each in templates]
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "check_workflows.py"), *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
