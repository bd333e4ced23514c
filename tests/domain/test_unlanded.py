"""Requests and branches that did not land, and what is left of those that did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.changes import Identity, identify
from ledger.domain.git_facts import Commit
from ledger.domain.history import History
from tests.domain.building import branch, commit, edge, history, kept_range, request, request_ref, target


def by_id(facts: History) -> dict[str, Identity]:
    return {change.id.removeprefix("R/"): change for change in identify(facts)}


ROOT = commit("a")
X, Y = commit("x", "a", 1, "one"), commit("y", "x", 2, "two")


def test_a_request_that_was_opened_after_the_work_keeps_the_branch_s_name_as_an_alias() -> None:
    facts = history(ROOT, X, Y, tips=[target("a"), branch("y", "feat")])
    assert set(by_id(facts)) == {"commit:a", "branch:feat@x"}
    asked = replace(facts, requests=(request(7, head="y", opened=5, head_ref="feat"),))
    assert set(by_id(asked)) == {"commit:a", "request:7"}
    assert "R/branch:feat@x" in by_id(asked)["request:7"].aliases


def test_stacked_requests_are_cut_at_their_joints_whatever_their_numbers() -> None:
    facts = history(
        ROOT, X, Y, tips=[target("a")], requests=[request(7, head="y", head_ref="top"), request(8, head="x")]
    )
    assert by_id(facts)["request:7"].commits == ("y",)
    assert by_id(facts)["request:8"].commits == ("x",)


def test_a_request_of_which_only_the_head_was_fetched_is_a_request() -> None:
    facts = history(ROOT, X, Y, tips=[target("a"), branch("y", "feat"), request_ref(7, "y")])
    change = by_id(facts)["request:7"]
    assert (change.basis, change.branch, set(change.commits), change.landed_at) == ("request", "feat", {"x", "y"}, None)


def test_a_head_that_lies_on_the_trunk_alone_is_no_request() -> None:
    assert set(by_id(history(ROOT, X, tips=[target("x"), request_ref(7, "a")]))) == {"commit:a", "commit:x"}


def test_a_landed_branch_whose_last_commit_is_a_request_s_head_is_that_request() -> None:
    merge = commit("m", "a y", 3, merged="feat")
    told = history(ROOT, X, Y, merge, tips=[target("m")], requests=[request(7, head="y", merged=3, head_ref="feat")])
    fetched = history(ROOT, X, Y, merge, tips=[target("m"), request_ref(7, "y")])
    for changes in (by_id(told), by_id(fetched)):
        assert set(changes) == {"commit:a", "request:7"}
        assert {"R/commit:m", "R/branch:feat@x"} <= set(changes["request:7"].aliases)


def test_a_request_from_a_target_is_not_the_change_that_the_target_ends_with() -> None:
    merge = commit("m", "a y", 3, merged="feat")
    facts = history(
        ROOT, X, Y, merge, tips=[target("m")], requests=[request(7, head="y", head_ref="main", base_ref="release")]
    )
    assert by_id(facts)["commit:m"].basis == "branch"


def test_a_request_merged_into_a_branch_that_did_not_land_did_not_land() -> None:
    merged = request(7, head="x", merged=2, merge_oid="p", base_ref="develop", head_ref="feat")
    commits = [ROOT, X, commit("p", "a x", 2, merged="feat")]
    waiting = by_id(history(*commits, tips=[target("a"), branch("p", "develop")], requests=[merged]))
    assert (waiting["request:7"].landed_at, waiting["request:7"].commits) == (None, ("x",))
    retargeted = by_id(history(*commits, tips=[target("p")], requests=[replace(merged, base_ref="main")]))
    assert retargeted["request:7"].landed_oid == "p"


def test_a_head_that_was_pushed_over_before_landing_is_former_work() -> None:
    facts = history(
        ROOT,
        X,
        commit("f", "x", 2, "thrown away"),
        Y,
        commit("s", "a", 4, "it (#7)", number=7),
        tips=[target("s")],
        ranges=[kept_range("feat", "f"), kept_range("feat", "y")],
        requests=[request(7, head="y", merged=4, head_ref="feat")],
    )
    changes = by_id(facts)
    assert set(changes) == {"commit:a", "request:7"}
    assert (set(changes["request:7"].commits), changes["request:7"].former) == ({"s", "x", "y"}, ("f",))


def test_so_is_one_of_a_branch_that_was_merged() -> None:
    facts = history(
        ROOT,
        X,
        commit("f", "x", 2, "thrown away"),
        Y,
        commit("m", "a y", 4, merged="feat"),
        tips=[target("m")],
        ranges=[kept_range("feat", "f")],
    )
    assert by_id(facts)["commit:m"].former == ("f",)


def test_work_that_goes_on_after_a_squash_is_another_change() -> None:
    facts = history(
        ROOT,
        X,
        commit("s", "a", 2, "one (#7)", number=7),
        commit("z", "x", 9, "more"),
        tips=[target("s"), branch("z", "feat")],
        requests=[request(7, head="x", merged=2, head_ref="feat")],
    )
    changes = by_id(facts)
    assert changes["branch:feat@z"].commits == ("z",)
    assert changes["request:7"].former == ()


def test_a_name_that_is_used_again_after_landing_is_another_change() -> None:
    facts = history(
        ROOT,
        X,
        commit("m", "a x", 2, merged="fix"),
        commit("z", "m", 9, "more"),
        tips=[target("m"), branch("z", "fix")],
        ranges=[kept_range("fix", "x")],
    )
    assert set(by_id(facts)) == {"commit:a", "commit:m", "branch:fix@z"}


def test_a_head_that_was_rebased_unseen_is_former_work_of_what_landed() -> None:
    facts = history(
        ROOT,
        X,
        commit("x2", "a", 1, "one", committed=2),
        commit("m", "a x2", 3, merged="feat"),
        tips=[target("m")],
        ranges=[kept_range("other-name", "x")],
    )
    assert set(by_id(facts)) == {"commit:a", "commit:m"}
    assert by_id(facts)["commit:m"].former == ("x",)


def test_a_request_s_earlier_head_is_no_branch() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        tips=[target("a"), request_ref(7, "x")],
        ranges=[kept_range("refs/pull/7/head", "y")],
    )
    assert set(by_id(facts)) == {"commit:a", "request:7"}


def test_an_amended_branch_is_known_by_its_earlier_first_commit() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 1, "one", committed=2),
        tips=[target("a"), branch("z", "feat")],
        rewrites=[edge("x", "z")],
    )
    assert by_id(facts)["branch:feat@z"].aliases == ("R/branch:feat@x",)


def test_equal_names_of_requests_heads_do_not_mix_forks() -> None:
    """Two requests from forks whose branches are both called patch-1, and a branch of that name of our own."""
    facts = history(
        ROOT,
        X,
        commit("z", "a", 2, "other"),
        commit("o", "a", 3, "own"),
        tips=[target("a"), branch("o", "patch-1")],
        requests=[request(7, head="x", head_ref="patch-1"), request(8, head="z", head_ref="patch-1", closed=4)],
    )
    changes = by_id(facts)
    assert {key: change.commits for key, change in changes.items()} == {
        "commit:a": ("a",),
        "request:7": ("x",),
        "request:8": ("z",),
        "branch:patch-1@o": ("o",),
    }


REDONE = commit("z", "a", 3, "one, otherwise")
AGAIN = commit("m", "a z", 5, merged="feat")


def test_work_that_was_reset_and_done_again_before_it_landed_is_former_work() -> None:
    facts = history(ROOT, X, Y, REDONE, AGAIN, tips=[target("m")], ranges=[kept_range("feat", "y")])
    changes = by_id(facts)
    assert set(changes) == {"commit:a", "commit:m"}
    assert (set(changes["commit:m"].former), "R/branch:feat@x" in changes["commit:m"].aliases) == ({"x", "y"}, True)


@pytest.mark.parametrize(("state", "closed"), [("open", None), ("closed", 9)])
def test_so_it_is_of_a_request_that_did_not_land(state: str, closed: float | None) -> None:
    asked = request(7, head="z", head_ref="feat", closed=closed)
    assert asked.state == state
    facts = history(ROOT, X, REDONE, tips=[target("a")], ranges=[kept_range("feat", "x")], requests=[asked])
    assert by_id(facts)["request:7"].former == ("x",)


def test_and_of_a_branch_that_is_there_still() -> None:
    tips = [target("a"), branch("z", "feat")]
    changes = by_id(history(ROOT, X, REDONE, tips=tips, ranges=[kept_range("feat", "x")]))
    assert set(changes) == {"commit:a", "branch:feat@z"}
    assert changes["branch:feat@z"].former == ("x",)


def test_tries_follow_one_another_over_more_than_the_time_of_one() -> None:
    days = [commit(f"t{day}", "a", 24 * day, f"try {day}") for day in (0, 10, 20)]
    merge = commit("m", "a last", 24 * 31, merged="feat")
    facts = history(
        ROOT,
        *days,
        commit("last", "a", 24 * 30, "done"),
        merge,
        tips=[target("m")],
        ranges=[kept_range("feat", row.oid) for row in days],
    )
    assert set(by_id(facts)["commit:m"].former) == {"t0", "t10", "t20"}


def test_tries_that_are_all_gone_are_one_abandoned_branch() -> None:
    ranges = [kept_range("feat", "x"), kept_range("feat", "z")]
    changes = by_id(history(ROOT, X, REDONE, tips=[target("a")], ranges=ranges))
    assert set(changes) == {"commit:a", "branch:feat@z"}
    assert changes["branch:feat@z"].former == ("x",)


def test_what_was_dropped_after_the_landing_belongs_to_the_next_use_of_the_name() -> None:
    facts = history(
        ROOT,
        X,
        commit("m", "a x", 2, merged="fix"),
        commit("f", "m", 4, "dropped"),
        commit("g", "m", 5, "other"),
        commit("n", "m g", 6, merged="fix"),
        commit("h", "n", 7, "dropped, and nothing came of it"),
        tips=[target("n")],
        ranges=[kept_range("fix", "f"), kept_range("fix", "h")],
    )
    changes = by_id(facts)
    assert (changes["commit:m"].former, changes["commit:n"].former) == ((), ("f",))
    assert changes["branch:fix@h"].commits == ("h",)


def test_another_s_branch_of_the_same_name_is_another_change() -> None:
    theirs = replace(X, author="bob")
    facts = history(ROOT, theirs, REDONE, AGAIN, tips=[target("m")], ranges=[kept_range("feat", "x")])
    assert by_id(facts)["branch:feat@x"].commits == ("x",)


def test_what_another_branch_leads_to_was_not_dropped() -> None:
    tips = [target("m"), branch("x", "kept")]
    changes = by_id(history(ROOT, X, Y, REDONE, AGAIN, tips=tips, ranges=[kept_range("feat", "y")]))
    assert (changes["commit:m"].former, changes["branch:kept@x"].commits) == (("y",), ("x",))


def test_a_request_s_earlier_head_is_former_work_of_it_whoever_made_it() -> None:
    facts = history(
        ROOT,
        replace(X, author="bot"),
        REDONE,
        tips=[target("a"), request_ref(7, "z")],
        ranges=[kept_range("refs/pull/7/head", "x")],
    )
    assert by_id(facts)["request:7"].former == ("x",)


# -- stacked requests -------------------------------------------------------------------------------------------------

JOINED = commit("j", "x y", 3, "Merge pull request #8", number=8)


def stack(*more: Commit, **upper: Any) -> History:
    """#7 of one commit, which was closed; #8, of another one upon it, was for the branch of #7."""
    above = {"head": "y", "head_ref": "top", "base_ref": "base"} | upper
    lower = request(7, head=str(above.pop("lower", "x")), head_ref="base", closed=9)
    return history(ROOT, X, Y, *more, tips=[target(str(above.pop("at", "a")))], requests=[lower, request(8, **above)])


@pytest.mark.parametrize(
    "facts",
    [
        stack(),
        stack(JOINED, lower="j", merged=3, merge_oid="j"),
        stack(JOINED, lower="j", merged=3),
    ],
    ids=["open", "merged into it", "by a merge nobody read"],
)
def test_what_a_stacked_request_went_into_is_not_its_own(facts: History) -> None:
    changes = by_id(facts)
    assert changes["request:8"].commits == ("y",)
    assert "x" in changes["request:7"].commits


def test_a_branch_without_a_request_that_one_went_into_keeps_its_own() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        tips=[target("a"), branch("x", "base")],
        requests=[request(8, head="y", head_ref="top", base_ref="base")],
    )
    changes = by_id(facts)
    assert (changes["request:8"].commits, changes["branch:base@x"].commits) == (("y",), ("x",))


def test_a_request_that_was_closed_keeps_its_work_though_what_was_built_on_it_was_squashed() -> None:
    squash = commit("s", "a", 5, "top (#8)", number=8)
    landed = {"at": "s", "merged": 5, "merge_oid": "s", "base_ref": "main"}
    for facts in (stack(squash, **landed), stack(squash, commits="x y", **landed)):
        changes = by_id(facts)
        assert (set(changes["request:8"].commits), changes["request:7"].commits) == ({"s", "y"}, ("x",))


def test_a_second_request_of_the_same_branch_takes_over_the_work_of_the_first() -> None:
    squash = commit("s", "a", 5, "again (#8)", number=8)
    facts = stack(squash, at="s", merged=5, merge_oid="s", base_ref="main", head_ref="base")
    assert set(by_id(facts)["request:8"].commits) == {"s", "x", "y"}
