"""Which commits are read for what they changed, and for the areas that they touch."""

from __future__ import annotations

from ledger.domain.changes import identify
from ledger.domain.facts import RepositoryRules
from ledger.domain.git_facts import CommitArea
from ledger.domain.history import History
from ledger.domain.touched import touched_commits, wanted_areas, wanted_diffs
from tests.domain.building import at, branch, call, commit, credit, diff, history, target


def read(*oids: str, rules: str = "r") -> list[CommitArea]:
    return [CommitArea(oid=oid, rules=rules, areas=(), packages=()) for oid in oids]


def held(rules: str) -> RepositoryRules:
    return RepositoryRules(repository_id="R", clone_id="c", rules=rules, labels=(), is_configured=True, at=at(0))


def mixed(**more: object) -> History:
    """A branch of a model and a person, and a branch of a person alone."""
    return history(
        commit("a"),
        commit("x", "a", 30),
        commit("y", "x", 60),
        commit("m", "a y", 90, merged="both"),
        commit("z", "a", 60),
        tips=[target("m"), branch("z", "alone")],
        contributions=[credit("x")],
        **more,
    )


def wanted(facts: History, rules: str = "r") -> list[str]:
    return wanted_areas(facts, identify(facts), touched_commits(facts), rules)


def test_what_is_named_or_made_soon_after_a_call_is_touched() -> None:
    facts = history(commit("a"), commit("b", "a", 10), commit("c", "b", 90), calls=[call("k", 9)], contributions=[])
    assert touched_commits(facts) == {"b"}
    assert touched_commits(mixed()) == {"x"}


def test_a_change_s_other_commits_are_read_for_their_areas_alone() -> None:
    facts = mixed()
    assert wanted_diffs(facts, touched_commits(facts)) == ["x"]
    assert wanted(facts) == ["m", "y"]
    assert wanted(mixed(diffs=[diff("x")])) == ["m", "x", "y"]


def test_what_is_known_by_these_rules_or_by_those_in_force_is_not_read_again() -> None:
    diffs = [diff("x")]
    assert wanted(mixed(diffs=diffs, commit_areas=read("m", "x", "y"))) == []
    assert wanted(mixed(diffs=diffs, commit_areas=read("m", "x", rules="old"))) == ["m", "x", "y"]
    assert wanted(mixed(diffs=diffs, commit_areas=read("x", "y", rules="theirs"), rules=[held("theirs")])) == ["m"]
