"""When commits were worked on, and what a change began with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ledger.domain.changes import identify
from ledger.domain.git_facts import Rewrite
from ledger.domain.works import Works
from tests.domain.building import at, branch, call, commit, credit, diff, history, made_on, request, target


def amend(old: str, new: str, kind: str = "amend") -> Rewrite:
    return Rewrite(repository_id="R", old=old, new=new, kind=kind, evidence="post-rewrite")


def rewritten(kind: str = "amend", patches: tuple[str | None, str | None] = (None, None), **facts: Any) -> Works:
    """`y` is what `x` became two hours later."""
    new = replace(commit("y", "a", 1), committed_at=at(3))
    diffs = [diff(oid, patch=patch) for oid, patch in zip("xy", patches, strict=True) if patch]
    told = [] if kind == "untold" else [amend("x", "y", kind)]
    return Works.of(
        history(
            commit("a"), commit("x", "a", 1), new, tips=[target("a"), branch("y", "one")], rewrites=told, diffs=diffs
        )
    )


def test_an_amend_works_on_the_commit_again() -> None:
    assert list(rewritten().times("y")) == [at(1), at(3)]
    assert list(rewritten(patches=("p", "q")).times("y")) == [at(1), at(3)]


def test_an_amend_of_the_message_alone_does_not() -> None:
    assert list(rewritten(patches=("p", "p")).times("y")) == [at(1)]


def test_a_rebase_does_not_work_on_what_it_moves() -> None:
    assert list(rewritten("rebase").times("y")) == [at(1)]
    assert list(rewritten("rebase", ("p", "q")).times("y")) == [at(1)]


def test_a_rewrite_that_nobody_told_of_is_work_where_the_patch_is_another() -> None:
    assert list(rewritten("untold").times("y")) == [at(1)]
    assert list(rewritten("untold", ("p", "q")).times("y")) == [at(1), at(3)]


def test_merges_and_what_a_squash_landed_as_are_no_work() -> None:
    facts = history(
        commit("a"),
        commit("x", "a", 1),
        commit("s", "a", 5, number=7),
        tips=[target("s")],
        requests=[request(7, head="x", merged=5)],
    )
    (change,) = (each for each in identify(facts) if each.landed_oid == "s")
    works = Works.of(facts)
    assert works.commits(change) == ["x"]
    assert works.course(change) == [at(1)]


def test_a_change_begins_with_its_first_call_or_commit() -> None:
    facts = history(commit("a"), commit("x", "a", 1), tips=[target("a"), branch("x", "one")])
    change = next(each for each in identify(facts) if each.branch == "one")
    works = Works.of(facts)
    early, late = call("k1", 0.5), call("k2", 2)
    assert works.first(change, [late, early]) is early
    assert works.first(change, [late]) == "x"
    assert works.first(change, []) == "x"


def test_a_person_is_who_a_hook_saw_without_a_model_or_a_session() -> None:
    seen = [
        made_on("x", "one"),
        made_on("y", "one", "s1"),
        made_on("z", "one"),
        replace(made_on("w", "one"), evidence="scan"),
    ]
    oids = "xyzw"
    facts = history(*(commit(oid) for oid in oids), seen=seen, contributions=[credit("z", None)])
    assert Works.of(facts).by_people == {"x"}
