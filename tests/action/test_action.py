"""action.yml, step by step in real bash, on the `ledger` of this checkout."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from markdown_it import MarkdownIt

from tests.action.harness import Ran, load, run_action
from tests.commands.conftest import REMOTE
from tests.commands.running import process_environment, run
from tests.domain.requesting import gh
from tests.exchange.commenting import FakeForge, serving
from tests.gitting import commit, git

ROOT = Path(__file__).resolve().parent.parent.parent
ACTION = ROOT / "action.yml"
HOSTILE = "`touch PWNED`$(touch PWNED);touch PWNED\n\"'&& touch PWNED #"
TITLE = "fix: ::add-mask::x <img src=x onerror=1> @all ![a](http://b) $(touch PWNED) | # \x1b[31m"


def environment(repository: Path, home: Path, **more: str) -> dict[str, str]:
    """A job for request 12."""
    event = home / "event.json"
    home.mkdir(exist_ok=True)
    event.write_text(json.dumps({"pull_request": {"number": 12, "title": TITLE, "head": {"ref": HOSTILE}}}))
    return process_environment(
        {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "example/shop",
            "GITHUB_REF": "refs/pull/12/merge",
            "GITHUB_HEAD_REF": HOSTILE,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(repository),
            "GITHUB_TOKEN": "x",
            **more,
        }
    )


@pytest.fixture
def told(posted: Path, tmp_path: Path) -> Path:
    """A clone whose ledger knows twenty-four requests, the twelfth by a title that means harm."""
    listed = tmp_path / "prs.json"
    row = gh(12, "CLOSED", title=TITLE, headRefName=HOSTILE.replace("\n", ""))
    row["url"] = "https://github.com/example/shop/pull/12"
    listed.write_text(json.dumps([row]))
    done = run("-C", str(posted), "ci", "import", str(listed))
    assert done.code == 0, done.err
    return posted


def act(repository: Path, home: Path, environ: dict[str, str], **given: str) -> Ran:
    inputs = {"version": "none", **{name.replace("_", "-"): text for name, text in given.items()}}
    return run_action(ACTION, inputs, environ, repository, home)


def test_a_job_sees_headline_summary_outputs_and_comment(told: Path, tmp_path: Path) -> None:
    home = tmp_path / "runner"
    with serving(FakeForge()) as forge:
        environ = environment(told, home, GITHUB_GRAPHQL_URL=f"{forge.url}/graphql")
        ran = act(told, home, environ, steps="update report", comment="changes", outcome=HOSTILE, junit=HOSTILE)
    assert ran.code == 0, ran.log
    first, *rest = ran.log.splitlines()
    assert first.startswith("ledger: "), ran.log
    assert any(line.startswith("update: Posted ") for line in rest)
    assert "comment: Request 12: commented on it." in rest
    assert (ran.outputs["pr-number"], ran.outputs["cost-usd"]) == ("12", "1.12")
    assert float(ran.outputs["cost-per-accepted-usd"]) > 0
    assert ran.outputs["problem"] == ""
    report = json.loads(Path(ran.outputs["report-path"]).read_text())
    assert report["format"] == 1
    assert first == f"ledger: {report['headline']}"
    assert ran.summary == Path(ran.outputs["report-path"]).with_name("report.md").read_text()
    assert ran.summary.startswith("**Request 12 (fix: ")
    assert ran.summary.partition("\n")[2].startswith(f"\n**{report['headline']}**")
    for text in (ran.summary, forge.comments[0].body):
        rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert "&lt;img" in rendered
        assert not [mark for mark in ("<img", "<a ", "@all", "\x1b") if mark in rendered]
    assert not [line for line in ran.log.splitlines() if line.lstrip().startswith("::")]
    assert not list(told.rglob("PWNED"))


def test_what_is_missing_is_the_first_line_and_fails_only_a_strict_job(committed: Path, tmp_path: Path) -> None:
    home = tmp_path / "runner"
    assert run("-C", str(committed), "update").code == 0
    with serving(FakeForge(failures=[403, 403])) as forge:
        environ = environment(committed, home, GITHUB_GRAPHQL_URL=f"{forge.url}/graphql")
        ran = act(committed, home, environ, steps="report", comment="on", summary="false", needs=HOSTILE, leg=HOSTILE)
        strict = act(committed, home, environ, steps="report", comment="on", strict="true", directory=str(committed))
    assert (ran.code, strict.code) == (0, 1)
    line = "Missing permission for comment: add `pull-requests: write` to the job's permissions in the workflow."
    assert ran.log.startswith(f"ledger: {line}\nledger: ")
    assert ran.log.endswith(f"::warning title=ledger::{line}\n")
    assert ran.summary == ""
    assert "What could not be done:\n\n- comment: The token may not comment on request 12" in strict.summary
    assert ran.outputs["problem"].startswith("comment: The token may not comment")
    assert not list(committed.rglob("PWNED"))


def test_without_a_ledger_the_job_goes_on_and_says_why(committed: Path, tmp_path: Path) -> None:
    ran = act(committed, tmp_path / "runner", environment(committed, tmp_path / "runner"), steps="report")
    assert ran.code == 0
    assert ran.summary.startswith("What could not be done:\n\n- report: ")
    assert ran.log.startswith("ledger: report: ")
    assert "does not exist" in ran.summary
    assert ran.outputs["cost-usd"] == ran.outputs["report-path"] == ""


def test_a_failing_job_is_recorded_on_the_remote_and_known_to_its_own_report(committed: Path, tmp_path: Path) -> None:
    home, bare = tmp_path / "runner", tmp_path / "shop.git"
    git(tmp_path, "clone", "-q", "--bare", str(committed), str(bare))
    git(committed, "config", f"url.{bare}.insteadOf", f"https://{REMOTE}.git")
    git(committed, "switch", "-qc", "gate")
    oid = commit(committed, "fix: a gate\n\nAssisted-by: claude-code:claude-opus-4-8")
    cases = f"<testcase name={quoteattr(TITLE.replace(chr(27), ''))}><failure message={quoteattr(HOSTILE)}/></testcase>"
    (committed / "junit.xml").write_text(f"<testsuite><testcase name='a'/>{cases}</testsuite>")
    environ = environment(
        committed, home, GITHUB_EVENT_NAME="pull_request", GITHUB_RUN_ID="5", GITHUB_JOB="test", GITHUB_WORKFLOW="ci",
        GITHUB_SERVER_URL="https://github.com", GITHUB_REPOSITORY_ID="1",
    )  # fmt: skip
    (home / "event.json").write_text(json.dumps(opened(oid)))
    given = {"steps": "record update report", "junit": "*.xml", "outcome": "failure", "leg": HOSTILE}
    ran = act(committed, home, environ, **given)
    assert (ran.code, ran.outputs["problem"], ran.outputs["record-path"]) == (0, "", ""), ran.log
    assert (ran.outputs["verdict"], ran.outputs["pr-number"]) == ("failed", "12")
    assert git(bare, "for-each-ref", "--format=%(refname)", "refs/ledger/ci").startswith("refs/ledger/ci/")
    assert "1 model, 1 failing run before the first pass.**" in ran.summary
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(ran.summary)
    assert not [mark for mark in ("<img", "<a ", "@all") if mark in rendered]
    assert not [line for line in ran.log.splitlines() if line.lstrip().startswith("::")]
    assert not list(tmp_path.rglob("PWNED"))


def opened(oid: str) -> dict[str, object]:
    """The message that a request was opened, of which the clone's HEAD is the head."""
    repository = {"full_name": "example/shop", "id": 1, "fork": False, "default_branch": "main"}
    at = "2026-03-02T09:00:00Z"
    request = {
        "number": 12, "title": TITLE, "state": "open", "merged": False, "draft": False, "labels": [],
        "created_at": at, "updated_at": at, "closed_at": None, "merged_at": None, "merge_commit_sha": None,
        "html_url": f"https://{REMOTE}/pull/12", "user": {"login": "ann", "type": "User"},
        "head": {"ref": HOSTILE, "sha": oid, "repo": repository},
        "base": {"ref": "main", "sha": "d" * 40, "repo": repository},
    }  # fmt: skip
    return {"action": "opened", "number": 12, "pull_request": request, "repository": repository}


def test_a_step_that_there_is_none_of_is_wrong_usage(committed: Path, tmp_path: Path) -> None:
    ran = act(committed, tmp_path / "runner", environment(committed, tmp_path / "runner"), steps=HOSTILE)
    assert ran.code == 2
    assert not list(committed.rglob("PWNED"))


@pytest.mark.parametrize("tool", ["uv", "pipx", "python3"])
def test_the_exact_version_is_installed_by_what_is_there(tool: str, tmp_path: Path) -> None:
    """A program of that name writes down how it was called, and puts a `ledger` where it was told to."""
    programs, home = tmp_path / "bin", tmp_path / "runner"
    programs.mkdir()
    calls = tmp_path / "calls"
    pretend = (
        f'#!/bin/sh\necho "$(basename "$0") $*" >>{calls}\n'
        f'd="{home}/ledger/bin"; mkdir -p "$d"; ln -sf {programs}/{tool} "$d/python"\n'
        'printf "#!/bin/sh\\necho ran in \\$LEDGER_DIRECTORY" >"$d/ledger"; chmod +x "$d/ledger"\n'
    )
    (programs / tool).write_text(pretend)
    (programs / tool).chmod(0o755)
    environ = {"PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(tmp_path)}
    if tool == "python3":
        environ["PATH"] = str(_few(tmp_path / "few", programs / tool))
    ran = run_action(ACTION, {"database-url": "postgresql://x"}, environ, tmp_path, home)
    assert (ran.code, ran.log) == (0, "ran in .\n")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert calls.read_text().splitlines()[-1].endswith(f" git-ledger[postgresql]=={version}")


def _few(folder: Path, *programs: Path) -> Path:
    """A PATH with neither uv nor pipx, whatever this machine has."""
    folder.mkdir()
    found = [Path("/bin") / name for name in ("bash", "sh", "basename", "mkdir", "ln", "chmod")]
    for program in (*found, *programs):
        (folder / program.name).symlink_to(program)
    return folder


def test_no_expression_stands_in_a_script_and_no_action_of_others_is_used() -> None:
    for step in load(ACTION)["runs"]["steps"]:
        assert "uses" not in step
        assert "${{" not in step["run"]
