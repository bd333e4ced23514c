"""How work came onto the target, and what is no second acceptance of it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.changes import Identity, identify
from ledger.domain.forge_facts import Event, Request
from ledger.domain.history import History
from tests.domain.building import (
    at,
    branch,
    commit,
    diff,
    edge,
    history,
    kept_range,
    made_on,
    request,
    request_ref,
    target,
)


def by_id(facts: History) -> dict[str, Identity]:
    return {change.id.removeprefix("R/"): change for change in identify(facts)}


def drawn(facts: History) -> dict[str, tuple[str, str | None, set[str]]]:
    """Change → basis, how it landed, its commits."""
    return {key: (change.basis, change.landed_by, set(change.commits)) for key, change in by_id(facts).items()}


def said_merged(number: int, oid: str) -> Event:
    return Event(repository_id="R", subject=f"request:{number}", kind="merged", at=at(9), actor="", verdict="", oid=oid)


ROOT = commit("a")
X, Y = commit("x", "a", 1, "one"), commit("y", "x", 2, "two")
"""Two commits of a branch."""


# -- rebase, squash, merge, fast-forward (ci.md §3.2) ------------------------------------------------------------------


def test_copies_of_a_branch_one_for_one_were_rebased() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        commit("x2", "a", 1, "one", committed=3),
        commit("y2", "x2", 2, "two", committed=3),
        tips=[target("y2"), branch("y", "feat")],
    )
    assert drawn(facts) == {
        "commit:a": ("trunk", "direct", {"a"}),
        "commit:y2": ("branch", "rebase", {"x2", "y2", "x", "y"}),
    }
    assert by_id(facts)["commit:y2"].landing == ("y2", "x2")


def test_a_reworded_copy_is_known_by_its_patch() -> None:
    facts = history(
        ROOT,
        X,
        commit("x2", "a", 1, "one, in better words", committed=3),
        tips=[target("x2"), branch("x", "feat")],
        diffs=[diff("x", patch="p"), diff("x2", patch="p")],
    )
    assert drawn(facts)["commit:x2"] == ("branch", "rebase", {"x2", "x"})


def test_a_rebase_is_told_by_what_it_introduced_and_not_by_walking_back() -> None:
    """Two commits of a request, squashed over two others that happen to be as many."""
    facts = history(
        ROOT,
        X,
        Y,
        commit("p", "a", 3, "plain"),
        commit("s", "p", 4, "it (#7)", number=7),
        tips=[target("s")],
        requests=[request(7, head="y", merged=4, merge_oid="s")],
    )
    assert drawn(facts) == {
        "commit:a": ("trunk", "direct", {"a"}),
        "commit:p": ("trunk", "direct", {"p"}),
        "request:7": ("request", "squash", {"s", "x", "y"}),
    }


def test_a_request_whose_head_is_the_merge_commit_was_fast_forwarded() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        tips=[target("y")],
        requests=[request(7, head="y", merged=3, merge_oid="y", commits="x y")],
    )
    assert drawn(facts)["request:7"] == ("request", "fast-forward", {"x", "y"})


def test_a_squash_that_was_merged_is_a_squash() -> None:
    """The branch is not in what was merged; its range has the patch of the one commit that is."""
    facts = history(
        ROOT,
        X,
        Y,
        commit("s", "a", 3, "all"),
        commit("m", "a s", 3, number=7, merged="feat"),
        tips=[target("m")],
        ranges=[kept_range("feat", "y", "p")],
        diffs=[diff("s", patch="p")],
    )
    assert set(by_id(facts)) == {"commit:a", "request:7"}
    change = by_id(facts)["request:7"]
    assert (change.landed_by, set(change.commits), set(change.landing)) == (
        "squash",
        {"m", "s", "x", "y"},
        {"m", "s"},
    )


def test_a_squash_that_was_merged_is_known_by_its_request_s_head_where_the_patch_differs() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        commit("s", "a", 3, "all, edited"),
        commit("m", "a s", 3, number=7, merged="feat"),
        tips=[target("m"), request_ref(7, "y")],
    )
    assert drawn(facts)["request:7"] == ("request", "squash", {"m", "s", "x", "y"})


@pytest.mark.parametrize("kind", ["refs/pull/7/head", "refs/merge-requests/7/head", "refs/remotes/origin/pr/7"])
def test_a_squash_takes_the_commits_of_the_request_s_ref(kind: str) -> None:
    ref = request_ref(7, "y")
    facts = history(
        ROOT,
        X,
        Y,
        commit("s", "a", 3, "it (#7)", number=7),
        tips=[target("s"), type(ref)(repository_id="R", clone_id="c", ref=kind, oid="y", is_target=False)],
    )
    assert drawn(facts)["request:7"] == ("request", "squash", {"s", "x", "y"})


def test_a_squash_by_hand_is_known_by_what_git_wrote_down() -> None:
    told = history(ROOT, X, commit("s", "a", 3, "own words"), tips=[target("s")], rewrites=[edge("x", "s", "squash")])
    assert drawn(told)["commit:s"] == ("branch", "squash", {"s", "x"})


def test_a_squash_of_commits_that_nobody_can_read_any_more_is_a_branch_s() -> None:
    told = history(ROOT, commit("s", "a", 3, "all"), tips=[target("s")], rewrites=[edge("x", "s", "squash")])
    change = by_id(told)["commit:s"]
    assert (change.basis, change.landed_by, change.commits, change.landing) == ("branch", "squash", ("s",), ())
    assert change.former == ("x",)


def test_a_kept_range_tells_what_was_fast_forwarded() -> None:
    facts = history(ROOT, X, Y, tips=[target("y")], ranges=[kept_range("feat", "y", base="a")])
    assert drawn(facts)["commit:y"] == ("branch", "fast-forward", {"x", "y"})
    assert by_id(facts)["commit:y"].branch == "feat"


def test_a_hook_that_saw_the_target_outranks_a_kept_range() -> None:
    facts = history(
        ROOT, X, tips=[target("x")], ranges=[kept_range("feat", "x", base="a")], seen=[made_on("x", "main")]
    )
    assert drawn(facts)["commit:x"] == ("trunk", "direct", {"x"})


def test_a_part_of_a_branch_that_was_picked_landed_and_the_rest_did_not() -> None:
    facts = history(ROOT, X, Y, commit("x2", "a", 1, "one", committed=3), tips=[target("x2"), branch("y", "feat")])
    assert drawn(facts)["commit:x2"] == ("branch", "rebase", {"x2", "x"})
    assert drawn(facts)["branch:feat@y"] == ("branch", None, {"y"})


def test_the_base_of_a_stack_that_was_rebased_stays_its_own_when_the_rest_is_merged() -> None:
    facts = history(
        ROOT,
        X,
        Y,
        commit("x2", "a", 1, "one", committed=3),
        commit("m", "x2 y", 4, merged="second"),
        tips=[target("m"), branch("x", "first"), branch("y", "second")],
    )
    assert drawn(facts)["commit:x2"] == ("branch", "rebase", {"x2", "x"})
    assert drawn(facts)["commit:m"] == ("branch", "merge", {"m", "y"})


def test_two_branches_rebased_one_after_the_other_are_two_changes() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 5, "other"),
        commit("x2", "a", 1, "one", committed=6),
        commit("z2", "x2", 5, "other", committed=6),
        tips=[target("z2"), branch("x", "first"), branch("z", "second")],
    )
    assert drawn(facts)["commit:x2"][2] == {"x2", "x"}
    assert drawn(facts)["commit:z2"][2] == {"z2", "z"}


# -- merges ------------------------------------------------------------------------------------------------------------


def test_an_octopus_lands_each_of_its_branches() -> None:
    facts = history(
        ROOT,
        X,
        commit("z", "a", 2, "other"),
        commit("m", "a x z", 3),
        tips=[target("m"), branch("x", "first"), branch("z", "second")],
    )
    changes = by_id(facts)
    assert {key: (change.branch, change.landed_oid) for key, change in changes.items() if key != "commit:a"} == {
        "commit:x": ("first", "m"),
        "commit:z": ("second", "m"),
    }


def test_a_branch_that_merged_the_target_brings_its_own_work_alone() -> None:
    facts = history(
        ROOT,
        X,
        commit("b", "a", 2, "on main"),
        commit("t", "x b", 3, merged="main"),
        commit("y", "t", 4, "two"),
        commit("m", "b y", 5, merged="feat"),
        tips=[target("m")],
    )
    assert drawn(facts)["commit:m"] == ("branch", "merge", {"m", "y", "t", "x"})
    assert drawn(facts)["commit:b"] == ("trunk", "direct", {"b"})


def test_a_branch_that_merged_the_target_and_was_fast_forwarded_is_one_change() -> None:
    seen = [made_on("x", "feat"), made_on("t", "feat"), made_on("y", "feat"), made_on("b", "main")]
    facts = history(
        ROOT,
        X,
        commit("b", "a", 2, "on main"),
        commit("t", "x b", 3, merged="main"),
        commit("y", "t", 4, "two"),
        tips=[target("y")],
        seen=seen,
    )
    assert drawn(facts)["commit:y"] == ("branch", "fast-forward", {"y", "t", "x"})
    assert drawn(facts)["commit:b"] == ("trunk", "direct", {"b"})


def test_a_branch_that_is_merged_twice_lands_twice() -> None:
    facts = history(
        ROOT,
        X,
        commit("m", "a x", 3, merged="feat"),
        commit("y", "x", 4, "two"),
        commit("n", "m y", 5, merged="feat"),
        tips=[target("n"), branch("y", "feat")],
    )
    assert drawn(facts)["commit:m"][2] == {"m", "x"}
    assert drawn(facts)["commit:n"][2] == {"n", "y"}


def test_a_criss_cross_gives_each_commit_to_one_change() -> None:
    facts = history(
        ROOT,
        X,
        commit("b", "a", 1, "on main"),
        commit("m", "b x", 2, merged="feat"),
        commit("t", "x b", 2.5, merged="main"),
        commit("y", "t", 3, "two"),
        commit("n", "m y", 4, merged="feat"),
        tips=[target("n")],
    )
    assert drawn(facts)["commit:m"][2] == {"m", "x"}
    assert drawn(facts)["commit:n"][2] == {"n", "t", "y"}


def test_work_that_was_rebased_and_then_merged_as_it_was_landed_once() -> None:
    facts = history(
        ROOT,
        X,
        commit("x2", "a", 1, "one", committed=3),
        commit("m", "x2 x", 4, merged="feat"),
        tips=[target("m"), branch("x", "feat")],
    )
    assert set(by_id(facts)) == {"commit:a", "commit:x2"}
    assert set(by_id(facts)["commit:x2"].copies) == {"m"}


def test_requests_that_were_merged_into_a_branch_are_accepted_with_it() -> None:
    facts = history(
        ROOT,
        commit("d", "a", 1, "begin the release"),
        commit("x", "d", 2, "one"),
        commit("p", "d x", 3, number=7, merged="feat"),
        commit("m", "a p", 5, merged="develop"),
        tips=[target("m"), branch("p", "develop")],
    )
    changes = by_id(facts)
    assert drawn(facts)["request:7"] == ("request", "merge", {"p", "x"})
    assert (changes["request:7"].landed_oid, changes["request:7"].landed_at) == ("m", at(5))
    assert drawn(facts)["commit:m"] == ("branch", "merge", {"m", "d"})


def test_a_squash_inside_a_branch_is_a_request_only_by_the_forge_s_word() -> None:
    commits = [ROOT, commit("s", "a", 2, "one (#7)", number=7), commit("m", "a s", 5, merged="develop")]
    unheard = history(*commits, tips=[target("m")])
    heard = history(*commits, tips=[target("m")], requests=[request(7, merged=2, merge_oid="s")])
    assert set(by_id(unheard)) == {"commit:a", "commit:m"}
    assert "request:7" in by_id(heard)


@pytest.mark.parametrize(
    "lower",
    [
        {"merged": 5, "merge_oid": "m"},
        {"merged": 5, "merge_oid": "x"},
        {"merged": 5},
        {"closed": 4},
        {},
    ],
    ids=["by the same merge", "at its own head", "nobody knows where", "closed", "open"],
)
def test_a_request_whose_head_lies_in_a_stack_that_was_merged_landed_with_it(lower: dict[str, Any]) -> None:
    merge = commit("m", "a y", 5, merged="top")
    below = request(7, head="x", head_ref="base", **lower)
    above = request(8, head="y", head_ref="top", merged=5, merge_oid="m")
    for requests in ([below, above], [above, below]):
        facts = history(ROOT, X, Y, merge, tips=[target("m")], requests=requests)
        assert drawn(facts)["request:7"] == ("request", "merge", {"x"})
        assert drawn(facts)["request:8"] == ("request", "merge", {"m", "y"})
        assert by_id(facts)["request:7"].landed_oid == "m"


@pytest.mark.parametrize(
    "other",
    [
        request(7, head="x", head_ref="top", closed=4),
        request(7, head="x", head_ref="main", base_ref="release"),
        request(7, head="x", head_ref="idle", base_ref="develop", closed=4),
        request(7, head="x", closed=4),
    ],
    ids=["the same branch's", "of a target", "set back to where it came from", "of no branch"],
)
def test_a_head_that_is_no_end_of_work_of_its_own_cuts_nothing(other: Request) -> None:
    merge, squash = commit("m", "a y", 5, merged="top"), commit("m", "a", 5, "top (#8)", number=8)
    above = request(8, head="y", head_ref="top", merged=5, merge_oid="m")
    for landing in (merge, squash):
        tips = [target("m"), branch("y", "develop")]
        facts = history(ROOT, X, Y, landing, tips=tips, requests=[other, above])
        assert drawn(facts)["request:8"][2] == {"m", "x", "y"}


def test_the_forge_s_word_on_where_a_request_landed_outranks_the_messages() -> None:
    facts = history(
        ROOT,
        commit("p", "a", 1, "prepare (#7)", number=7),
        commit("s", "p", 2, "it"),
        tips=[target("s")],
        requests=[request(7, merged=2, merge_oid="s")],
    )
    assert drawn(facts)["commit:p"][0] == "trunk"
    assert drawn(facts)["request:7"][2] == {"s"}


def test_an_event_says_where_a_request_landed() -> None:
    facts = history(ROOT, commit("s", "a", 2, "it"), tips=[target("s")], events=[said_merged(7, "s")])
    assert drawn(facts)["request:7"] == ("request", "squash", {"s"})


def test_a_second_commit_that_names_a_request_is_no_second_landing() -> None:
    facts = history(
        ROOT,
        commit("s", "a", 1, "it (#7)", number=7),
        commit("t", "s", 2, "mend it (#7)", number=7),
        tips=[target("t")],
    )
    assert drawn(facts)["request:7"][2] == {"s"}
    assert drawn(facts)["commit:t"][0] == "trunk"


# -- a message against the forge ---------------------------------------------------------------------------------------

NAMED = commit("t", "a", 5, "it (#7)", number=7)
CLOSED = request(7, head="y", closed=6, described=7)


def test_a_message_alone_lands_no_request_that_the_forge_says_is_closed_unmerged() -> None:
    facts = history(ROOT, NAMED, tips=[target("t")], requests=[request(7, closed=6, described=7)])
    found = by_id(facts)
    assert (found["commit:t"].basis, found["request:7"].landed_oid) == ("trunk", None)


def test_nor_one_that_is_open_still() -> None:
    facts = history(ROOT, NAMED, tips=[target("t")], requests=[request(7, described=7)])
    assert by_id(facts)["request:7"].landed_oid is None


def test_what_the_forge_said_before_the_commit_denies_nothing_of_it() -> None:
    for row in (request(7, closed=3, described=4), request(7, described=4)):
        assert by_id(history(ROOT, NAMED, tips=[target("t")], requests=[row]))["request:7"].landed_oid == "t"


def test_a_closed_request_whose_work_was_squashed_or_picked_by_hand_landed() -> None:
    for facts in (
        history(ROOT, X, Y, NAMED, tips=[target("t")], requests=[CLOSED], rewrites=[edge("y", "t", "squash")]),
        history(
            ROOT, X, Y, NAMED, tips=[target("t")], requests=[CLOSED],
            diffs=[diff("t", patch="p")], ranges=[kept_range("feat", "y", "p")],
        ),
        history(ROOT, X, commit("y", "x", 5, "it (#7)"), NAMED, tips=[target("t")], requests=[CLOSED]),
    ):  # fmt: skip
        found = by_id(facts)["request:7"]
        assert (found.landed_oid, found.landed_at) == ("t", at(5))


def test_a_closed_request_that_was_merged_or_pushed_by_hand_landed() -> None:
    merge = commit("m", "a y", 5, "Merge pull request #7 from o/feat", number=7)
    for tip, how in (("m", "merge"), ("y", "fast-forward")):
        named = commit("y", "x", 2, "two (#7)", number=7)
        facts = history(ROOT, X, named, merge, tips=[target(tip), request_ref(7, "y")], requests=[CLOSED])
        assert (by_id(facts)["request:7"].landed_oid, by_id(facts)["request:7"].landed_by) == (tip, how)


def test_a_merge_in_the_name_of_a_closed_request_that_brings_other_work_is_not_its() -> None:
    merge = commit("m", "a y", 5, "Merge pull request #7 from o/feat", number=7)
    facts = history(ROOT, X, Y, commit("z", "a", 2, "its own"), merge, tips=[target("m")],
                    requests=[request(7, head="z", closed=6, described=7)])  # fmt: skip
    found = by_id(facts)
    assert (found["request:7"].landed_oid, found["request:7"].commits) == (None, ("z",))
    assert found["commit:m"].basis == "branch"


# -- copies ------------------------------------------------------------------------------------------------------------

LANDED = commit("s", "a", 3, "it (#7)", number=7)


def backported(*commits: object, **facts: object) -> dict[str, Identity]:
    """s landed on main by request 7; r is where release/1 began."""
    named = [each for each in commits if each]
    tips = [target("s"), target("p", "release/1")]
    return by_id(history(ROOT, LANDED, commit("r", "a", 1, "release"), *named, tips=tips, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts",
    [
        {"rewrites": [edge("s", "p", "cherry-pick")]},
        {"diffs": [diff("s", patch="p"), diff("p", patch="p")]},
        {},
    ],
    ids=["told", "patch", "author, date and subject"],
)
def test_a_backport_is_no_second_acceptance(facts: dict[str, object]) -> None:
    changes = backported(commit("p", "r", 3, "it (#7)", number=7, committed=8), **facts)
    assert set(changes) == {"commit:a", "commit:r", "request:7"}
    assert (changes["request:7"].landed_oid, changes["request:7"].copies) == ("s", ("p",))


def test_a_backport_s_own_request_stands_for_the_change() -> None:
    changes = backported(
        commit("p", "r", 8, "[1.x] it (#9)", number=9),
        rewrites=[edge("s", "p", "cherry-pick")],
        requests=[request(9, head="gone", merged=8, merge_oid="p", base_ref="release/1")],
    )
    assert set(changes) == {"commit:a", "commit:r", "request:7"}
    assert "R/request:9" in changes["request:7"].aliases


def test_so_does_one_whose_head_is_a_merge_of_its_target() -> None:
    changes = backported(
        commit("c", "r", 6, "take it back to 1.x"),
        commit("h", "c r", 7, merged="release/1"),
        commit("p", "r", 8, "[1.x] it (#9)", number=9),
        rewrites=[edge("s", "c", "cherry-pick")],
        requests=[request(9, head="h", merged=8, merge_oid="p", base_ref="release/1", commits="c h")],
    )
    assert set(changes) == {"commit:a", "commit:r", "request:7"}
    assert {"c", "p"} <= set(changes["request:7"].copies)


def test_a_backport_that_was_merged_is_no_second_acceptance() -> None:
    changes = backported(
        commit("c", "r", 3, "it (#7)", committed=7),
        commit("p", "r c", 8, merged="backport-7"),
        rewrites=[edge("s", "c", "cherry-pick")],
    )
    assert set(changes) == {"commit:a", "commit:r", "request:7"}
    assert set(changes["request:7"].copies) == {"c", "p"}


def test_a_backport_with_work_of_its_own_is_a_change_of_its_own() -> None:
    changes = backported(
        commit("c", "r", 3, "it (#7)", committed=7),
        commit("d", "c", 7, "adapt it"),
        commit("p", "r d", 8, merged="backport-7"),
        rewrites=[edge("s", "c", "cherry-pick")],
    )
    assert set(changes["commit:p"].commits) == {"c", "d", "p"}


def test_what_was_mended_on_a_release_first_is_accepted_there() -> None:
    """The copy is on main, whose chain is the longer one."""
    facts = history(
        ROOT,
        commit("f", "a", 3, "fix"),
        commit("b", "a", 1, "one"),
        commit("c", "b", 2, "two"),
        commit("p", "c", 3, "fix", committed=5),
        tips=[target("p"), target("f", "release/1")],
        rewrites=[edge("f", "p", "cherry-pick")],
    )
    assert by_id(facts)["commit:f"].copies == ("p",)
    assert "commit:p" not in by_id(facts)


def test_a_pick_onto_the_same_target_again_is_no_second_acceptance() -> None:
    facts = history(
        ROOT,
        commit("s", "a", 3, "it"),
        commit("v", "s", 4, "Revert it", reverts=("s",)),
        commit("p", "v", 3, "it", committed=6),
        tips=[target("p")],
        diffs=[diff("s", patch="p"), diff("p", patch="p")],
    )
    assert by_id(facts)["commit:s"].copies == ("p",)


def test_the_same_words_at_another_time_are_another_change() -> None:
    changes = backported(commit("p", "r", 4, "it (#7)", committed=8))
    assert "commit:p" in changes


def test_a_pick_of_a_branch_s_commit_that_landed_by_squash_is_its_copy() -> None:
    facts = history(
        ROOT,
        X,
        commit("s", "a", 3, "it (#7)", number=7),
        commit("p", "a", 1, "one", committed=8),
        tips=[target("s"), target("p", "release/1")],
        requests=[request(7, head="x", merged=3)],
        rewrites=[edge("x", "p", "cherry-pick")],
    )
    assert by_id(facts)["request:7"].copies == ("p",)
