"""`ledger ci record` as a job runs it, in the clean environment of each provider."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import Ran, run
from tests.domain.test_ci_gitlab import REQUEST
from tests.domain.test_ci_others import AZURE, BITBUCKET, BUILDKITE, CIRCLECI, JENKINS
from tests.domain.triggering import HEAD, REPOSITORY, TIP, ended, merged, pulled, variables
from tests.gitting import commit, git

_CI = ("CI", "GITHUB_", "GITEA_", "FORGEJO_", "GITLAB_", "BITBUCKET_", "BUILDKITE", "CIRCLE", "TF_BUILD", "BUILD_",
       "JENKINS_", "SYSTEM_", "AGENT_", "CHANGE_", "JOB_", "BRANCH_", "STAGE_", "ghprb")  # fmt: skip
HOSTILE = "</b> @ann #1 ![x](//e) `id` $(touch PWNED) \x1b[2J\r\n::error::pwned ##vso[task.complete]"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outside of any CI, though the tests themselves may run in one; in a directory that is no clone."""
    for name in list(os.environ):
        if name.startswith(_CI):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clone(repository: Path) -> Path:
    """A clone of the job's repository with a ledger."""
    git(repository, "remote", "add", "origin", f"https://{REPOSITORY}.git")
    bare = repository.parent / "server.git"
    git(repository, "init", "-q", "--bare", str(bare))
    git(repository, "remote", "set-url", "--push", "origin", str(bare))
    commit(repository, "begin")
    assert run("-C", str(repository), "update").code == 0
    return repository


class Job:
    """One job's environment, and what it left."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch, self._folder = monkeypatch, folder
        self.entries = folder / "record.jsonl"

    def begin(self, environ: Mapping[str, str], payload: object = None) -> None:
        """Let the job be this one."""
        for name, value in environ.items():
            self._monkeypatch.setenv(name, value)
        if payload is not None:
            path = self._folder / "event.json"
            path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
            self._monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))
        if "GITHUB_ACTIONS" in environ:
            self._monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(self._folder / "summary.md"))
            self._monkeypatch.setenv("GITHUB_OUTPUT", str(self._folder / "output"))

    def record(self, *arguments: str) -> Ran:
        """Run the command."""
        return run("ci", "record", *arguments)

    def told(self, *arguments: str) -> list[dict[str, Any]]:
        """The bodies of the entries that it writes, each with its kind."""
        self.entries.unlink(missing_ok=True)
        done = self.record("--entries", str(self.entries), *arguments)
        assert done.code == 0, done.err
        lines = self.entries.read_text().splitlines() if self.entries.exists() else []
        told = [json.loads(line) for line in lines]
        return [each["body"] | {"kind": each["kind"], "kind_": each["body"].get("kind", "")} for each in told]

    @property
    def summary(self) -> str:
        """The job's summary so far."""
        return (self._folder / "summary.md").read_text()

    @property
    def output(self) -> str:
        """The step's outputs so far."""
        return (self._folder / "output").read_text()


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Job:
    return Job(monkeypatch, tmp_path)


def asked(clone: Path, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("-C", str(clone), "query", "--format", "json", sql).out)
    return found


def test_a_job_on_github_counts_at_once(clone: Path, job: Job) -> None:
    job.begin(variables("pull_request"), merged())
    done = run("-C", str(clone), "ci", "record", "--outcome", "success", "--required")
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        f"Recorded CI / test passed on bbbbbbbbbb of #7; #7 merged in {clone}/.git/ledger/ledger.db, "
        f"in refs/ledger/ci/{datetime.now(UTC):%Y%m}/1001-2-test of origin.\n"
    )
    (row,) = asked(clone, "SELECT * FROM run")
    assert (row["run"], row["attempt"], row["oid"], row["is_required"]) == ("github/1001/test/", 2, HEAD, 1)
    assert [row["outcome"] for row in asked(clone, "SELECT * FROM changes")] == ["accepted"]
    assert "CI / test passed" in job.summary
    assert "\npassed\n" in job.output
    assert "\n7\n" in job.output


@pytest.mark.parametrize(
    ("environ", "key", "conclusion"),
    [
        (REQUEST, "gitlab/1001/test: [3.12]//5005", "passed"),
        (BITBUCKET, "bitbucket/31///{5a}", "failed"),
        (BUILDKITE, "buildkite/0193-a/unit/1", "passed"),
        (CIRCLECI | {"LEDGER_OUTCOME": "failure"}, "circleci/w-1/test/0/12", "failed"),
        (AZURE, "azure/88/unit/", "passed"),
        (JENKINS | {"CHANGE_ID": "", "GIT_COMMIT": HEAD, "LEDGER_OUTCOME": "UNSTABLE"},
         "jenkins/team%2Fname%2FPR-7#5/unit/", "failed"),
        (variables("push", GITHUB_SHA=HEAD) | {"LEDGER_OUTCOME": "success"}, "github/1001/test/", "passed"),
        (variables("push", GITHUB_SHA=HEAD) | {"GITEA_ACTIONS": "true", "LEDGER_NEEDS": '{"a": {"result": "failure"}}'},
         "gitea/1001/a/", "failed"),
    ],
)  # fmt: skip
def test_the_job_of_every_provider(job: Job, environ: dict[str, str], key: str, conclusion: str) -> None:
    job.begin(environ)
    (told,) = job.told()
    assert (told["run"], told["oid"], told["conclusion"]) == (key, HEAD, conclusion)


def test_the_leg_of_a_matrix_is_part_of_the_check(job: Job) -> None:
    job.begin(variables("push", GITHUB_SHA=HEAD) | {"LEDGER_LEG": '{"python": "3.12"}'})
    (told,) = job.told("--exit-code", "1")
    assert (told["run"], told["name"]) == ("github/1001/test/3.12", "CI / test (3.12)")


def test_what_is_said_wins_over_what_is_found(job: Job) -> None:
    job.begin(variables("pull_request"), pulled())
    words = ("--sha", TIP, "--pr", "9", "--run", "5", "--attempt", "4", "--job", "j", "--leg", "l", "--name", "unit")
    told = job.told("--outcome", "failure", "--repository", "github.com/a/b", *words)
    assert (told[0]["oid"], told[0]["request_number"], told[0]["attempt"]) == (TIP, 9, 4)
    assert (told[0]["run"], told[0]["name"]) == ("github/5/j/l/unit", "unit (l)")


def test_outside_of_a_ci_everything_can_be_said(job: Job) -> None:
    words = ("--provider", "tekton", "--repository", REPOSITORY, "--sha", HEAD, "--run", "5", "--outcome", "passed")
    (told,) = job.told(*words)
    assert (told["run"], told["oid"], told["request_number"]) == ("tekton/5//", HEAD, None)


@pytest.mark.parametrize(
    "arguments",
    [("--outcome", "what"), ("--exit-code", "x"), ("--needs", "{"), ("--pr", "x"), ("--attempt", "0"),
     ("--provider", "a b"), ("--base", "\udcff"), ("--outcome", "\udcff"), ("--name", "\udcff"), ("--entries", ""),
     ("--entries", "/"), ("--from", "gone.jsonl"), ("--report", "\udcff"), ("--needs", "\udcff"),
     ("--sha", "no such revision", "--outcome", "success"), ("--report", "none/*.xml"), ()],
)  # fmt: skip
def test_whatever_is_wrong_the_job_goes_on(job: Job, arguments: tuple[str, ...]) -> None:
    job.begin(variables("pull_request", GITHUB_REF="refs/heads/x"), "{")
    done = job.record("--no-push", *arguments)
    assert done.code == 0
    warnings = [line for line in done.err.splitlines() if line.startswith("::")]
    assert len(warnings) == 1
    assert warnings[0].startswith("::warning title=ledger::")
    assert job.summary.count("\n- ") >= 1
    assert job.record("--no-push", "--strict", *arguments).code == 1


def test_strict_is_content_with_what_was_recorded(job: Job) -> None:
    job.begin(variables("push", GITHUB_SHA=HEAD))
    assert job.record("--strict", "--outcome", "failure", "--entries", str(job.entries)).code == 0


def test_elsewhere_there_is_no_annotation(job: Job) -> None:
    job.begin(REQUEST)
    done = job.record("--no-push")
    assert done.code == 0
    assert "::warning" not in done.err
    assert "ledger: There is nowhere to record this" in done.err


def test_a_bug_is_a_sentence_too(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("::error::x")

    monkeypatch.setattr("ledger.posting.ci_job.look_at_job", broken)
    job.begin(variables("push", GITHUB_SHA=HEAD))
    done = job.record("--outcome", "success")
    assert done.code == 0
    assert "ledger: This is a bug (ZeroDivisionError: ::error::x), please report it." in done.err


def test_text_from_outside_neither_runs_nor_renders(clone: Path, job: Job) -> None:
    payload = merged()
    payload["pull_request"] |= {"title": HOSTILE, "body": HOSTILE, "labels": [{"name": HOSTILE}]}
    payload["pull_request"]["head"]["ref"] = HOSTILE
    job.begin(variables("pull_request", GITHUB_WORKFLOW=HOSTILE, GITHUB_JOB=HOSTILE, GITHUB_HEAD_REF=HOSTILE), payload)
    report = Path("report.xml")
    report.write_text('<testsuite name="::error::x"><testcase name="::error::y"><failure>::error::z</failure>')
    done = run("-C", str(clone), "ci", "record", "--outcome", HOSTILE, "--name", HOSTILE, "--report", "*.xml",
               "--report", HOSTILE)  # fmt: skip
    assert done.code == 0
    said = done.out + done.err
    assert [line for line in said.splitlines() if line.lstrip().startswith("::")] == [
        line for line in said.splitlines() if line.startswith("::warning title=ledger::")
    ]
    assert said.count("::warning title=ledger::") == 1
    for sign in ("\x1b", "\r", "##vso["):
        assert sign not in said + job.summary + job.output
    for markup in ("<b>", "</b>", "![x]", "@ann", "#1 ", "`id`"):
        assert markup not in job.summary
    assert not list(Path().rglob("PWNED"))
    assert not list(clone.rglob("PWNED"))
    assert len(job.output.splitlines()) == 6


def test_a_record_from_a_fork_counts_once_the_base_repository_has_checked_it(clone: Path, job: Job) -> None:
    theirs = pulled(head={"ref": "topic", "sha": HEAD, "repo": {"id": 43}})
    job.begin(variables("pull_request", GITHUB_RUN_ID="900", GITHUB_RUN_ATTEMPT="3"), theirs)
    job.told("--outcome", "success")
    forged = json.loads(job.entries.read_text().splitlines()[0])
    forged["body"] |= {"run": "github/901/test/", "attempt": 1}
    del forged["id"]
    with job.entries.open("a") as file:
        file.write(json.dumps(forged) + "\n")
    job.begin(variables("workflow_run", GITHUB_SHA=TIP, GITHUB_WORKFLOW="Ledger", GITHUB_JOB="record"), ended())
    done = run("-C", str(clone), "ci", "record", "--from", str(job.entries))
    assert done.code == 0
    assert "Recorded CI / test passed on bbbbbbbbbb" in done.err
    assert [line for line in done.err.splitlines() if line.startswith("ledger: ")] == [
        "ledger: 1 entry refused: of another run.",
        "ledger: 1 entry refused: of events of requests that the forge does not name for this run.",
        "ledger: 1 entry refused: of requests that the forge does not name for this run.",
    ]
    (row,) = asked(clone, "SELECT * FROM run")
    assert (row["run"], row["attempt"], row["evidence"], row["oid"]) == ("github/900/test/", 3, "api", HEAD)
    assert asked(clone, "SELECT * FROM request") == []


def test_a_whole_workflow_s_jobs_by_what_it_needed(clone: Path, job: Job) -> None:
    job.begin(variables("pull_request", GITHUB_JOB="ledger"), pulled())
    needs = {"unit": {"result": "success", "outputs": {"x": HOSTILE}}, "lint": {"result": "cancelled", "outputs": {}}}
    done = run("-C", str(clone), "ci", "record", "--needs", json.dumps(needs))
    assert "Recorded CI / unit passed, CI / lint cancelled on bbbbbbbbbb of #7; #7 opened" in done.err
    rows = asked(clone, "SELECT name, conclusion FROM run ORDER BY name")
    assert rows == [
        {"name": "CI / lint", "conclusion": "cancelled"},
        {"name": "CI / unit", "conclusion": "passed"},
    ]
    assert "\ncancelled\n" in job.output


_CLOSED = {"state": "closed", "closed_at": "2026-03-02T08:00:00Z"}


@pytest.mark.parametrize(
    ("event", "payload", "oid", "events"),
    [
        ("pull_request", pulled("closed", **_CLOSED), HEAD, ["opened", "closed"]),
        ("pull_request_target", merged(), HEAD, ["opened", "merged"]),
        ("pull_request", pulled(head={"ref": "topic", "sha": HEAD, "repo": None}), HEAD, ["opened"]),
        ("pull_request", pulled("reopened"), HEAD, ["opened", "reopened"]),
        ("pull_request", pulled(head=None, base=None, labels=None, user=None, title=None), "", ["opened"]),
        ("pull_request", pulled(created_at="yesterday"), HEAD, []),
        ("pull_request", pulled(number="7", merged="yes", labels=[1], head=[]), "", []),
        ("pull_request", {"action": "closed", "number": 7}, "", []),
        ("push", {"ref": "refs/heads/main", "after": HEAD, "head_commit": None, "commits": []}, HEAD, []),
        ("push", {"ref": "refs/heads/x", "after": "0" * 40, "deleted": True, "commits": []}, "", []),
        ("push", {"ref": None, "after": 7, "commits": "x"}, "", []),
        ("merge_group", {"merge_group": {"head_sha": HEAD, "head_ref": None}}, HEAD, []),
        ("workflow_run", {"workflow_run": []}, "", []),
        ("issue_comment", {"issue": {"number": 7, "pull_request": {}}}, "", []),
    ],
)  # fmt: skip
def test_whatever_a_message_holds_it_is_told_as_far_as_it_goes(
    job: Job, event: str, payload: dict[str, Any], oid: str, events: list[str]
) -> None:
    job.begin(variables(event, GITHUB_SHA=TIP, GITHUB_REF="refs/heads/main"), payload)
    told = job.told("--outcome", "failure")
    assert [body["oid"] for body in told if body["kind"] == "run"] == ([oid] if oid else [])
    assert [body["kind_"] for body in told if body["kind"] == "event"] == events


def test_samples_of_events_in_a_clean_environment(job: Job, samples: Path) -> None:
    names = ["pull_request/closed", "merge_group/checks_requested", "push/1", "workflow_run/completed"]
    names += ["pull_request_review/submitted.with-organization", "check_suite/completed.1"]
    for name in names:
        path = samples / "github_events" / f"{name}.payload.json"
        job.begin(variables(path.parent.name, GITHUB_SHA=TIP), path.read_text())
        runs = [body for body in job.told("--outcome", "success") if body["kind"] == "run"]
        assert [body["oid"] for body in runs] != [TIP], name
        assert len(runs) == (0 if name == "push/1" else 1), "that push deleted its branch"


def test_samples_of_reports_have_the_true_counts_and_each_broken_one_is_one_sentence(job: Job, samples: Path) -> None:
    truth = json.loads((samples / "junit" / "ground_truth.json").read_text())
    job.begin(variables("push", GITHUB_SHA=HEAD))
    for name, wanted in truth.items():
        job.entries.unlink(missing_ok=True)
        done = job.record("--entries", str(job.entries), "--report", str(samples / "junit" / name))
        told = json.loads(job.entries.read_text())["body"]
        problems = [line for line in done.err.splitlines() if line.startswith("ledger: ")]
        assert done.code == 0
        if "parse_error" in wanted:
            assert told["tests"] is None, name
            assert len(problems) == 1, name
            assert name in problems[0]
        else:
            skipped = wanted["skipped"] + wanted["disabled_by_attr"]
            counts = [told[each] for each in ("tests", "failures", "skipped")]
            assert counts == [wanted["tests"], wanted["failures"], skipped], name
            assert problems == [], name
