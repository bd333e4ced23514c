"""Where work was done: the branch and worktree of a call, the changes of a branch, the commits of a line."""

from __future__ import annotations

from dataclasses import replace

from ledger.domain.changes import identify
from ledger.domain.history import History
from ledger.domain.whereabouts import Branches, worktrees_of
from tests.domain.building import (
    HOME,
    at,
    branch,
    call,
    commit,
    commit_call,
    history,
    kept_range,
    made_on,
    request,
    target,
)
from tests.domain.watching import Watched

LONG = "abcdef0123"


def branches(facts: History) -> Branches:
    return Branches(facts, identify(facts))


def oids(facts: History, **where: str) -> list[list[str]]:
    """The commits of each line of a call that came before everything."""
    found, early = branches(facts), call("k", -1, **where)  # type: ignore[arg-type]
    return [[oid for _, oid in found.window(line, early, at(999))] for line in found.line(early)]


def test_the_target_and_a_detached_head_say_not_whose_work_it_is() -> None:
    found = branches(history(commit("a"), tips=[target("a", "trunk")]))
    named = [found.own(call("k", 0, branch=name)) for name in ("trunk", "", "HEAD", "main")]
    assert named == ["", "", "", "main"]
    assert [found.is_unknown(call("k", 0, branch=name)) for name in ("trunk", "", "HEAD")] == [False, True, True]


def test_the_branch_of_a_commit_is_told_by_hook_reflog_print_and_merge_in_that_order() -> None:
    facts = history(
        commit("a"),
        commit(LONG, "a", 1),
        commit("m", f"a {LONG}", 2, merged="by-merge"),
        tips=[target("m")],
    )
    printed = commit_call(0.9, 1, printed="abcdef0", branch="by-print")
    reflog = made_on(LONG, "by-reflog", evidence="reflog", worktree="")
    hook = made_on(LONG, "by-hook", worktree="")
    for more, name in (
        ({}, "by-merge"),
        ({"session_commits": (printed,)}, "by-print"),
        ({"session_commits": (printed,), "seen": (reflog,)}, "by-reflog"),
        ({"session_commits": (printed,), "seen": (reflog, hook)}, "by-hook"),
    ):
        assert oids(replace(facts, **more), branch=name)[0] == [LONG], name


def test_a_merge_is_nobody_s_next_commit() -> None:
    facts = history(commit("a"), commit("x", "a", 1), commit("m", "a x", 2, merged="one"), tips=[target("m")])
    assert oids(facts, branch="one")[0] == ["x"]
    assert oids(facts, branch="main")[0] == ["a"]


def test_a_squash_of_an_unnamed_branch_was_not_made_on_the_target() -> None:
    facts = history(commit("a"), commit("s", "a", 2, number=7), tips=[target("s")])
    assert oids(facts, branch="main")[0] == ["a"]


def test_a_commit_of_another_worktree_is_not_next_on_the_target() -> None:
    facts = history(
        commit("a"),
        commit("b", "a", 1),
        commit("c", "b", 2),
        tips=[target("c")],
        seen=[made_on("b", "main", worktree="/theirs"), made_on("c", "main")],
    )
    assert oids(facts, branch="main") == [["a", "c"], ["c"]]
    assert oids(facts, branch="main", directory="/unknown") == [["a", "b", "c"]]


def test_a_worktree_without_a_commit_of_its_own_may_be_the_other_under_another_path() -> None:
    facts = history(commit("a"), commit("b", "a", 1), tips=[target("b")], seen=[made_on("b", "main", worktree="/host")])
    assert oids(facts, branch="main") == [["a", "b"], []]


def test_the_hook_knows_the_worktree_better_than_the_reflog() -> None:
    rows = [made_on("b", "main", worktree="/z"), made_on("b", "main", worktree="/a", evidence="reflog")]
    for seen in (rows, rows[::-1]):
        assert worktrees_of(history(commit("b"), seen=seen)) == {"b": "/z"}


def test_a_commit_of_another_worktree_is_next_on_their_common_branch() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "one")],
        seen=[made_on("x", "one", worktree="/theirs")],
    )  # fmt: skip
    assert oids(facts, branch="one") == [["x"], []]


def test_without_a_branch_the_worktree_tells() -> None:
    facts = history(
        commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "one")], seen=[made_on("x", "one")]
    )
    assert oids(facts, branch="") == oids(facts, branch="HEAD") == [["x"]]
    assert oids(facts, branch="", directory="/unknown") == []


def test_a_window_begins_in_the_second_of_the_call_and_ends_with_it() -> None:
    facts = history(commit("a"), commit("b", "a", 1), commit("c", "b", 2), tips=[target("c")])
    found, soon = branches(facts), call("k", 1 + 0.9 / 3600)
    assert [oid for _, oid in found.window(found.line(soon)[0], soon, at(1.5))] == ["b"]
    assert [oid for _, oid in found.window(found.line(soon)[0], soon, at(2))] == ["b", "c"]


def test_a_renamed_branch_is_known_by_both_names() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        tips=[target("a"), branch("x", "new-name")],
        seen=[made_on("x", "old-name")],
    )
    found = branches(facts)
    assert found.changes("new-name", at(1)) == found.changes("old-name", at(1)) == ("R/branch:new-name@x",)
    assert not found.has("main")


def test_a_name_used_again_means_the_change_alive_or_nearest() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 2),
        commit("m", "a x", 4, merged="fix"),
        commit("y", "m", 100),
        tips=[target("m"), branch("y", "fix")],
    )
    found = branches(facts)
    assert [found.changes("fix", at(hours)) for hours in (3, 10, 90)] == [
        ("R/commit:m",),
        ("R/commit:m",),
        ("R/branch:fix@y",),
    ]
    assert found.changes("nobody", at(3)) == ()


def test_two_changes_alive_under_one_name_have_equal_claims() -> None:
    facts = history(
        commit("a"), tips=[target("a")],
        requests=[request(1, head_ref="fix", merged=5), request(2, head_ref="fix", merged=5)],
    )  # fmt: skip
    assert branches(facts).changes("fix", at(3)) == ("R/request:1", "R/request:2")


def test_a_branch_is_alive_until_it_landed() -> None:
    facts = history(commit("a"), commit("x", "a", 2), commit("m", "a x", 4, merged="fix"), tips=[target("m")])
    found = branches(facts)
    assert [found.is_alive("fix", at(hours)) for hours in (0, 4, 4.1)] == [True, True, False]
    open_ended = history(commit("a"), tips=[target("a"), branch("a", "main2")], ranges=[kept_range("gone", "a")])
    assert not branches(open_ended).is_alive("gone", at(0)), "it has no commit of its own"


def test_a_directory_s_worktree_is_its_place_s() -> None:
    found = branches(history(commit("a"), tips=[target("a")]))
    assert [found.worktree(call("k", 0, directory=path)) for path in (HOME, "/elsewhere")] == [HOME, ""]


def test_who_wants_the_next_commit_does_not_look_at_the_rest_of_the_line() -> None:
    line = Watched([(at(hours / 100), f"c{hours:04}") for hours in range(2000)])
    found = branches(history(commit("a"), tips=[target("a")]))
    window = found.window(line, call("k", 1), at(20))
    assert next(iter(window)) == (at(1), "c0100")
    assert line.looks < 50
