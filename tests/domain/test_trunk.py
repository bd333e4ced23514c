"""In which order work came onto the trunk, and what came together."""

from __future__ import annotations

from ledger.domain.history import History
from ledger.domain.origins import Origins
from ledger.domain.trunk import Landing, landings, within
from tests.domain.building import branch, commit, history, made_on, target


def in_order(facts: History) -> list[Landing]:
    return landings(facts, Origins(facts))


def oids(facts: History) -> list[str]:
    return [" ".join(step.oid for step in landing.steps) for landing in in_order(facts)]


def test_several_targets_are_in_step_by_date() -> None:
    facts = history(
        commit("a"),
        commit("b", "a", 2),
        commit("c", "b", 6),
        commit("r", "a", 4),
        commit("s", "r", 8),
        tips=[target("c"), target("s", "release/1")],
    )
    assert oids(facts) == ["a", "b", "r", "c", "s"]


def test_a_clock_that_was_set_back_holds_up_no_lane_and_turns_none_around() -> None:
    facts = history(
        commit("a", "", 5),
        commit("b", "a", 1),
        commit("c", "b", 6),
        commit("r", "a", 5.5),
        tips=[target("c"), target("r", "release/1")],
    )
    assert oids(facts) == ["a", "b", "r", "c"]


def test_what_a_merge_brought_is_what_was_not_there_before() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("m", "a x", 2),
        commit("y", "x", 3),
        commit("n", "m y", 4),
        tips=[target("n")],
    )
    assert [landing.last.sides for landing in in_order(facts)] == [(), (("x",),), (("y",),)]


def test_each_further_parent_of_an_octopus_has_a_side() -> None:
    facts = history(commit("a"), commit("x", "a", 1), commit("y", "a", 1), commit("m", "a x y", 2), tips=[target("m")])
    assert in_order(facts)[-1].last.sides == (("x",), ("y",))


def test_a_merge_of_the_target_s_remote_brings_a_lane_of_its_own() -> None:
    facts = history(
        commit("a"),
        commit("l", "a", 1),
        commit("r", "a", 1),
        commit("q", "r", 2),
        commit("m", "l q", 3, merged="main"),
        tips=[target("m")],
    )
    assert oids(facts) == ["a", "l", "r", "q"]
    assert {landing.last.oid: landing.last.lane for landing in in_order(facts)} == {"a": 0, "l": 0, "r": 1, "q": 1}


def test_pulls_as_deep_as_you_like_are_followed() -> None:
    """A chain of merges of the target, each of which brings the one before: forged histories are that deep."""
    commits = [commit("a"), commit("l0", "a", 0.001)]
    for number in range(1, 3000):
        hours = number * 0.01
        commits.append(commit(f"r{number}", "a", hours))
        commits.append(commit(f"l{number}", f"r{number} l{number - 1}", hours + 0.001, merged="main"))
    facts = history(*commits, tips=[target("l2999")])
    assert len(in_order(facts)) == 3001


def test_commits_of_one_branch_that_follow_each_other_came_together() -> None:
    seen = [made_on("x", "feat"), made_on("y", "feat"), made_on("z", "fix"), made_on("b", "main")]
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        commit("z", "y", 3),
        commit("b", "z", 4),
        tips=[target("b")],
        seen=seen,
    )
    assert oids(facts) == ["a", "x y", "z", "b"]
    assert [landing.label for landing in in_order(facts)] == [None, ("branch", "feat"), ("branch", "fix"), None]


def test_a_copy_of_what_lands_later_is_no_copy_of_what_landed_before() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1, "one"),
        commit("m", "a x", 2),
        commit("p", "m", 1, "one", committed=3),
        tips=[target("p"), branch("x", "feat")],
    )
    assert in_order(facts)[-1].label is None


def test_a_circle_of_forged_entries_ends() -> None:
    facts = history(commit("a", "b"), commit("b", "a", 1), commit("m", "a b", 2, merged="main"), tips=[target("m")])
    assert oids(facts)


def test_within_keeps_to_what_is_allowed() -> None:
    facts = history(commit("a"), commit("b", "a", 1), commit("c", "b", 2))
    assert list(within(facts, ["c"], {"c", "a"})) == ["c"]
