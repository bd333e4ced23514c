"""Who owns a commit, and the ids under which a change was known."""

from __future__ import annotations

from ledger.domain.identities import Claims
from tests.domain.building import branch, commit, edge, history, kept_range, made_on, target

ROOT, X, Y = commit("a"), commit("x", "a", 1, "one"), commit("y", "x", 2, "two")
FACTS = history(ROOT, X, Y, commit("m", "a y", 3), tips=[target("m")], ranges=[kept_range("feat", "y")])


def test_a_commit_belongs_to_who_took_it_first() -> None:
    claims = Claims(FACTS)
    claims.take(basis="branch", key="one", title="", commits=["x"])
    claims.take(basis="branch", key="two", title="", commits=["x", "y"], former=["x"])
    claims.join("y", 0)
    assert [(change.commits, change.former) for change in claims.finished()] == [(("x",), ()), (("y",), ())]


def test_every_id_of_an_earlier_post_is_an_alias() -> None:
    """Its branches' names with its first commit, as it was and as it became, and the commit that landed it."""
    facts = history(
        ROOT,
        X,
        commit("z", "a", 1, "one", committed=1.5),
        Y,
        commit("m", "a z", 3),
        tips=[target("m"), branch("y", "other")],
        ranges=[kept_range("old-name", "z")],
        seen=[made_on("z", "feat")],
        rewrites=[edge("x", "z")],
    )
    claims = Claims(facts)
    claims.take(
        basis="request",
        key="request:7",
        number=7,
        title="",
        commits=["m", "z"],
        landing=facts.commits["m"],
        brought_by=["m"],
    )
    (change,) = claims.finished()
    assert change.former == ("x",)
    assert change.aliases == (
        "R/branch:feat@x",
        "R/branch:feat@z",
        "R/branch:old-name@x",
        "R/branch:old-name@z",
        "R/commit:m",
    )


def test_an_alias_is_never_the_id_of_another_change() -> None:
    claims = Claims(FACTS)
    claims.take(basis="branch", key="branch:feat@y", title="", commits=["x"])
    claims.take(basis="request", key="request:7", number=7, title="", commits=["y"], branch="feat")
    claims.numbers[8] = 1
    assert claims.finished()[1].aliases == ("R/request:8",)


def test_what_was_rewritten_into_a_change_is_former_whether_it_can_be_read_or_not() -> None:
    facts = history(ROOT, X, tips=[target("a"), branch("x", "feat")], rewrites=[edge("unread", "x"), edge("u", "gone")])
    claims = Claims(facts)
    claims.take(basis="branch", key="one", title="", commits=["x"])
    assert claims.finished()[0].former == ("unread",)
