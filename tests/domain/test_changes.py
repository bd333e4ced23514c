"""Which commits are one change."""

from __future__ import annotations

from ledger.domain.changes import Identity, identify
from ledger.domain.git_facts import Rewrite
from ledger.domain.history import History
from tests.domain.building import branch, commit, diff, history, kept_range, made_on, request, target


def by_id(facts: History) -> dict[str, Identity]:
    return {change.id.removeprefix("R/"): change for change in identify(facts)}


def test_a_direct_commit_is_a_trunk_change() -> None:
    changes = by_id(history(commit("a"), commit("b", "a", 1), tips=[target("b")]))
    assert {key: (change.basis, change.landed_by) for key, change in changes.items()} == {
        "commit:a": ("trunk", "direct"),
        "commit:b": ("trunk", "direct"),
    }


def test_a_merge_claims_what_it_brings() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        commit("m", "a y", 3, merged="feat/x"),
        tips=[target("m")],
    )
    change = by_id(facts)["commit:m"]
    assert (change.basis, change.branch, change.landed_by) == ("branch", "feat/x", "merge")
    assert set(change.commits) == {"m", "x", "y"}
    assert "R/branch:feat/x@x" in change.aliases


def test_a_merge_that_names_a_request_is_a_request() -> None:
    facts = history(commit("a"), commit("x", "a", 1), commit("m", "a x", 3, number=7, merged="x"), tips=[target("m")])
    change = by_id(facts)["request:7"]
    assert (change.basis, change.number, change.title) == ("request", 7, "work")


def test_a_squash_that_names_a_request_takes_the_head_s_commits() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        commit("s", "a", 3, "feat: it (#7)", number=7),
        tips=[target("s"), branch("y", "feat")],
        requests=[request(7, head="y", merged=3)],
    )
    assert set(by_id(facts)) == {"commit:a", "request:7"}
    assert set(by_id(facts)["request:7"].commits) == {"s", "x", "y"}


def test_a_squash_without_a_number_is_found_by_its_patch_id() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        commit("s", "a", 3, "it"),
        tips=[target("s")],
        ranges=[kept_range("feat", "y", "p")],
        diffs=[diff("s", patch="p")],
    )
    change = by_id(facts)["commit:s"]
    assert (change.basis, change.branch, change.landed_by) == ("branch", "feat", "squash")
    assert set(change.commits) == {"s", "x", "y"}


def test_another_patch_is_not_that_branch() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("s", "a", 3, "it"),
        tips=[target("s")],
        ranges=[kept_range("feat", "x", "p")],
        diffs=[diff("s", patch="q")],
    )
    assert set(by_id(facts)) == {"commit:a", "commit:s", "branch:feat@x"}


def test_a_fast_forwarded_branch_is_known_by_the_hook_s_lines() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        commit("b", "y", 3),
        tips=[target("b")],
        seen=[made_on("x", "feat"), made_on("y", "feat"), made_on("b", "main")],
    )
    changes = by_id(facts)
    assert set(changes) == {"commit:a", "commit:y", "commit:b"}
    assert (changes["commit:y"].basis, changes["commit:y"].landed_by) == ("branch", "fast-forward")
    assert set(changes["commit:y"].commits) == {"x", "y"}


def test_a_rebased_request_is_one_change() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1, "one"),
        commit("y", "x", 2, "two"),
        commit("x2", "a", 1, "one"),
        commit("y2", "x2", 2, "two"),
        tips=[target("y2")],
        requests=[request(7, head="y", merged=3, merge_oid="y2")],
    )
    changes = by_id(facts)
    assert set(changes) == {"commit:a", "request:7"}
    assert changes["request:7"].landed_by == "rebase"


def test_a_pull_merge_is_no_change_of_its_own() -> None:
    facts = history(
        commit("a"), commit("l", "a", 1), commit("r", "a", 1), commit("m", "l r", 2, merged="main"), tips=[target("m")]
    )
    assert set(by_id(facts)) == {"commit:a", "commit:l", "commit:r"}


def test_stacked_branches_are_cut_at_their_joints() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("y", "x", 2),
        tips=[target("a"), branch("x", "first"), branch("y", "second")],
    )
    changes = by_id(facts)
    assert changes["branch:first@x"].commits == ("x",)
    assert changes["branch:second@y"].commits == ("y",)


def test_a_deleted_branch_is_remembered() -> None:
    facts = history(commit("a"), commit("x", "a", 1), tips=[target("a")], ranges=[kept_range("gone", "x")])
    assert by_id(facts)["branch:gone@x"].commits == ("x",)


def test_a_force_push_continues_and_a_name_reused_long_after_starts_anew() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1, "one"),
        commit("x2", "a", 1, "one"),
        commit("z", "a", 15 * 24 + 2, "other work"),
        tips=[target("a"), branch("z", "fix")],
        ranges=[kept_range("fix", "x", hours=2), kept_range("fix", "x2", hours=3)],
    )
    changes = by_id(facts)
    assert set(changes) == {"commit:a", "branch:fix@x2", "branch:fix@z"}
    assert changes["branch:fix@x2"].former == ("x",)


def test_an_amended_commit_follows_its_successor() -> None:
    rewrite = Rewrite(repository_id="R", old="x", new="y", kind="amend", evidence="post-rewrite")
    facts = history(commit("a"), commit("y", "a", 1), tips=[target("a"), branch("y", "feat")], rewrites=[rewrite])
    assert by_id(facts)["branch:feat@y"].former == ("x",)


def test_a_commit_is_in_one_change_only() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("s", "a", 3, "it (#7)", number=7),
        tips=[target("s"), branch("x", "feat"), branch("x", "copy")],
        ranges=[kept_range("feat", "x", "p")],
        requests=[request(7, head="x", merged=3), request(8, head="x", closed=4)],
    )
    owned = [oid for change in identify(facts) for oid in (*change.commits, *change.former)]
    assert sorted(owned) == sorted(set(owned))
