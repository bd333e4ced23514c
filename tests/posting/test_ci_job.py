"""What a job tells: its run, its reports, its request; whatever cannot be told is a sentence and the rest is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.ci_providers import Said
from ledger.domain.facts import Fact
from ledger.domain.forge_facts import Event, Request, Run
from ledger.entries import encode
from ledger.errors import LedgerError
from ledger.git import Git
from ledger.posting.ci_job import Asked, Job, look_at_job
from tests.domain.building import call
from tests.domain.requesting import person
from tests.domain.test_ci_artifact import run as claimed
from tests.domain.test_ci_gitlab import REQUEST
from tests.domain.test_ci_others import BITBUCKET, JENKINS
from tests.domain.triggering import HEAD, LANDED, NOW, REPOSITORY, TIP, ended, merged, pulled, variables
from tests.gitting import commit, git

GREEN = '<testsuite><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>'
RED = '<testsuite><testcase name="a"><failure/></testcase></testsuite>'


def look(
    folder: Path,
    event: str = "pull_request",
    payload: object = None,
    *,
    said: Said | None = None,
    at: Git | None = None,
    **asked: Any,
) -> Job:
    """The job of an event on GitHub."""
    environ = variables(event)
    if payload is not None:
        path = folder / "event.json"
        path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
        environ["GITHUB_EVENT_PATH"] = str(path)
    return look_at_job(Asked(said=said or Said(), **asked), folder, environ, at, NOW)


def runs(job: Job) -> list[Run]:
    return [fact for fact in job.facts if isinstance(fact, Run)]


def happened(job: Job) -> list[tuple[str, str]]:
    """(kind, actor) of what the event says."""
    facts = job.facts_of("R", person)
    return [(fact.kind, fact.actor) for fact in facts if isinstance(fact, Event)]


def test_a_job_tells_of_its_run_and_of_the_request(tmp_path: Path) -> None:
    job = look(tmp_path, payload=merged(), outcome="success")
    (run,) = runs(job)
    assert (run.oid, run.conclusion, run.request_number) == (HEAD, "passed", 7)
    assert happened(job) == [("opened", "#ann"), ("merged", "#eve")]
    (request,) = (fact for fact in job.facts_of("R", person) if isinstance(fact, Request))
    assert (request.state, request.merge_oid, request.repository_id) == ("merged", LANDED, "R")
    assert job.problems == []


def test_a_request_that_was_closed_is_told_without_a_run(tmp_path: Path) -> None:
    closed = pulled("closed", state="closed", closed_at="2026-03-02T08:00:00Z")
    job = look(tmp_path, payload=closed)
    assert (runs(job), happened(job), job.problems) == ([], [("opened", "#ann"), ("closed", "#eve")], [])


def test_a_request_of_another_repository_is_not_taken(tmp_path: Path) -> None:
    payload = pulled()
    payload["repository"] = {"id": 1, "html_url": "https://github.com/owner/name"}
    job = look(tmp_path, payload=payload, outcome="success")
    assert (len(runs(job)), job.told) == (1, [])
    assert job.problems == ["The event's request is of another repository than the event, so it is not taken."]


def test_a_message_without_its_request_is_a_sentence_and_the_run_is_kept(tmp_path: Path) -> None:
    job = look(tmp_path, payload={"action": "closed", "number": 7}, said=Said(sha=HEAD), outcome="failure")
    assert len(runs(job)) == 1
    (sentence,) = job.problems
    assert sentence.startswith("The event tells nothing of its request: ")


@pytest.mark.parametrize("payload", ["{", "[]", "\x00"])
def test_a_message_that_cannot_be_read_is_a_sentence(tmp_path: Path, payload: str) -> None:
    job = look(tmp_path, payload=payload, said=Said(sha=HEAD), outcome="failure")
    assert len(runs(job)) == 1
    assert "so the event's message tells nothing" in job.problems[0]


def test_nothing_at_all_is_a_sentence(tmp_path: Path) -> None:
    job = look(tmp_path, "push", {"ref": "refs/heads/topic", "after": HEAD, "commits": []})
    assert (job.facts, job.told) == ([], [])
    (sentence,) = job.problems
    assert "say --outcome" in sentence


def test_an_unknown_commit_keeps_the_run_out_and_the_request_in(tmp_path: Path) -> None:
    job = look(tmp_path, payload=pulled(head={"ref": "topic", "sha": None}), outcome="success")
    assert (runs(job), happened(job)) == ([], [("opened", "#ann")])
    assert "say it with --sha" in job.problems[0]


def test_reports_are_found_by_patterns_and_those_that_are_broken_named(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.xml").write_text(GREEN)
    (tmp_path / "b.xml").write_text(RED)
    job = look(tmp_path, payload=pulled(), outcome="failure", patterns=("**/*.xml",))
    (run,) = runs(job)
    assert (run.tests, run.failures, run.skipped, run.reported, job.problems) == (3, 1, 1, "failed", [])
    (tmp_path / "b.xml").write_text("<testsuite><testcase")
    job = look(tmp_path, payload=pulled(), outcome="failure", patterns=("**/*.xml", ""))
    (run,) = runs(job)
    assert (run.conclusion, run.tests) == ("failed", None)
    assert len(job.problems) == 1
    assert "b.xml" in job.problems[0]


def test_a_missing_report_is_no_pass(tmp_path: Path) -> None:
    job = look(tmp_path, payload=pulled(), patterns=("*.xml", "*.ctrf"))
    (run,) = runs(job)
    assert (run.conclusion, run.reported) == ("unknown", "unknown")
    assert job.problems == ["No report is at *.xml or *.ctrf; a run that writes none has not passed by that."]
    assert runs(look(tmp_path, payload=pulled(), outcome="failure", patterns=("*.xml",)))[0].conclusion == "failed"


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"outcome": "::error::x"}, "is no word that is known"), ({"exit_code": "x"}, "--exit-code"),
     ({"needs": "{"}, "--needs")],
)  # fmt: skip
def test_words_that_tell_nothing_are_named(tmp_path: Path, asked: dict[str, Any], why: str) -> None:
    job = look(tmp_path, payload=pulled(), **asked)
    assert why in job.problems[0]
    assert all(run.conclusion == "unknown" for run in runs(job))


def test_empty_words_are_not_said(tmp_path: Path) -> None:
    job = look(tmp_path, payload=pulled(), outcome=" ", exit_code="", needs="", patterns=("",))
    assert (runs(job), job.problems) == ([], [])


def test_what_cannot_be_meant_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="--pr"):
        look(tmp_path, payload=pulled(), said=Said(pr="x"))


def test_the_same_job_makes_the_same_ids_wherever_it_is_recorded(tmp_path: Path) -> None:
    first, second = (look(tmp_path, payload=pulled(), outcome="success") for _ in range(2))
    assert first.placeholder == second.placeholder
    assert encode(first.facts[0], first.context.names) == encode(second.facts[0], second.context.names)


@pytest.fixture
def clone(repository: Path) -> Path:
    """A commit on a branch, merged with main for the test: HEAD is that merge."""
    git(repository, "remote", "add", "origin", "git@git.example.org:own/name.git")
    commit(repository, "begin", {"a": "1"})
    git(repository, "checkout", "-q", "-b", "topic")
    commit(repository, "work", {"b": "1"})
    git(repository, "checkout", "-q", "main")
    commit(repository, "other", {"c": "1"})
    git(repository, "merge", "-q", "--no-ff", "-m", "trial", "topic")
    return repository


def oid(clone: Path, revision: str) -> str:
    return git(clone, "rev-parse", revision)


def test_git_tells_what_is_abbreviated_and_whose_clone_it_is(clone: Path) -> None:
    short = {"BITBUCKET_COMMIT": oid(clone, "topic")[:12], "BITBUCKET_REPO_FULL_NAME": ""}
    job = look_at_job(Asked(said=Said()), clone, BITBUCKET | short, Git.open(clone), NOW)
    assert (job.context.change_oid, job.context.source) == (oid(clone, "topic"), "git")
    assert job.context.names == ("git.example.org/own/name",)
    gone = look_at_job(Asked(said=Said()), clone, BITBUCKET | {"BITBUCKET_COMMIT": "f" * 12}, Git.open(clone), NOW)
    assert (gone.context.change_oid, runs(gone)) == ("", [])


def test_git_tells_a_merge_made_for_the_test_from_the_change(clone: Path) -> None:
    def built(revision: str) -> str:
        environ = JENKINS | {"GIT_COMMIT": oid(clone, revision)}
        return look_at_job(Asked(said=Said()), clone, environ, Git.open(clone), NOW).context.change_oid

    assert built("topic") == oid(clone, "topic")
    assert built("main") == ""


def test_without_its_message_git_tells_the_head_behind_the_merge(clone: Path) -> None:
    environ = variables("pull_request", GITHUB_SHA=oid(clone, "main"))
    job = look_at_job(Asked(said=Said(), outcome="success"), clone, environ, Git.open(clone), NOW)
    (run,) = runs(job)
    assert (run.oid, job.context.source) == (oid(clone, "topic"), "git")


def test_a_commit_that_is_said_may_be_any_revision(clone: Path) -> None:
    asked = Asked(said=Said(sha="topic", provider="tekton", run="1"), outcome="success")
    job = look_at_job(asked, clone, {}, Git.open(clone), NOW)
    assert (job.context.change_oid, job.context.source) == (oid(clone, "topic"), "flag")
    assert runs(job)[0].run == "tekton/1//"


def artifact(folder: Path, *facts: Fact | str, names: tuple[str, ...] = (REPOSITORY,)) -> Path:
    """The file that a run left."""
    path = folder / "record.jsonl"
    lines = [fact if isinstance(fact, str) else encode(fact, names) for fact in facts]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_an_artifact_counts_as_far_as_the_run_s_message_bears_it_out(tmp_path: Path) -> None:
    path = artifact(tmp_path, claimed(), claimed(oid=TIP), call("c", 1), "{", claimed(run="github/7/x/"))
    job = look(tmp_path, "workflow_run", ended(), artifact=path)
    (run,) = runs(job)
    assert (run.conclusion, run.evidence, run.attempt, run.request_number) == ("passed", "api", 3, None)
    assert job.problems == [
        "2 entries of the artifact refused: line 3: a run tells of runs, requests and events, and of nothing else.",
        "1 entry refused: of another commit.",
        "1 entry refused: of another run.",
    ]


def test_a_verdict_in_an_artifact_yields_to_the_forge_s(tmp_path: Path) -> None:
    job = look(tmp_path, "workflow_run", ended("failure"), artifact=artifact(tmp_path, claimed()))
    assert [(run.name, run.conclusion) for run in runs(job)] == [("CI / test", "unknown"), ("CI", "failed")]
    assert [run.at.isoformat() for run in runs(job)] == ["2026-03-02T08:30:00+00:00"] * 2


def test_an_artifact_of_another_repository_is_refused(tmp_path: Path) -> None:
    path = artifact(tmp_path, claimed(), names=("github.com/other/one",))
    job = look(tmp_path, "workflow_run", ended(), artifact=path)
    assert [(run.name, run.conclusion) for run in runs(job)] == [("CI", "passed")]
    assert "no repository of this ledger is known as github.com/other/one" in job.problems[0]


@pytest.mark.parametrize("kind", ["statement", "retract", "repository_alias", "repository", "entry", "call", "x"])
def test_an_artifact_says_nothing_but_runs_requests_and_events(tmp_path: Path, kind: str) -> None:
    line = json.dumps({"v": 1, "kind": kind, "repository": [REPOSITORY], "body": {"change": "7", "id": "0" * 64}})
    later = json.dumps({"v": 2, "kind": "run", "repository": [REPOSITORY], "body": {}})
    job = look(tmp_path, "workflow_run", ended(None), artifact=artifact(tmp_path, line, later))
    assert job.facts == []
    assert len(job.problems) == 2
    assert job.problems[0].startswith("1 entry of the artifact refused: line 1: ")
    assert job.problems[1] == "1 entry refused: of kinds other than run, request and event."


def test_a_person_can_say_which_request_a_run_from_a_fork_is_for(tmp_path: Path) -> None:
    job = look(tmp_path, "workflow_run", ended(), said=Said(pr="7"), artifact=artifact(tmp_path, claimed()))
    assert [run.request_number for run in runs(job)] == [7]


@pytest.mark.parametrize(
    ("event", "payload"),
    [("pull_request", pulled()), ("workflow_run", {}), ("workflow_run", ended(head_sha="main")),
     ("workflow_run", ended(id=None))],
)  # fmt: skip
def test_only_a_job_that_the_run_started_can_check_its_artifact(
    tmp_path: Path, event: str, payload: dict[str, Any]
) -> None:
    job = look(tmp_path, event, payload, artifact=artifact(tmp_path, claimed()))
    assert job.facts == []
    assert "for a job that workflow_run starts" in job.problems[-1]


def test_gitlab_tells_no_request_and_the_run_has_its_number(tmp_path: Path) -> None:
    job = look_at_job(Asked(said=Said()), tmp_path, REQUEST | {"GITHUB_EVENT_PATH": ""}, None, NOW)
    (run,) = runs(job)
    assert (run.run, run.conclusion, run.evidence, run.request_number) == (
        "gitlab/1001/test: [3.12]//5005",
        "passed",
        "outcome",
        7,
    )
    assert job.told == []


def test_samples_tell_what_became_of_their_requests(tmp_path: Path, samples: Path) -> None:
    told: dict[str, list[str]] = {}
    for path in sorted((samples / "github_events").glob("*/*.json")):
        job = look(tmp_path, path.parent.name, json.loads(path.read_text()), outcome="success")
        assert len(runs(job)) == (1 if job.context.change_oid else 0), path.name
        told[f"{path.parent.name}/{path.name}"] = [kind for kind, _ in happened(job)]
        assert not [each for each in job.problems if "--sha" not in each], path.name
    assert told["pull_request/closed.payload.json"] == ["opened", "closed"]
    assert told["pull_request_review/submitted.with-organization.payload.json"] == ["opened", "reviewed"]
    assert told["workflow_run/completed.payload.json"] == []
    assert all("merged" not in kinds for kinds in told.values())


def test_a_fact_is_posted_under_the_ledger_s_own_id(tmp_path: Path) -> None:
    job = look(tmp_path, payload=pulled(), outcome="success")
    found = job.facts_of("elsewhere", person)
    assert {getattr(fact, "repository_id", "") for fact in found} == {"elsewhere"}
    assert replace(runs(job)[0], repository_id="elsewhere") in found
