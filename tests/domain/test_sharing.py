"""Who may say what, and what of a clone's facts leaves it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.facts import Contribution, Entry, Fact, Tag
from ledger.domain.git_facts import RepositoryCommit
from ledger.domain.sharing import judge, origin_of, retraction_of, told_here
from tests.domain.building import at, commit, edge

CLONE = "a" * 16
MINE = f"w/{CLONE}"


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        (MINE, MINE),
        (f"{MINE}/2026-11.jsonl", MINE),
        ("ci/202611/7-1-test", "ci"),
        ("ci/2026-11.jsonl", "ci"),
        ("main", ""),
        ("w/short/x", ""),
        (f"w/{'A' * 16}/x", ""),
        (f"x/{MINE}", ""),
        (f"w/{CLONE}0/x", ""),
        ("cider", ""),
    ],
)
def test_a_place_says_who_is_said_to_have_written(path: str, origin: str) -> None:
    assert origin_of(path) == origin


def said(kind: str, by: str = CLONE, v: int = 1, **body: Any) -> dict[str, Any]:
    return {"v": v, "kind": kind, "by": by, "body": body}


@pytest.mark.parametrize("kind", ["contribution", "tag", "rewrite", "repository_commit", "branch_range", "git_commit"])
def test_a_clone_speaks_of_commits_in_its_own_name_alone(kind: str) -> None:
    assert not judge(said(kind), MINE).why
    assert judge(said(kind, by="b" * 16), MINE).is_refused
    assert judge(said(kind, by=""), MINE).is_refused


def test_a_clone_tells_of_no_other_clones_usage() -> None:
    assert not judge(said("usage", clone_id=CLONE), MINE).why
    assert judge(said("usage", clone_id="b" * 16), MINE).is_refused
    assert judge({"v": 1, "kind": "usage", "by": CLONE, "body": 7}, MINE).is_refused


@pytest.mark.parametrize("kind", ["run", "request", "event", "sync_mark"])
def test_what_ci_and_the_forge_know_is_kept_from_a_clone_and_not_counted(kind: str) -> None:
    verdict = judge(said(kind), MINE)
    assert verdict.is_unconfirmed
    assert not verdict.is_refused
    assert verdict.why == f"a {kind} counts only from CI or a forge; it is kept and not counted"
    assert judge(said(kind, by="anybody"), "ci").why == ""


OWN = (
    "call commit_area commit_diff entry place price repository repository_alias repository_label repository_rules "
    "role_rule session session_commit session_parent session_review session_write statement subagent tip use_period"
)


@pytest.mark.parametrize("kind", OWN.split())
def test_what_a_clone_keeps_to_itself_is_refused_from_another(kind: str) -> None:
    assert judge(said(kind), MINE).is_refused
    assert judge(said(kind), MINE).why == f"a clone does not share a {kind}"
    assert not judge(said(kind, v=2), MINE).is_refused  # of a later version nobody here knows what it is


@pytest.mark.parametrize(
    "kind", ["usage", "tag", "retract", "rewrite", "repository_commit", "branch_range", "git_commit"]
)
def test_a_ci_job_says_nothing_for_a_clone(kind: str) -> None:
    assert judge(said(kind), "ci").is_refused
    assert judge(said(kind), "ci").why == f"a CI job does not speak of a {kind}"
    assert not judge(said("contribution"), "ci").why


def test_a_retraction_of_a_session_or_author_is_no_clones_to_make() -> None:
    assert not judge(said("retract", id="1" * 64), MINE).why
    assert judge(said("retract", id="1" * 64, session="s"), MINE).is_refused
    assert judge(said("retract", id="1" * 64, what="author"), MINE).is_refused
    text = '{"v":1,"kind":"retract","body":{"id":"x"}}'
    assert retraction_of(Entry(id="r", kind="retract", text=text)) == "x"
    for other in (text.replace("}}", ',"what":"author"}}'), "no JSON", '{"body": 7}', "[]"):
        assert retraction_of(Entry(id="r", kind="retract", text=other)) == ""
    assert retraction_of(Entry(id="r", kind="plan", text=text)) == ""


def contribution(subject: str, evidence: str) -> Contribution:
    return Contribution(
        repository_id="R", subject=subject, role="implement", agent="x", model_raw="opus", model="opus",
        provider=None, family=None, evidence=evidence, at=at(0), sessions=("s1",),
    )  # fmt: skip


def tag(subject: str) -> Tag:
    return Tag(repository_id="R", subject=subject, name="task", text="fix", at=at(0))


def sighting(evidence: str) -> RepositoryCommit:
    return RepositoryCommit(
        repository_id="R", oid="c1", evidence=evidence, branch="feat", session="s1", worktree="/home/ann/work"
    )


def test_only_what_others_cannot_read_themselves_leaves_and_without_names_and_places() -> None:
    facts: list[Fact] = [
        contribution("c1", "journal"),
        contribution("c1", "trailer"),
        contribution("old", "trailer"),
        tag("c1"),
        tag("session:s1"),
        *map(sighting, ("scan", "hook", "session")),
        commit("c1"),
        commit("old", sessions=("s1",)),
        edge("old", "c1"),
    ]  # fmt: skip
    left = list(told_here(facts, {"old"}))
    assert [type(fact).__name__ for fact in left] == [
        "Contribution", "Contribution", "Tag", "RepositoryCommit", "Commit", "Rewrite",
    ]  # fmt: skip
    assert "s1" not in repr(left)
    assert "ann" not in repr(left)
    assert left == [
        replace(contribution("c1", "journal"), sessions=()),
        replace(contribution("old", "trailer"), sessions=()),
        tag("c1"),
        replace(sighting("hook"), session="", worktree=""),
        replace(commit("old"), author="", subject=""),
        edge("old", "c1"),
    ]
